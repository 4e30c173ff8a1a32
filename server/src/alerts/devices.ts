/** Looks at devices: gone silent, or with instances that fail over and over. */

import type { InstanceId } from '@ocelli/schemas/ids'
import type { AlertSpec } from '@ocelli/schemas/manifest/alert'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import type { DeviceFacts } from '../domain/snapshot.ts'
import { duration, type Look, type Observation, type Placed } from './observation.ts'

/** What is known of a device without its documents. */
export interface WatchedDevice extends Pick<DeviceFacts, 'id' | 'name' | 'labels' | 'presence'> {
  readonly presenceAtMs: number
  /** The last state that it was heard to be in, and since when; a start of the server changes neither. */
  readonly knownPresence?: DeviceFacts['presence']
  readonly knownAtMs?: number
  readonly failing?: readonly ReportedInstance[]
}

export interface Listening {
  readonly nowMs: number
  /** Since when this server hears devices without a break; absent while it hears none. */
  readonly sinceMs: number | undefined
  /** How long devices may take to be heard again after a start. */
  readonly graceMs: number
}

type Silent = NonNullable<AlertSpec['condition']['deviceSilent']>

export function lookForSilence(spec: Silent, devices: readonly WatchedDevice[], listening: Listening): Look {
  const observations = devices.map((device) => silenceOf(spec, device, listening))
  const again = observations.flatMap(({ verdict, sinceMs }) =>
    verdict !== 'true' && sinceMs !== undefined ? [sinceMs] : [],
  )
  return { observations, hidden: () => false, ...(again.length > 0 && { againAtMs: Math.min(...again) }) }
}

/** `sinceMs` of one that is not true yet says when it will be. */
function silenceOf(spec: Silent, device: WatchedDevice, { nowMs, sinceMs, graceMs }: Listening): Observation {
  const { id, name, labels, presence, presenceAtMs, knownPresence, knownAtMs = presenceAtMs } = device
  const seen = (verdict: Observation['verdict'], summary: string, dueMs?: number): Observation => ({
    subject: id,
    verdict,
    ...(dueMs !== undefined && { sinceMs: dueMs }),
    device: id,
    deviceName: name,
    labels,
    summary,
  })
  if (presence === 'online') return seen('false', `${name} is online`)
  const last = presence === 'unknown' ? knownPresence : presence
  if (last === 'offline' && spec.offline === 'ignored') return seen('false', `${name} said goodbye`)
  if (last === 'lost' || last === 'offline') {
    const dueMs = (presence === 'unknown' ? knownAtMs : presenceAtMs) + spec.afterMs
    // After a start it may be about to come back: what was known before counts again when it had its chance.
    if (presence === 'unknown' && !(sinceMs !== undefined && nowMs >= sinceMs + graceMs)) {
      return seen(
        'unknown',
        `${name} was not heard since the server started`,
        sinceMs && Math.max(dueMs, sinceMs + graceMs),
      )
    }
    const what = last === 'lost' ? 'lost' : 'offline'
    return seen(
      nowMs >= dueMs ? 'true' : 'false',
      `${name} is ${what} for ${duration(nowMs - dueMs + spec.afterMs)}`,
      dueMs,
    )
  }
  // It was online before the start: only that this server listened long enough, and heard nothing, says anything.
  if (knownPresence === undefined || sinceMs === undefined) return seen('unknown', `${name} was not heard yet`)
  const dueMs = sinceMs + graceMs + spec.afterMs
  if (nowMs < dueMs) return seen('unknown', `${name} was not heard since the server started`, dueMs)
  return seen('true', `${name} was not heard for ${duration(nowMs - sinceMs)} since the server started`, dueMs)
}

type CrashLooping = NonNullable<AlertSpec['condition']['instanceCrashLooping']>

export function lookForCrashLoops(
  spec: CrashLooping,
  devices: readonly WatchedDevice[],
  placed: ReadonlyMap<InstanceId, Placed>,
): Look {
  // What a device reported before it left is no longer known to be so.
  const away = new Set(devices.filter(({ presence }) => presence !== 'online').map(({ id }) => id))
  const observations = devices.flatMap((device) => {
    if (away.has(device.id)) return []
    return (device.failing ?? []).flatMap(
      (instance) => crashLoopOf(spec, device, instance, placed.get(instance.id)) ?? [],
    )
  })
  return { observations, hidden: ({ device }) => away.has(device) }
}

function crashLoopOf(
  { deployment, restarts = Number.POSITIVE_INFINITY }: CrashLooping,
  device: WatchedDevice,
  instance: ReportedInstance,
  placed: Placed | undefined,
): Observation | undefined {
  if (placed === undefined || (deployment !== undefined && placed.deploymentName !== deployment)) return undefined
  const often = instance.state === 'backoff' && instance.restarts >= restarts
  if (instance.state !== 'crashLoop' && !often) return undefined
  const why = instance.error === undefined ? '' : `: ${instance.error.message}`
  const what = instance.state === 'crashLoop' ? 'was given up' : 'fails'
  return {
    subject: instance.id,
    verdict: 'true',
    device: device.id,
    deviceName: device.name,
    labels: device.labels,
    instance: instance.id,
    ...(placed.imager !== undefined && { imager: placed.imager }),
    deployment: placed.deployment,
    deploymentName: placed.deploymentName,
    value: instance.restarts,
    summary: `${placed.deploymentName} ${what} on ${device.name} after ${instance.restarts} restarts${why}`,
  }
}
