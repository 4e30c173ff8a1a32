/** What every store keeps that several replicas of the server use at once. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DecisionCommit } from '../../server/src/domain/records.ts'
import type { Store } from '../../server/src/store/store.ts'
import { eventually, storeAdapters } from '../support/store-adapters.ts'
import {
  auditRow,
  batchOf,
  commitNow,
  deploymentId,
  desiredInstance,
  enrolDevices,
  enrolment,
  enrolmentToken,
  instanceId,
  inventory,
  PROJECT,
  placement,
  putDeployment,
  recordInventory,
  recordPresence,
  recordReported,
  reported,
} from '../support/store-rows.ts'

for (const adapter of storeAdapters().filter(({ shared }) => shared)) {
  describe(`two replicas on ${adapter.name}`, () => {
    beforeAll(() => adapter.start())
    afterAll(() => adapter.stop())

    const replicas: Store[] = []
    const two = () => {
      const [first, second] = replicas
      if (first === undefined || second === undefined) throw new Error('two stores were opened')
      return { first, second }
    }
    beforeEach(async () => {
      replicas.push(...(await adapter.open(2)))
    })
    afterEach(async () => {
      for (const replica of replicas.splice(0)) await replica.close()
    })

    it('commits a batch that both get once', async () => {
      const { first, second } = two()
      const devices = await enrolDevices(first, 5)
      for (let start = 1; start < 50; start += 10) {
        const answers = await Promise.all(
          devices.flatMap((device) =>
            [first, second].map((replica) => replica.commitTelemetry(batchOf(device, start, start + 9))),
          ),
        )
        expect(answers.map((answer) => answer?.committed)).toEqual(Array(10).fill(start + 9))
        expect(answers.reduce((sum, answer) => sum + (answer?.added ?? 0), 0)).toBe(50)
      }
      const rows = await eventually(
        () => second.records({ project: PROJECT, end: 'oldest', limit: 1000 }),
        (found) => found.length >= 250,
      )
      expect(new Set(rows.map((row) => `${row.device} ${row.record.sequence}`)).size).toBe(250)
      expect(rows).toHaveLength(250)
    })

    it('has one leader, and another when it resigns or closes', async () => {
      const { first, second } = two()
      expect(await first.lead()).toBe(true)
      expect(await second.lead()).toBe(false)
      await first.resign()
      expect(await second.lead()).toBe(true)
      expect(await first.lead()).toBe(false)
      await second.close()
      expect(await eventually(() => first.lead(), Boolean)).toBe(true)
    })

    it('wakes each replica for what the other committed', async () => {
      const { first, second } = two()
      const [device] = await enrolDevices(first, 1)
      if (device === undefined) return expect.unreachable()
      const woken = new Set<string>()
      second.onRecords(() => woken.add('records'))
      second.onIntent(() => woken.add('intent'))
      await commitNow(first)
      await first.commitTelemetry(batchOf(device, 1, 1))
      await eventually(
        () => [...woken].sort(),
        (names) => names.length === 2,
      )
    })

    it('knows what it wrote itself as one knows it that reads all of it', async () => {
      const { first, second } = two()
      const [one, other] = await enrolDevices(first, 2)
      if (one === undefined || other === undefined) return expect.unreachable()
      const unstorable = { ...desiredInstance(1), config: { values: { text: 'a\u0000b' } } }
      const agree = async (writer: Store, change: Partial<DecisionCommit>, meanwhile = async () => {}) => {
        await commitNow(writer, change)
        await meanwhile()
        const look = async (store: Store) => ({
          snapshot: await store.snapshot(PROJECT),
          devices: await store.devices(PROJECT),
        })
        const [seen, other] = [await look(first), await look(second)]
        expect(seen).toEqual(other)
        return seen
      }
      await agree(first, { intent: [putDeployment(1)], put: [placement(2, one), placement(1, other)] })
      await agree(first, { put: [placement(2, one, { revision: 2 }), placement(3, other)], remove: [instanceId(1)] })
      await agree(first, { desired: [{ device: one, instances: [desiredInstance(1)] }] })
      // Before what was just told is read again, the device answers.
      await agree(first, { desired: [{ device: one, instances: [desiredInstance(2)] }] }, async () => {
        await recordReported(second, one, reported({ generation: { epoch: 1, counter: 1 } }), 1)
        await recordReported(second, one, reported({ generation: { epoch: 1, counter: 2 } }), 1)
      })
      await agree(second, { desired: [{ device: one, instances: [] }] })
      await agree(first, { desired: [{ device: other, instances: [unstorable] }] })
      await agree(second, { put: [placement(4, one)] })
      await agree(first, { put: [placement(5, one)] })
      const last = await agree(first, { intent: [{ kind: 'deleteDeployment', id: deploymentId(1) }] })
      expect(last.snapshot.placements).toEqual([])
      expect(last.devices[0]?.reported?.generation).toEqual({ epoch: 1, counter: 2 })
    })

    it('knows what devices said to it as one knows it that reads all of it', async () => {
      const { first, second } = two()
      const [one, other] = await enrolDevices(first, 2)
      if (one === undefined || other === undefined) return expect.unreachable()
      const agree = async (...said: (() => Promise<unknown>)[]) => {
        for (const say of said) await say()
        const look = async (store: Store) => ({
          snapshot: await store.snapshot(PROJECT),
          devices: await store.devices(PROJECT),
        })
        const seen = await look(first)
        expect(seen).toEqual(await look(second))
        return seen
      }
      const session = (start: number) => ({ certificate: 1, start })
      const here = (store: Store, start: number, atMs: number) => () =>
        recordPresence(store, one, { state: 'online', session: session(start) }, atMs)
      const has = (store: Store, start: number, bootId: string, atMs: number) => () =>
        recordInventory(store, one, inventory({ session: session(start), bootId }), atMs)
      const runs = (store: Store, start: number, counter: number, atMs: number) => () =>
        recordReported(store, one, reported({ session: session(start), generation: { epoch: 1, counter } }), atMs)
      await agree()
      await agree(here(first, 1, 10), has(first, 1, 'b-1', 10), runs(first, 1, 1, 10))
      await agree(runs(first, 1, 2, 20), runs(first, 1, 3, 20))
      // Between two writes of one, the other writes.
      await agree(runs(first, 1, 4, 30), runs(second, 1, 5, 30))
      await agree(runs(second, 1, 6, 40), runs(first, 1, 7, 40))
      await agree(here(second, 2, 50), has(first, 1, 'b-stale', 50), has(first, 2, 'b-2', 50))
      await agree(here(first, 2, 60), () => commitNow(first, { desired: [{ device: one, instances: [] }] }))
      await agree(() => commitNow(second, { intent: [{ kind: 'setLabels', device: one, labels: { floor: '1' } }] }))
      await agree(has(first, 2, 'b-\u0000', 70), runs(first, 2, 8, 70))
      const { snapshot, devices } = await agree(runs(first, 2, 9, 80))
      expect(devices.find(({ id }) => id === one)).toMatchObject({
        presence: 'online',
        labels: { floor: '1' },
        inventory: { bootId: 'b-\ufffd' },
        reported: { generation: { counter: 9 } },
      })
      expect(await second.device(one)).toEqual(devices.find(({ id }) => id === one))
      if (adapter.name === 'memory') return
      // Plans keep what they read of the same facts.
      await agree(runs(first, 2, 10, 90), here(first, 2, 90))
      expect((await first.snapshot(PROJECT)).devices.map((facts, index) => facts === snapshot.devices[index])).toEqual([
        true,
        true,
      ])
    })

    it('keeps one of two secrets and one of two names', async () => {
      const { first, second } = two()
      const wins = await Promise.all(
        [first, second].map((replica, index) => replica.putSealedOnce({ name: 'r', sealed: Uint8Array.of(index) })),
      )
      expect(wins.filter(Boolean)).toHaveLength(1)
      await first.addEnrolmentToken(enrolmentToken(), auditRow())
      await Promise.all([first, second].map((replica, index) => replica.enrol(enrolment(index + 1, { name: 'hall' }))))
      expect((await second.devices(PROJECT)).map((row) => row.name).sort()).toEqual(['hall', 'hall-2'])
    })
  })
}
