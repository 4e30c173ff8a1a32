/** The signature of a component: a DSSE envelope with Ed25519 over name, version, digest, size, imports, exports and needs. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import {
  type ComponentNeeds,
  type ComponentStatement,
  NEEDS_SECTION,
  readComponentNeeds,
  readComponentStatement,
} from '@ocelli/schemas/component'
import { type Envelope, PAYLOAD_TYPES, preAuthEncoding } from '@ocelli/schemas/dsse'
import { type Digest, type KeyId, parseDigest, parseKeyId } from '@ocelli/schemas/ids'
import { interfacesOfComponent } from './interfaces.ts'
import { customSection } from './wasm-sections.ts'

/** What is signed about a component's bytes. Throws where they are no component or their needs section is wrong. */
export function stateComponent(name: string, version: string, component: Uint8Array): ComponentStatement {
  const { imports, exports } = interfacesOfComponent(component)
  return {
    name,
    version,
    digest: digestOf(component),
    sizeBytes: component.byteLength,
    imports: [...imports],
    exports: [...exports],
    needs: readNeeds(component),
  }
}

/** Signs a statement with an Ed25519 private key. */
export function signStatement(statement: ComponentStatement, privateKey: KeyObject): Envelope {
  const payload = Buffer.from(JSON.stringify(statement), 'utf8')
  const sig = sign(null, preAuthEncoding(PAYLOAD_TYPES.component, payload), privateKey)
  return {
    payloadType: PAYLOAD_TYPES.component,
    payload: payload.toString('base64'),
    signatures: [{ keyid: keyIdOf(privateKey), sig: sig.toString('base64') }],
  }
}

/** The statement of an envelope whose signature by `publicKey` holds for these component bytes, else why not. */
export function verifyEnvelope(
  envelope: Envelope,
  publicKey: KeyObject,
  component: Uint8Array,
): { ok: true; statement: ComponentStatement } | { ok: false; reason: string } {
  if (envelope.payloadType !== PAYLOAD_TYPES.component)
    return { ok: false, reason: `payload type ${envelope.payloadType}, not ${PAYLOAD_TYPES.component}` }
  const keyid = keyIdOf(publicKey)
  const entry = envelope.signatures.find((candidate) => candidate.keyid === keyid)
  if (entry === undefined) return { ok: false, reason: `no signature by ${keyid}` }
  const payload = Buffer.from(envelope.payload, 'base64')
  const signed = preAuthEncoding(envelope.payloadType, payload)
  if (!verify(null, signed, publicKey, Buffer.from(entry.sig, 'base64')))
    return { ok: false, reason: `the signature by ${keyid} does not fit the payload` }
  const statement = readComponentStatement(JSON.parse(payload.toString('utf8')))
  if (!statement.ok) return { ok: false, reason: statement.message }
  const digest = digestOf(component)
  if (statement.value.digest !== digest)
    return { ok: false, reason: `signed for ${statement.value.digest}, the component is ${digest}` }
  return { ok: true, statement: statement.value }
}

/** The needs section of a component; no section is no need. Throws where its content is wrong. */
export function readNeeds(component: Uint8Array): ComponentNeeds {
  const content = customSection(component, NEEDS_SECTION)
  if (content === undefined) return {}
  const needs = readComponentNeeds(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content)))
  if (!needs.ok) throw new Error(`custom section ${NEEDS_SECTION}: ${needs.message}`)
  return needs.value
}

/** Reads an Ed25519 private key in PEM (PKCS #8). Throws an error for a person where it is none. */
export function readPrivateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`the key is of type ${key.asymmetricKeyType}; components are signed with ed25519`)
  return key
}

/** `ed25519:` and the first 32 hexadecimal digits of the SHA-256 of the public key (SPKI, DER); of a private key, of its public one. */
export function keyIdOf(key: KeyObject): KeyId {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const keyId = parseKeyId(`ed25519:${createHash('sha256').update(der).digest('hex').slice(0, 32)}`)
  if (keyId === undefined) throw new Error('the form of key ids has changed in the schemas')
  return keyId
}

function digestOf(bytes: Uint8Array): Digest {
  const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
  if (digest === undefined) throw new Error('the form of digests has changed in the schemas')
  return digest
}
