/**
 * Facts changed by themselves: places again what follows from them. A change that touches too many devices becomes one
 * waiting change, which follows the facts and goes when they come back.
 */

import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { audited, SERVER_ACTOR } from '../actions/caller.ts'
import { type ChangeOutcome, commitChange } from '../actions/commit-change.ts'
import type { ActionContext } from '../actions/context.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { Log } from '../log.ts'
import { startLoop } from './loop.ts'

/** A hot-plug must be re-placed within 5 s; all devices of a site come back within a moment of each other. */
const DEBOUNCE_MS = 200
/** A lost wake is made good by this. */
const EVERY_MS = 60_000

export interface Replan {
  /** What the scheduler reads of the device changed, or it is new. */
  factsChanged(device: DeviceId): void
  /** A device came or went: that matters only where some selector asks for presence. */
  presenceChanged(): void
  /** Something may have changed anywhere. */
  wake(): void
  stop(): Promise<void>
}

export function createReplan(ports: {
  readonly context: ActionContext
  readonly log: Log
  readonly isLeader: () => boolean
}): Replan {
  const { context, log } = ports
  /** Devices whose desired state is looked at though no placement of theirs may move (a pixel format changed). */
  let changed: Set<DeviceId> | 'all' = 'all'

  /** Devices that came or went since the last run. */
  let moved = false

  const run = async () => {
    if (!ports.isLeader()) return undefined
    // Without a wake it is the periodic run, which looks at everything.
    const [lookAt, presence] = [isNothing(changed) && !moved ? 'all' : changed, moved] as const
    changed = new Set()
    moved = false
    try {
      for (const project of await context.store.projects()) {
        const due = lookAt === 'all' || lookAt.size > 0 || (presence && (await presenceMatters(project)))
        if (due) await replan(project, lookAt)
      }
    } catch (error) {
      changed = 'all'
      throw error
    }
    return undefined
  }
  const presenceMatters = async (project: ProjectId) => {
    const [deployments, fleets] = await Promise.all([context.store.deployments(project), context.store.fleets(project)])
    const selectors = [
      ...deployments.map(({ spec }) => spec.target?.selector),
      ...fleets.map(({ spec }) => spec.selector),
    ]
    return selectors.some((selector) => selector?.includes('presence'))
  }
  const replan = async (project: ProjectId, lookAt: Set<DeviceId> | 'all') => {
    const pendingId = pendingIdOf(project)
    const done = await commitChange(
      context,
      { project, actor: SERVER_ACTOR },
      { kind: 'replan' },
      { action: 'replan', subject: project, lookAt, pendingId },
    )
    if (isRefusal(done)) {
      changed = 'all'
      return log.error({ project, code: done.code, reason: done.message }, 'placements cannot follow the facts')
    }
    tell(project, done)
    if (done.outcome === 'pending') changed = 'all'
    else await dropPending(project, pendingId)
  }
  const tell = (project: ProjectId, done: ChangeOutcome) => {
    const touched = done.plan.touched.length
    if (done.outcome === 'applied' && touched > 0) log.info({ project, touched }, 'placements followed the facts')
    if (done.outcome === 'pending') {
      const { pending, plan } = done
      log.warn(
        { project, touched, maxTouched: plan.maxTouched, pending },
        'facts would move too many devices: a person decides',
      )
    }
  }
  const dropPending = async (project: ProjectId, id: string) => {
    if (!(await context.store.pending(project)).some((row) => row.id === id)) return
    const caller = { project, actor: SERVER_ACTOR }
    await context.store.removePending(id, audited(caller, context.clock.wallMs(), 'change.obsolete', id))
  }
  const loop = startLoop(context.clock, log, { name: 'replan', debounceMs: DEBOUNCE_MS, everyMs: EVERY_MS, run })

  return {
    factsChanged(device) {
      if (changed !== 'all') changed.add(device)
      loop.wake()
    },
    presenceChanged() {
      moved = true
      loop.wake()
    },
    wake() {
      changed = 'all'
      loop.wake()
    },
    stop: () => loop.stop(),
  }
}

function isNothing(changed: ReadonlySet<DeviceId> | 'all'): boolean {
  return changed !== 'all' && changed.size === 0
}

/** One cause, one waiting change: the facts as they are. */
function pendingIdOf(project: ProjectId): string {
  return `facts-${project}`
}
