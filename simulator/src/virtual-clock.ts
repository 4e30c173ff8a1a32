/** A clock that stands still until it is told to go on, then fires its timers in order of time. */
import type { Clock } from './clock.ts'

export interface VirtualClock extends Clock {
  /** Goes on by so many milliseconds; each timer finds the clock at its own time. */
  advance(durationMs: number): void
  /** Timers that are waiting. */
  pending(): number
}

interface Timer {
  readonly atNanos: bigint
  readonly order: number
  readonly fire: () => void
}

export function createVirtualClock(startNanos = 0n): VirtualClock {
  let nowNanos = startNanos
  let made = 0
  const timers = new Set<Timer>()
  /** The next timer up to a time; among equals the one that was set first. */
  const nextUntil = (endNanos: bigint): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.atNanos > endNanos) continue
      if (!next || timer.atNanos < next.atNanos || (timer.atNanos === next.atNanos && timer.order < next.order)) {
        next = timer
      }
    }
    return next
  }
  return {
    monotonicNanos: () => nowNanos,
    setTimer(delayMs, fire) {
      const delayNanos = BigInt(Math.ceil(Math.max(0, delayMs) * 1e6))
      const timer: Timer = { atNanos: nowNanos + delayNanos, order: made++, fire }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(durationMs) {
      const endNanos = nowNanos + BigInt(Math.round(durationMs * 1e6))
      for (let timer = nextUntil(endNanos); timer; timer = nextUntil(endNanos)) {
        timers.delete(timer)
        nowNanos = timer.atNanos
        timer.fire()
      }
      nowNanos = endNanos
    },
    pending: () => timers.size,
  }
}
