/** What the sensors put out, as it was committed. */
import { RangeList, RangesQuery } from '../range.ts'
import { OutputList, OutputsQuery, RecordList, RecordsQuery } from '../record.ts'
import type { RouteShape } from '../route.ts'

export const TELEMETRY_ROUTES = {
  listOutputs: {
    method: 'GET',
    path: '/outputs',
    role: 'viewer',
    summary: 'Lists the latest value of each measurement',
    query: OutputsQuery,
    status: 200,
    response: OutputList,
    alsoTypes: ['application/x-ndjson', 'text/csv'],
    errors: ['request.notFound'],
  },
  listRecords: {
    method: 'GET',
    path: '/records',
    role: 'viewer',
    summary: 'Lists committed records: measurements, detections, events, logs, task ends and losses',
    query: RecordsQuery,
    status: 200,
    response: RecordList,
    alsoTypes: ['application/x-ndjson', 'text/csv'],
    errors: ['request.notFound'],
  },
  listRanges: {
    method: 'GET',
    path: '/ranges',
    role: 'viewer',
    summary: 'Shows measurements over time, by records or by their sums, across devices',
    query: RangesQuery,
    status: 200,
    response: RangeList,
    alsoTypes: ['application/x-ndjson', 'text/csv'],
    errors: ['request.notFound'],
  },
} as const satisfies Record<string, RouteShape>
