/** Builders of what a server and publishers sign: keys, trust documents, components, desired states. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { ComponentStatement } from '@ocelli/schemas/component'
import { type Envelope, PAYLOAD_TYPES, type PayloadType, preAuthEncoding } from '@ocelli/schemas/dsse'
import type { DeploymentId, DeviceId, Digest, ImagerId, InstanceId, KeyId, ProjectId } from '@ocelli/schemas/ids'
import type { DesiredInstance, DesiredState } from '@ocelli/schemas/messages/desired'
import type { TrustDocument } from '@ocelli/schemas/trust'

export interface SigningKey {
  readonly keyId: KeyId
  readonly publicKey: string
  readonly privateKey: KeyObject
}

export function makeKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const keyId = `ed25519:${createHash('sha256').update(spki).digest('hex').slice(0, 32)}` as KeyId
  return { keyId, publicKey: spki.toString('base64'), privateKey }
}

function signed(type: PayloadType, payload: unknown, key: SigningKey): Envelope {
  const bytes = Buffer.from(JSON.stringify(payload))
  const sig = sign(null, preAuthEncoding(type, bytes), key.privateKey).toString('base64')
  return { payloadType: type, payload: bytes.toString('base64'), signatures: [{ keyid: key.keyId, sig }] }
}

export const digestOf = (bytes: Uint8Array): Digest =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest

export const DEVICE = 'd-aaaaaaaaaaaaaaaa' as DeviceId
export const PROJECT = 'default' as ProjectId

/** Everybody who signs for one test fleet. */
export class Authority {
  readonly operator = makeKey()
  readonly server = makeKey()
  readonly publisher = makeKey()

  trust(change: Partial<TrustDocument> = {}): TrustDocument {
    const { keyId, publicKey } = this.publisher
    return {
      project: PROJECT,
      version: 1,
      issuedAtMs: Date.UTC(2026, 0, 1),
      development: false,
      publishers: [{ id: 'makers', keyId, publicKey, names: ['*'] }],
      servers: [{ keyId: this.server.keyId, publicKey: this.server.publicKey }],
      ...change,
    }
  }

  signedTrust(change: Partial<TrustDocument> = {}, key = this.operator): Envelope {
    return signed(PAYLOAD_TYPES.trust, this.trust(change), key)
  }

  desired(instances: readonly DesiredInstance[], change: Partial<DesiredState> = {}): DesiredState {
    return {
      project: PROJECT,
      device: DEVICE,
      generation: { epoch: 1, counter: 1 },
      issuedAtMs: Date.UTC(2026, 1, 1),
      trustVersion: 1,
      instances: [...instances],
      ...change,
    }
  }

  signedDesired(
    instances: readonly DesiredInstance[],
    change: Partial<DesiredState> = {},
    key: SigningKey = this.server,
  ): Envelope {
    return signed(PAYLOAD_TYPES.desired, this.desired(instances, change), key)
  }

  /** A component's bytes, statement and envelope, and where they are found by digest. */
  component(name: string, version = '1.0.0', change: Partial<ComponentStatement> = {}, key = this.publisher): Artifact {
    const bytes = Buffer.from(`component ${name} ${version}`)
    const statement: ComponentStatement = {
      name,
      version,
      digest: digestOf(bytes),
      sizeBytes: bytes.byteLength,
      imports: [],
      exports: [],
      needs: {},
      ...change,
    }
    const signature = Buffer.from(JSON.stringify(signed(PAYLOAD_TYPES.component, statement, key)))
    return {
      bytes,
      signature,
      component: {
        name,
        version,
        digest: digestOf(bytes),
        sizeBytes: bytes.byteLength,
        signature: digestOf(signature),
        links: [],
      },
    }
  }
}

export interface Artifact {
  readonly bytes: Uint8Array
  readonly signature: Uint8Array
  readonly component: DesiredInstance['components'][number]
}

export const instanceId = (letter: string): InstanceId => `i-${letter.repeat(16)}` as InstanceId

/** An instance of one component with sensible values for all that a test does not care about. */
export function instance(
  artifact: Pick<Artifact, 'component'>,
  change: Partial<DesiredInstance> = {},
  letter = 'a',
): DesiredInstance {
  return {
    id: instanceId(letter),
    deployment: { id: 'p-aaaaaaaaaaaaaaaa' as DeploymentId, name: 'test' },
    revision: 1,
    realisation: 'only',
    role: 'live',
    components: [artifact.component],
    config: { values: {} },
    grants: [],
    limits: { memoryBytes: 1 << 24, callTimeoutMs: 200, outputBytesPerSecond: 2048 },
    frames: {},
    intervalMs: 1000,
    restart: { policy: 'always', maxAttempts: 3, backoffMs: 1000, maxBackoffMs: 8000, healthyForMs: 10_000 },
    features: [],
    ...change,
  }
}

export const imagerId = (text: string): ImagerId => text as ImagerId
