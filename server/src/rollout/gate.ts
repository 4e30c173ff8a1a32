/** The condition between waves: each part of it with a verdict and its numbers. */
import type { GateFinding } from '@ocelli/schemas/api/rollout'
import { ROLLOUT_DEFAULTS } from '@ocelli/schemas/manifest/rollout'
import type { Rollout } from '../domain/rollout.ts'
import { boundsOf, checkName, judge } from './check.ts'
import { sidesOf } from './evidence.ts'
import { isLiving, isUnheard, type Member, type RolloutFacts } from './facts.ts'
import { among, isHealthy, progressOf } from './progress.ts'
import { shareOf, shareText } from './share.ts'
import { membersOf } from './waves.ts'

/** Names that a sentence lists; more are counted. */
const NAMED = 3

/** The gate of the current wave; of all waves together once the rollout was promoted. */
export function gateOf(rollout: Rollout, facts: RolloutFacts, nowMs: number): GateFinding[] {
  const health = healthFinding(rollout, facts, nowMs)
  if (rollout.promoted || rollout.reach === 'all') return [health]
  const { gate } = rollout.policy
  const findings = [health, failedFinding(rollout, facts)]
  const isSettled = health.verdict === 'holds'
  if (gate?.maxRestartsPerHour !== undefined) findings.push(restartFinding(rollout, facts, nowMs, isSettled))
  if (gate?.maxErrorsPerHour !== undefined) findings.push(errorFinding(rollout, facts, isSettled))
  for (const check of gate?.checks ?? []) {
    const bounds = boundsOf(gate, check)
    const window = facts.evidence.get(bounds.windowMs)
    const name = checkName(check)
    if (window === undefined) findings.push({ name, verdict: 'waits', text: 'waits for the wave to be released' })
    else findings.push(judge(check, bounds, sidesOf(rollout, facts, window)))
  }
  return findings
}

/** Windows of records that the gate looks at, in milliseconds; none where it looks at no output. */
export function windowsOf({ policy: { gate } }: Rollout): number[] {
  const windows = (gate?.checks ?? []).map((check) => boundsOf(gate, check).windowMs)
  if (gate?.maxErrorsPerHour !== undefined) windows.push(gate.windowMs ?? ROLLOUT_DEFAULTS.windowMs)
  return [...new Set(windows)].sort((a, b) => a - b)
}

/** Who the gate waits for: members of the wave that are connected, have not failed, and are still meant. */
export function judgedMembers(rollout: Rollout, facts: RolloutFacts): Member[] {
  const failed = new Set(rollout.failed.map(({ device }) => device))
  return waveMembers(rollout, facts).filter(
    (member) =>
      isLiving(member) &&
      !failed.has(member.device.id) &&
      (member.wouldRun || (member.wanted !== undefined && member.wanted !== rollout.revision)),
  )
}

export function waveMembers(rollout: Rollout, facts: RolloutFacts): Member[] {
  if (rollout.reach === 'all') return [...facts.members.values()]
  const waves = rollout.promoted ? rollout.waves : rollout.waves.slice(rollout.wave, rollout.wave + 1)
  return among(facts.members, waves.flatMap(membersOf))
}

export function restartsOf(members: readonly Member[]): number {
  return members.reduce((sum, { restarts }) => sum + restarts, 0)
}

function healthFinding(rollout: Rollout, facts: RolloutFacts, nowMs: number): GateFinding {
  const name = 'healthy'
  const all = waveMembers(rollout, facts)
  const judged = judgedMembers(rollout, facts)
  const absent = all.filter((member) => !isLiving(member)).length
  const healthy = judged.filter((member) => isHealthy(rollout, member))
  const settled = rollout.reach === 'all' ? judged.filter((member) => member.failure !== undefined) : []
  const wave = { devices: healthy.length, samples: judged.length }
  const rest = absent === 0 ? '' : `; ${absent} of ${all.length} are absent and join later`
  if (all.length === 0) return { name, verdict: 'holds', text: 'no device belongs to the wave' }
  const unheard = all.filter((member) => isUnheard(member, nowMs)).length
  if (unheard > 0) {
    return {
      name,
      verdict: 'waits',
      text: `waits to hear from ${unheard} of ${all.length} devices: the server was started`,
    }
  }
  if (judged.length === 0) {
    const ids = new Set(all.map(({ device }) => device.id))
    const failed = rollout.failed.filter(({ device }) => ids.has(device)).length
    const living = all.filter(isLiving).length
    if (failed > 0 && failed >= living) {
      return {
        name,
        verdict: rollout.promoted ? 'holds' : 'fails',
        text: `all devices of the wave that live failed${rest}`,
      }
    }
    if (living > 0) return { name, verdict: 'holds', text: `no device of the wave gets an instance${rest}` }
    return { name, verdict: 'waits', text: `none of the ${all.length} devices of the wave is connected` }
  }
  if (healthy.length + settled.length < judged.length) {
    const progress = progressOf(rollout)
    const late = judged.filter((member) => !isHealthy(rollout, member) && !settled.includes(member))
    const names = late.slice(0, NAMED).map((member) => `${member.device.name} (${progress(member)})`)
    const more = late.length > NAMED ? ` and ${late.length - NAMED} more` : ''
    const text = `${healthy.length} of ${judged.length} living devices are healthy on revision ${rollout.revision}: waits for ${names.join(', ')}${more}${rest}`
    return { name, verdict: 'waits', text, wave }
  }
  if (rollout.reach === 'all') {
    const failed = settled.length === 0 ? '' : `, ${settled.length} failed`
    return {
      name,
      verdict: 'holds',
      text: `${healthy.length} of ${judged.length} living devices are healthy${failed}${rest}`,
      wave,
    }
  }
  const wantedMs = rollout.promoted ? 0 : (rollout.policy.gate?.healthyForMs ?? ROLLOUT_DEFAULTS.healthyForMs)
  const forMs = rollout.steady === undefined ? 0 : nowMs - rollout.steady.sinceMs
  const verdict = forMs >= wantedMs ? 'holds' : 'waits'
  const text = `all ${judged.length} living devices are healthy for ${seconds(forMs)} of ${seconds(wantedMs)}${rest}`
  return { name, verdict, text, wave }
}

function failedFinding(rollout: Rollout, facts: RolloutFacts): GateFinding {
  const living = [...facts.members.values()].filter(isLiving).length
  const share = rollout.policy.gate?.maxFailed ?? ROLLOUT_DEFAULTS.maxFailed
  const count = rollout.failed.length - rollout.forgiven
  const last = rollout.failed.at(-1)
  const why = last === undefined ? '' : ` (last ${nameOf(facts, last.device)}: ${last.message})`
  const seen = rollout.forgiven === 0 ? '' : ` since it was resumed, ${rollout.forgiven} before`
  return {
    name: 'failed',
    verdict: count > shareOf(share, living) ? 'fails' : 'holds',
    text: `${count} devices failed${seen}, ${shareText(share, living)} may${why}`,
    wave: { devices: rollout.failed.length, samples: count },
  }
}

function nameOf(facts: RolloutFacts, id: Rollout['failed'][number]['device']): string {
  return facts.members.get(id)?.device.name ?? id
}

function restartFinding(rollout: Rollout, facts: RolloutFacts, nowMs: number, isSettled: boolean): GateFinding {
  const name = 'restarts'
  const most = rollout.policy.gate?.maxRestartsPerHour ?? 0
  const members = among(
    facts.members,
    rollout.released.map(({ device }) => device),
  ).filter((member) => isHealthy(rollout, member))
  if (!isSettled || members.length === 0) return { name, verdict: 'waits', text: 'waits until the wave is healthy' }
  const hours = releasedHours(rollout, members, nowMs)
  const rate = restartsOf(members) / hours
  return {
    name,
    verdict: rate <= most ? 'holds' : 'fails',
    text: `${restartsOf(members)} restarts in ${number(hours)} device hours: ${number(rate)} an hour, ${most} may be`,
    wave: { devices: members.length, samples: restartsOf(members), value: rate },
  }
}

function errorFinding(rollout: Rollout, facts: RolloutFacts, isSettled: boolean): GateFinding {
  const name = 'errors'
  const { gate } = rollout.policy
  const most = gate?.maxErrorsPerHour ?? 0
  const window = facts.evidence.get(gate?.windowMs ?? ROLLOUT_DEFAULTS.windowMs)
  const members = among(
    facts.members,
    rollout.released.map(({ device }) => device),
  ).filter((member) => isHealthy(rollout, member))
  if (!isSettled || window === undefined || members.length === 0) {
    return { name, verdict: 'waits', text: 'waits until the wave is healthy' }
  }
  const ids = new Set(members.map(({ device }) => device.id))
  const errors = window.rows
    .filter((row) => row.kind === 'error' && row.revision === rollout.revision && ids.has(row.device))
    .reduce((sum, { samples }) => sum + samples, 0)
  const hours = ((window.toMs - window.fromMs) * members.length) / 3_600_000
  const rate = errors / Math.max(hours, 1 / 3_600_000)
  return {
    name,
    verdict: rate <= most ? 'holds' : 'fails',
    text: `${errors} error lines in ${number(hours)} device hours: ${number(rate)} an hour, ${most} may be`,
    wave: { devices: members.length, samples: errors, value: rate },
  }
}

function releasedHours(rollout: Rollout, members: readonly Member[], nowMs: number): number {
  const at = new Map(rollout.released.map(({ device, atMs }) => [device, atMs]))
  const ms = members.reduce((sum, { device }) => sum + Math.max(nowMs - (at.get(device.id) ?? nowMs), 1), 0)
  return ms / 3_600_000
}

function seconds(ms: number): string {
  return `${number(ms / 1000)} s`
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)))
}
