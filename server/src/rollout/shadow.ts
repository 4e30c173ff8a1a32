/** The shadow run of a wave: who runs one, and how its outputs compare with the live ones on the same frames. */
import type { GateFinding } from '@ocelli/schemas/api/rollout'
import type { DeviceId } from '@ocelli/schemas/ids'
import { ROLLOUT_DEFAULTS, type ShadowCheck } from '@ocelli/schemas/manifest/rollout'
import type { Rollout } from '../domain/rollout.ts'
import { isLiving, type Member, type RolloutFacts } from './facts.ts'
import { judgedMembers, waveMembers } from './gate.ts'
import { among } from './progress.ts'

/** Devices of the current wave that should run a shadow: those that run the old revision. */
export function shadowsWanted(rollout: Rollout, facts: RolloutFacts): DeviceId[] {
  const released = new Set(rollout.released.map(({ device }) => device))
  return judgedMembers(rollout, facts)
    .filter(({ device, wanted }) => wanted !== undefined && wanted !== rollout.revision && !released.has(device.id))
    .map(({ device }) => device.id)
    .sort()
}

export interface ShadowState {
  readonly findings: readonly GateFinding[]
  /** No device of the wave has room for both revisions: why. */
  readonly noRoom?: string
  readonly holds: boolean
  readonly fails?: string
}

export function shadowState(rollout: Rollout, facts: RolloutFacts, nowMs: number): ShadowState {
  const devices = among(facts.members, rollout.shadow).filter(isLiving)
  const run = devices.filter(({ shadow }) => shadow !== undefined)
  const without = devices.filter(({ noShadow }) => noShadow !== undefined)
  const noRoom = noRoomText(devices, run, without)
  const findings = [runFinding(rollout, facts, run, without, nowMs)]
  for (const check of rollout.policy.shadow?.checks ?? []) findings.push(checkFinding(check, facts))
  const failing = findings.find(({ verdict }) => verdict === 'fails')
  return {
    findings,
    ...(noRoom !== undefined && { noRoom }),
    holds: findings.every(({ verdict }) => verdict === 'holds'),
    ...(failing && { fails: failing.text }),
  }
}

function noRoomText(
  devices: readonly Member[],
  run: readonly Member[],
  without: readonly Member[],
): string | undefined {
  if (devices.length === 0 || run.length > 0 || without.length < devices.length) return undefined
  const [first] = without
  return `no device of the wave has room for both revisions (${first?.device.name}: ${first?.noShadow}); resume goes on without a shadow`
}

function runFinding(
  rollout: Rollout,
  facts: RolloutFacts,
  run: readonly Member[],
  without: readonly Member[],
  nowMs: number,
): GateFinding {
  const name = 'shadow'
  const wantedMs = rollout.policy.shadow?.forMs ?? 0
  const lacking = without.map(({ device, noShadow }) => `${device.name} has no room for both (${noShadow})`)
  const also = lacking.length === 0 ? '' : `; ${lacking.slice(0, 3).join('; ')}`
  const givenUp = run.find(({ shadow }) => shadow === 'givenUp')
  if (givenUp) return { name, verdict: 'fails', text: `the shadow on ${givenUp.device.name} was given up${also}` }
  if (run.length === 0) {
    if (waveMembers(rollout, facts).length === 0)
      return { name, verdict: 'holds', text: 'no device belongs to the wave' }
    if (rollout.shadow.length === 0 && judgedMembers(rollout, facts).length > 0) {
      return { name, verdict: 'holds', text: 'no device of the wave runs the old revision' }
    }
    return { name, verdict: 'waits', text: `waits for a device that runs the shadow${also}` }
  }
  const starting = run.filter(({ shadow }) => shadow === 'starting').length
  if (starting > 0) {
    return { name, verdict: 'waits', text: `waits for ${starting} of ${run.length} shadows to be healthy${also}` }
  }
  const forMs = rollout.steady === undefined ? 0 : nowMs - rollout.steady.sinceMs
  const text = `${run.length} shadows run beside the live instances for ${forMs / 1000} of ${wantedMs / 1000} s${also}`
  return {
    name,
    verdict: forMs >= wantedMs ? 'holds' : 'waits',
    text,
    wave: { devices: run.length, samples: run.length },
  }
}

/** Whether all shadows that run are healthy: the time counts from then. */
export function shadowsAreSteady(rollout: Rollout, facts: RolloutFacts): boolean {
  const run = among(facts.members, rollout.shadow).filter((member) => isLiving(member) && member.shadow !== undefined)
  return run.length > 0 && run.every(({ shadow }) => shadow === 'running')
}

function checkFinding(check: ShadowCheck, facts: RolloutFacts): GateFinding {
  const name = check.name ?? `${check.measurement} on the same frames`
  const rows = facts.pairs.filter((row) => row.name === check.measurement)
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0)
  const pairs = sum((row) => row.pairs)
  const wanted = check.minSamples ?? ROLLOUT_DEFAULTS.minSamples
  const wave = { devices: rows.length, samples: pairs }
  if (pairs < wanted) {
    const text = `${check.measurement}: waits for ${wanted} frames of which both put it out; there are ${pairs}`
    return { name, verdict: 'waits', text, wave }
  }
  const difference = sum((row) => row.difference) / pairs
  const agreement = (100 * sum((row) => row.equal)) / pairs
  const far = check.maxDifference !== undefined && difference > check.maxDifference
  const rare = check.minAgreementPercent !== undefined && agreement < check.minAgreementPercent
  const bounds = [
    ...(check.maxDifference === undefined ? [] : [`a mean difference of ${check.maxDifference} is allowed`]),
    ...(check.minAgreementPercent === undefined ? [] : [`${check.minAgreementPercent} % must be equal`]),
  ]
  const text = `${check.measurement}: on ${pairs} same frames shadow and live differ by ${round(difference)} on average and are equal on ${round(agreement)} %; ${bounds.join(', ')}`
  return { name, verdict: far || rare ? 'fails' : 'holds', text, wave: { ...wave, value: difference } }
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
