/** What the pages read, one entry a question. Times are how long an answer may be old on an open page. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type Answer, api, ask, type Item } from './client.ts'
import type { operations } from './generated/schema.ts'
import { knownRecords } from './records.ts'

const OFTEN_MS = 3_000
const SELDOM_MS = 15_000

export type Status = Answer<'getStatus'>
export type Device = Item<'listDevices'>
export type DeviceDetail = Answer<'getDevice'>
export type Component = Item<'listComponents'>
export type Deployment = Item<'listDeployments'>
export type DeploymentDetail = Answer<'getDeployment'>
type Explanation = Answer<'explainDeployment'>
export type Decision = Explanation['decisions'][number]
export type Reason = Decision['reasons'][number]
export type Plan = Answer<'planChange'>
export type PlannedChange = Plan['changes'][number]
export type PlannedRollout = NonNullable<PlannedChange['rollout']>
export type ChangePlan = PlannedChange['plan']
export type ExceededReach = NonNullable<ChangePlan['exceeded']>[number]
export type PendingChange = Answer<'getChange'>
export type Output = Item<'listOutputs'>
export type DeviceQuery = NonNullable<operations['listDevices']['parameters']['query']>
export type TimelineQuery = NonNullable<operations['getDeviceTimeline']['parameters']['query']>
export type RangesQuery = NonNullable<operations['listRanges']['parameters']['query']>
export type AlertsQuery = NonNullable<operations['listAlerts']['parameters']['query']>
export type RolloutDevicesQuery = NonNullable<operations['listRolloutDevices']['parameters']['query']>
export type RangeSeries = Item<'listRanges'>
export type Alert = Item<'listAlerts'>
export type AlertRule = Item<'listAlertRules'>
export type Rollout = Item<'listRollouts'>
export type RolloutDetail = Answer<'getRollout'>
export type RolloutDevice = Item<'listRolloutDevices'>
export type RecordsQuery = NonNullable<operations['listRecords']['parameters']['query']>

export const status = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/status', { signal })),
  // Each page asks for it, and it speaks of the whole fleet.
  refetchInterval: 5_000,
})

const DEVICES_PAGE = 500

export const devices = (query: DeviceQuery) =>
  infiniteQueryOptions({
    queryKey: ['devices', query],
    queryFn: ({ signal, pageParam }) =>
      ask(
        api.GET('/api/v1/devices', { params: { query: { limit: DEVICES_PAGE, ...query, offset: pageParam } }, signal }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.reduce((sum, page) => sum + page.items.length, 0)
      return loaded < last.total && last.items.length > 0 ? loaded : undefined
    },
    placeholderData: keepPreviousData,
    refetchInterval: OFTEN_MS * 2,
  })

/** The first few of them, for pickers. */
export const someDevices = (query: DeviceQuery) =>
  queryOptions({
    queryKey: ['devices', 'some', query],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/devices', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  })

export const deviceFacets = queryOptions({
  queryKey: ['device-facets'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/device-facets', { signal })),
  refetchInterval: SELDOM_MS,
})

export const timeline = (id: string, query: TimelineQuery) =>
  infiniteQueryOptions({
    queryKey: ['device', id, 'timeline', query],
    queryFn: ({ signal, pageParam }) =>
      ask(
        api.GET('/api/v1/devices/{device}/timeline', {
          params: { path: { device: id }, query: { ...query, ...(pageParam !== '' && { after: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    refetchInterval: OFTEN_MS * 2,
  })

export const presenceHistory = (id: string, spanMs: number) =>
  queryOptions({
    queryKey: ['device', id, 'presence', spanMs],
    queryFn: ({ signal }) =>
      ask(
        api.GET('/api/v1/devices/{device}/presence', {
          params: { path: { device: id }, query: { fromMs: Date.now() - spanMs } },
          signal,
        }),
      ),
    refetchInterval: SELDOM_MS,
  })

export const device = (id: string) =>
  queryOptions({
    queryKey: ['device', id],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/devices/{device}', { params: { path: { device: id } }, signal })),
    refetchInterval: OFTEN_MS,
  })

export const images = (id: string) =>
  queryOptions({
    queryKey: ['images', id],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/devices/{device}/images', { params: { path: { device: id } }, signal })),
    refetchInterval: OFTEN_MS,
  })

export const enrolmentTokens = queryOptions({
  queryKey: ['enrolment-tokens'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/enrolment-tokens', { signal })),
  refetchInterval: OFTEN_MS,
})

export const accessTokens = queryOptions({
  queryKey: ['access-tokens'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/access-tokens', { signal })),
})

export const fleets = queryOptions({
  queryKey: ['fleets'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/fleets', { signal })),
  staleTime: SELDOM_MS,
})

export const componentList = queryOptions({
  queryKey: ['components'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/components', { signal })),
  refetchInterval: SELDOM_MS,
})

export const component = (name: string, version: string) =>
  queryOptions({
    queryKey: ['component', name, version],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/components/{name}/{version}', { params: { path: { name, version } }, signal })),
    staleTime: SELDOM_MS,
  })

export const componentFit = (name: string, version: string) =>
  queryOptions({
    queryKey: ['component', name, version, 'fit'],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/components/{name}/{version}/fit', { params: { path: { name, version } }, signal })),
    staleTime: SELDOM_MS,
  })

export const trust = queryOptions({
  queryKey: ['trust'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/trust', { signal })),
  staleTime: SELDOM_MS,
})

export const deployments = queryOptions({
  queryKey: ['deployments'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/deployments', { signal })),
  refetchInterval: OFTEN_MS,
})

export const deployment = (name: string) =>
  queryOptions({
    queryKey: ['deployment', name],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/deployments/{name}', { params: { path: { name } }, signal })),
    refetchInterval: OFTEN_MS,
  })

export const revisions = (name: string) =>
  queryOptions({
    queryKey: ['deployment', name, 'revisions'],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/deployments/{name}/revisions', { params: { path: { name } }, signal })),
    staleTime: OFTEN_MS,
  })

export const explanation = (name: string) =>
  queryOptions({
    queryKey: ['deployment', name, 'explain'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/deployments/{name}/explain', { params: { path: { name } }, signal })),
    refetchInterval: SELDOM_MS,
  })

export const pendingChanges = queryOptions({
  queryKey: ['changes'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/changes', { signal })),
  refetchInterval: OFTEN_MS * 2,
})

export const pendingChange = (id: string) =>
  queryOptions({
    queryKey: ['changes', id],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/changes/{id}', { params: { path: { id } }, signal })),
  })

export const outputs = (query: { readonly deployment?: string; readonly device?: string; readonly name?: string }) =>
  queryOptions({
    queryKey: ['outputs', query],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/outputs', { params: { query }, signal })),
    refetchInterval: OFTEN_MS,
  })

export const records = (query: RecordsQuery) =>
  queryOptions({
    queryKey: ['records', query],
    queryFn: async ({ signal }) =>
      knownRecords((await ask(api.GET('/api/v1/records', { params: { query }, signal }))).items),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

export const audit = (query: { readonly limit: number; readonly actor?: string; readonly text?: string }) =>
  queryOptions({
    queryKey: ['audit', query],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/audit', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: SELDOM_MS,
  })

export const ranges = (query: RangesQuery) =>
  queryOptions({
    queryKey: ['ranges', query],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/ranges', { params: { query }, signal })),
    placeholderData: keepPreviousData,
  })

export const rollouts = (which: 'newest' | 'all' | 'active') =>
  queryOptions({
    queryKey: ['rollouts', which],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/rollouts', { params: { query: which === 'newest' ? {} : { [which]: true } }, signal })),
    refetchInterval: OFTEN_MS,
  })

export const rollout = (name: string, revision: number | undefined) =>
  queryOptions({
    queryKey: ['rollouts', name, revision],
    queryFn: ({ signal }) =>
      ask(
        api.GET('/api/v1/rollouts/{name}', {
          params: { path: { name }, query: revision === undefined ? {} : { revision } },
          signal,
        }),
      ),
    refetchInterval: 1_000,
  })

export const rolloutDevices = (name: string, query: RolloutDevicesQuery) =>
  queryOptions({
    queryKey: ['rollouts', name, 'devices', query],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/rollouts/{name}/devices', { params: { path: { name }, query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 2_000,
  })

export const alerts = (query: AlertsQuery) =>
  queryOptions({
    queryKey: ['alerts', query],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/alerts', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: OFTEN_MS,
  })

export const alertRules = queryOptions({
  queryKey: ['alert-rules'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/alert-rules', { signal })),
  refetchInterval: OFTEN_MS,
})

export const receivers = queryOptions({
  queryKey: ['receivers'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/receivers', { signal })),
  refetchInterval: SELDOM_MS,
})

export const deadDeliveries = queryOptions({
  queryKey: ['deliveries', 'dead'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/deliveries', { signal })),
  refetchInterval: SELDOM_MS,
})

export const retention = queryOptions({
  queryKey: ['retention'],
  queryFn: ({ signal }) => ask(api.GET('/api/v1/retention', { signal })),
})
