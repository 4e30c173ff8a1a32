/**
 * Batches that wait at the same time share one transaction, as a commit costs far more than a record. Invariants:
 * every batch gets exactly one answer; batches of one stream are committed in the order they came; a batch that fails
 * fails alone, as its neighbours are then committed one by one.
 */
import type { TelemetryAnswer, TelemetryBatch } from '../telemetry-rule.ts'

export interface QueueLimits {
  /** Records in one transaction: bounds how long others wait for it. One batch may be larger. */
  readonly maxRecords: number
  /** Transactions at a time: more than one lets the encoding of one overlap the writing of another. */
  readonly maxInFlight: number
}

interface Waiting {
  readonly batch: TelemetryBatch
  readonly resolve: (answer: TelemetryAnswer) => void
  readonly reject: (cause: unknown) => void
}

export class TelemetryQueue {
  readonly #commit: (batches: readonly TelemetryBatch[]) => Promise<readonly TelemetryAnswer[]>
  readonly #limits: QueueLimits
  #waiting: Waiting[] = []
  readonly #busyStreams = new Set<string>()
  #inFlight = 0

  constructor(
    commit: (batches: readonly TelemetryBatch[]) => Promise<readonly TelemetryAnswer[]>,
    limits: QueueLimits,
  ) {
    this.#commit = commit
    this.#limits = limits
  }

  add(batch: TelemetryBatch): Promise<TelemetryAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<TelemetryAnswer>()
    this.#waiting.push({ batch, resolve, reject })
    // What arrives in the same turn goes together.
    queueMicrotask(() => this.#pump())
    return promise
  }

  #pump(): void {
    while (this.#inFlight < this.#limits.maxInFlight) {
      const group = this.#takeGroup()
      if (group.length === 0) return
      const streams = group.map(({ batch }) => `${batch.device} ${batch.stream}`)
      for (const stream of streams) this.#busyStreams.add(stream)
      this.#inFlight++
      void this.#run(group).finally(() => {
        for (const stream of streams) this.#busyStreams.delete(stream)
        this.#inFlight--
        this.#pump()
      })
    }
  }

  /** The longest waiting batches up to the limit, without those whose stream is being committed. */
  #takeGroup(): Waiting[] {
    const group: Waiting[] = []
    const left: Waiting[] = []
    let records = 0
    let full = false
    for (const waiting of this.#waiting) {
      const count = waiting.batch.records.length
      full ||= group.length > 0 && records + count > this.#limits.maxRecords
      if (full || this.#busyStreams.has(`${waiting.batch.device} ${waiting.batch.stream}`)) {
        left.push(waiting)
        continue
      }
      group.push(waiting)
      records += count
    }
    this.#waiting = left
    return group
  }

  async #run(group: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#commit(group.map(({ batch }) => batch))
      for (const [index, { resolve }] of group.entries()) resolve(answers[index])
    } catch (cause) {
      const [only, ...others] = group
      if (only === undefined) return
      if (others.length === 0) only.reject(cause)
      else for (const waiting of group) await this.#run([waiting])
    }
  }
}
