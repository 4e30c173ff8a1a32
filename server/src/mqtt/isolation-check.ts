/** Keeps asking an external broker whether it keeps devices apart; `/readyz` fails while it does not, or cannot be asked. */
import type { Clock } from '../ports.ts'
import type { ProbeResult } from './probe-isolation.ts'

/** Access rules change with a reload of the broker, which nobody tells us about. */
const AGAIN_MS = 3_600_000
const BREACHED_AGAIN_MS = 60_000
const UNCLEAR_AGAIN_MS = 10_000

export interface IsolationCheck {
  readonly name: string
  /** What is wrong; `undefined` where the last probe found nothing. */
  run(): Promise<string | undefined>
  stop(): void
}

/** Starts at once. `onResult` hears of each probe that was not clean. */
export function startIsolationCheck(
  probe: () => Promise<ProbeResult>,
  clock: Pick<Clock, 'setTimer'>,
  onResult: (result: ProbeResult) => void,
): IsolationCheck {
  let last: ProbeResult | undefined
  let isStopped = false
  let cancel = () => {}
  const ask = async () => {
    const result = await probe().catch((error: unknown): ProbeResult => {
      return { ok: false, breaches: [], unclear: [error instanceof Error ? error.message : String(error)] }
    })
    if (isStopped) return
    // A broker that cannot be asked just now is no safer and no worse than it was.
    if (result.breaches.length > 0 || result.ok || last === undefined) last = result
    if (!result.ok) onResult(result)
    const waitMs = result.ok ? AGAIN_MS : result.breaches.length > 0 ? BREACHED_AGAIN_MS : UNCLEAR_AGAIN_MS
    cancel = clock.setTimer(waitMs, () => void ask())
  }
  void ask()
  return {
    name: 'broker access',
    run: async () => {
      if (last === undefined) return 'not asked yet'
      if (last.breaches.length > 0) return `the broker lets devices reach each other: ${last.breaches.join('; ')}`
      return last.ok ? undefined : 'could not be asked'
    },
    stop() {
      isStopped = true
      cancel()
    },
  }
}
