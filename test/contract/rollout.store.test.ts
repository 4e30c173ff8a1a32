/** What every store keeps of rollouts and adds up of their evidence, whatever it is made of. */
import type { TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Rollout } from '../../server/src/domain/rollout.ts'
import { beginRollout } from '../../server/src/rollout/begin.ts'
import type { Store } from '../../server/src/store/store.ts'
import { eventually, storeAdapters } from '../support/store-adapters.ts'
import {
  auditRow,
  batchOf,
  commitNow,
  decisionOn,
  deploymentId,
  deviceId,
  enrolDevices,
  instanceId,
  measurement,
  NOON_MS,
  PROJECT,
  placement,
  putDeployment,
  streamId,
} from '../support/store-rows.ts'

/** Each test has a deployment of its own in one store: a fresh one takes a second. */
let ID = deploymentId(1)
let number = 0

function rolloutTo(revision: number, change: Partial<Rollout> = {}): Rollout {
  const begun = beginRollout({
    project: PROJECT,
    deployment: ID,
    name: `deployment${number}`,
    revision,
    ...(revision > 1 && { before: revision - 1 }),
    policy: { waves: [1] },
    devices: [{ id: deviceId(1), name: 'device1', labels: {}, presence: 'online' }],
    actor: 'ada',
    nowMs: NOON_MS + revision,
  })
  return { ...begun, ...change }
}

for (const adapter of storeAdapters()) {
  describe(`rollouts in the store on ${adapter.name}`, () => {
    let store: Store
    beforeAll(async () => {
      await adapter.start()
      const [fresh] = await adapter.open(1)
      if (fresh) store = fresh
      await enrolDevices(store, 2)
    }, 60_000)
    afterAll(async () => {
      await store.close()
      await adapter.stop()
    })
    beforeEach(async () => {
      ID = deploymentId(++number)
      const done = rolloutTo(1, { phase: 'completed', reach: 'all' })
      await commitNow(store, { intent: [putDeployment(number)], rollouts: [done] })
    })

    const second = (change: Partial<Rollout> = {}) =>
      commitNow(store, { intent: [putDeployment(number, { revision: 2 })], rollouts: [rolloutTo(2, change)] })

    it('keeps them with the commit that made the revision, newest first, and finds those that run', async () => {
      await second()
      expect((await store.rollouts(PROJECT, { deployment: ID })).map(({ revision }) => revision)).toEqual([2, 1])
      expect((await store.rollouts(PROJECT, { deployment: ID, active: true })).map(({ revision }) => revision)).toEqual(
        [2],
      )
      expect(await store.rollout(ID)).toEqual(rolloutTo(2))
      expect(await store.rollout(ID, 1)).toMatchObject({ revision: 1, phase: 'completed' })
      expect(await store.rollouts(PROJECT, { deployment: deploymentId(999) })).toEqual([])
      // One that ended goes on as long as devices are left to be taken back.
      const left = rolloutTo(2, { version: 2, phase: 'rolledBack', released: [{ device: deviceId(1), atMs: 1 }] })
      await store.saveRollout(left)
      const active = () => store.rollouts(PROJECT, { deployment: ID, active: true })
      expect(await active()).toEqual([left])
      await store.saveRollout({ ...left, version: 3, released: [] })
      expect(await active()).toEqual([])
    })

    it('keeps on how many devices a person agreed to run a deployment, over revisions too', async () => {
      const agreed = async () => (await store.snapshot(PROJECT)).deployments.find(({ id }) => id === ID)?.agreedDevices
      expect(await agreed()).toBeUndefined()
      expect((await store.deployments(PROJECT)).find(({ id }) => id === ID)).not.toHaveProperty('agreedDevices')
      await commitNow(store, { intent: [{ kind: 'setAgreed', deployment: ID, devices: 12 }] })
      await second()
      expect(await agreed()).toBe(12)
      expect((await store.deployments(PROJECT)).find(({ id }) => id === ID)).toMatchObject({ agreedDevices: 12 })
      await commitNow(store, { intent: [{ kind: 'setAgreed', deployment: ID, devices: 0 }] })
      expect(await agreed()).toBe(0)
    })

    it('who decided on an older version is told so, and nothing of the commit is kept', async () => {
      await second()
      expect(await store.saveRollout(rolloutTo(2, { version: 2, why: 'first' }))).toBe(true)
      expect(await store.saveRollout(rolloutTo(2, { version: 2, why: 'second' }))).toBe(false)
      const { version } = await store.snapshot(PROJECT)
      const late = decisionOn(version, {
        rollouts: [rolloutTo(2, { version: 2 })],
        audit: [auditRow({ action: 'late' })],
      })
      expect(await store.commit(late)).toEqual({ kind: 'stale' })
      expect((await store.rollout(ID))?.why).toBe('first')
      expect((await store.audit(PROJECT, { limit: 10 })).map(({ action }) => action)).not.toContain('late')
      expect((await store.snapshot(PROJECT)).version).toBe(version)
    })

    it('the snapshot says who may have which revision, until it is over', async () => {
      const released = [{ device: deviceId(1), atMs: NOON_MS }]
      await second({ released, shadow: [deviceId(2)], bases: { [deviceId(2)]: 1 } })
      const ours = async () => (await store.snapshot(PROJECT)).deployments.find(({ id }) => id === ID)
      expect((await ours())?.rollout).toMatchObject({
        from: { revision: 1 },
        bases: { [deviceId(2)]: { revision: 1 } },
        released: [deviceId(1)],
        shadow: [deviceId(2)],
      })
      await store.saveRollout(rolloutTo(2, { version: 2, reach: 'all', phase: 'completed' }))
      expect((await ours())?.rollout).toBeUndefined()
    })

    it('a deployment that is deleted takes its rollouts along', async () => {
      await commitNow(store, { intent: [{ kind: 'deleteDeployment', id: ID }] })
      expect(await store.rollouts(PROJECT, { deployment: ID })).toEqual([])
    })

    it('adds up what was put out, by device, revision and name, within a time and live alone', async () => {
      const one = deviceId(1)
      await commitNow(store, {
        put: [
          placement(1, one, { deployment: ID }),
          placement(2, one, { deployment: ID, slot: 'shadow:cam0', role: 'shadow' }),
        ],
      })
      const event: TelemetryRecord = {
        ...measurement(6),
        kind: 'event',
        name: 'tamper',
        severity: 'info',
        attributes: {},
      } as TelemetryRecord
      const log: TelemetryRecord = {
        ...measurement(7),
        kind: 'log',
        level: 'error',
        context: '',
        message: 'x',
      } as TelemetryRecord
      const records: TelemetryRecord[] = [
        measurement(1, { value: 2, frame: 1, imager: placement(1, one).imager }),
        measurement(2, { value: 4, frame: 2, imager: placement(1, one).imager }),
        measurement(3, { value: 8, revision: 2 }),
        measurement(4, {
          instance: instanceId(2),
          role: 'shadow',
          revision: 2,
          value: 5,
          frame: 1,
          imager: placement(1, one).imager,
        }),
        measurement(5, {
          instance: instanceId(2),
          role: 'shadow',
          revision: 2,
          value: 4,
          frame: 2,
          imager: placement(1, one).imager,
        }),
        event,
        log,
        { ...log, sequence: 8, level: 'info' } as TelemetryRecord,
        measurement(9, { atMs: NOON_MS + 50_000 }),
      ]
      await store.commitTelemetry(batchOf(one, 1, 9, { stream: streamId(1), records }))
      await eventually(
        () => store.records({ project: PROJECT, end: 'oldest', limit: 20 }),
        (rows) => rows.length === 9,
      )
      const query = { project: PROJECT, deployment: ID, fromMs: NOON_MS, toMs: NOON_MS + 10_000 }
      const row = (
        kind: string,
        name: string,
        revision: number,
        samples: number,
        sum: number,
        first: number,
        last = first,
      ) => ({
        ...{ device: one, kind, name, revision, samples, sum, firstMs: NOON_MS + first, lastMs: NOON_MS + last },
      })
      const found = await store.evidence(query)
      expect(found).toHaveLength(4)
      expect(found).toEqual(
        expect.arrayContaining([
          row('measurement', 'people', 1, 2, 6, 1, 2),
          row('measurement', 'people', 2, 1, 8, 3),
          row('event', 'tamper', 1, 1, 0, 6),
          row('error', '', 1, 1, 0, 7),
        ]),
      )
      expect(await store.framePairs({ ...query, revision: 2 })).toEqual([
        { device: one, name: 'people', pairs: 2, equal: 1, difference: 3 },
      ])
      expect(await store.evidence({ ...query, deployment: deploymentId(999) })).toEqual([])
    })
  })
}
