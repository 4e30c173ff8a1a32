/**
 * A level-triggered loop: `wake` says that something may have changed, and soon after `run` looks at everything anew.
 * Wakes while it runs make it run once more; a failure is tried again with backoff. Runs never overlap.
 */
import type { Log } from '../log.ts'
import type { Clock } from '../ports.ts'

export interface LoopOptions {
  readonly name: string
  /** From the first wake to the run: what comes in between is done together. */
  readonly debounceMs: number
  /** Runs at least this often without a wake; absent: only when woken. */
  readonly everyMs?: number
  /** Answers in how many milliseconds to run again by itself, or nothing. */
  readonly run: () => Promise<number | undefined>
}

/** How long wakes are gathered before a run. */
export interface Gathering {
  /** Since the first of them, at most. */
  readonly mostMs: number
  /** Since the last of them: when nobody has anything more to say there is nothing to wait for. */
  readonly quietMs: number
}

export interface Loop {
  /** Runs after `debounceMs`, or when enough is gathered; earlier where something else asks for it. */
  wake(gathering?: Gathering): void
  /** No run starts afterwards; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/** First wait after a failure; doubles up to a minute: a database that restarts is back within seconds. */
const RETRY_MS = 500
const MAX_RETRY_MS = 60_000

/** Longest gathering: after a database that stood still, or a first look that reads everything, those that follow are quick. */
const MAX_GATHERING_MS = 2_000

/**
 * For what comes one after the other from a large fleet: at most `times` as long as a look takes, and as long as one look
 * after the last that came.
 */
export function gatheringOf(leastMs: number, times: number, tookMs: number): Gathering {
  const bounded = (ms: number) => Math.min(Math.max(leastMs, ms), MAX_GATHERING_MS)
  return { mostMs: bounded(times * tookMs), quietMs: bounded(tookMs) }
}

interface Gathered extends Gathering {
  /** When to run, however many more come. */
  readonly dueMs: number
  /** When the last of them came. */
  readonly lastMs: number
}

export function startLoop(clock: Clock, log: Log, options: LoopOptions): Loop {
  const soon: Gathering = { mostMs: options.debounceMs, quietMs: options.debounceMs }
  let stopped = false
  let running: Promise<void> | undefined
  /** Wakes since the last run began. */
  let gathered: Gathered | undefined
  let failures = 0
  /** Of its own accord, or after a failure. */
  const again = new Timer(clock)
  const gathering = new Timer(clock)

  const start = () => {
    again.cancel()
    gathering.cancel()
    gathered = undefined
    running = once().finally(() => {
      running = undefined
      if (gathered === undefined) return
      const nowMs = clock.monotonicMs()
      gathered = { ...gathered, dueMs: nowMs + gathered.mostMs, lastMs: nowMs }
      gather(gathered)
    })
  }
  const gather = (wakes: Gathered) => {
    const waitMs = endOf(wakes) - clock.monotonicMs()
    if (!stopped) gathering.set(failures > 0 ? Math.max(RETRY_MS, waitMs) : waitMs, startIfGathered)
  }
  const startIfGathered = () => {
    if (gathered !== undefined && clock.monotonicMs() < endOf(gathered)) gather(gathered)
    else start()
  }
  const plan = (delayMs: number) => {
    if (!stopped) again.set(delayMs, start)
  }
  const once = async () => {
    try {
      const againMs = await options.run()
      failures = 0
      const nextMs = Math.min(againMs ?? Number.POSITIVE_INFINITY, options.everyMs ?? Number.POSITIVE_INFINITY)
      if (Number.isFinite(nextMs)) plan(nextMs)
    } catch (error) {
      const retryMs = Math.min(RETRY_MS * 2 ** failures++, MAX_RETRY_MS)
      log.error({ loop: options.name, err: error, retryMs }, 'a loop failed and runs again')
      plan(retryMs)
    }
  }
  if (options.everyMs !== undefined) plan(options.everyMs)
  return {
    wake({ mostMs, quietMs } = soon) {
      const lastMs = clock.monotonicMs()
      gathered = {
        mostMs: Math.min(mostMs, gathered?.mostMs ?? Number.POSITIVE_INFINITY),
        quietMs: Math.min(quietMs, gathered?.quietMs ?? Number.POSITIVE_INFINITY),
        dueMs: Math.min(lastMs + mostMs, gathered?.dueMs ?? Number.POSITIVE_INFINITY),
        lastMs,
      }
      if (!running) gather(gathered)
    },
    async stop() {
      stopped = true
      again.cancel()
      gathering.cancel()
      await running
    },
  }
}

function endOf({ dueMs, lastMs, quietMs }: Gathered): number {
  return Math.min(dueMs, lastMs + quietMs)
}

/** Keeps the earlier of two times that it is set to. */
class Timer {
  readonly #clock: Clock
  #set: { readonly dueMs: number; readonly cancel: () => void } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  set(delayMs: number, act: () => void): void {
    const waitMs = Math.max(0, delayMs)
    const dueMs = this.#clock.monotonicMs() + waitMs
    if (this.#set !== undefined && this.#set.dueMs <= dueMs) return
    this.cancel()
    const cancel = this.#clock.setTimer(waitMs, () => {
      this.#set = undefined
      act()
    })
    this.#set = { dueMs, cancel }
  }

  cancel(): void {
    this.#set?.cancel()
    this.#set = undefined
  }
}
