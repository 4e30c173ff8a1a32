/** Replacing the certificate root: a second one is made, devices learn it as they renew, the first is retired. */
import type { RootsInfo } from '@ocelli/schemas/api/root'
import { type Refusal, refusal } from '../domain/refusal.ts'
import { audited, type Caller } from './caller.ts'
import type { ActionContext, IdentityContext } from './context.ts'

const SHOWN_NAMES = 100

export async function showRoots({ store }: ActionContext, identity: IdentityContext): Promise<RootsInfo | Refusal> {
  const { roots } = identity
  if (roots === undefined) return noAuthority()
  const { current, next, renewableAfterMs } = roots.state()
  if (next === undefined) return { current: { sha256: current } }
  const { devices, waiting } = await store.rootHolders(next.rootSha256, renewableAfterMs)
  return {
    current: { sha256: current },
    next: {
      sha256: next.rootSha256,
      sinceMs: next.sinceMs,
      devices,
      waiting: waiting.length,
      waitingNames: waiting.slice(0, SHOWN_NAMES),
    },
  }
}

/** Throws OcelliError `request.conflict` where two roots overlap already. */
export async function rotateRoot(
  context: ActionContext,
  identity: IdentityContext,
  caller: Caller,
): Promise<RootsInfo | Refusal> {
  if (identity.roots === undefined) return noAuthority()
  const keyFile = await identity.roots.rotate(
    audited(caller, context.clock.wallMs(), 'root.rotate', 'installation', {}),
  )
  const shown = await showRoots(context, identity)
  return 'next' in shown && shown.next !== undefined ? { ...shown, next: { ...shown.next, keyFile } } : shown
}

/** Refuses `request.conflict` while devices would be shut out, unless forced. */
export async function retireRoot(
  context: ActionContext,
  identity: IdentityContext,
  caller: Caller,
  force: boolean,
): Promise<RootsInfo | Refusal> {
  const { roots } = identity
  if (roots === undefined) return noAuthority()
  const { next, renewableAfterMs } = roots.state()
  const holders = next && (await context.store.rootHolders(next.rootSha256, renewableAfterMs))
  if (holders !== undefined && holders.waiting.length > 0 && !force) {
    const names = holders.waiting.slice(0, 5).map(({ name }) => name)
    return refusal(
      'request.conflict',
      `${holders.waiting.length} of ${holders.devices} devices have yet to renew and would be shut out: ${names.join(', ')}${holders.waiting.length > names.length ? ', …' : ''}`,
    )
  }
  const detail = { devices: holders?.devices ?? 0, shutOut: holders?.waiting.length ?? 0 }
  await roots.retire(audited(caller, context.clock.wallMs(), 'root.retire', 'installation', detail))
  return showRoots(context, identity)
}

const noAuthority = () => refusal('request.notFound', 'this server has no certificate authority')
