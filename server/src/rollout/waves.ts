/**
 * Who belongs to which wave. The sets are frozen when the rollout is made; who comes later joins the wave whose
 * selector or list names it, else the last one.
 */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { RolloutSpec, Wave } from '@ocelli/schemas/manifest/rollout'
import { isRefusal } from '../domain/refusal.ts'
import type { Rollout, RolloutWave } from '../domain/rollout.ts'
import type { DeviceFacts } from '../domain/snapshot.ts'
import { compileSelector } from '../scheduler/selector.ts'
import { shareOf } from './share.ts'

/** `devices`: all that the rollout concerns. In waves by size those that are connected come first, then by id. */
export function makeWaves(policy: RolloutSpec, devices: readonly DeviceFacts[]): RolloutWave[] {
  const left = new Map(inOrder(devices).map((device) => [device.id, device]))
  const waves: RolloutWave[] = []
  for (const spec of policy.waves ?? []) {
    const taken = take(spec, left, devices.length)
    for (const { id } of taken) left.delete(id)
    waves.push(wave(spec, taken, policy))
  }
  if (left.size > 0 || waves.length === 0) {
    const name = waves.length === 0 ? 'all' : 'the rest'
    waves.push(made(name, [...left.values()], policy.approval === 'manual'))
  }
  return waves
}

/** Devices of the rollout that no wave has yet find their place. Answers the same object where there is none. */
export function welcome(rollout: Rollout, newcomers: readonly DeviceFacts[]): Rollout {
  const known = new Set(rollout.waves.flatMap(membersOf))
  const unknown = newcomers.filter(({ id }) => !known.has(id))
  if (unknown.length === 0) return rollout
  const waves = rollout.waves.map((one) => ({ ...one, joined: [...one.joined] }))
  for (const device of unknown) placeOf(waves, device).joined.push(device.id)
  return { ...rollout, waves: waves.map((one) => ({ ...one, joined: one.joined.sort() })) }
}

export function countJoined({ waves }: Pick<Rollout, 'waves'>): number {
  return waves.reduce((sum, { joined }) => sum + joined.length, 0)
}

export function membersOf({ devices, joined }: RolloutWave): readonly DeviceId[] {
  return joined.length === 0 ? devices : [...devices, ...joined]
}

function placeOf<W extends RolloutWave>(waves: readonly W[], device: DeviceFacts): W {
  const found = waves.find(({ selector, listed }) => {
    if (listed?.some((key) => key === device.id || key === device.name)) return true
    return selector !== undefined && matches(selector, device)
  })
  const last = found ?? waves.at(-1)
  if (last === undefined) throw new Error('a rollout has at least one wave')
  return last
}

function matches(expression: string, device: DeviceFacts): boolean {
  const selector = compileSelector(expression)
  return !isRefusal(selector) && selector.evaluate(device).matches
}

function inOrder(devices: readonly DeviceFacts[]): DeviceFacts[] {
  const rank = ({ presence }: DeviceFacts) => (presence === 'online' ? 0 : 1)
  return [...devices].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))
}

function take(spec: Wave, left: ReadonlyMap<DeviceId, DeviceFacts>, total: number): DeviceFacts[] {
  const all = [...left.values()]
  const size = typeof spec === 'object' ? spec.size : spec
  if (size !== undefined) {
    // A percentage says how many have it after the wave, a number how many the wave adds.
    const count = typeof size === 'number' ? size : shareOf(size, total) - (total - left.size)
    return all.slice(0, Math.max(count, 0))
  }
  if (typeof spec !== 'object') return []
  const { selector, devices } = spec
  if (devices !== undefined) return all.filter(({ id, name }) => devices.includes(id) || devices.includes(name))
  if (selector === undefined) return []
  const compiled = compileSelector(selector)
  return isRefusal(compiled) ? [] : all.filter((device) => compiled.evaluate(device).matches)
}

function wave(spec: Wave, taken: readonly DeviceFacts[], policy: RolloutSpec): RolloutWave {
  if (typeof spec !== 'object') return made(sizeName(spec), taken, policy.approval === 'manual')
  const { name, size, selector, devices, approval } = spec
  const fallback = size === undefined ? (selector ?? devices?.join(', ') ?? '') : sizeName(size)
  return {
    ...made(name ?? fallback, taken, (approval ?? policy.approval) === 'manual'),
    ...(selector !== undefined && { selector }),
    ...(devices !== undefined && { listed: devices }),
  }
}

function sizeName(size: number | string): string {
  if (typeof size === 'string') return size
  return size === 1 ? '1 device' : `${size} devices`
}

function made(name: string, devices: readonly DeviceFacts[], manual: boolean): RolloutWave {
  return {
    name: name.length > 64 ? `${name.slice(0, 63)}…` : name,
    devices: devices.map(({ id }) => id).sort(),
    joined: [],
    approval: manual ? 'needed' : 'none',
  }
}
