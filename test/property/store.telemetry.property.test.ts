/**
 * Telemetry is committed exactly once, whatever the network does to its batches. The oracle knows nothing of batches:
 * it follows each sequence number of a device that puts records out, drops the oldest, and forgets what was answered.
 */
import type { TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RecordRow } from '../../server/src/domain/records.ts'
import type { Store } from '../../server/src/store/store.ts'
import type { TelemetryBatch } from '../../server/src/store/telemetry-rule.ts'
import {
  eventually,
  memoryAdapter,
  pgliteAdapter,
  postgresAdapter,
  type StoreAdapter,
} from '../support/store-adapters.ts'
import { batchOf, enrolDevices, measurement, NOON_MS, PROJECT, streamId } from '../support/store-rows.ts'

type DeviceId = TelemetryBatch['device']

/** One thing that happens to one device's outbox or to its messages. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put' as const), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      size: fc.integer({ min: 1, max: 5 }),
      copies: fc.integer({ min: 1, max: 3 }),
      replica: fc.nat(1),
      lostAnswer: fc.boolean(),
    }),
  },
  /** Sends an earlier message again: a redelivery, or a message that was overtaken. */
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), which: fc.nat(50), replica: fc.nat(1) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** A device with a bounded outbox. What it knows of the server is only what answers reached it. */
class OutboxModel {
  readonly device: DeviceId
  readonly sent: TelemetryBatch[] = []
  /** Every sequence that was dropped before it was acknowledged. */
  readonly dropped = new Set<number>()
  last = 0
  oldestHeld = 1
  acknowledged = 0

  constructor(device: DeviceId) {
    this.device = device
  }

  put(count: number): void {
    this.last += count
  }

  drop(count: number): void {
    for (let left = count; left > 0 && this.oldestHeld <= this.last; left--) this.dropped.add(this.oldestHeld++)
  }

  batch(size: number): TelemetryBatch | undefined {
    const first = Math.max(this.acknowledged + 1, this.oldestHeld)
    if (first > this.last) return undefined
    const batch = batchOf(this.device, first, Math.min(this.last, first + size - 1), { oldestHeld: this.oldestHeld })
    this.sent.push(batch)
    return batch
  }

  hear(committed: number): void {
    this.acknowledged = Math.max(this.acknowledged, committed)
    this.oldestHeld = Math.max(this.oldestHeld, this.acknowledged + 1)
  }
}

async function play(stores: readonly Store[], model: OutboxModel, steps: readonly Step[]): Promise<void> {
  const at = (replica: number) => stores[replica % stores.length] as Store
  for (const one of steps) {
    if (one.do === 'put') model.put(one.count)
    if (one.do === 'drop') model.drop(one.count)
    if (one.do === 'send') {
      const batch = model.batch(one.size)
      if (batch === undefined) continue
      const copies = Array.from({ length: one.copies }, (_, copy) => at(one.replica + copy).commitTelemetry(batch))
      for (const answer of await Promise.all(copies)) if (answer && !one.lostAnswer) model.hear(answer.committed)
    }
    if (one.do === 'replay') {
      const batch = model.sent[one.which % Math.max(1, model.sent.length)]
      const answer = batch && (await at(one.replica).commitTelemetry(batch))
      if (answer) model.hear(answer.committed)
    }
  }
  // Faults are over: what is held gets through, and one more record, as its answer tells where the stream is.
  model.put(1)
  for (let batch = model.batch(4); batch !== undefined; batch = model.batch(4)) {
    const answer = await at(0).commitTelemetry(batch)
    if (answer) model.hear(answer.committed)
  }
}

function check(model: OutboxModel, rows: readonly RecordRow[]): void {
  const accounted = new Map<number, string>()
  const account = (sequence: number, how: string) => {
    expect(accounted.has(sequence), `sequence ${sequence} is there twice`).toBe(false)
    accounted.set(sequence, how)
  }
  let before = 0
  for (const { record } of rows) {
    expect(record.sequence, 'records of a stream are committed in order').toBeGreaterThan(before)
    before = record.sequence
    if (record.kind !== 'lost') account(record.sequence, 'stored')
    else {
      expect(record.count).toBe(record.to - record.from + 1)
      for (let sequence = record.from; sequence <= record.to; sequence++) account(sequence, 'lost')
    }
  }
  for (let sequence = 1; sequence <= model.acknowledged; sequence++) {
    const how = accounted.get(sequence)
    expect(how, `sequence ${sequence} was acknowledged`).toBeDefined()
    if (how === 'lost') expect(model.dropped.has(sequence), `sequence ${sequence} was never dropped`).toBe(true)
  }
  expect(Math.max(0, ...accounted.keys())).toBe(model.acknowledged)
}

const runs = Number(process.env.OCELLI_RUNS_FACTOR ?? 1)

for (const [make, numRuns, devices] of [
  [memoryAdapter, 200, 1],
  [pgliteAdapter, 8, 3],
  [postgresAdapter, 12, 3],
] as [() => StoreAdapter, number, number][]) {
  const adapter = make()
  describe(`telemetry on ${adapter.name}`, () => {
    let stores: readonly Store[] = []
    let ids: DeviceId[] = []
    let round = 0
    beforeAll(async () => {
      await adapter.start()
      stores = await adapter.open(adapter.shared ? 2 : 1)
      ids = await enrolDevices(stores[0] as Store, devices)
    })
    afterAll(async () => {
      for (const store of stores) await store.close()
      await adapter.stop()
    })

    it('accounts for every sequence exactly once under loss, doubling and reordering', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(step, { maxLength: 30 }), { minLength: 1, maxLength: devices }),
          async (plans) => {
            // Each run has a stream of its own, so that one database serves them all.
            const stream = streamId(++round)
            const models = plans.map((_, index) => new OutboxModel(ids[index] as DeviceId))
            const inStream = stores.map((store) => ({
              ...store,
              commitTelemetry: (batch: TelemetryBatch) => store.commitTelemetry({ ...batch, stream }),
            }))
            await Promise.all(models.map((model, index) => play(inStream, model, plans[index] ?? [])))
            for (const model of models) {
              const [store] = stores as [Store]
              const position = await store.position(model.device, stream)
              expect(position).toBe(model.acknowledged)
              const rows = await eventually(
                async () => {
                  const query = { project: PROJECT, device: model.device, end: 'oldest', limit: 100_000 } as const
                  return (await store.records(query)).filter((row) => row.stream === stream)
                },
                (found) => position === 0 || found.at(-1)?.record.sequence === position,
              )
              check(model, rows)
            }
          },
        ),
        { numRuns: numRuns * runs },
      )
    }, 120_000)
  })
}

describe('a tail of the database', () => {
  const adapter = postgresAdapter()
  beforeAll(() => adapter.start())
  afterAll(() => adapter.stop())

  it('sees every record once and in order while two replicas commit', async () => {
    const stores = await adapter.open(2)
    const [first, second] = stores as [Store, Store]
    const ids = await enrolDevices(first, 6)
    const seen: string[] = []
    let cursor = await second.head()
    let writing = true
    const tail = async () => {
      for (;;) {
        const stop = !writing
        const rows = await second.records({ project: PROJECT, after: cursor, end: 'oldest', limit: 50 })
        for (const row of rows) seen.push(`${row.device} ${row.record.sequence}`)
        cursor = rows.at(-1)?.cursor ?? cursor
        if (stop && seen.length >= 6 * 200) return
        if (rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    const write = async (store: Store, device: DeviceId) => {
      for (let start = 1; start <= 200; start += 10) {
        const records: TelemetryRecord[] = Array.from({ length: 10 }, (_, index) => measurement(start + index))
        await store.commitTelemetry(batchOf(device, start, start + 9, { records, receivedAtMs: NOON_MS }))
      }
    }
    const tailing = tail()
    await Promise.all(ids.map((device, index) => write(index % 2 === 0 ? first : second, device)))
    writing = false
    await tailing
    expect(seen).toHaveLength(1200)
    expect(new Set(seen).size).toBe(1200)
    for (const store of stores) await store.close()
  }, 60_000)
})
