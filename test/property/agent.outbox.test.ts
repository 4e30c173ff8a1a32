/**
 * The outbox against a model of the server: whatever is lost, doubled, reordered, crashed or restored, each record that
 * the outbox accepted is in the server's database exactly once, or named in a `lost` record.
 */

import { type OfferedRecord, Outbox } from '@ocelli/agent/link/outbox'
import { GroupCommit } from '@ocelli/agent/storage/group-commit'
import { MemoryDisk, openMemoryStore, StoreCrashed } from '@ocelli/agent/storage/memory-store'
import type { InstanceId, StreamId } from '@ocelli/schemas/ids'
import { type Ack, readTelemetryRecord, type Telemetry, type TelemetryRecord } from '@ocelli/schemas/messages/telemetry'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManualClock } from '../support/agent-clock.ts'
import { seededRandom } from '../support/agent-random.ts'

/** What the contract of `telemetry` says a server does, and nothing more. */
class ModelServer {
  committed = new Map<StreamId, number>()
  records = new Map<StreamId, TelemetryRecord[]>()
  gaps: { stream: StreamId; from: number; to: number }[] = []

  receive({ stream, first, last, oldestHeld, records }: Telemetry): Ack {
    const position = this.committed.get(stream) ?? 0
    if ((first <= position + 1 || first === oldestHeld) && last > position) {
      if (first > position + 1) this.gaps.push({ stream, from: position + 1, to: first - 1 })
      const held = this.records.get(stream) ?? []
      held.push(...records.filter(({ sequence }) => sequence > position))
      this.records.set(stream, held)
      this.committed.set(stream, last)
    }
    return { stream, committed: this.committed.get(stream) ?? 0 }
  }

  /** Goes back to an earlier backup. */
  restore(backup: ModelServer): void {
    this.committed = new Map(backup.committed)
    this.records = new Map([...backup.records].map(([stream, records]) => [stream, [...records]]))
    this.gaps = [...backup.gaps]
  }

  copy(): ModelServer {
    const copy = new ModelServer()
    copy.restore(this)
    return copy
  }

  all(): TelemetryRecord[] {
    return [...this.records.values()].flat()
  }
}

type Action =
  | { readonly kind: 'offer'; readonly what: 'measurement' | 'log' | 'event'; readonly count: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'deliverBatch' | 'deliverAck'; readonly pick: number; readonly keep: boolean }
  | { readonly kind: 'loseBatch' | 'loseAck'; readonly pick: number }
  | { readonly kind: 'crash'; readonly point: 'before' | 'after' | 'between' }
  | { readonly kind: 'link'; readonly up: boolean }

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('offer' as const),
      what: fc.constantFrom('measurement', 'log', 'event'),
      count: fc.integer({ min: 1, max: 30 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3000 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('deliverBatch' as const, 'deliverAck' as const),
      pick: fc.nat(9),
      keep: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('loseBatch' as const, 'loseAck' as const), pick: fc.nat(9) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('crash' as const), point: fc.constantFrom('before', 'after', 'between') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('link' as const), up: fc.boolean() }) },
)

class Bench {
  readonly clock = new ManualClock()
  readonly disk = new MemoryDisk()
  readonly server = new ModelServer()
  readonly random = seededRandom('outbox')
  /** On their way, in no order. */
  batches: Telemetry[] = []
  acks: Ack[] = []
  /** Every record that some transaction made durable, by its mark. */
  readonly accepted = new Map<string, { stream: StreamId; sequence: number }>()
  mark = 0
  outbox: Outbox
  commit: GroupCommit
  readonly #maxBytes: number

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.commit = this.#openCommit()
    this.outbox = this.#openOutbox()
  }

  offer(what: 'measurement' | 'log' | 'event'): void {
    const mark = `m${++this.mark}`
    const stamp = { atMs: this.clock.wallMs(), synchronised: true, boot: 'b' }
    const origin = { ...stamp, instance: 'i-aaaaaaaaaaaaaaaa' as InstanceId, revision: 1, role: 'live' as const }
    const record: OfferedRecord =
      what === 'measurement'
        ? { kind: 'measurement', ...origin, name: mark, unit: '1', value: 1 }
        : what === 'log'
          ? { kind: 'log', ...origin, level: 'info', context: mark, message: 'x'.repeat(100) }
          : { kind: 'event', ...origin, name: mark, severity: 'info', attributes: {} }
    this.outbox.offer(record)
  }

  /** Abandons the process. At `between` its memory is simply gone; else it dies inside of its next write. */
  crash(point: 'before' | 'after' | 'between'): void {
    if (point !== 'between') {
      this.disk.crashAt = () => point
      try {
        this.offer('event')
        this.commit.now()
      } catch (error) {
        if (!(error instanceof StoreCrashed)) throw error
      }
      this.disk.crashAt = () => undefined
    }
    this.noteAccepted()
    this.commit = this.#openCommit()
    this.outbox = this.#openOutbox()
    this.outbox.linkUp()
  }

  noteAccepted(): void {
    const stored = this.disk.values.get('outbox')
    if (stored === undefined) return
    const { stream } = JSON.parse(stored) as { stream: StreamId }
    for (const { json, sequence } of this.disk.records) {
      const mark = markOf(JSON.parse(json) as TelemetryRecord)
      if (mark !== undefined) this.accepted.set(mark, { stream, sequence })
    }
  }

  async run(step: Action): Promise<void> {
    if (step.kind === 'offer') for (let index = 0; index < step.count; index++) this.offer(step.what)
    else if (step.kind === 'pass') await this.clock.pass(step.ms)
    else if (step.kind === 'crash') this.crash(step.point)
    else if (step.kind === 'link') step.up ? this.outbox.linkUp() : this.outbox.linkDown()
    else if (step.kind === 'deliverBatch')
      this.#take(this.batches, step.pick, step.keep, (batch) => this.acks.push(this.server.receive(batch)))
    else if (step.kind === 'deliverAck')
      this.#take(this.acks, step.pick, step.keep, (ack) => this.outbox.acknowledge(ack))
    else if (step.kind === 'loseBatch') this.#take(this.batches, step.pick, false, () => {})
    else this.#take(this.acks, step.pick, false, () => {})
    this.noteAccepted()
  }

  /** No more faults: everything that is held gets through. */
  async drain(): Promise<void> {
    this.outbox.linkUp()
    for (let round = 0; round < 200; round++) {
      await this.clock.pass(2000)
      this.noteAccepted()
      for (const batch of this.batches.splice(0)) this.acks.push(this.server.receive(batch))
      for (const ack of this.acks.splice(0)) this.outbox.acknowledge(ack)
      if (this.outbox.counters().held === 0 && round > 2) return
    }
    throw new Error(`still held: ${JSON.stringify(this.outbox.counters())}`)
  }

  #take<T>(list: T[], pick: number, keep: boolean, act: (item: T) => void): void {
    if (list.length === 0) return
    const index = pick % list.length
    const [item] = keep ? list.slice(index, index + 1) : list.splice(index, 1)
    if (item !== undefined) act(item)
  }

  #openCommit(): GroupCommit {
    const life = { over: false }
    const { clock } = this
    // Timers of a process that died do not fire.
    const own = {
      wallMs: () => clock.wallMs(),
      monotonicNanos: () => clock.monotonicNanos(),
      isSynchronised: () => true,
      setTimer: (delayMs: number, fn: () => void) => clock.setTimer(delayMs, () => !life.over && fn()),
    }
    this.#life.over = true
    this.#life = life
    this.#clock = own
    this.#store = openMemoryStore(this.disk)
    return new GroupCommit(this.#store, own, () => {}, 1000)
  }

  #life = { over: false }
  #clock: Pick<ManualClock, 'wallMs' | 'monotonicNanos' | 'isSynchronised' | 'setTimer'> = this.clock
  #store = openMemoryStore(this.disk)

  #openOutbox(): Outbox {
    const life = this.#life
    return new Outbox({
      store: this.#store,
      clock: this.#clock,
      random: this.random,
      commit: this.commit,
      maxBytes: this.#maxBytes,
      resendMs: 1000,
      stamp: () => ({ atMs: this.clock.wallMs(), synchronised: true, boot: 'b' }),
      send: (text) => {
        if (!life.over) this.batches.push(readBatch(text))
      },
      onChange: () => {},
    })
  }
}

function readBatch(text: string): Telemetry {
  const batch = JSON.parse(text) as Telemetry
  for (const record of batch.records) {
    const read = readTelemetryRecord(record)
    if (!read.ok) throw new Error(read.message)
    expect(record.sequence).toBeGreaterThanOrEqual(batch.first)
    expect(record.sequence).toBeLessThanOrEqual(batch.last)
  }
  expect(batch.first).toBeLessThanOrEqual(batch.oldestHeld)
  expect(batch.oldestHeld).toBe(batch.records[0]?.sequence)
  return batch
}

function markOf(record: TelemetryRecord): string | undefined {
  if (record.kind === 'measurement' || record.kind === 'event') return record.name
  return record.kind === 'log' ? record.context : undefined
}

/** Each accepted record is with the server exactly once, or inside of a range that was said to be lost. */
function checkDelivery(bench: Bench): void {
  const seen = new Map<string, number>()
  const lost: { from: number; to: number }[] = []
  for (const record of bench.server.all()) {
    const mark = markOf(record)
    if (mark !== undefined) seen.set(mark, (seen.get(mark) ?? 0) + 1)
    if (record.kind === 'lost') lost.push(record)
  }
  for (const [mark, times] of seen) expect(times, mark).toBe(1)
  for (const [mark, { sequence }] of bench.accepted) {
    const named = [...lost, ...bench.server.gaps].some(({ from, to }) => from <= sequence && sequence <= to)
    expect(seen.has(mark) || named, `${mark} with sequence ${sequence}`).toBe(true)
  }
  for (const records of bench.server.records.values()) {
    const sequences = records.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
  }
}

test('every accepted record arrives exactly once, or is named as lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 60 }),
      fc.constantFrom(4000, 20_000, 10_000_000),
      async (steps, maxBytes) => {
        const bench = new Bench(maxBytes)
        bench.outbox.linkUp()
        for (const step of steps) await bench.run(step)
        await bench.drain()
        checkDelivery(bench)
        expect(bench.server.gaps).toEqual([])
        // With room for everything nothing is dropped.
        if (maxBytes === 10_000_000) expect(bench.outbox.counters().lost).toBe(0)
      },
    ),
    { numRuns: 60 },
  )
}, 60_000)

test('a server that was restored goes on with what the device still holds, and knows what it misses', async () => {
  const steps = fc.array(action, { maxLength: 40 })
  const sizes = fc.constantFrom(2000, 4000, 10_000_000)
  await fc.assert(
    fc.asyncProperty(steps, steps, steps, sizes, async (before, after, later, maxBytes) => {
      const bench = new Bench(maxBytes)
      bench.outbox.linkUp()
      for (const step of before) await bench.run(step)
      const backup = bench.server.copy()
      for (const step of after) await bench.run(step)
      bench.server.restore(backup)
      for (const step of later) await bench.run(step)
      bench.offer('event')
      await bench.drain()
      checkDelivery(bench)
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('a full outbox drops measurements first, then logs, events last, and holds no more than it may', async () => {
  const bench = new Bench(40_000)
  for (let round = 0; round < 40; round++) {
    for (let index = 0; index < 10; index++)
      for (const what of ['measurement', 'log', 'event'] as const) bench.offer(what)
    await bench.clock.pass(1000)
    expect(bench.outbox.counters().heldBytes).toBeLessThanOrEqual(40_000)
  }
  const kinds = bench.disk.records.map(({ json }) => (JSON.parse(json) as TelemetryRecord).kind)
  expect(kinds.filter((kind) => kind === 'measurement')).toHaveLength(0)
  expect(kinds.filter((kind) => kind === 'log')).toHaveLength(0)
  expect(kinds.filter((kind) => kind === 'event').length).toBeGreaterThan(50)
  const named = bench.disk.records.flatMap(({ json }) => {
    const record = JSON.parse(json) as TelemetryRecord
    return record.kind === 'lost' ? [record.count] : []
  })
  const { offered, lost } = bench.outbox.counters()
  expect(offered).toBe(1200)
  expect(named.reduce((sum, count) => sum + count, 0)).toBe(lost)
})

test('lost records name exactly what was dropped, however often the outbox was full', async () => {
  const bench = new Bench(40_000)
  for (let round = 0; round < 200; round++) {
    for (let index = 0; index < 10; index++) bench.offer('measurement')
    if (round % 100 === 0) bench.offer('event')
    await bench.clock.pass(1000)
  }
  const held = bench.disk.records.map(({ json }) => JSON.parse(json) as TelemetryRecord)
  const ranges = held.filter((record) => record.kind === 'lost')
  for (const { from, to, count } of ranges) expect(count).toBe(to - from + 1)
  const named = ranges.flatMap(({ from, count }) => Array.from({ length: count }, (_, index) => from + index))
  const others = held.filter((record) => record.kind !== 'lost').map(({ sequence }) => sequence)
  const all = [...others, ...named].sort((a, b) => a - b)
  expect(all).toEqual(all.map((_, index) => index + 1))
  expect(bench.outbox.counters().lost).toBe(named.length)
  // Two events lie in between: one record for each gap, not one for each time.
  expect(ranges).toHaveLength(3)
})

test('a store that was set back begins a new stream instead of giving numbers that the server knows', async () => {
  const bench = new Bench(1_000_000)
  bench.outbox.linkUp()
  const { stream } = bench.outbox.counters()
  bench.server.committed.set(stream, 50)
  bench.offer('event')
  await bench.drain()
  bench.offer('event')
  await bench.drain()
  expect(bench.outbox.counters().stream).not.toBe(stream)
  expect(bench.server.all().map(markOf)).toContain('m2')
})
