/**
 * The trust document: made and signed by the operator's root key outside the server, verified and kept by the server,
 * which cannot change it. The command line signs; the server holds the public key only.
 */
import type { KeyObject } from 'node:crypto'
import type { ComponentStatement } from '@ocelli/schemas/component'
import { readComponentStatement } from '@ocelli/schemas/component'
import { type Envelope, PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import { OcelliError } from '@ocelli/schemas/errors'
import { keyIdOf, verifyEnvelope } from '@ocelli/schemas/signing'
import { nameIsCovered, readTrustDocument, type TrustDocument } from '@ocelli/schemas/trust'
import type { AuditRow, TrustRow } from '../domain/records.ts'
import type { IdentityStore } from '../store/store.ts'
import { createSigner, publicKeyText, readPublicKey } from './keys.ts'
import type { Sealer } from './sealing.ts'

export type Publisher = TrustDocument['publishers'][number]

/** Who may publish what. Throws OcelliError `request.invalid` where the key is no Ed25519 public key (SPKI DER, base64). */
export function publisher(id: string, publicKey: string, names: readonly string[]): Publisher {
  const key = readPublicKey(publicKey)
  if (key === undefined) {
    throw new OcelliError('request.invalid', `publisher ${id}: the key is no Ed25519 public key (SPKI DER in base64)`)
  }
  return { id, keyId: keyIdOf(key), publicKey: publicKeyText(key), names: [...names] }
}

/** The first document of a project. `servers` are the public keys that may sign desired state. */
export function firstTrust(fields: {
  readonly project: TrustDocument['project']
  readonly issuedAtMs: number
  readonly development: boolean
  readonly servers: readonly KeyObject[]
  readonly publishers: readonly Publisher[]
}): TrustDocument {
  return {
    project: fields.project,
    version: 1,
    issuedAtMs: fields.issuedAtMs,
    development: fields.development,
    publishers: [...fields.publishers],
    servers: fields.servers.map((key) => ({ keyId: keyIdOf(key), publicKey: publicKeyText(key) })),
  }
}

/** The next version with a publisher added; one of the same id is replaced. */
export function withPublisher(document: TrustDocument, added: Publisher, issuedAtMs: number): TrustDocument {
  const kept = document.publishers.filter(({ id }) => id !== added.id)
  return { ...document, version: document.version + 1, issuedAtMs, publishers: [...kept, added] }
}

/** The next version without a publisher. */
export function withoutPublisher(document: TrustDocument, id: string, issuedAtMs: number): TrustDocument {
  const publishers = document.publishers.filter((candidate) => candidate.id !== id)
  return { ...document, version: document.version + 1, issuedAtMs, publishers }
}

export function signTrust(document: TrustDocument, operatorKey: KeyObject): Envelope {
  return createSigner(operatorKey).sign(PAYLOAD_TYPES.trust, Buffer.from(JSON.stringify(document)))
}

/** The document of an envelope that the operator's key signed. Throws OcelliError `trust.signature` or `message.*`. */
export function readTrust(envelope: Envelope, operatorKey: KeyObject): TrustDocument {
  const verified = verifyEnvelope(envelope, PAYLOAD_TYPES.trust, [operatorKey])
  if (!verified.ok) {
    throw new OcelliError(
      'trust.signature',
      `The trust document is not signed by the operator's root key ${keyIdOf(operatorKey)} (${verified.reason})`,
    )
  }
  const document = readTrustDocument(parseJson(verified.payload))
  if (!document.ok) throw new OcelliError(document.code, `trust document: ${document.message}`)
  for (const { keyId, publicKey } of [...document.value.publishers, ...document.value.servers]) {
    const key = readPublicKey(publicKey)
    if (key === undefined || keyIdOf(key) !== keyId) {
      throw new OcelliError('trust.mismatch', `trust document: ${keyId} is not the id of its public key`)
    }
  }
  return document.value
}

/** What a component's envelope says, or why it is not believed. */
export type ComponentVerdict =
  | { readonly ok: true; readonly statement: ComponentStatement; readonly publisher: string }
  | {
      readonly ok: false
      readonly code: 'trust.unknownPublisher' | 'trust.signature' | 'trust.mismatch'
      readonly message: string
    }

/** Whether a trusted publisher signed the statement and may publish its name. Says nothing of the bytes. */
export function verifyComponent(envelope: Envelope, trust: Pick<TrustDocument, 'publishers'>): ComponentVerdict {
  const keys = trust.publishers.flatMap(({ publicKey }) => readPublicKey(publicKey) ?? [])
  const verified = verifyEnvelope(envelope, PAYLOAD_TYPES.component, keys)
  if (!verified.ok) {
    const signers = envelope.signatures.map(({ keyid }) => keyid).join(', ')
    if (verified.reason === 'unknownKey') {
      return { ok: false, code: 'trust.unknownPublisher', message: `No trusted publisher has the key ${signers}` }
    }
    return { ok: false, code: 'trust.signature', message: `The signature by ${signers} fails: ${verified.reason}` }
  }
  const statement = readComponentStatement(parseJson(verified.payload))
  if (!statement.ok) return { ok: false, code: 'trust.mismatch', message: `signed statement: ${statement.message}` }
  const { name } = statement.value
  const holders = trust.publishers.filter(({ keyId }) => keyId === verified.keyId)
  const covering = holders.find(({ names }) => names.some((pattern) => nameIsCovered(pattern, name)))
  if (covering === undefined) {
    const who = holders.map(({ id, names }) => `${id} (${names.join(', ')})`).join(', ')
    return { ok: false, code: 'trust.unknownPublisher', message: `${who} may not publish "${name}"` }
  }
  return { ok: true, statement: statement.value, publisher: covering.id }
}

export interface TrustKeeper {
  /** The operator's public key, SPKI DER in base64; `undefined` until one is pinned. */
  operatorKey(): Promise<KeyObject | undefined>
  /** Pins the operator's key, once for the life of a database. Throws OcelliError `request.conflict` where another is pinned. */
  pin(publicKey: KeyObject): Promise<void>
  /** The document in force and its envelope. */
  current(): Promise<{ readonly row: TrustRow; readonly document: TrustDocument } | undefined>
  /**
   * Takes a newer document. Throws OcelliError `trust.signature`, `trust.rollback`, `message.*`, or
   * `request.conflict` where no operator's key is pinned.
   */
  adopt(envelope: Envelope, audit: Pick<AuditRow, 'actor' | 'atMs'>): Promise<TrustDocument>
}

const OPERATOR_KEY_NAME = 'operator-public-key'

export function openTrust(
  store: Pick<IdentityStore, 'sealed' | 'putSealedOnce' | 'trust' | 'putTrust'>,
  sealer: Sealer,
): TrustKeeper {
  const operatorKey = async () => {
    const row = await store.sealed(OPERATOR_KEY_NAME)
    return row && readPublicKey(Buffer.from(sealer.open(OPERATOR_KEY_NAME, row.sealed)).toString('utf8'))
  }
  const pinned = async () => {
    const key = await operatorKey()
    if (key === undefined) throw new OcelliError('request.conflict', "No operator's root key is pinned yet")
    return key
  }
  return {
    operatorKey,
    async pin(publicKey) {
      const text = publicKeyText(publicKey)
      const sealed = sealer.seal(OPERATOR_KEY_NAME, Buffer.from(text))
      if (await store.putSealedOnce({ name: OPERATOR_KEY_NAME, sealed })) return
      const held = await pinned()
      if (publicKeyText(held) !== text) {
        throw new OcelliError(
          'request.conflict',
          `The operator's root key is ${keyIdOf(held)}, not ${keyIdOf(publicKey)}`,
        )
      }
    },
    async current() {
      const row = await store.trust()
      return row && { row, document: readTrust(row.envelope, await pinned()) }
    },
    async adopt(envelope, { actor, atMs }) {
      const document = readTrust(envelope, await pinned())
      const { project, version } = document
      const audit = { atMs, project, actor, action: 'trust.adopt', subject: `trust@${version}`, detail: { version } }
      if (!(await store.putTrust({ version, envelope }, audit))) {
        throw new OcelliError(
          'trust.rollback',
          `Version ${version} of the trust document is not newer than the one held`,
        )
      }
      return document
    },
  }
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return undefined
  }
}
