/** `GET /readyz`: whether this process can serve. */
import type { Health } from '@ocelli/schemas/api/status'
import type { IdentityStore } from '../store/store.ts'
import type { Ok } from './operations.ts'

export interface ReadinessCheck {
  readonly name: string
  /** Nothing where all is well, else what is wrong. */
  readonly run: () => Promise<string | undefined>
}

export function createReadiness(ports: {
  readonly store: Pick<IdentityStore, 'epoch'>
  readonly busIsUp: () => boolean
  readonly checks: readonly ReadinessCheck[]
}): () => Promise<Ok<Health>> {
  const checks: readonly ReadinessCheck[] = [
    {
      name: 'database',
      run: async () => {
        await ports.store.epoch()
        return undefined
      },
    },
    { name: 'broker', run: async () => (ports.busIsUp() ? undefined : 'cannot be reached') },
    ...ports.checks,
  ]
  return async () => {
    const results = await Promise.all(checks.map(runCheck))
    const ok = results.every((result) => result.ok)
    return { status: ok ? 200 : 503, body: { status: ok ? 'ok' : 'failing', checks: results } }
  }
}

async function runCheck({ name, run }: ReadinessCheck): Promise<Health['checks'][number]> {
  try {
    const message = await run()
    return message === undefined ? { name, ok: true } : { name, ok: false, message }
  } catch {
    // Anybody may ask: the cause is for the log, not for strangers.
    return { name, ok: false, message: 'failed' }
  }
}
