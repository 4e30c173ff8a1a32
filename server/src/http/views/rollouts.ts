/** Rollouts as the API shows them: what is kept, with the facts of now. */
import type { RolloutDetail, RolloutDevice, RolloutSummary, RolloutWave } from '@ocelli/schemas/api/rollout'
import type { Failure, Rollout } from '../../domain/rollout.ts'
import { verbsOf } from '../../rollout/command.ts'
import { type Decision, decide } from '../../rollout/decide.ts'
import { isLiving, type Member, type RolloutFacts } from '../../rollout/facts.ts'
import { devicesNotBack, whyNotBack } from '../../rollout/not-back.ts'
import { among, countProgress, progressOf } from '../../rollout/progress.ts'
import { hasEnded } from '../../rollout/table.ts'
import { membersOf } from '../../rollout/waves.ts'

/** What is shown of one rollout at one moment. */
export interface Shown {
  readonly rollout: Rollout
  readonly facts: RolloutFacts
  readonly nowMs: number
}

export function rolloutSummary({ rollout, facts, nowMs }: Shown): RolloutSummary {
  return summaryOf(rollout, facts, decide(rollout, facts, nowMs))
}

export function rolloutDetail({ rollout, facts, nowMs }: Shown): Omit<RolloutDetail, 'check'> {
  const decision = decide(rollout, facts, nowMs)
  const { allowed, down, text } = decision.budget
  return {
    ...summaryOf(rollout, facts, decision),
    budget: { ...(allowed !== undefined && { allowed }), down: down.size, text },
    list: rollout.waves.map((_, index) => waveOf(rollout, facts, decision, index)),
    ...notBackOf(rollout, facts),
    ...(rollout.phase === 'shadowing' && { shadow: [...decision.shadow] }),
    history: rollout.history.map((event) => ({ ...event })),
    verbs: verbsOf(rollout),
  }
}

/** Names that are told; a count says how many there are. */
const NOT_BACK_NAMED = 100

function notBackOf(rollout: Rollout, facts: RolloutFacts): Pick<RolloutDetail, 'notBack'> {
  const left = devicesNotBack(rollout, facts)
  if (left.length === 0) return {}
  const devices = left.slice(0, NOT_BACK_NAMED).map((member) => {
    return { device: member.device.id, name: member.device.name, why: whyNotBack(rollout, member) }
  })
  return { notBack: { count: left.length, devices } }
}

function summaryOf(rollout: Rollout, facts: RolloutFacts, decision: Decision): RolloutSummary {
  const { deployment, name, revision, from, phase, wave, waves, actor, startedAtMs, phaseAtMs, endedAtMs } = rollout
  return {
    deployment,
    name,
    revision,
    ...(from !== undefined && { from }),
    phase,
    ended: hasEnded(phase),
    staged: rollout.reach === 'released' || waves.length > 1,
    wave: wave + 1,
    waves: waves.length,
    actor,
    startedAtMs,
    phaseAtMs,
    ...(endedAtMs !== undefined && { endedAtMs }),
    members: facts.members.size,
    counts: countProgress(rollout, facts.members.values()),
    reasons: [...decision.reasons],
  }
}

function waveOf(rollout: Rollout, facts: RolloutFacts, decision: Decision, index: number): RolloutWave {
  const wave = rollout.waves[index]
  if (wave === undefined) throw new RangeError(`there is no wave ${index}`)
  const members =
    rollout.reach === 'all' && !hasEnded(rollout.phase)
      ? [...facts.members.values()]
      : among(facts.members, membersOf(wave))
  const living = members.filter(isLiving).length
  const counts = countProgress(rollout, members)
  const gone = wave.devices.length + wave.joined.length - members.length
  const parts = [
    `${wave.devices.length} when it was made`,
    ...(wave.joined.length > 0 ? [`${wave.joined.length} joined`] : []),
    ...(gone > 0 ? [`${gone} are no more`] : []),
    `${living} connected`,
    `${counts.healthy} healthy`,
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
  ]
  return {
    number: index + 1,
    name: wave.name,
    state: waveState(rollout, index),
    approval: wave.approval,
    devices: wave.devices.length + wave.joined.length,
    joined: wave.joined.length,
    living,
    counts,
    ...(wave.openedAtMs !== undefined && { openedAtMs: wave.openedAtMs }),
    ...(wave.passedAtMs !== undefined && { passedAtMs: wave.passedAtMs }),
    arithmetic: parts.join(', '),
    gate: [...(index === rollout.wave && rollout.phase === 'open' ? decision.gate : (wave.verdict ?? []))],
  }
}

function waveState(rollout: Rollout, index: number): RolloutWave['state'] {
  const wave = rollout.waves[index]
  if (wave?.passedAtMs !== undefined) return 'passed'
  if (wave?.openedAtMs === undefined && !(rollout.promoted && !hasEnded(rollout.phase))) return 'closed'
  return rollout.phase === 'shadowing' && index === rollout.wave ? 'shadowing' : 'open'
}

/** By device id. */
export function rolloutDevices({ rollout, facts }: Shown): RolloutDevice[] {
  const progress = progressOf(rollout)
  const waves = new Map(rollout.waves.flatMap((wave, index) => membersOf(wave).map((id) => [id, index + 1] as const)))
  const failures = new Map(rollout.failed.map((failure) => [failure.device, failure]))
  const shadows = new Set(rollout.shadow)
  return [...facts.members.values()]
    .sort((a, b) => (a.device.id < b.device.id ? -1 : 1))
    .map((member): RolloutDevice => {
      const { id, name, presence } = member.device
      const wave = waves.get(id)
      const why = whyOf(member, failures.get(id))
      return {
        device: id,
        name,
        ...(wave !== undefined && { wave }),
        progress: progress(member),
        presence,
        shadow: shadows.has(id) && member.shadow !== undefined,
        ...(member.running !== undefined && { revision: member.running }),
        ...why,
        logs: [...(failures.get(id)?.logs ?? member.failure?.logs ?? [])],
      }
    })
}

function whyOf(member: Member, failure: Failure | undefined): Pick<RolloutDevice, 'why' | 'error'> {
  const failed = failure ?? member.failure
  if (failed !== undefined) {
    const error = { code: failed.code, message: failed.message, ...(failure && { atMs: failure.atMs }) }
    return { why: failed.message, error }
  }
  if (member.noShadow !== undefined) return { why: `no room for a shadow: ${member.noShadow}` }
  return typeof member.local === 'string' ? { why: member.local } : {}
}
