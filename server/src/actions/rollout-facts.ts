/** Loads what a decision about a rollout is made from. */
import type { DeviceDecision } from '@ocelli/schemas/api/plan'
import type { DeviceId } from '@ocelli/schemas/ids'
import { ROLLOUT_DEFAULTS } from '@ocelli/schemas/manifest/rollout'
import type { Rollout } from '../domain/rollout.ts'
import type { DeviceFacts, Snapshot } from '../domain/snapshot.ts'
import type { FramePairRow, LocalTime, RolloutFacts, WindowEvidence } from '../rollout/facts.ts'
import { windowsOf } from '../rollout/gate.ts'
import { membersFrom } from '../rollout/members.ts'
import { hasEnded } from '../rollout/table.ts'
import { schedule } from '../scheduler/schedule.ts'
import type { Moment } from '../store/store.ts'
import type { ActionContext } from './context.ts'

/** A believed clock may be ahead by this much. */
const CLOCK_SLACK_MS = 5_000
/** Label with the IANA name of the zone in which a device stands. */
const ZONE_LABEL = 'timeZone'

/** `would`: where it is known already, the devices that get the new revision if all are released. */
export async function rolloutFacts(
  context: Pick<ActionContext, 'store' | 'clock' | 'classes' | 'localTime'>,
  rollout: Rollout,
  { snapshot, rows }: Moment,
  { would = wouldRun(context, rollout, snapshot) }: { readonly would?: ReadonlySet<DeviceId> } = {},
): Promise<RolloutFacts> {
  const { clock } = context
  const nowMs = clock.wallMs()
  const deployment = snapshot.deployments.find(({ id }) => id === rollout.deployment)
  const members = membersFrom(rollout, {
    rows,
    placements: snapshot.placements.filter((placement) => placement.deployment === rollout.deployment),
    would,
    pinned: new Set(Object.keys(deployment?.pins ?? {}) as DeviceId[]),
    decisions: await shadowDecisions(context, rollout),
    local: (device) => localTime(context, rollout, device, nowMs),
  })
  return { members, evidence: await evidenceOf(context, rollout, nowMs), pairs: await pairsOf(context, rollout, nowMs) }
}

function wouldRun(
  { classes }: Pick<ActionContext, 'classes'>,
  rollout: Rollout,
  snapshot: Snapshot,
): ReadonlySet<DeviceId> {
  const { deployment: id, revision, reach, phase } = rollout
  const isPlain = reach === 'all' || hasEnded(phase)
  const placements = isPlain
    ? snapshot.placements
    : (schedule(released(rollout, snapshot), classes()).find((one) => one.deployment === id)?.placements ?? [])
  return new Set(
    placements.flatMap((one) =>
      one.deployment === id && one.revision === revision && one.role !== 'shadow' ? [one.device] : [],
    ),
  )
}

/** The snapshot as if all devices were released. */
function released(rollout: Rollout, snapshot: Snapshot): Snapshot {
  const deployments = snapshot.deployments.map((deployment) => {
    if (deployment.id !== rollout.deployment) return deployment
    const { rollout: _, ...plain } = deployment
    return plain
  })
  return { ...snapshot, deployments }
}

async function shadowDecisions(
  { store }: Pick<ActionContext, 'store'>,
  { deployment, shadow, phase }: Rollout,
): Promise<ReadonlyMap<DeviceId, DeviceDecision>> {
  const found = new Map<DeviceId, DeviceDecision>()
  if (phase !== 'shadowing') return found
  for (const device of shadow) {
    const decision = await store.decision(deployment, device)
    if (decision) found.set(device, decision)
  }
  return found
}

function localTime(
  { localTime: of }: Pick<ActionContext, 'localTime'>,
  { policy }: Rollout,
  { labels }: DeviceFacts,
  nowMs: number,
): LocalTime | string {
  const zone = labels[ZONE_LABEL] ?? policy.timeZone ?? ROLLOUT_DEFAULTS.timeZone
  // Where there are no windows nobody asks what time it is.
  if (policy.windows === undefined) return { weekday: 0, minute: 0 }
  return of(zone, nowMs) ?? `there is no time zone ${zone}`
}

async function evidenceOf(
  { store }: Pick<ActionContext, 'store'>,
  rollout: Rollout,
  nowMs: number,
): Promise<Map<number, WindowEvidence>> {
  const found = new Map<number, WindowEvidence>()
  const { project, deployment, phase, phaseAtMs, released: have, wave, waves } = rollout
  if (phase !== 'open' || have.length === 0) return found
  const openedAtMs = waves[wave]?.openedAtMs ?? phaseAtMs
  for (const windowMs of windowsOf(rollout)) {
    const fromMs = Math.max(nowMs - windowMs, phaseAtMs)
    const rows = await store.evidence({ project, deployment, fromMs, toMs: nowMs + CLOCK_SLACK_MS })
    const before = await store.evidence({ project, deployment, fromMs: openedAtMs - windowMs, toMs: openedAtMs })
    found.set(windowMs, { windowMs, fromMs, toMs: nowMs, rows, before })
  }
  return found
}

async function pairsOf(
  { store }: Pick<ActionContext, 'store'>,
  { project, deployment, revision, phase, phaseAtMs, policy }: Rollout,
  nowMs: number,
): Promise<readonly FramePairRow[]> {
  if (phase !== 'shadowing' || (policy.shadow?.checks ?? []).length === 0) return []
  return store.framePairs({ project, deployment, fromMs: phaseAtMs, toMs: nowMs + CLOCK_SLACK_MS, revision })
}
