/** Topics of the wire. Everything of a device lives below `ocelli/v1/<device>/`; access rules follow from these lists. */
import { type CommandId, type DeviceId, parseCommandId, parseDeviceId } from './ids.ts'

export const TOPIC_ROOT = 'ocelli/v1'

/** Topic levels that a device may write below its own prefix, and those it may read. Nothing else, not even its own `desired`. */
export const DEVICE_WRITES = ['presence', 'inventory', 'reported', 'telemetry', 'image/#', 'result/#'] as const
export const DEVICE_READS = ['desired', 'ack', 'command/#'] as const

export type TopicKind =
  | 'presence'
  | 'inventory'
  | 'reported'
  | 'telemetry'
  | 'image'
  | 'result'
  | 'desired'
  | 'ack'
  | 'command'

export interface TopicAddress {
  readonly device: DeviceId
  readonly kind: TopicKind
  /** Levels after the kind: command id, or instance and image name. */
  readonly rest: readonly string[]
}

export const prefix = (device: DeviceId): string => `${TOPIC_ROOT}/${device}`

export const topics = {
  presence: (device: DeviceId) => `${prefix(device)}/presence`,
  inventory: (device: DeviceId) => `${prefix(device)}/inventory`,
  reported: (device: DeviceId) => `${prefix(device)}/reported`,
  telemetry: (device: DeviceId) => `${prefix(device)}/telemetry`,
  desired: (device: DeviceId) => `${prefix(device)}/desired`,
  ack: (device: DeviceId) => `${prefix(device)}/ack`,
  command: (device: DeviceId, command: CommandId) => `${prefix(device)}/command/${command}`,
  result: (device: DeviceId, command: CommandId) => `${prefix(device)}/result/${command}`,
  image: (device: DeviceId, instance: string, name: string) => `${prefix(device)}/image/${instance}/${name}`,
} as const

/** Levels after the kind that each kind has. */
const REST_LEVELS: Record<TopicKind, number> = {
  presence: 0,
  inventory: 0,
  reported: 0,
  telemetry: 0,
  image: 2,
  result: 1,
  desired: 0,
  ack: 0,
  command: 1,
}

/** Reads a topic; `undefined` where it is none of ours. */
export function parseTopic(topic: string): TopicAddress | undefined {
  const [root, version, deviceText = '', kindText = '', ...rest] = topic.split('/')
  if (`${root}/${version}` !== TOPIC_ROOT || !Object.hasOwn(REST_LEVELS, kindText)) return undefined
  const kind = kindText as TopicKind
  const device = parseDeviceId(deviceText)
  if (device === undefined || rest.length !== REST_LEVELS[kind] || rest.some((level) => level === '')) return undefined
  if ((kind === 'result' || kind === 'command') && parseCommandId(rest[0] ?? '') === undefined) return undefined
  return { device, kind, rest }
}

/** Whether the device may publish to the topic: the one rule of every broker's access list. */
export function deviceMayPublish(device: DeviceId, topic: string): boolean {
  const own = `${prefix(device)}/`
  return topic.startsWith(own) && covered(DEVICE_WRITES, topic.slice(own.length))
}

/** Whether the device may subscribe with the filter: the filter must lie wholly inside what it may read. */
export function deviceMaySubscribe(device: DeviceId, filter: string): boolean {
  const own = `${prefix(device)}/`
  return filter.startsWith(own) && covered(DEVICE_READS, filter.slice(own.length))
}

function covered(patterns: readonly string[], levels: string): boolean {
  return patterns.some((pattern) => {
    if (!pattern.endsWith('/#')) return levels === pattern
    // A bare `command` would also match `command/#`, yet nothing is published there: require a level below.
    return levels.startsWith(pattern.slice(0, -1)) && levels.length > pattern.length - 1
  })
}
