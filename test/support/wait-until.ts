/** Asked ever less often: most conditions hold at once or after seconds, and asking takes the machine from the asked. */
const FIRST_PAUSE_MS = 5
const MAX_PAUSE_MS = 100
const GROWTH = 1.3

/** Waits for a condition with a bound: nothing in a test sleeps for a fixed time. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 60_000,
): Promise<void> {
  const endMs = performance.now() + timeoutMs
  let pauseMs = FIRST_PAUSE_MS
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * GROWTH)
  }
}
