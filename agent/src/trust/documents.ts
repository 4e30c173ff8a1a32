/** What the agent believes: the trust document, desired state, and components, each checked against the one before. */
import { type ComponentStatement, readComponentStatement } from '@ocelli/schemas/component'
import { Envelope, PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import type { DeviceId, Digest, KeyId, ProjectId } from '@ocelli/schemas/ids'
import { validator } from '@ocelli/schemas/message'
import { type DesiredState, type InstanceComponent, readDesiredState } from '@ocelli/schemas/messages/desired'
import { compareGenerations, type Generation } from '@ocelli/schemas/messages/generation'
import { nameIsCovered, readTrustDocument, type TrustDocument } from '@ocelli/schemas/trust'
import type { Crypto } from '../ports.ts'
import { type Opened, openEnvelope, refuse } from './envelope.ts'

export const readEnvelope = validator(Envelope)

/** Opens a trust document signed by the operator. Whether it is newer than the one held is asked with `isNewerTrust`. */
export function openTrust(envelope: Envelope, operatorKey: string, crypto: Crypto): Opened<TrustDocument> {
  // The operator has one key, pinned at enrolment: whatever id a signature names, only that key is tried.
  const keys = envelope.signatures.map((signature) => ({ keyId: signature.keyid, publicKey: operatorKey }))
  return openEnvelope(envelope, PAYLOAD_TYPES.trust, keys, readTrustDocument, crypto)
}

/** Accepts a trust document that replaces `held`: same project, higher version. */
export function openNewerTrust(
  envelope: Envelope,
  operatorKey: string,
  held: TrustDocument,
  crypto: Crypto,
): Opened<TrustDocument> {
  const opened = openTrust(envelope, operatorKey, crypto)
  if (!opened.ok) return opened
  const { project, version } = opened.value
  if (project !== held.project) {
    return refuse(
      'trust.mismatch',
      `the trust document is of project ${project}, this device belongs to ${held.project}`,
    )
  }
  if (version <= held.version) {
    return refuse('trust.rollback', `the trust document has version ${version}, version ${held.version} is held`)
  }
  return opened
}

export interface DesiredExpectation {
  readonly device: DeviceId
  readonly project: ProjectId
  readonly trust: TrustDocument
  /** Newest generation ever accepted. */
  readonly newest: Generation | undefined
}

/** Opens a desired state that this device may act on. */
export function openDesired(envelope: Envelope, expected: DesiredExpectation, crypto: Crypto): Opened<DesiredState> {
  const opened = openEnvelope(envelope, PAYLOAD_TYPES.desired, expected.trust.servers, readDesiredState, crypto)
  if (!opened.ok) return opened
  const { device, project, generation } = opened.value
  if (device !== expected.device || project !== expected.project) {
    const message = `the desired state is for ${project}/${device}, this device is ${expected.project}/${expected.device}`
    return { ...refuse('trust.mismatch', message), generation }
  }
  if (expected.newest !== undefined && compareGenerations(generation, expected.newest) < 0) {
    const message = `generation ${show(generation)} is older than ${show(expected.newest)}`
    return { ...refuse('trust.rollback', message), generation }
  }
  return opened
}

/** Checks a component's signature and bytes against what desired state says of it. Wants the artifact `component.signature` names. */
export function checkComponent(
  component: InstanceComponent,
  signature: Uint8Array,
  bytes: Uint8Array,
  trust: TrustDocument,
  crypto: Crypto,
): Opened<ComponentStatement> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(signature))
  } catch {
    return refuse('trust.signature', `the signature of ${reference(component)} is not JSON`)
  }
  const envelope = readEnvelope(json)
  if (!envelope.ok) {
    return refuse('trust.signature', `the signature of ${reference(component)} is no envelope: ${envelope.message}`)
  }
  const opened = openEnvelope(envelope.value, PAYLOAD_TYPES.component, trust.publishers, readComponentStatement, crypto)
  if (!opened.ok) return refuse(opened.code, `${reference(component)}: ${opened.message}`)
  const statement = opened.value
  if (!mayPublish(trust, opened.keyId, statement.name)) {
    return refuse('trust.unknownPublisher', `${opened.keyId} may not publish ${statement.name}`)
  }
  return matches(component, statement, crypto.sha256(bytes), bytes.byteLength) ?? opened
}

function matches(component: InstanceComponent, statement: ComponentStatement, digest: Digest, sizeBytes: number) {
  const wrong: string[] = []
  const compare = (field: string, wanted: string | number, signed: string | number) => {
    if (wanted !== signed) wrong.push(`${field} ${signed}, wanted ${wanted}`)
  }
  compare('name', component.name, statement.name)
  compare('version', component.version, statement.version)
  compare('digest', component.digest, statement.digest)
  compare('sizeBytes', component.sizeBytes, statement.sizeBytes)
  if (wrong.length > 0) {
    return refuse('trust.mismatch', `the statement for ${reference(component)} says ${wrong.join('; ')}`)
  }
  if (digest !== statement.digest || sizeBytes !== statement.sizeBytes) {
    return refuse(
      'trust.mismatch',
      `the bytes of ${reference(component)} are ${digest} (${sizeBytes} bytes), signed was ${statement.digest} (${statement.sizeBytes} bytes)`,
    )
  }
  return undefined
}

function mayPublish(trust: TrustDocument, keyId: KeyId, name: string): boolean {
  return trust.publishers.some(
    (publisher) => publisher.keyId === keyId && publisher.names.some((pattern) => nameIsCovered(pattern, name)),
  )
}

const reference = (component: InstanceComponent) => `${component.name}@${component.version}`
const show = (generation: Generation) => `${generation.epoch}.${generation.counter}`
