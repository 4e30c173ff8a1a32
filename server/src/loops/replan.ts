/**
 * Facts changed by themselves: places again what follows from them, and looks at no more than what they concern. A
 * deployment of which too many devices would be touched waits for a person, by itself: its change follows the facts,
 * goes when they come back, and holds up nothing else.
 */

import type { DeploymentId, DeviceId, ProjectId } from '@ocelli/schemas/ids'
import { audited, SERVER_ACTOR } from '../actions/caller.ts'
import { commitChange } from '../actions/commit-change.ts'
import type { ActionContext } from '../actions/context.ts'
import { takeSnapshot } from '../actions/take-snapshot.ts'
import { isRefusal, type Refusal } from '../domain/refusal.ts'
import type { Log } from '../log.ts'
import { nextAbsenceMs } from '../scheduler/schedule.ts'
import { gatheringOf, startLoop } from './loop.ts'

/** A hot-plug must be re-placed within 5 s; all devices of a site come back within a moment of each other. */
const DEBOUNCE_MS = 200
/** While the devices of a large fleet come one after the other: rests for this many times as long as a look took. */
const REST = 4
/** A lost wake is made good by this. */
const EVERY_MS = 60_000
/** Up to so many devices are placed one by one; more are as quickly placed together. */
const FEW_DEVICES = 20
/** So that a clock that stands still does not make it turn in circles. */
const LEAST_WAIT_MS = 100

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

  /** Projects in which some deployment waits for a person. */
  const waits = new Set<ProjectId>()

  /** Devices that came or went since the last run. */
  let moved = false

  let lookMs = 0

  const run = async () => {
    const startedMs = context.clock.monotonicMs()
    const againMs = await look()
    lookMs = context.clock.monotonicMs() - startedMs
    return againMs
  }
  const look = async () => {
    if (!ports.isLeader()) return undefined
    // Without a wake it is the periodic run, which looks at everything.
    const [lookAt, presence] = [isNothing(changed) && !moved ? 'all' : changed, moved] as const
    changed = new Set()
    moved = false
    let againMs: number | undefined
    try {
      for (const project of await context.store.projects()) {
        const absence = await absenceMatters(project)
        const wide = lookAt === 'all' || (presence && (absence || (await selectorsAskForPresence(project))))
        if (wide || lookAt.size > 0) await replan(project, wide ? 'all' : lookAt)
        const dueMs = absence ? await untilAbsentMs(project) : undefined
        againMs = dueMs === undefined ? againMs : Math.min(dueMs, againMs ?? dueMs)
      }
    } catch (error) {
      changed = 'all'
      throw error
    }
    return againMs
  }
  const selectorsAskForPresence = async (project: ProjectId) => {
    const [deployments, fleets] = await Promise.all([context.store.deployments(project), context.store.fleets(project)])
    const selectors = [
      ...deployments.map(({ spec }) => spec.target?.selector),
      ...fleets.map(({ spec }) => spec.selector),
    ]
    return selectors.some((selector) => selector?.includes('presence'))
  }
  const absenceMatters = async (project: ProjectId) =>
    (await context.store.deployments(project)).some(({ spec }) => spec.absentAfterMs !== undefined)
  /** When the next device that holds a replica becomes absent, if it stays silent. */
  const untilAbsentMs = async (project: ProjectId) => {
    const atMs = nextAbsenceMs(await takeSnapshot(context, project))
    return atMs === undefined ? undefined : Math.max(LEAST_WAIT_MS, atMs - context.clock.wallMs())
  }
  const replan = async (project: ProjectId, lookAt: Set<DeviceId> | 'all') => {
    // What waits follows the facts of all devices.
    const isNarrow = lookAt !== 'all' && lookAt.size <= FEW_DEVICES && !waits.has(project)
    const affected = isNarrow ? lookAt : undefined
    const done = await commitChange(
      context,
      { project, actor: SERVER_ACTOR },
      { kind: 'replan' },
      { action: 'replan', subject: project, lookAt, affected },
    )
    if (isRefusal(done)) return cannot(project, done)
    const touched = done.plan.touched.length
    if (touched > 0) log.info({ project, touched }, 'placements followed the facts')
    const waiting = done.outcome === 'pending' ? [] : done.waiting
    if (waiting.length > 0) waits.add(project)
    else if (!affected) waits.delete(project)
    for (const only of waiting) await keepWaiting(project, only)
    if (!affected || waiting.length > 0) await dropObsolete(project, new Set(waiting.map(({ id }) => pendingIdOf(id))))
  }
  const cannot = (project: ProjectId, { code, message }: Refusal) => {
    changed = 'all'
    log.error({ project, code, reason: message }, 'placements cannot follow the facts')
  }
  /** One waiting change for each deployment: it holds up no other. */
  const keepWaiting = async (project: ProjectId, only: { readonly id: DeploymentId; readonly name: string }) => {
    const done = await commitChange(
      context,
      { project, actor: SERVER_ACTOR },
      { kind: 'replan', only },
      { action: 'replan', subject: only.name, pendingId: pendingIdOf(only.id) },
    )
    if (isRefusal(done)) return cannot(project, done)
    if (done.outcome !== 'pending') return
    const { pending, plan } = done
    const touched = plan.touched.length
    log.warn(
      { project, deployment: only.name, touched, maxTouched: plan.maxTouched, pending },
      'facts would move too many devices: a person decides',
    )
  }
  const dropObsolete = async (project: ProjectId, waiting: ReadonlySet<string>) => {
    for (const { id, change } of await context.store.pending(project)) {
      if (change.kind !== 'replan' || waiting.has(id)) continue
      const caller = { project, actor: SERVER_ACTOR }
      await context.store.removePending(id, audited(caller, context.clock.wallMs(), 'change.obsolete', id))
    }
  }
  const loop = startLoop(context.clock, log, { name: 'replan', debounceMs: DEBOUNCE_MS, everyMs: EVERY_MS, run })

  const soon = () => loop.wake(gatheringOf(DEBOUNCE_MS, REST, lookMs))

  return {
    factsChanged(device) {
      if (changed !== 'all') changed.add(device)
      soon()
    },
    presenceChanged() {
      moved = true
      soon()
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

/** One deployment, one waiting change: the facts as they are. */
function pendingIdOf(deployment: DeploymentId): string {
  return `facts-${deployment}`
}
