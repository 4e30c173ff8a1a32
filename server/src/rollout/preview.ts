/** How a rollout will go, as far as it can be said before it is made: who is in which wave, and how long it takes at least. */
import type { PlannedRollout } from '@ocelli/schemas/api/rollout'
import { DEPLOYMENT_DEFAULTS, type DeploymentSpec } from '@ocelli/schemas/manifest/deployment'
import { type GateCheck, ROLLOUT_DEFAULTS, type RolloutSpec } from '@ocelli/schemas/manifest/rollout'
import type { Rollout, RolloutWave } from '../domain/rollout.ts'
import { budgetOf } from './budget.ts'
import { boundsOf, checkName } from './check.ts'
import { deadlineOf, startOf } from './decide.ts'
import { isLiving, type Member, type RolloutFacts } from './facts.ts'
import { among } from './progress.ts'
import { isOpen, windowText } from './window.ts'

/** `rollout`: as it would be made now, with all devices as they are in `facts`. */
export function previewOf(rollout: Rollout, spec: DeploymentSpec, facts: RolloutFacts, nowMs: number): PlannedRollout {
  const { policy, revision, from } = rollout
  const staged = rollout.reach === 'released'
  const budget = budgetOf(rollout, facts, nowMs)
  const pace = paceOf(rollout, spec, budget.allowed)
  const waves = rollout.waves.map((wave, index) => waveOf(wave, index, facts, pace))
  const startMs = startOf(rollout)
  const known = waves.reduce((sum, { leastMs }) => sum + (leastMs ?? 0), 0)
  const leastMs = startMs - nowMs + known
  const notes = notesOf(rollout, facts, waves, leastMs)
  return {
    revision,
    ...(from !== undefined && { from }),
    staged,
    waves,
    ...(startMs > nowMs && { startAtMs: startMs }),
    budget: budget.text,
    gate: staged ? gateTexts(policy) : [],
    ...(pace.shadowMs > 0 && { shadowForMs: policy.shadow?.forMs ?? 0 }),
    windows: (policy.windows ?? []).map(windowText),
    onFailure: policy.onFailure ?? ROLLOUT_DEFAULTS.onFailure,
    fallbackWithinMs: policy.fallback?.withinMs ?? ROLLOUT_DEFAULTS.fallbackWithinMs,
    deadlineAtMs: deadlineOf(rollout),
    leastMs,
    notes,
  }
}

/** What one wave takes at least, whatever devices are in it. */
interface Pace {
  /** Devices that can move at once. */
  readonly atOnce: number
  /** From the start of an instance until it counts as healthy. */
  readonly healthyMs: number
  readonly shadowMs: number
  /** From the release of the last device until the gate can hold. */
  readonly gateMs: number
}

function paceOf(rollout: Rollout, spec: DeploymentSpec, allowed: number | undefined): Pace {
  const { policy, from, reach } = rollout
  const healthyMs = spec.restart?.healthyForMs ?? DEPLOYMENT_DEFAULTS.restart.healthyForMs
  const shadows = policy.shadow !== undefined && from !== undefined
  const steadyMs = policy.gate?.healthyForMs ?? ROLLOUT_DEFAULTS.healthyForMs
  // A rate is judged when the devices were watched for the whole window.
  const watchedMs = (policy.gate?.checks ?? []).map((check) =>
    isRate(check) ? boundsOf(policy.gate, check).windowMs : 0,
  )
  return {
    atOnce: allowed ?? Number.POSITIVE_INFINITY,
    healthyMs,
    shadowMs: shadows ? healthyMs + (policy.shadow?.forMs ?? 0) : 0,
    gateMs: reach === 'all' ? healthyMs : Math.max(healthyMs + steadyMs, ...watchedMs),
  }
}

function isRate(check: GateCheck): boolean {
  return !('cel' in check) && check.compare === 'rate' && check.minSamples === undefined
}

function waveOf(wave: RolloutWave, index: number, facts: RolloutFacts, pace: Pace): PlannedRollout['waves'][number] {
  const members = among(facts.members, wave.devices)
  const living = members.filter(isLiving).length
  const pinned = wave.devices.length - members.length
  const turns = Math.ceil(living / pace.atOnce) || (living > 0 ? 1 : 0)
  const parts = [
    `${wave.devices.length} in it`,
    `${living} connected`,
    ...(members.length > living ? [`${members.length - living} absent, who join when they come back`] : []),
    ...(pinned > 0 ? [`${pinned} pinned, whom it passes by`] : []),
    ...(living > 0 && turns > 1 ? [`${pace.atOnce} at a time, in ${turns} turns`] : []),
  ]
  // Without a device it is passed at once; with none that is connected nobody can say.
  const leastMs =
    living > 0 ? pace.shadowMs + (turns - 1) * pace.healthyMs + pace.gateMs : members.length === 0 ? 0 : undefined
  return {
    number: index + 1,
    name: wave.name,
    approval: wave.approval === 'none' ? 'none' : 'needed',
    devices: members.map((member) => ({
      device: member.device.id,
      name: member.device.name,
      living: isLiving(member),
    })),
    living,
    arithmetic: parts.join(', '),
    ...(leastMs !== undefined && { leastMs }),
  }
}

function gateTexts({ gate }: RolloutSpec): string[] {
  const { maxRestartsPerHour, maxErrorsPerHour, checks = [] } = gate ?? {}
  return [
    `all living devices of the wave are healthy for ${secondsText(gate?.healthyForMs ?? ROLLOUT_DEFAULTS.healthyForMs)}`,
    `devices that may fail: ${gate?.maxFailed ?? ROLLOUT_DEFAULTS.maxFailed}`,
    ...(maxRestartsPerHour === undefined ? [] : [`at most ${maxRestartsPerHour} restarts an hour and device`]),
    ...(maxErrorsPerHour === undefined ? [] : [`at most ${maxErrorsPerHour} error lines an hour and device`]),
    ...checks.map((check) => checkText(check, gate)),
  ]
}

function checkText(check: GateCheck, gate: RolloutSpec['gate']): string {
  const { windowMs, minSamples, minDevices } = boundsOf(gate, check)
  const evidence = `by at least ${minSamples} samples of ${count(minDevices, 'device')} within ${secondsText(windowMs)}`
  if ('cel' in check) return `${checkName(check)}, ${evidence}`
  if (check.compare === 'silence') {
    return `${checkName(check)}: at most ${secondsText(check.maxSilenceMs ?? windowMs)} without one`
  }
  const bounds = [
    ...(check.maxDifference === undefined ? [] : [String(check.maxDifference)]),
    ...(check.maxDifferencePercent === undefined ? [] : [`${check.maxDifferencePercent} %`]),
  ]
  const when = isRate(check) ? `watched for ${secondsText(windowMs)}` : evidence
  return `${checkName(check)}: differs by at most ${bounds.join(' or ')}, ${when}`
}

function notesOf(rollout: Rollout, facts: RolloutFacts, waves: PlannedRollout['waves'], leastMs: number): string[] {
  const { policy, reach, startedAtMs } = rollout
  const notes: string[] = []
  for (const { number, leastMs: known, devices } of waves) {
    if (known === undefined) {
      notes.push(
        `wave ${number} waits until a device of it is connected (${devices.length} in it); its time is not counted`,
      )
    }
  }
  const approvals = waves.filter(({ approval, devices }) => approval === 'needed' && devices.length > 0).length
  if (approvals > 0) notes.push(`${count(approvals, 'wave')} to be approved by a person; that time is not counted`)
  if (policy.windows !== undefined && reach === 'released') notes.push(windowNote(rollout, facts))
  if ((policy.gate?.checks ?? []).some((check) => !isRate(check))) {
    notes.push('gates wait for their evidence as well; that time is not counted')
  }
  const forMs = deadlineOf(rollout) - Math.max(startOf(rollout), startedAtMs)
  if (reach === 'released' && leastMs - (startOf(rollout) - startedAtMs) > forMs) {
    notes.push(`its deadline comes first: ${secondsText(forMs)} after its start`)
  }
  return notes
}

function windowNote({ policy: { windows } }: Rollout, facts: RolloutFacts): string {
  const living = [...facts.members.values()].filter(isLiving)
  const inside = ({ local }: Member) => typeof local !== 'string' && isOpen(windows, local)
  const unknown = living.filter(({ local }) => typeof local === 'string').length
  const now = living.filter(inside).length
  const lost = unknown === 0 ? '' : `, ${unknown} have no known time zone and would wait`
  return `the window is open now for ${now} of ${count(living.length, 'connected device')}${lost}; time outside of it is not counted`
}

function count(many: number, one: string): string {
  return `${many} ${one}${many === 1 ? '' : 's'}`
}

function secondsText(ms: number): string {
  return `${Number((ms / 1000).toPrecision(4))} s`
}
