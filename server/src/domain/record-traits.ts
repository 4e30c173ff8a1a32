/** What records are filtered by. */
import { LOG_LEVELS } from '@ocelli/schemas/api/record'
import type { TelemetryRecord } from '@ocelli/schemas/messages/telemetry'

/** The role of the instance that put a record out; what no instance put out is live. */
export function roleOf(record: TelemetryRecord): 'live' | 'shadow' {
  return 'role' in record && record.role === 'shadow' ? 'shadow' : 'live'
}

/** Place of a log line's level in `LOG_LEVELS`; a level that is not known passes for `info`. */
export function levelOf(record: TelemetryRecord): number | undefined {
  if (record.kind !== 'log') return undefined
  const level = LOG_LEVELS.indexOf(record.level as (typeof LOG_LEVELS)[number])
  return level < 0 ? LOG_LEVELS.indexOf('info') : level
}

/** Where a search looks: the message and context of a log line, the name of an event. */
export function searchedTexts(record: TelemetryRecord): readonly string[] {
  if (record.kind === 'log') return [record.message, record.context]
  return record.kind === 'event' ? [record.name] : []
}
