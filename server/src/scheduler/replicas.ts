/**
 * Which devices carry the replicas: evenly over the groups of `spread`; in a group those that were heard last, then by
 * score, then those of whose memory others hold least, then by id.
 */
import type { DeviceFacts, PresenceState } from '../domain/snapshot.ts'
import type { DeviceLedger } from './ledger.ts'

export interface Ranked {
  readonly ledger: DeviceLedger
  readonly score: number
  readonly loadPercent: number
}

/** A device that is reachable can start at once; one that said goodbye will be back; a lost one may not. */
const REACHABLE: Readonly<Record<PresenceState, number>> = { online: 3, unknown: 2, offline: 1, lost: 0 }

/** `count` of the candidates; `placed` are devices that carry one already and count for the spread. */
export function pickSpread<T extends Ranked>(
  candidates: readonly T[],
  count: number,
  spread: readonly string[],
  placed: readonly DeviceLedger[],
): T[] {
  const groups = new Map<string, { held: number; readonly waiting: T[] }>()
  const groupOf = (device: DeviceFacts) => {
    const key = spread.map((field) => fieldText(device, field)).join('\n')
    let group = groups.get(key)
    if (!group) {
      group = { held: 0, waiting: [] }
      groups.set(key, group)
    }
    return group
  }
  for (const ledger of placed) groupOf(ledger.device).held++
  for (const candidate of [...candidates].sort(byRank)) groupOf(candidate.ledger.device).waiting.push(candidate)
  const picked: T[] = []
  const heads = new Map([...groups.values()].map((group) => [group, 0]))
  while (picked.length < count) {
    let best: { held: number; readonly waiting: T[] } | undefined
    for (const [group, head] of heads) {
      const candidate = group.waiting[head]
      if (!candidate) continue
      const leader = best?.waiting[heads.get(best) ?? 0]
      if (!best || !leader || group.held < best.held || (group.held === best.held && byRank(candidate, leader) < 0)) {
        best = group
      }
    }
    const head = best && heads.get(best)
    const winner = best && head !== undefined ? best.waiting[head] : undefined
    if (!best || head === undefined || !winner) break
    picked.push(winner)
    best.held++
    heads.set(best, head + 1)
  }
  return picked
}

function byRank(a: Ranked, b: Ranked): number {
  const [one, two] = [a.ledger.device, b.ledger.device]
  return (
    REACHABLE[two.presence] - REACHABLE[one.presence] ||
    heardAtMs(two) - heardAtMs(one) ||
    b.score - a.score ||
    a.loadPercent - b.loadPercent ||
    (one.id < two.id ? -1 : 1)
  )
}

/** Whoever is online is heard now; others as long ago as they went. */
function heardAtMs({ presence, presenceAtMs = 0 }: DeviceFacts): number {
  return presence === 'online' ? 0 : presenceAtMs
}

/** `labels.floor`, `platform.architecture`; empty where absent. */
function fieldText(device: DeviceFacts, field: string): string {
  const dot = field.indexOf('.')
  const [root, rest] = dot < 0 ? [field, ''] : [field.slice(0, dot), field.slice(dot + 1)]
  if (root === 'labels') return (Object.hasOwn(device.labels, rest) && device.labels[rest]) || ''
  const base: unknown =
    root === 'platform' ? device.inventory?.platform : root === 'agent' ? device.inventory?.agent : device
  const key = root === 'platform' || root === 'agent' ? rest : root
  const value =
    typeof base === 'object' && base !== null && Object.hasOwn(base, key)
      ? (base as Record<string, unknown>)[key]
      : undefined
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}
