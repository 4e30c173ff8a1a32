/** Branded identifiers: each is a string on the wire, and none can stand in for another in code. */
import { type TUnsafe, Type } from './typebox.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

export type ProjectId = Branded<'ProjectId'>
export type DeviceId = Branded<'DeviceId'>
export type DeploymentId = Branded<'DeploymentId'>
export type InstanceId = Branded<'InstanceId'>
export type ImagerId = Branded<'ImagerId'>
export type StreamId = Branded<'StreamId'>
export type CommandId = Branded<'CommandId'>
export type Digest = Branded<'Digest'>
export type KeyId = Branded<'KeyId'>

const PATTERNS = {
  /** A tenant's name. */
  ProjectId: '^[a-z][a-z0-9-]{0,62}$',
  /** Made by the server at enrolment; safe as an MQTT topic level and as a certificate subject. */
  DeviceId: '^d-[a-z2-7]{16}$',
  DeploymentId: '^p-[a-z2-7]{16}$',
  /** A function of deployment, device and slot; stable over revisions. */
  InstanceId: '^i-[a-z2-7]{16}$',
  /** Given by the driver; survives a reboot (for instance the bus path or the serial number). */
  ImagerId: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  StreamId: '^s-[a-z2-7]{16}$',
  CommandId: '^c-[a-z2-7]{16}$',
  /** Names an artifact by its content. */
  Digest: '^sha256:[0-9a-f]{64}$',
  /** `ed25519:` and the first 32 hexadecimal digits of the SHA-256 of the public key (SPKI DER). */
  KeyId: '^ed25519:[0-9a-f]{32}$',
} as const

type IdName = keyof typeof PATTERNS
const id = <T extends string>(name: IdName, description: string): TUnsafe<T> =>
  Type.Unsafe<T>(Type.String({ pattern: PATTERNS[name], description }))

export const ProjectId = id<ProjectId>('ProjectId', 'The tenant; `default` unless said otherwise')
export const DeviceId = id<DeviceId>('DeviceId', 'A device, for life')
export const DeploymentId = id<DeploymentId>('DeploymentId', 'A deployment, for life')
export const InstanceId = id<InstanceId>('InstanceId', 'An instance: deployment, device and slot')
export const ImagerId = id<ImagerId>('ImagerId', 'An imager of its device; survives a reboot')
export const StreamId = id<StreamId>('StreamId', 'One run of an outbox')
export const CommandId = id<CommandId>('CommandId', 'One command')
export const Digest = id<Digest>('Digest', 'SHA-256 of an artifact')
export const KeyId = id<KeyId>('KeyId', 'A public key')

const COMPILED = new Map<IdName, RegExp>(
  Object.entries(PATTERNS).map(([name, pattern]) => [name as IdName, new RegExp(pattern)]),
)

/** Reads an identifier from outside; `undefined` where the text is none. */
const parser =
  <T extends string>(name: IdName) =>
  (text: string): T | undefined =>
    COMPILED.get(name)?.test(text) ? (text as T) : undefined

export const parseDeviceId = parser<DeviceId>('DeviceId')
export const parseDeploymentId = parser<DeploymentId>('DeploymentId')
export const parseInstanceId = parser<InstanceId>('InstanceId')
export const parseImagerId = parser<ImagerId>('ImagerId')
export const parseStreamId = parser<StreamId>('StreamId')
export const parseCommandId = parser<CommandId>('CommandId')
export const parseDigest = parser<Digest>('Digest')
export const parseKeyId = parser<KeyId>('KeyId')
export const parseProjectId = parser<ProjectId>('ProjectId')

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** Ten bytes (80 bits) as the sixteen characters that follow an id's prefix. Throws RangeError on fewer bytes. */
export function idText(bytes: Uint8Array): string {
  if (bytes.length < 10) throw new RangeError(`an id needs 10 bytes, got ${bytes.length}`)
  let text = ''
  let bits = 0
  let held = 0
  for (let index = 0; index < 10; index++) {
    held = (held << 8) | (bytes[index] ?? 0)
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return text
}
