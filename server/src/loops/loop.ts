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

export interface Loop {
  /** Runs after `withinMs`, or `debounceMs` where that is absent; earlier where something else asks for it. */
  wake(withinMs?: number): void
  /** No run starts afterwards; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/** First wait after a failure; doubles up to a minute: a database that restarts is back within seconds. */
const RETRY_MS = 500
const MAX_RETRY_MS = 60_000

/** Longest rest: after a database that stood still, or a first look that reads everything, those that follow are quick. */
const MAX_REST_MS = 2_000

/** How long to gather what comes one after the other from a large fleet: in proportion to what a look takes. */
export function restMs(leastMs: number, times: number, tookMs: number): number {
  return Math.min(Math.max(leastMs, times * tookMs), MAX_REST_MS)
}

export function startLoop(clock: Clock, log: Log, options: LoopOptions): Loop {
  let stopped = false
  let running: Promise<void> | undefined
  /** The shortest wait that was asked for meanwhile. */
  let wokenWhileRunning = Number.POSITIVE_INFINITY
  let failures = 0
  let timer: { readonly dueMs: number; readonly cancel: () => void } | undefined

  /** Keeps the earlier of two planned runs. */
  const plan = (delayMs: number) => {
    const dueMs = clock.monotonicMs() + delayMs
    if (stopped || (timer !== undefined && timer.dueMs <= dueMs)) return
    timer?.cancel()
    timer = { dueMs, cancel: clock.setTimer(delayMs, start) }
  }
  const start = () => {
    timer = undefined
    running = once().finally(() => {
      running = undefined
      if (Number.isFinite(wokenWhileRunning)) plan(wokenWhileRunning)
      wokenWhileRunning = Number.POSITIVE_INFINITY
    })
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
    wake(withinMs = options.debounceMs) {
      if (running) wokenWhileRunning = Math.min(wokenWhileRunning, withinMs)
      else plan(failures > 0 ? Math.max(RETRY_MS, withinMs) : withinMs)
    },
    async stop() {
      stopped = true
      timer?.cancel()
      await running
    },
  }
}
