/** What a person can ask of a rollout: what it does to running, waiting and absent devices, said before it is done. */
import type { RolloutVerb } from '@ocelli/schemas/api/rollout'
import { type Refusal, refusal } from '../domain/refusal.ts'
import type { Rollout } from '../domain/rollout.ts'
import type { RolloutFacts } from './facts.ts'
import { progressOf } from './progress.ts'
import { hasEnded, type RolloutEventName, TABLE } from './table.ts'
import { transition } from './transition.ts'
import { countJoined } from './waves.ts'

export interface Commanded {
  readonly next: Rollout
  readonly text: string
  readonly running: string
  readonly waiting: string
  readonly absent: string
}

const EVENT_OF: Record<RolloutVerb, RolloutEventName> = {
  pause: 'pause',
  resume: 'resume',
  approve: 'approve',
  abort: 'abort',
  'roll-back': 'rollBack',
  promote: 'promote',
}

export function verbsOf(rollout: Rollout): RolloutVerb[] {
  return (Object.keys(EVENT_OF) as RolloutVerb[]).filter((verb) => isAllowed(rollout, verb))
}

/** Refuses with `rollout.state` what the table refuses. */
export function command(
  rollout: Rollout,
  facts: RolloutFacts,
  verb: RolloutVerb,
  by: { readonly actor: string; readonly atMs: number },
): Commanded | Refusal {
  if (!isAllowed(rollout, verb)) return notAllowed(rollout, verb)
  const words = wordsOf(rollout, facts, verb)
  const ready = prepared(rollout, facts, verb)
  const next = transition(ready, EVENT_OF[verb], { ...by, text: `${verb}: ${words.text}` })
  return next === undefined ? notAllowed(rollout, verb) : { next, ...words }
}

function isAllowed(rollout: Rollout, verb: RolloutVerb): boolean {
  if (TABLE[rollout.phase][EVENT_OF[verb]] === 'refuse') return false
  // All devices were told already: there is nothing to hold back or to hurry.
  const allHaveIt = rollout.reach === 'all' && (verb === 'pause' || verb === 'promote')
  return !allHaveIt
}

function notAllowed(rollout: Rollout, verb: RolloutVerb): Refusal {
  const can = verbsOf(rollout)
  const next =
    hasEnded(rollout.phase) && can.length === 0 ? 'apply another revision' : `it can be asked to ${can.join(', ')}`
  const all = rollout.reach === 'all' && !hasEnded(rollout.phase) ? ' and all devices have the revision' : ''
  return refusal(
    'rollout.state',
    `${verb}: the rollout of ${rollout.name} to revision ${rollout.revision} is ${rollout.phase}${all}; ${next}`,
    { phase: rollout.phase, verbs: can },
  )
}

/** Who has the revision by name, where until now everybody had it; what a verb changes beside the phase. */
function prepared(rollout: Rollout, facts: RolloutFacts, verb: RolloutVerb): Rollout {
  switch (verb) {
    case 'roll-back':
      return withEverybody(rollout, facts)
    case 'abort':
      return withRunning(withEverybody(rollout, facts), facts)
    case 'promote':
      return {
        ...withJoined(rollout),
        promoted: true,
        wave: rollout.waves.length - 1,
        waves: rollout.waves.map((wave) => (wave.approval === 'needed' ? { ...wave, approval: 'given' } : wave)),
      }
    case 'resume':
      return withJoined(rollout)
    default:
      return rollout
  }
}

/** Who has joined until now was seen by the person that goes on. */
function withJoined(rollout: Rollout): Rollout {
  const joiningAgreed = countJoined(rollout)
  return joiningAgreed === (rollout.joiningAgreed ?? 0) ? rollout : { ...rollout, joiningAgreed }
}

function withEverybody(rollout: Rollout, facts: RolloutFacts): Rollout {
  if (rollout.reach === 'released' && rollout.phase !== 'completed') return rollout
  const failed = new Set(rollout.failed.map(({ device }) => device))
  const released = [...facts.members.values()]
    .filter(({ device, wanted }) => wanted === rollout.revision && !failed.has(device.id))
    .map(({ device }) => ({ device: device.id, atMs: rollout.startedAtMs }))
    .sort((a, b) => (a.device < b.device ? -1 : 1))
  return { ...rollout, reach: 'released', released }
}

/** Abort leaves the revision to those that run it, and takes it from those that were told and do not run it yet. */
function withRunning(rollout: Rollout, facts: RolloutFacts): Rollout {
  const keeps = (device: Rollout['released'][number]['device']) => {
    const member = facts.members.get(device)
    return member?.running === rollout.revision && member.state === 'running' && member.wanted === rollout.revision
  }
  const gone = rollout.released.filter(({ device }) => !keeps(device)).map(({ device }) => device)
  return {
    ...rollout,
    released: rollout.released.filter(({ device }) => keeps(device)),
    takenBack: [...new Set([...rollout.takenBack, ...gone])].sort(),
    shadow: [],
  }
}

interface Groups {
  /** Have the revision or are moving to it. */
  readonly running: readonly string[]
  /** Of these, do not run it yet. */
  readonly told: readonly string[]
  readonly waiting: readonly string[]
  readonly absent: readonly string[]
}

function groupsOf(rollout: Rollout, facts: RolloutFacts): Groups {
  const groups = { running: [] as string[], told: [] as string[], waiting: [] as string[], absent: [] as string[] }
  const progress = progressOf(rollout)
  for (const member of facts.members.values()) {
    const { name } = member.device
    const now = progress(member)
    if (now === 'absent') groups.absent.push(name)
    else if (now === 'waiting') (member.device.presence === 'online' ? groups.waiting : groups.absent).push(name)
    else if (now === 'healthy') groups.running.push(name)
    else if (now === 'told' || now === 'fetching' || now === 'starting') {
      groups.running.push(name)
      if (member.state !== 'running' || member.running !== rollout.revision) groups.told.push(name)
    }
  }
  return groups
}

function wordsOf(rollout: Rollout, facts: RolloutFacts, verb: RolloutVerb): Omit<Commanded, 'next'> {
  const { running, told, waiting, absent } = groupsOf(rollout, facts)
  const revision = `revision ${rollout.revision}`
  const old = rollout.from === undefined ? 'without an instance' : 'on what they run now'
  const wave = `wave ${rollout.wave + 1} of ${rollout.waves.length}`
  const keep = `${list(running)} that ${has(running)} ${revision} or ${is(running)} moving to it`
  switch (verb) {
    case 'pause':
      return {
        text: 'no further device gets the revision until it is resumed',
        running: `${keep}: nothing changes, those that are moving go on`,
        waiting: `${list(waiting)}: stay ${old}`,
        absent: `${list(absent)}: stay ${old} when they come back, unless they were released already`,
      }
    case 'resume':
      return {
        text: `it goes on; ${rollout.failed.length} failures so far count no more, and the gate is judged by what comes from now on`,
        running: `${keep}: nothing changes`,
        waiting: `${list(waiting)}: get it when their wave opens and as many as may be down at once allow`,
        absent: `${list(absent)}: get it when they come back and their wave is open`,
      }
    case 'approve':
      return {
        text: `${wave} (${rollout.waves[rollout.wave]?.name ?? ''}) opens`,
        running: `${keep}: nothing changes`,
        waiting: `${list(waiting)}: those of this wave get it as fast as allowed, the others go on waiting`,
        absent: `${list(absent)}: those of this wave get it when they come back`,
      }
    case 'abort':
      return {
        text: `it ends here: no device starts ${revision} any more`,
        running: `${keep}: those that run it keep it; ${list(told)} that ${was(told)} told and ${told.length === 1 ? 'does' : 'do'} not run it yet ${goBack(rollout, told)}`,
        waiting: `${list(waiting)}: stay ${old} for good`,
        absent: `${list(absent)}: stay ${old} when they come back`,
      }
    case 'roll-back':
      return {
        text: `every device goes back to what it ran before${rollout.from === undefined ? ' (nothing)' : ` (revision ${rollout.from})`}`,
        running: `${keep}: ${goBack(rollout, running)}, those that are not healthy at once, the others no more at a time than may be down`,
        waiting: `${list(waiting)}: stay ${old}`,
        absent: `${list(absent)}: run what they had before when they come back`,
      }
    case 'promote':
      return {
        text: `all waves open now, whatever gates, approvals and shadow runs are left`,
        running: `${keep}: nothing changes`,
        waiting: `${list(waiting)}: get it now, no more at a time than may be down and inside of their windows`,
        absent: `${list(absent)}: get it when they come back`,
      }
  }
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'no device'
  if (names.length <= 3) return names.join(', ')
  return `${names.length} devices (${names.slice(0, 2).join(', ')}, ...)`
}

const is = (names: readonly string[]): string => (names.length === 1 ? 'is' : 'are')
const was = (names: readonly string[]): string => (names.length === 1 ? 'was' : 'were')
const has = (names: readonly string[]): string => (names.length === 1 ? 'has' : 'have')
const goBack = (rollout: Rollout, names: readonly string[]): string =>
  rollout.from === undefined
    ? names.length === 1
      ? 'stops it'
      : 'stop it'
    : names.length === 1
      ? 'goes back'
      : 'go back'
