/** Rollouts as text: one line of progress, and the whole with waves, gates and devices. */
import {
  type PlannedRollout,
  PROGRESS,
  type RolloutDetail,
  type RolloutDevice,
  type RolloutEffect,
  type RolloutSummary,
  type RolloutWave,
} from '@ocelli/schemas/api/rollout'
import { EXIT } from '../exit.ts'
import { duration, plural } from './text.ts'

const BAR_WIDTH = 30

/** `[#######-----] 12 of 20 healthy`. */
export function progressBar(
  { counts, members }: Pick<RolloutSummary, 'counts' | 'members'>,
  width = BAR_WIDTH,
): string {
  const total = Math.max(members - counts.left, 0)
  const done = total === 0 ? 0 : Math.round((counts.healthy / total) * width)
  const failed = total === 0 ? 0 : Math.min(Math.round((counts.failed / total) * width), width - done)
  const bar = `${'#'.repeat(done)}${'x'.repeat(failed)}${'-'.repeat(width - done - failed)}`
  return `[${bar}] ${counts.healthy} of ${total} healthy`
}

/** `revision 5, wave 2 of 3, open: 12 of 20 healthy, 3 waiting, 1 absent`. */
export function progressLine(rollout: RolloutSummary): string {
  const { name, revision, wave, waves, phase } = rollout
  return `${name}: revision ${revision}, wave ${wave} of ${waves}, ${phase}: ${countsText(rollout)}`
}

export function countsText({ counts }: Pick<RolloutSummary, 'counts'>): string {
  const parts = PROGRESS.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${WORDS[one]}`)
  return parts.length === 0 ? 'no device' : parts.join(', ')
}

const WORDS: Readonly<Record<(typeof PROGRESS)[number], string>> = {
  waiting: 'waiting',
  told: 'told',
  fetching: 'fetching',
  starting: 'starting',
  healthy: 'healthy',
  failed: 'failed',
  rolledBack: 'rolled back',
  absent: 'absent',
  left: 'not meant any more',
}

export function detailText(rollout: RolloutDetail, devices: readonly RolloutDevice[]): string {
  const from = rollout.from === undefined ? 'nothing' : `revision ${rollout.from}`
  const lines = [
    `rollout of ${rollout.name} from ${from} to revision ${rollout.revision}: ${rollout.phase}`,
    `  ${progressBar(rollout)}; ${countsText(rollout)}`,
    `  ${rollout.budget.text}`,
    ...rollout.reasons.map((reason) => `  ${reason}`),
    ...rollout.list.flatMap(waveLines),
    ...(rollout.shadow ?? []).map(({ verdict, text }) => `  shadow ${verdict}: ${text}`),
  ]
  const { notBack } = rollout
  if (notBack) {
    lines.push(`  ${plural(notBack.count, 'device')} not back yet:`)
    for (const { name, why } of notBack.devices.slice(0, NAMED)) lines.push(`    ${name}: ${why}`)
  }
  const telling = devices.filter(({ progress }) => progress !== 'healthy')
  if (telling.length > 0) lines.push('  devices that are not healthy on it:')
  for (const device of telling) lines.push(...deviceLines(device))
  return lines.join('\n')
}

function waveLines(wave: RolloutWave): string[] {
  const approval = wave.approval === 'needed' ? ', needs approval' : ''
  return [
    `  wave ${wave.number} (${wave.name}): ${wave.state}${approval}; ${wave.arithmetic}`,
    ...wave.gate.map(({ name, verdict, text }) => `    ${verdict.padEnd(5)} ${name}: ${text}`),
  ]
}

export function deviceLines({ name, wave, progress, why, logs }: RolloutDevice): string[] {
  const where = wave === undefined ? '' : ` (wave ${wave})`
  return [
    `    ${name}${where}: ${WORDS[progress]}${why === undefined ? '' : `: ${why}`}`,
    ...logs.slice(-3).map((line) => `      | ${line}`),
  ]
}

/** Names that one wave lists; `-o json` has them all. */
const NAMED = 20

/** How a rollout would go: what a plan shows of it. */
export function plannedText(rollout: PlannedRollout, indent: string): string[] {
  const { revision, from, staged, waves, budget, gate, shadowForMs, windows, leastMs, startAtMs, notes } = rollout
  if (!staged) return [`${indent}rollout to revision ${revision}: all devices get it at once`]
  const before = from === undefined ? '' : ` from revision ${from}`
  const list = (title: string, texts: readonly string[]) => texts.map((text) => `${indent}  ${title}${text}`)
  return [
    `${indent}rollout to revision ${revision}${before} in ${plural(waves.length, 'wave')}, at least ${duration(leastMs)}:`,
    ...list('starts at ', startAtMs === undefined ? [] : [new Date(startAtMs).toISOString()]),
    ...waves.flatMap((wave) => plannedWave(wave, `${indent}  `)),
    ...list('at once: ', [budget]),
    ...list('runs as shadow first, for ', shadowForMs === undefined ? [] : [duration(shadowForMs)]),
    ...list('gate: ', gate),
    ...list('window: ', windows),
    `${indent}  a gate that fails ${rollout.onFailure === 'pause' ? 'pauses it' : 'rolls it back'}; a device that is not healthy within ${duration(rollout.fallbackWithinMs)} goes back; it ends at ${new Date(rollout.deadlineAtMs).toISOString()} at the latest`,
    ...list('note: ', notes),
  ]
}

function plannedWave(
  { number, name, approval, devices, arithmetic, leastMs }: PlannedRollout['waves'][number],
  indent: string,
): string[] {
  const asks = approval === 'needed' ? ', waits for approval first' : ''
  const takes = leastMs === undefined ? '' : `; at least ${duration(leastMs)}`
  const names = devices.slice(0, NAMED).map((one) => (one.living ? one.name : `${one.name} (absent)`))
  const more = devices.length > NAMED ? [`and ${devices.length - NAMED} more`] : []
  return [
    `${indent}wave ${number} (${name})${asks}: ${arithmetic}${takes}`,
    ...(names.length === 0 ? [] : [`${indent}  ${[...names, ...more].join(', ')}`]),
  ]
}

export function effectText({ verb, name, revision, text, running, waiting, absent, dryRun }: RolloutEffect): string {
  return [
    `${verb} the rollout of ${name} to revision ${revision}: ${text}`,
    `  devices that have it:    ${running}`,
    `  devices that wait:       ${waiting}`,
    `  devices that are absent: ${absent}`,
    ...(dryRun ? [] : ['done']),
  ].join('\n')
}

/** Tells the outcome; undefined while it goes on by itself. */
export function outcomeCode({ phase, counts }: Pick<RolloutSummary, 'phase' | 'counts'>): number | undefined {
  switch (phase) {
    case 'completed':
      return counts.failed > 0 ? EXIT.failed : EXIT.done
    case 'paused':
    case 'approval':
      return EXIT.waiting
    case 'rolledBack':
      return EXIT.rolledBack
    case 'aborted':
      return EXIT.aborted
    case 'superseded':
      return EXIT.superseded
    default:
      return undefined
  }
}

export function endText(rollout: RolloutSummary & Pick<RolloutDetail, 'notBack'>): string {
  const { name, revision, phase, counts, notBack } = rollout
  const failed = counts.failed > 0 ? `; it failed on ${plural(counts.failed, 'device')}` : ''
  const absent = counts.absent > 0 ? `; ${plural(counts.absent, 'absent device')} will get it when back` : ''
  switch (phase) {
    case 'completed':
      return `${name}: revision ${revision} is out${failed}${absent}`
    case 'paused':
      return `${name}: paused, a person decides: ocelli rollout resume|abort|roll-back|promote ${name}`
    case 'approval':
      return `${name}: the next wave waits for a person: ocelli rollout approve ${name}`
    case 'rolledBack':
      return `${name}: revision ${revision} was rolled back${
        notBack
          ? `; ${plural(notBack.count, 'device')} not back yet, and taken back when possible: ${notBack.devices
              .slice(0, NAMED)
              .map((one) => one.name)
              .join(', ')}`
          : ''
      }`
    case 'aborted':
      return `${name}: the rollout of revision ${revision} was aborted`
    case 'superseded':
      return `${name}: a later revision was made`
    default:
      return `${name}: ${phase}`
  }
}
