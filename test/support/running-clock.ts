/** A virtual clock that runs by itself: whenever a timer waits, time jumps to it. For tests that await real promises. */
export interface RunningClock {
  wallMs(): number
  monotonicMs(): number
  setTimer(delayMs: number, fn: () => void): () => void
  stop(): void
}

export function createRunningClock(startMs = Date.UTC(2026, 0, 1)): RunningClock {
  let nowMs = 0
  let made = 0
  let isRunning = true
  let isPlanned = false
  const timers = new Map<number, { atMs: number; fn: () => void }>()
  const step = () => {
    isPlanned = false
    if (!isRunning) return
    let next: [number, { atMs: number; fn: () => void }] | undefined
    for (const entry of timers) if (!next || entry[1].atMs < next[1].atMs) next = entry
    if (!next) return
    timers.delete(next[0])
    nowMs = Math.max(nowMs, next[1].atMs)
    next[1].fn()
    plan()
  }
  const plan = () => {
    if (isPlanned || timers.size === 0 || !isRunning) return
    isPlanned = true
    setImmediate(step)
  }
  return {
    wallMs: () => startMs + nowMs,
    monotonicMs: () => nowMs,
    setTimer(delayMs, fn) {
      const key = made++
      timers.set(key, { atMs: nowMs + Math.max(0, delayMs), fn })
      plan()
      return () => void timers.delete(key)
    },
    stop() {
      isRunning = false
      timers.clear()
    },
  }
}
