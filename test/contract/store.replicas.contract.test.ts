/** What every store keeps that several replicas of the server use at once. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../server/src/store/store.ts'
import { eventually, storeAdapters } from '../support/store-adapters.ts'
import {
  auditRow,
  batchOf,
  commitNow,
  enrolDevices,
  enrolment,
  enrolmentToken,
  PROJECT,
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
