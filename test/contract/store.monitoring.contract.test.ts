/** What every store keeps for those who watch: sums over time, history, filtered devices, alerts and their outbox. */
import type { Retention } from '@ocelli/schemas/api/alert'
import type { DeviceId } from '@ocelli/schemas/ids'
import type { LogRecord } from '@ocelli/schemas/messages/telemetry'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AlertRow, DeliveryRow } from '../../server/src/domain/alerts.ts'
import type { DeviceFilter, RangeRead } from '../../server/src/store/monitoring.ts'
import type { Store } from '../../server/src/store/store.ts'
import { eventually, storeAdapters } from '../support/store-adapters.ts'
import {
  auditRow,
  batchOf,
  commitNow,
  deploymentId,
  desiredInstance,
  deviceDecision,
  deviceId,
  enrolDevices,
  instanceId,
  inventory,
  measurement,
  NOON_MS,
  PROJECT,
  placement,
  putDeployment,
  recordInventory,
  recordPresence,
  recordReported,
  reported,
  streamId,
} from '../support/store-rows.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const KEPT: Retention = {
  measurementsMs: 7 * DAY_MS,
  logsMs: 14 * DAY_MS,
  eventsMs: 60 * DAY_MS,
  minutesMs: 30 * DAY_MS,
  hoursMs: 365 * DAY_MS,
  historyMs: 365 * DAY_MS,
}

const read = (change: Partial<RangeRead> = {}): RangeRead => ({
  project: PROJECT,
  source: 'minute',
  fromMs: NOON_MS,
  toMs: NOON_MS + 10 * MINUTE_MS,
  intervalMs: MINUTE_MS,
  role: 'live',
  groupBy: 'none',
  aggregate: 'mean',
  combine: 'mean',
  maxSeries: 10,
  ...change,
})

const filter = (change: Partial<DeviceFilter> = {}): DeviceFilter => ({
  project: PROJECT,
  sort: 'id',
  offset: 0,
  limit: 10,
  ...change,
})

for (const adapter of storeAdapters()) {
  describe(`monitoring on ${adapter.name}`, () => {
    let store: Store
    let devices: DeviceId[] = []

    beforeAll(() => adapter.start())
    afterAll(() => adapter.stop())
    beforeEach(async () => {
      const [fresh] = await adapter.open(1)
      if (fresh) store = fresh
      devices = await enrolDevices(store, 2)
    })
    afterEach(() => store.close())

    /** Values of one device at times after noon, in one batch; `first` continues a stream. */
    const measure = async (
      number: number,
      values: readonly (readonly [number, number])[],
      first = 1,
      shadow = false,
    ) => {
      const device = devices[number - 1] ?? deviceId(0)
      const records = values.map(([afterMs, value], index) =>
        measurement(first + index, {
          atMs: NOON_MS + afterMs,
          value,
          instance: instanceId(number),
          role: shadow ? 'shadow' : 'live',
        }),
      )
      const last = first + records.length - 1
      const batch = { records, receivedAtMs: NOON_MS + DAY_MS / 2, stream: streamId(shadow ? 9 : number) }
      await store.commitTelemetry(batchOf(device, first, last, batch))
      const seen = () => store.records({ project: PROJECT, device, end: 'newest', limit: 1 })
      await eventually(seen, ([row]) => row?.record.sequence === last || (row !== undefined && shadow))
    }
    const rollUp = async (limit = 1_000) => {
      while ((await store.rollUp(limit, NOON_MS)) >= limit) {}
    }
    const columns = async (change: Partial<RangeRead>) =>
      (await store.ranges(read(change))).map(({ atMs, value, min, max, count }) => ({
        at: atMs.map((one) => (one - NOON_MS) / MINUTE_MS),
        value,
        min,
        max,
        count,
      }))

    it('sums by minute and hour what the records say, whatever the steps, and nothing twice', async () => {
      await measure(1, [
        [0, 1],
        [30_000, 3],
        [60_000, 5],
        [180_000, 7],
      ])
      await measure(2, [[1_000, 11]])
      await rollUp(2)
      await rollUp(2)
      const both = [{ at: [0, 1, 3], value: [6.5, 5, 7], min: [1, 5, 7], max: [11, 5, 7], count: [3, 1, 1] }]
      expect(await columns({})).toEqual(both)
      expect(await columns({ source: 'raw' })).toEqual(both)
      const hour = { source: 'hour', intervalMs: 60 * MINUTE_MS, toMs: NOON_MS + 60 * MINUTE_MS } as const
      expect(await columns(hour)).toEqual([{ at: [0], value: [7.5], min: [1], max: [11], count: [5] }])
    })

    it('puts a late record into the minute in which it was observed', async () => {
      await measure(1, [[120_000, 5]])
      await rollUp()
      await measure(
        1,
        [
          [1_000, 1],
          [121_000, 7],
        ],
        2,
      )
      await rollUp()
      expect(await columns({})).toEqual([{ at: [0, 2], value: [1, 6], min: [1, 5], max: [1, 7], count: [1, 2] }])
      expect(await store.rolledUpTo(PROJECT)).toBe(NOON_MS)
    })

    it('keeps shadows apart, and aggregates, combines and groups', async () => {
      await measure(1, [
        [0, 10],
        [30_000, 20],
        [60_000, 40],
        [90_000, 10],
      ])
      await measure(2, [[0, 100]])
      await measure(1, [[0, 999]], 1, true)
      await rollUp()
      const values = async (change: Partial<RangeRead>) => (await columns(change)).map(({ value }) => value)
      expect(await values({ role: 'shadow' })).toEqual([[999]])
      expect(await values({ groupBy: 'device' })).toEqual([[15, 25], [100]])
      expect(await values({ combine: 'sum' })).toEqual([[115, 25]])
      expect(await values({ combine: 'count' })).toEqual([[2, 1]])
      expect(await values({ groupBy: { label: 'floor' }, combine: 'max' })).toEqual([[100, 25]])
      const [one] = devices
      const only = { groupBy: 'instance', ...(one && { devices: [one] }) } as const
      expect(await values({ ...only, aggregate: 'max' })).toEqual([[20, 40]])
      expect(await values({ ...only, aggregate: 'last' })).toEqual([[20, 10]])
      expect(await values({ ...only, aggregate: 'sum' })).toEqual([[30, 50]])
      expect(await values({ ...only, aggregate: 'count' })).toEqual([[2, 2]])
      // From 20 down to 10 within a minute: a counter that started again from 0.
      expect(await values({ ...only, aggregate: 'rate' })).toEqual([[10 / 60]])
      expect(await values({ ...only, aggregate: 'rate', source: 'raw' })).toEqual([[10 / 60]])
      expect(await store.ranges(read({ groupBy: 'instance', maxSeries: 1 }))).toHaveLength(2)
      expect(await store.ranges(read({ names: ['other'] }))).toEqual([])
    })

    it('drops what is older than it is kept, in steps, and nothing newer', async () => {
      const log: LogRecord = { ...measurement(2), kind: 'log', level: 'info', context: 'c', message: 'hello' }
      const [device] = devices
      if (device === undefined) return expect.unreachable()
      for (const [index, days] of [0, 6, 10, 40].entries()) {
        const receivedAtMs = NOON_MS - days * DAY_MS
        const times = { atMs: receivedAtMs }
        const records = [measurement(1, times), { ...log, ...times }]
        await store.commitTelemetry(batchOf(device, 1, 2, { records, receivedAtMs, stream: streamId(index + 1) }))
      }
      const left = async () => {
        const rows = await store.records({ project: PROJECT, end: 'oldest', limit: 100 })
        return rows.map((row) => `${row.record.kind} ${(NOON_MS - row.receivedAtMs) / DAY_MS}`).sort()
      }
      await eventually(left, (rows) => rows.length === 8)
      await rollUp()
      while ((await store.dropExpired(KEPT, NOON_MS, 1)).more) {}
      expect(await left()).toEqual(['log 0', 'log 10', 'log 6', 'measurement 0', 'measurement 6'])
      const sums = read({ fromMs: NOON_MS - 50 * DAY_MS, toMs: NOON_MS + DAY_MS, intervalMs: DAY_MS })
      const [byMinute] = await store.ranges(sums)
      const [byHour] = await store.ranges({ ...sums, source: 'hour' })
      expect([byMinute?.count.length, byHour?.count.length]).toEqual([3, 4])
      await store.putRetention(PROJECT, { measurementsMs: DAY_MS }, auditRow())
      expect(await store.retention(PROJECT)).toEqual({ measurementsMs: DAY_MS })
      while ((await store.dropExpired(KEPT, NOON_MS, 1)).more) {}
      expect(await left()).toEqual(['log 0', 'log 10', 'log 6', 'measurement 0'])
    })

    it('finds records by role, level and text, and before a cursor', async () => {
      const [device] = devices
      if (device === undefined) return expect.unreachable()
      const log = (sequence: number, level: LogRecord['level'], message: string): LogRecord => ({
        ...measurement(sequence),
        kind: 'log',
        level,
        context: 'main',
        message,
      })
      const records = [log(1, 'debug', 'Lens at 100%'), log(2, 'error', 'no lens'), measurement(3, { role: 'shadow' })]
      await store.commitTelemetry(batchOf(device, 1, 3, { records }))
      const found = async (change: object) => {
        const rows = await store.records({ project: PROJECT, end: 'oldest', limit: 10, ...change })
        return rows.map((row) => row.record.sequence)
      }
      await eventually(
        () => found({}),
        (rows) => rows.length === 3,
      )
      expect(await found({ role: 'live' })).toEqual([1, 2])
      expect(await found({ role: 'shadow' })).toEqual([3])
      expect(await found({ kinds: ['log'], minLevel: 4 })).toEqual([2])
      expect(await found({ text: 'LENS' })).toEqual([1, 2])
      expect(await found({ text: '0%' })).toEqual([1])
      expect(await found({ text: '%' })).toEqual([1])
      const [, second] = await store.records({ project: PROJECT, end: 'oldest', limit: 2 })
      expect(await found({ before: second?.cursor, end: 'newest' })).toEqual([1])
    })

    it('notes what happens to a device, once each', async () => {
      const [device] = devices
      if (device === undefined) return expect.unreachable()
      const session = { certificate: 1, start: 1 }
      const instance = (state: string) =>
        ({
          id: instanceId(1),
          revision: 3,
          realisation: 'x',
          digest: '',
          state,
          healthy: false,
          sinceMs: 1,
          restarts: 0,
        }) as never
      await recordPresence(store, device, { state: 'online', session }, 10)
      await recordPresence(store, device, { state: 'online', session }, 20)
      await commitNow(store, {
        atMs: 30,
        intent: [putDeployment(1)],
        put: [placement(1, device)],
        desired: [{ device, instances: [desiredInstance(1)] }],
      })
      await recordReported(store, device, reported({ instances: [instance('running')] }), 40)
      await recordReported(store, device, reported({ instances: [instance('running')] }), 50)
      await recordReported(store, device, reported({ instances: [instance('crashLoop')] }), 60)
      await recordReported(store, device, reported(), 70)
      await store.forgetPresence(80)
      const rows = await store.deviceHistory(device, { toMs: 100, limit: 20 })
      expect(rows.map((row) => [row.atMs, row.kind, row.detail.state])).toEqual([
        [80, 'presence', 'unknown'],
        [70, 'instance', 'removed'],
        [60, 'instance', 'crashLoop'],
        [40, 'instance', 'running'],
        [30, 'desired', undefined],
        [10, 'presence', 'online'],
      ])
      expect(rows[4]?.detail).toMatchObject({
        generation: { epoch: 1, counter: 1 },
        instances: [{ id: instanceId(1), deployment: { name: 'deployment1' }, revision: 1 }],
      })
      const some = await store.deviceHistory(device, { kinds: ['presence'], fromMs: 11, toMs: 80, limit: 1 })
      expect(some.map(({ atMs }) => atMs)).toEqual([80])
      expect(await store.device(device)).toMatchObject({ presence: 'unknown', presenceAtMs: 80 })
      expect((await store.deviceFacts(PROJECT))[0]).toMatchObject({
        presence: 'unknown',
        knownPresence: 'online',
        knownAtMs: 10,
        heardAtMs: 70,
        converged: false,
      })
      const audit = await store.deviceAudit(PROJECT, { id: device, name: 'device1' }, { toMs: NOON_MS, limit: 10 })
      expect(audit.map(({ action }) => action)).toEqual(['enrol'])
    })

    it('sums up devices, decisions and instances', async () => {
      const [one, two] = devices
      if (one === undefined || two === undefined) return expect.unreachable()
      const none = { count: 0 }
      expect(await store.deviceSums(PROJECT, 100)).toEqual({
        total: 2,
        presence: { online: 0, offline: 0, lost: 0, unknown: 2 },
        converged: 2,
        simulated: 0,
        degraded: none,
        longLost: none,
        longUnknown: none,
      })
      expect(await store.deploymentSums(PROJECT)).toEqual([])
      const session = { certificate: 1, start: 1 }
      await recordInventory(store, one, inventory(), 1)
      await recordPresence(store, one, { state: 'online', session }, 1)
      await recordPresence(store, two, { state: 'lost', session }, 1)
      await commitNow(store, {
        intent: [putDeployment(1), putDeployment(2)],
        put: [placement(1, one), placement(2, one), placement(3, two)],
        decisions: [
          {
            deployment: deploymentId(1),
            decisions: [deviceDecision(one, { outcome: 'placed' }), deviceDecision(two)],
          },
        ],
        desired: [{ device: one, instances: [desiredInstance(1)] }],
      })
      const state = (number: number, change: object) =>
        ({
          id: instanceId(number),
          revision: 1,
          realisation: 'x',
          digest: '',
          sinceMs: 1,
          restarts: 0,
          ...change,
        }) as never
      const instances = [
        state(1, { state: 'running', healthy: true }),
        state(2, { state: 'crashLoop', healthy: false }),
        // What another should run.
        state(3, { state: 'running', healthy: true }),
      ]
      await recordReported(store, one, reported({ instances }), 2)
      await recordReported(store, two, reported({ instances: [state(9, { state: 'running', healthy: false })] }), 2)
      expect(await store.deviceSums(PROJECT, 2)).toEqual({
        total: 2,
        presence: { online: 1, offline: 0, lost: 1, unknown: 0 },
        converged: 1,
        simulated: 1,
        degraded: { count: 1, only: { id: one, name: 'device1' } },
        longLost: { count: 1, only: { id: two, name: 'device2' } },
        longUnknown: none,
      })
      expect((await store.deviceSums(PROJECT, 1)).longLost).toEqual(none)
      expect(await store.deploymentSums(PROJECT)).toEqual([
        {
          deployment: deploymentId(1),
          devices: { placed: 1, refused: 1, notTargeted: 0 },
          instances: { placed: 3, running: 1, healthy: 1, failing: 1 },
        },
        {
          deployment: deploymentId(2),
          devices: { placed: 0, refused: 0, notTargeted: 0 },
          instances: { placed: 0, running: 0, healthy: 0, failing: 0 },
        },
      ])
      expect(await store.deploymentInstances(deploymentId(1))).toEqual([
        { placement: placement(1, one), deviceName: 'device1', presence: 'online', state: instances[0] },
        { placement: placement(2, one), deviceName: 'device1', presence: 'online', state: instances[1] },
        { placement: placement(3, two), deviceName: 'device2', presence: 'lost' },
      ])
      expect(await store.deploymentInstances(deploymentId(2))).toEqual([])
      await store.forgetPresence(3)
      expect((await store.deviceSums(PROJECT, 4)).longUnknown).toEqual({ count: 2 })
    })

    it('finds devices by every filter, sorted, page by page', async () => {
      const [one, two] = devices
      if (one === undefined || two === undefined) return expect.unreachable()
      const interfaces = [{ name: 'ocelli:sensing/detector@0.1.0' }]
      await recordInventory(store, one, inventory({ interfaces, agent: { version: '0.2.0', features: [] } }), 1)
      await recordInventory(store, two, inventory(), 1)
      await recordPresence(store, two, { state: 'lost', session: { certificate: 1, start: 1 } }, 5)
      const failing = { id: instanceId(1), revision: 1, realisation: 'x', digest: '', state: 'crashLoop' }
      const instances = [{ ...failing, healthy: false, sinceMs: 1, restarts: 3 }] as never
      await recordReported(store, one, reported({ instances }), 1)
      const ids = async (change: Partial<DeviceFilter>) => {
        const { rows, total } = await store.findDevices(filter(change))
        expect(total).toBeGreaterThanOrEqual(rows.length)
        return rows.map(({ id }) => id)
      }
      expect(await ids({})).toEqual([one, two])
      expect(await ids({ presence: ['lost'] })).toEqual([two])
      expect(await ids({ text: 'DEVICE2' })).toEqual([two])
      expect(await ids({ text: 'floor=1' })).toEqual([one, two])
      expect(await ids({ text: '%' })).toEqual([])
      expect(await ids({ interfaces: ['ocelli:sensing/detector'] })).toEqual([one])
      expect(await ids({ interfaces: ['ocelli:sensing/detector@0.1.0'] })).toEqual([one])
      expect(await ids({ interfaces: ['ocelli:sensing/detect'] })).toEqual([])
      expect(await ids({ agentVersion: '0.2.0' })).toEqual([one])
      expect(await ids({ labels: ['floor=1', 'floor'] })).toEqual([one, two])
      expect(await ids({ labels: ['floor=2'] })).toEqual([])
      expect(await ids({ health: ['degraded'] })).toEqual([one])
      expect(await ids({ health: ['healthy', 'notConverged'] })).toEqual([two])
      expect(await ids({ ids: [two] })).toEqual([two])
      expect(await ids({ sort: 'presence' })).toEqual([two, one])
      expect(await ids({ sort: '-name' })).toEqual([two, one])
      expect(await ids({ after: one })).toEqual([two])
      expect(await store.findDevices(filter({ offset: 1, limit: 1 }))).toMatchObject({ rows: [{ id: two }], total: 2 })
      expect((await store.deviceFacts(PROJECT))[0]).toMatchObject({
        agentVersion: '0.2.0',
        model: 'Raspberry Pi 5',
        simulated: true,
        interfaces: ['ocelli:sensing/detector@0.1.0'],
        failing: [{ id: instanceId(1), state: 'crashLoop', restarts: 3 }],
      })
    })

    const alert = (change: Partial<AlertRow> = {}): AlertRow => ({
      id: 'a-1',
      project: PROJECT,
      rule: 'silent',
      subject: 'd-1',
      state: 'pending',
      severity: 'warning',
      device: devices[0] ?? deviceId(0),
      sinceMs: 10,
      version: 1,
      alert: { summary: 'gone', deviceName: 'device1', group: 'silent' },
      ...change,
    })
    const delivery = (change: Partial<DeliveryRow> = {}): DeliveryRow => ({
      id: 'v-1',
      project: PROJECT,
      receiver: 'ops',
      rule: 'silent',
      alert: 'a-1',
      groupKey: 'silent',
      state: 'pending',
      createdAtMs: 10,
      dueAtMs: 20,
      attempts: 0,
      content: { event: 'alert.firing', atMs: 10, summary: 'gone' },
      ...change,
    })
    const commit = (alerts: AlertRow[], deliveries: DeliveryRow[] = [], remove: string[] = []) =>
      store.commitAlerts({ alerts, deliveries, remove, audit: [] })

    it('commits alerts with their messages whole, and refuses who was second', async () => {
      expect(await commit([alert()])).toBe('committed')
      expect(await commit([alert()], [delivery()])).toBe('stale')
      expect(await commit([alert({ id: 'a-2' })], [delivery()])).toBe('stale')
      expect(await store.deliveries(PROJECT, { limit: 10 })).toEqual([])
      const firing = alert({ state: 'firing', version: 2 })
      expect(await commit([firing, alert({ id: 'a-3', subject: 'd-2' })], [delivery()])).toBe('committed')
      expect(await commit([firing], [delivery({ id: 'v-2' })])).toBe('stale')
      expect((await store.openAlerts(PROJECT)).map(({ id, state }) => [id, state])).toEqual([
        ['a-1', 'firing'],
        ['a-3', 'pending'],
      ])
      expect(await commit([{ ...firing, state: 'resolved', version: 3 }], [delivery()], ['a-3'])).toBe('committed')
      expect(await store.openAlerts(PROJECT)).toEqual([])
      expect(await store.alerts({ project: PROJECT, limit: 10 })).toMatchObject([{ id: 'a-1', version: 3 }])
      expect(await commit([alert({ id: 'a-4', sinceMs: 30 })])).toBe('committed')
      const query = { project: PROJECT, limit: 10 }
      const found = async (change: object) => (await store.alerts({ ...query, ...change })).map(({ id }) => id)
      expect(await found({})).toEqual(['a-4', 'a-1'])
      expect(await found({ states: ['resolved'] })).toEqual(['a-1'])
      expect(await found({ after: { sinceMs: 30, id: 'a-4' } })).toEqual(['a-1'])
      expect(await found({ severities: ['critical'] })).toEqual([])
      expect(await store.deliveries(PROJECT, { limit: 10 })).toHaveLength(1)
    })

    it('makes messages of what is told together, and settles each whole', async () => {
      await commit(
        [],
        [delivery(), delivery({ id: 'v-2', dueAtMs: 90 }), delivery({ id: 'v-3', groupKey: 'other', dueAtMs: 50 })],
      )
      expect(await store.nextDelivery()).toBe(20)
      expect(await store.dueDeliveries(19, 10)).toEqual([])
      const due = await store.dueDeliveries(20, 10)
      expect(due.map(({ id, batch }) => [id, batch])).toEqual([
        ['v-1', 'm-1'],
        ['v-2', 'm-1'],
      ])
      // One that comes later is no part of a message that may be on its way.
      await commit([], [delivery({ id: 'v-0', dueAtMs: 20 })])
      await store.settleDeliveries('m-1', { state: 'pending', dueAtMs: 70, error: 'HTTP 500' })
      expect((await store.dueDeliveries(60, 10)).map(({ id, batch }) => [id, batch])).toEqual([
        ['v-0', 'm-0'],
        ['v-3', 'm-3'],
      ])
      await store.settleDeliveries('m-0', { state: 'delivered', atMs: 61 })
      await store.settleDeliveries('m-3', { state: 'dead', error: 'HTTP 410' })
      expect((await store.dueDeliveries(70, 10)).map(({ id, attempts }) => [id, attempts])).toEqual([
        ['v-1', 1],
        ['v-2', 1],
      ])
      const dead = await store.deliveries(PROJECT, { states: ['dead'], limit: 10 })
      expect(dead).toMatchObject([{ id: 'v-3', attempts: 1, lastError: 'HTTP 410' }])
      expect(await store.retryDelivery('v-1', 80, auditRow())).toBe(false)
      expect(await store.retryDelivery('v-3', 80, auditRow())).toBe(true)
      expect(await store.delivery('v-3')).toMatchObject({ state: 'pending', attempts: 0, dueAtMs: 80 })
    })

    it('keeps rules and receivers, and silences', async () => {
      const spec = { condition: { deviceSilent: { afterMs: 1_000 } } }
      const rule = { project: PROJECT, name: 'silent', spec }
      expect(await store.putAlertRule(rule, 10, auditRow())).toBe(true)
      expect(await store.putAlertRule(rule, 20, auditRow())).toBe(false)
      expect(await store.muteAlertRule(PROJECT, 'silent', { atMs: 99, by: 'me' }, auditRow())).toBe(true)
      expect(await store.putAlertRule({ ...rule, spec: { ...spec, forMs: 5 } }, 30, auditRow())).toBe(true)
      expect(await store.alertRules(PROJECT)).toEqual([
        { ...rule, spec: { ...spec, forMs: 5 }, createdAtMs: 10, updatedAtMs: 30, mutedUntilMs: 99, mutedBy: 'me' },
      ])
      await store.muteAlertRule(PROJECT, 'silent', undefined, auditRow())
      expect((await store.alertRules(PROJECT))[0]).not.toHaveProperty('mutedBy')
      const receiver = { project: PROJECT, name: 'ops', url: 'https://a', sealed: Uint8Array.of(1), createdAtMs: 5 }
      await store.putReceiver(receiver, auditRow())
      await store.putReceiver({ ...receiver, url: 'https://b', createdAtMs: 6 }, auditRow())
      expect(await store.receivers(PROJECT)).toMatchObject([{ name: 'ops', url: 'https://b', createdAtMs: 5 }])
      await commit([alert({ state: 'firing' }), alert({ id: 'a-2', subject: 'd-2' })], [delivery()])
      expect(await store.deleteReceiver(PROJECT, 'ops', auditRow())).toBe(true)
      expect(await store.delivery('v-1')).toMatchObject({ state: 'dead' })
      expect(await store.deleteAlertRule(PROJECT, 'silent', 50, auditRow())).toBe(true)
      expect(await store.deleteAlertRule(PROJECT, 'silent', 50, auditRow())).toBe(false)
      expect(await store.alerts({ project: PROJECT, limit: 9 })).toMatchObject([
        { id: 'a-1', state: 'resolved', version: 2, alert: { resolvedAtMs: 50 } },
      ])
    })
  })
}
