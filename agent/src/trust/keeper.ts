/**
 * Keeps what was believed over restarts: the trust document and the newest desired state. Each is durable before
 * anything acts on it, so a crash can never make the agent forget that it knew better.
 */
import type { Envelope } from '@ocelli/schemas/dsse'
import { OcelliError } from '@ocelli/schemas/errors'
import type { DesiredState } from '@ocelli/schemas/messages/desired'
import type { Generation } from '@ocelli/schemas/messages/generation'
import type { TrustDocument } from '@ocelli/schemas/trust'
import type { AgentStore, Crypto, IdentityKeeper } from '../ports.ts'
import { writeUnlessFull } from '../storage/group-commit.ts'
import { openDesired, openNewerTrust, openTrust, readEnvelope } from './documents.ts'
import { type Opened, refuse } from './envelope.ts'

const TRUST = 'trust'
const DESIRED = 'desired'
/** Kept apart from the envelope: it must outlive a desired state that no longer verifies. */
const NEWEST = 'newest generation'
const DISK_FULL = refuse('storage.full', 'the disk is full: what cannot be remembered is not acted on')

export class TrustKeeper {
  readonly #store: AgentStore
  readonly #crypto: Crypto
  readonly #identity: IdentityKeeper
  #document: TrustDocument

  /** Throws `trust.signature` where neither the stored document nor the one from enrolment is signed by the operator. */
  constructor(store: AgentStore, crypto: Crypto, identity: IdentityKeeper) {
    this.#store = store
    this.#crypto = crypto
    this.#identity = identity
    this.#document = this.#load()
  }

  get document(): TrustDocument {
    return this.#document
  }

  /** Takes a document of a higher version, by its envelope as JSON text. */
  accept(text: string): Opened<TrustDocument> {
    const envelope = parseEnvelope(text)
    if (envelope === undefined) return refuse('message.malformed', 'the trust document is no envelope')
    const opened = openNewerTrust(envelope, this.#identity.current().operatorKey, this.#document, this.#crypto)
    if (!opened.ok) return opened
    if (!writeUnlessFull(this.#store, (writes) => writes.put(TRUST, JSON.stringify(envelope)))) return DISK_FULL
    this.#document = opened.value
    return opened
  }

  #load(): TrustDocument {
    const { operatorKey, trust } = this.#identity.current()
    const enrolled = openTrust(trust, operatorKey, this.#crypto)
    const text = this.#store.get(TRUST)
    const envelope = text === undefined ? undefined : parseEnvelope(text)
    const stored = envelope === undefined ? undefined : openTrust(envelope, operatorKey, this.#crypto)
    if (stored?.ok && (!enrolled.ok || stored.value.version >= enrolled.value.version)) return stored.value
    if (enrolled.ok) return enrolled.value
    throw new OcelliError(enrolled.code, `the trust document from enrolment: ${enrolled.message}`)
  }
}

export class DesiredKeeper {
  readonly #store: AgentStore
  readonly #crypto: Crypto
  readonly #identity: IdentityKeeper
  readonly #trust: TrustKeeper
  #newest: Generation | undefined
  #accepted: DesiredState | undefined

  constructor(store: AgentStore, crypto: Crypto, identity: IdentityKeeper, trust: TrustKeeper) {
    this.#store = store
    this.#crypto = crypto
    this.#identity = identity
    this.#trust = trust
    const newest = store.get(NEWEST)
    this.#newest = newest === undefined ? undefined : (JSON.parse(newest) as Generation)
  }

  /** The desired state that is in force. */
  get accepted(): DesiredState | undefined {
    return this.#accepted
  }

  /** The state that an earlier run accepted, checked again; `undefined` where there is none. */
  restore(): Opened<DesiredState> | undefined {
    const text = this.#store.get(DESIRED)
    const envelope = text === undefined ? undefined : parseEnvelope(text)
    if (envelope === undefined) return undefined
    const opened = this.#open(envelope)
    if (opened.ok) this.#accepted = opened.value
    return opened
  }

  /** Takes a desired state that is not older than any before; durable when this returns. */
  accept(envelope: Envelope): Opened<DesiredState> {
    const opened = this.#open(envelope)
    if (!opened.ok) return opened
    const { generation } = opened.value
    const written = writeUnlessFull(this.#store, (writes) => {
      writes.put(DESIRED, JSON.stringify(envelope))
      writes.put(NEWEST, JSON.stringify(generation))
    })
    if (!written) return DISK_FULL
    this.#newest = generation
    this.#accepted = opened.value
    return opened
  }

  #open(envelope: Envelope): Opened<DesiredState> {
    const { device, project } = this.#identity.current()
    return openDesired(envelope, { device, project, trust: this.#trust.document, newest: this.#newest }, this.#crypto)
  }
}

function parseEnvelope(text: string): Envelope | undefined {
  try {
    const read = readEnvelope(JSON.parse(text))
    return read.ok ? read.value : undefined
  } catch {
    return undefined
  }
}
