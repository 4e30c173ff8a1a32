/**
 * What a rollout does next. A pure function of the rollout as it is kept, the facts and the time: any process may ask
 * at any moment and as often as it likes, and only what differs is written.
 */
import type { GateFinding } from '@ocelli/schemas/api/rollout'
import type { DeviceId } from '@ocelli/schemas/ids'
import { DEPLOYMENT_DEFAULTS } from '@ocelli/schemas/manifest/deployment'
import { ROLLOUT_DEFAULTS } from '@ocelli/schemas/manifest/rollout'
import type { Failure, Rollout } from '../domain/rollout.ts'
import { type Budget, budgetOf } from './budget.ts'
import { isLiving, type RolloutFacts } from './facts.ts'
import { gateOf, judgedMembers, restartsOf } from './gate.ts'
import { devicesNotBack } from './not-back.ts'
import { passedDevices, trialOf } from './patience.ts'
import { isHealthy } from './progress.ts'
import { toRelease, toTakeBack, withReleased, withTakenBack, withTried } from './release.ts'
import { type ShadowState, shadowState, shadowsAreSteady, shadowsWanted } from './shadow.ts'
import { hasEnded, isActive, isEverywhereBack, type RolloutEventName } from './table.ts'
import { type Cause, noted, transition } from './transition.ts'
import { countJoined, welcome } from './waves.ts'

export type Step =
  | { readonly do: 'release'; readonly devices: readonly DeviceId[] }
  | { readonly do: 'takeBack'; readonly devices: readonly DeviceId[]; readonly why: string }
  | { readonly do: 'shadow'; readonly devices: readonly DeviceId[] }
  | { readonly do: 'enter'; readonly phase: Rollout['phase']; readonly why: string }

export interface Decision {
  /** The same object where nothing changes. */
  readonly next: Rollout
  readonly steps: readonly Step[]
  /** What it does or waits for at present, for people. */
  readonly reasons: readonly string[]
  /** The gate of the current wave as it stands; empty where none is judged. */
  readonly gate: readonly GateFinding[]
  readonly shadow: readonly GateFinding[]
  readonly budget: Budget
}

/** Actor of what happens by itself. */
const ITSELF = 'ocelli'
/** Each turn enters another phase; more than a few would be a circle in the table. */
const MAX_TURNS = 200

export function decide(rollout: Rollout, facts: RolloutFacts, nowMs: number): Decision {
  const steps: Step[] = []
  let next = rollout
  if (!hasEnded(rollout.phase)) {
    next = stopGrown(welcome(next, newcomersOf(facts)), nowMs, steps)
    next = noteFailures(next, facts, nowMs, steps)
    next = moveOn(next, facts, nowMs, steps)
  } else if (isActive(rollout)) next = takeBack(next, facts, nowMs, steps)
  const gate = next.phase === 'open' ? gateOf(next, facts, nowMs) : []
  const shadow = next.phase === 'shadowing' ? shadowState(next, facts, nowMs).findings : []
  return {
    next,
    steps,
    gate,
    shadow,
    budget: budgetOf(next, facts, nowMs),
    reasons: reasonsOf(next, facts, nowMs, gate, shadow),
  }
}

function newcomersOf(facts: RolloutFacts) {
  return [...facts.members.values()]
    .filter((member) => member.wouldRun || member.wanted !== undefined)
    .map(({ device }) => device)
}

/** More devices came than a person agreed to: none of them is released before one is asked. */
function stopGrown(rollout: Rollout, nowMs: number, steps: Step[]): Rollout {
  const { reach, maxJoining = DEPLOYMENT_DEFAULTS.maxTouched, joiningAgreed = 0 } = rollout
  const joined = countJoined(rollout) - joiningAgreed
  if (reach === 'all' || joined <= maxJoining) return rollout
  const text = `paused: ${joined} devices joined since a person was asked, ${maxJoining} may; resume goes on with them`
  const next = transition(rollout, 'grown', { atMs: nowMs, actor: ITSELF, text })
  if (next === undefined || next === rollout) return rollout
  steps.push({ do: 'enter', phase: next.phase, why: text })
  return next
}

/** A device on which the new revision failed is counted, and its intent becomes what it went back to. */
function noteFailures(rollout: Rollout, facts: RolloutFacts, nowMs: number, steps: Step[]): Rollout {
  if (rollout.reach === 'all') return rollout
  const known = new Set(rollout.failed.map(({ device }) => device))
  const failed: Failure[] = []
  const tried = new Set<DeviceId>()
  const passed = passedDevices(rollout)
  for (const release of rollout.released) {
    const { device } = release
    const member = facts.members.get(device)
    const failure = member?.failure ?? trialOf(rollout, release, member, passed.get(device), nowMs)
    if (failure === 'tried') tried.add(device)
    else if (failure !== undefined && !known.has(device)) failed.push({ device, atMs: nowMs, ...failure })
  }
  if (failed.length === 0) return withTried(rollout, tried)
  const devices = failed.map(({ device }) => device)
  steps.push({ do: 'takeBack', devices, why: 'the revision failed on them' })
  let next = withTakenBack(withTried(rollout, tried), devices)
  next = {
    ...next,
    failed: [...rollout.failed, ...failed].sort((a, b) => a.atMs - b.atMs || (a.device < b.device ? -1 : 1)),
  }
  for (const { device, message } of failed.slice(0, 5)) {
    const name = facts.members.get(device)?.device.name ?? device
    next = noted(next, { atMs: nowMs, actor: ITSELF, text: `failed on ${name}: ${message}` })
  }
  return next
}

/** Goes through the table until nothing more follows from the facts. */
function moveOn(rollout: Rollout, facts: RolloutFacts, nowMs: number, steps: Step[]): Rollout {
  let next = rollout
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    next = act(next, facts, nowMs, steps)
    next = withSteady(next, facts, nowMs)
    const happened = eventOf(next, facts, nowMs)
    if (happened === undefined) return next
    const entered = transition(
      happened.event === 'noRoom' ? { ...next, skipsShadow: true } : next,
      happened.event,
      happened,
    )
    if (entered === undefined || entered.phase === next.phase) {
      if (entered === undefined || entered === next) return next
    }
    next = entered
    steps.push({ do: 'enter', phase: next.phase, why: happened.text })
    if (hasEnded(next.phase)) return next
  }
  throw new Error(`the rollout of ${rollout.name} goes in circles`)
}

/** Releases, takes back or shadows what the phase allows. */
function act(rollout: Rollout, facts: RolloutFacts, nowMs: number, steps: Step[]): Rollout {
  if (rollout.reach === 'all') return rollout
  if (rollout.phase === 'open') {
    const { devices } = toRelease(rollout, facts, nowMs)
    if (devices.length === 0) return rollout
    steps.push({ do: 'release', devices })
    const text = `released ${nameList(facts, devices)}`
    return noted(withReleased(rollout, devices, nowMs), { atMs: nowMs, actor: ITSELF, text })
  }
  if (rollout.phase === 'shadowing') {
    const devices = shadowsWanted(rollout, facts)
    // Once it began, a device that is lost for a while keeps its shadow.
    const all = [...new Set([...rollout.shadow, ...devices])].sort()
    if (all.length === rollout.shadow.length) return rollout
    steps.push({ do: 'shadow', devices: all })
    return { ...rollout, shadow: all }
  }
  return rollout.phase === 'rollingBack' ? takeBack(rollout, facts, nowMs, steps) : rollout
}

/** As many as may be down at once; after the deadline of going back as well, for as long as it takes. */
function takeBack(rollout: Rollout, facts: RolloutFacts, nowMs: number, steps: Step[]): Rollout {
  const devices = toTakeBack(rollout, facts, nowMs)
  if (devices.length === 0) return rollout
  steps.push({ do: 'takeBack', devices, why: rollout.why ?? 'it is rolled back' })
  const text = `took ${nameList(facts, devices)} back`
  return noted(withTakenBack(rollout, devices), { atMs: nowMs, actor: ITSELF, text })
}

/** Keeps since when all is well; an instance that restarts begins anew. */
function withSteady(rollout: Rollout, facts: RolloutFacts, nowMs: number): Rollout {
  const { steady, ...rest } = rollout
  if (rollout.phase === 'shadowing') {
    if (!shadowsAreSteady(rollout, facts)) return steady === undefined ? rollout : rest
    return steady === undefined ? { ...rollout, steady: { sinceMs: nowMs, restarts: 0 } } : rollout
  }
  if (rollout.phase !== 'open' || rollout.reach === 'all') return steady === undefined ? rollout : rest
  const judged = judgedMembers(rollout, facts)
  const isSteady = judged.length > 0 && judged.every((member) => isHealthy(rollout, member))
  if (!isSteady) return steady === undefined ? rollout : rest
  const restarts = restartsOf(judged)
  return steady?.restarts === restarts ? rollout : { ...rollout, steady: { sinceMs: nowMs, restarts } }
}

type Happened = Cause & { readonly event: RolloutEventName }

function eventOf(rollout: Rollout, facts: RolloutFacts, nowMs: number): Happened | undefined {
  const happened = (event: RolloutEventName, text: string, findings?: readonly GateFinding[]): Happened => ({
    event,
    atMs: nowMs,
    actor: ITSELF,
    text,
    ...(findings && { findings }),
  })
  const endMs = deadlineOf(rollout)
  if (nowMs >= endMs) {
    const left = notBackText(rollout, facts)
    return happened('deadline', `its time was up at ${new Date(endMs).toISOString()}${left && `; ${left}`}`)
  }
  switch (rollout.phase) {
    case 'scheduled':
      return nowMs >= startOf(rollout) ? happened('startCame', 'it starts') : undefined
    case 'shadowing':
      return shadowEvent(rollout, shadowState(rollout, facts, nowMs), happened)
    case 'open':
      return gateEvent(rollout, gateOf(rollout, facts, nowMs), happened)
    case 'rollingBack':
      return isBack(rollout, facts) ? happened('allBack', backText(rollout)) : undefined
    default:
      return undefined
  }
}

function shadowEvent(
  rollout: Rollout,
  state: ShadowState,
  happened: (event: RolloutEventName, text: string) => Happened,
): Happened | undefined {
  if (rollout.failed.length > rollout.forgiven && failedTooMany(rollout)) {
    return happened('gateFails', `${rollout.failed.length} devices failed`)
  }
  if (state.fails !== undefined) return happened('shadowFails', state.fails)
  if (state.noRoom !== undefined) return happened('noRoom', state.noRoom)
  return state.holds ? happened('shadowHolds', 'shadow and live agree') : undefined
}

/** While a later wave runs as shadow, devices of earlier ones may still fail. */
function failedTooMany(rollout: Rollout): boolean {
  const most = rollout.policy.gate?.maxFailed ?? ROLLOUT_DEFAULTS.maxFailed
  return typeof most === 'number' && rollout.failed.length - rollout.forgiven > most
}

function gateEvent(
  rollout: Rollout,
  findings: readonly GateFinding[],
  happened: (event: RolloutEventName, text: string, findings?: readonly GateFinding[]) => Happened,
): Happened | undefined {
  const fails = findings.filter(({ verdict }) => verdict === 'fails')
  // The one that names a device and its error says most.
  const failing = fails.find(({ name }) => name === 'failed') ?? fails[0]
  if (failing) return happened('gateFails', failing.text, findings)
  if (!findings.every(({ verdict }) => verdict === 'holds')) return undefined
  const failed = rollout.failed.length === 0 ? '' : `; ${rollout.failed.length} devices failed and keep what they ran`
  return happened('gateHolds', `every device that lives has revision ${rollout.revision}${failed}`, findings)
}

/** Nobody is to have it any more, and no living device says that it still runs it. */
function isBack(rollout: Rollout, facts: RolloutFacts): boolean {
  return isEverywhereBack(rollout) && !devicesNotBack(rollout, facts).some(isLiving)
}

/** Empty where all are back. */
function notBackText(rollout: Rollout, facts: RolloutFacts): string {
  const left = devicesNotBack(rollout, facts).map(({ device }) => device.id)
  return left.length === 0 ? '' : `not back yet: ${nameList(facts, left)}`
}

function backText({ from }: Rollout): string {
  return from === undefined
    ? 'no device that lives runs it any more'
    : `every device that lives is back on revision ${from}`
}

export function startOf({ policy, startedAtMs }: Rollout): number {
  const atMs = policy.startAt === undefined ? Number.NaN : Date.parse(policy.startAt)
  return Number.isNaN(atMs) ? startedAtMs : Math.max(atMs, startedAtMs)
}

/** Every rollout ends: when this has come at the latest. Going back has as long again. */
export function deadlineOf(rollout: Rollout): number {
  const forMs = rollout.policy.deadlineMs ?? ROLLOUT_DEFAULTS.deadlineMs
  return (rollout.phase === 'rollingBack' ? rollout.phaseAtMs : startOf(rollout)) + forMs
}

function reasonsOf(
  rollout: Rollout,
  facts: RolloutFacts,
  nowMs: number,
  gate: readonly GateFinding[],
  shadow: readonly GateFinding[],
): string[] {
  const findings = [...gate, ...shadow].filter(({ verdict }) => verdict !== 'holds').map(({ text }) => text)
  const until = `it ends at ${new Date(deadlineOf(rollout)).toISOString()} at the latest`
  switch (rollout.phase) {
    case 'scheduled':
      return [`starts at ${new Date(startOf(rollout)).toISOString()}`]
    case 'approval':
      return [`wave ${rollout.wave + 1} waits for a person: ocelli rollout approve ${rollout.name}`, until]
    case 'paused':
      return [rollout.why ?? 'paused', until]
    case 'open':
      return [...findings, ...(rollout.reach === 'all' ? [] : toRelease(rollout, facts, nowMs).notes)]
    case 'shadowing':
      return findings
    case 'rollingBack': {
      const { down, text } = budgetOf(rollout, facts, nowMs)
      return [
        rollout.why ?? 'goes back',
        `${rollout.released.length} devices are still to go back`,
        ...(down.size > 0 ? [text] : []),
      ]
    }
    case 'rolledBack': {
      const left = devicesNotBack(rollout, facts)
      const goesOn = `${left.length} devices are not back yet: each goes back when it is connected and as many as may be down allow`
      return [...(rollout.why === undefined ? [] : [rollout.why]), ...(left.length === 0 ? [] : [goesOn])]
    }
    default:
      return rollout.why === undefined ? [] : [rollout.why]
  }
}

function nameList(facts: RolloutFacts, devices: readonly DeviceId[]): string {
  const names = devices.slice(0, 3).map((id) => facts.members.get(id)?.device.name ?? id)
  const more = devices.length > 3 ? ` and ${devices.length - 3} more` : ''
  return `${names.join(', ')}${more}`
}
