/** What the devices with the new revision put out, against those that still have the old one. */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { Rollout } from '../domain/rollout.ts'
import { type EvidenceRow, isLiving, type RolloutFacts, type WindowEvidence } from './facts.ts'

/** One name of measurement or event on one side. */
export interface NameStats {
  readonly devices: number
  readonly samples: number
  /** Mean of the devices' means, so that one that talks much does not outweigh the others. */
  readonly mean: number
  /** Records a minute and device. */
  readonly ratePerMinute: number
  /** Longest time that a device has put out none, in milliseconds. */
  readonly silenceMs: number
  /** Mean of what each device says now less what it said before it got the revision; the old side: 0. */
  readonly drift: number
  /** Devices with records of this name from both times. */
  readonly driftDevices: number
  /** Of what those devices said before. */
  readonly meanBefore: number
}

export interface Side {
  readonly byName: ReadonlyMap<string, NameStats>
  /** Devices of the side that are connected and healthy. */
  readonly watched: number
  /** How long those have been watched: all of them, and the one that was watched longest. */
  readonly allForMs: number
  readonly longestMs: number
}

export interface Sides {
  readonly wave: Side
  readonly rest: Side
  /** The old side is what was put out before the wave opened, since no device has the old revision any more. */
  readonly restIsBefore: boolean
}

export function sidesOf(rollout: Rollout, facts: RolloutFacts, window: WindowEvidence): Sides {
  const { revision } = rollout
  const releasedAtMs = new Map(rollout.released.map(({ device, atMs }) => [device, atMs]))
  const fresh: DeviceId[] = []
  const old: DeviceId[] = []
  for (const member of facts.members.values()) {
    if (!isLiving(member) || !member.up) continue
    if (member.wanted === revision && releasedAtMs.has(member.device.id)) fresh.push(member.device.id)
    else if (member.wanted !== undefined && member.wanted !== revision) old.push(member.device.id)
  }
  const restIsBefore = old.length === 0
  // What another revision put out in between, one that was taken back say, speaks for neither side.
  const isOld = (row: EvidenceRow) => row.revision === (rollout.bases[row.device] ?? rollout.from)
  const before = rowsBy(window.before.filter(isOld))
  const startOf = (device: DeviceId) => Math.max(window.fromMs, releasedAtMs.get(device) ?? window.fromMs)
  return {
    wave: side(fresh, rowsBy(window.rows.filter((row) => row.revision === revision)), startOf, window.toMs, before),
    rest: restIsBefore
      ? side([...before.keys()], before, () => window.fromMs, window.toMs, undefined)
      : side(old, rowsBy(window.rows.filter(isOld)), () => window.fromMs, window.toMs, undefined),
    restIsBefore,
  }
}

/** By device. */
function rowsBy(rows: readonly EvidenceRow[]): Map<DeviceId, EvidenceRow[]> {
  const found = new Map<DeviceId, EvidenceRow[]>()
  for (const row of rows) {
    const list = found.get(row.device)
    if (list) list.push(row)
    else found.set(row.device, [row])
  }
  return found
}

function side(
  devices: readonly DeviceId[],
  rows: ReadonlyMap<DeviceId, readonly EvidenceRow[]>,
  startOf: (device: DeviceId) => number,
  toMs: number,
  before: ReadonlyMap<DeviceId, readonly EvidenceRow[]> | undefined,
): Side {
  const names = new Set([...rows.values()].flatMap((list) => list.map(({ name }) => name)))
  const byName = new Map<string, NameStats>()
  for (const name of names) byName.set(name, statsOf(name, devices, rows, startOf, toMs, before))
  const starts = devices.map(startOf)
  return {
    byName,
    watched: devices.length,
    allForMs: devices.length === 0 ? 0 : toMs - Math.max(...starts),
    longestMs: devices.length === 0 ? 0 : toMs - Math.min(...starts),
  }
}

/** A device is watched from its first record, as the server may not have known it before. */
function firstOf(rows: readonly EvidenceRow[] | undefined, fromMs: number): number {
  const first = Math.min(...(rows ?? []).map(({ firstMs }) => firstMs))
  return Number.isFinite(first) ? Math.max(first, fromMs) : fromMs
}

function statsOf(
  name: string,
  devices: readonly DeviceId[],
  rows: ReadonlyMap<DeviceId, readonly EvidenceRow[]>,
  startOf: (device: DeviceId) => number,
  toMs: number,
  before: ReadonlyMap<DeviceId, readonly EvidenceRow[]> | undefined,
): NameStats {
  let samples = 0
  let silenceMs = 0
  let minutes = 0
  const means: number[] = []
  const drifts: number[] = []
  const earlier: number[] = []
  for (const device of devices) {
    const own = rows.get(device)
    const total = sumOf(name, own)
    const startMs = firstOf(own, startOf(device))
    minutes += Math.max(toMs - startMs, 1) / 60_000
    silenceMs = Math.max(silenceMs, toMs - (total?.lastMs ?? startOf(device)))
    if (total === undefined) continue
    samples += total.samples
    means.push(total.sum / total.samples)
    const was = before && sumOf(name, before.get(device))
    if (was === undefined) continue
    drifts.push(total.sum / total.samples - was.sum / was.samples)
    earlier.push(was.sum / was.samples)
  }
  return {
    devices: means.length,
    samples,
    mean: meanOf(means),
    ratePerMinute: minutes > 0 ? samples / minutes : 0,
    silenceMs,
    drift: meanOf(drifts),
    driftDevices: drifts.length,
    meanBefore: meanOf(earlier),
  }
}

/** Over the revisions of the side. */
function sumOf(name: string, rows: readonly EvidenceRow[] | undefined) {
  let found: { samples: number; sum: number; lastMs: number } | undefined
  for (const row of rows ?? []) {
    if (row.name !== name || row.kind === 'error') continue
    found ??= { samples: 0, sum: 0, lastMs: 0 }
    found.samples += row.samples
    found.sum += row.sum
    found.lastMs = Math.max(found.lastMs, row.lastMs)
  }
  return found
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
