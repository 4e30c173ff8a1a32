/** One step through the table of states, with all that belongs to entering the next one. */
import type { GateFinding, RolloutPhase } from '@ocelli/schemas/api/rollout'
import type { Rollout, RolloutWave } from '../domain/rollout.ts'
import { hasEnded, type RolloutEventName, TABLE } from './table.ts'

const MAX_HISTORY = 200

export interface Cause {
  readonly atMs: number
  /** Who; the server itself where it happened. */
  readonly actor: string
  /** For people: what happened, with numbers. */
  readonly text: string
  /** The gate that was decided. */
  readonly findings?: readonly GateFinding[]
}

/** Undefined where the table refuses the event. */
export function transition(rollout: Rollout, event: RolloutEventName, cause: Cause): Rollout | undefined {
  const outcome = TABLE[rollout.phase][event]
  switch (outcome) {
    case 'refuse':
      return undefined
    case 'stay':
      return rollout
    case 'begin':
      return begin(rollout, cause)
    case 'enter':
      return enter(withWave(rollout, { approval: 'given' }), cause)
    case 'advance':
      return advance(rollout, cause)
    case 'onFailure': {
      const judged = cause.findings ? withWave(rollout, { verdict: cause.findings }) : rollout
      return rollout.policy.onFailure === 'rollBack'
        ? into(judged, 'rollingBack', { ...cause, text: `goes back: ${cause.text}` })
        : pause(judged, { ...cause, text: `paused: ${cause.text}` })
    }
    case 'onDeadline':
      if (rollout.reach === 'all') return into(rollout, 'completed', cause)
      return into(rollout, rollout.policy.onFailure === 'rollBack' ? 'rollingBack' : 'aborted', cause)
    case 'back':
      return resume(rollout, cause)
    case 'paused':
      return pause(rollout, cause)
    default:
      return into(rollout, outcome, cause)
  }
}

export function noted(rollout: Rollout, { atMs, actor, text }: Cause): Rollout {
  return { ...rollout, history: [...rollout.history, { atMs, actor, text }].slice(-MAX_HISTORY) }
}

function begin(rollout: Rollout, cause: Cause): Rollout {
  const wave = rollout.waves[rollout.wave]
  if (wave?.approval !== 'needed') return enter(rollout, cause)
  return into(rollout, 'approval', { ...cause, text: `${cause.text}; wave ${rollout.wave + 1} waits for approval` })
}

function enter(rollout: Rollout, cause: Cause): Rollout {
  const shadows = rollout.policy.shadow !== undefined && rollout.from !== undefined && !rollout.skipsShadow
  const wave = rollout.waves[rollout.wave]
  const opened = withWave(rollout, { openedAtMs: wave?.openedAtMs ?? cause.atMs })
  const text = `${cause.text}; wave ${rollout.wave + 1} of ${rollout.waves.length} (${wave?.name ?? ''}) ${shadows ? 'runs as shadow first' : 'opens'}`
  return into(opened, shadows ? 'shadowing' : 'open', { ...cause, text })
}

function advance(rollout: Rollout, cause: Cause): Rollout {
  const passed = { passedAtMs: cause.atMs, ...(cause.findings && { verdict: cause.findings }) }
  const done = withWave(rollout, passed)
  if (rollout.wave + 1 < rollout.waves.length) {
    const next = { ...done, wave: rollout.wave + 1, skipsShadow: false }
    return begin(next, { ...cause, text: `the gate of wave ${rollout.wave + 1} holds` })
  }
  // Devices on which it failed keep what they went back to.
  const reach = rollout.failed.length === 0 ? 'all' : rollout.reach
  return into({ ...done, reach, released: reach === 'all' ? [] : done.released }, 'completed', cause)
}

function pause(rollout: Rollout, cause: Cause): Rollout {
  const { phase } = rollout
  const isPausable = phase === 'scheduled' || phase === 'approval' || phase === 'shadowing' || phase === 'open'
  return into(isPausable ? { ...rollout, pausedFrom: phase } : rollout, 'paused', cause)
}

/** What failed before has been seen: it counts no more, and the gate is judged by what is put out from now on. */
function resume(rollout: Rollout, cause: Cause): Rollout {
  const { pausedFrom, ...rest } = rollout
  const next = { ...rest, forgiven: rollout.failed.length }
  if (pausedFrom === 'shadowing' && rollout.skipsShadow) return enter(next, cause)
  return into(next, pausedFrom ?? 'open', cause)
}

function into(rollout: Rollout, phase: RolloutPhase, cause: Cause): Rollout {
  const { steady: _, endedAtMs: __, ...rest } = rollout
  const ended = hasEnded(phase)
  const keepsShadow = phase === 'shadowing' || phase === 'open' || phase === 'paused'
  return noted(
    {
      ...rest,
      phase,
      phaseAtMs: cause.atMs,
      why: cause.text,
      shadow: keepsShadow ? rollout.shadow : [],
      ...(ended && { endedAtMs: cause.atMs }),
    },
    cause,
  )
}

function withWave(rollout: Rollout, change: Partial<RolloutWave>): Rollout {
  const waves = rollout.waves.map((wave, index) => (index === rollout.wave ? { ...wave, ...change } : wave))
  return { ...rollout, waves }
}
