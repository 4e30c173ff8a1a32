/**
 * The certificate authority. The root signs the issuing authority once and may then be taken offline; the issuing
 * key is sealed in the store, so every replica issues alike.
 */
import { type webcrypto, X509Certificate } from 'node:crypto'
import { OcelliError } from '@ocelli/schemas/errors'
import { type DeviceId, parseDeviceId } from '@ocelli/schemas/ids'
import type { Clock, Random } from '../ports.ts'
import type { IdentityStore } from '../store/store.ts'
import {
  CLIENT_AUTH,
  DAY_MS,
  fingerprint,
  type KeyedCertificate,
  MINUTE_MS,
  makeClientLeaf,
  makeDeviceLeaf,
  makeIssuing,
  makeRevocationList,
  makeRoot,
  makeServerLeaf,
  readRequest,
  SERVER_AUTH,
  serialText,
} from './certificates.ts'
import { KEY_FILE_NAMES, type KeyFiles } from './key-files.ts'
import { type Sealer, sealedOnce } from './sealing.ts'

/** Device certificates last 30 days; an agent renews at two thirds of that. */
export const DEVICE_VALIDITY_MS = 30 * DAY_MS
/** How long after its end an unrevoked device certificate may still be renewed. */
export const RENEWAL_GRACE_MS = 90 * DAY_MS
/** An external broker is given its certificate by hand. */
const BROKER_VALIDITY_MS = 365 * DAY_MS
const BROKER_NAME = 'ocelli-broker'
const CANARY_VALIDITY_MS = 60 * MINUTE_MS
const SERVER_VALIDITY_MS = 30 * DAY_MS
const ROOT_VALIDITY_MS = 20 * 365 * DAY_MS
const ISSUING_VALIDITY_MS = 10 * 365 * DAY_MS
/** A device whose clock is a little behind must not find its new certificate "not yet valid". */
const BACKDATING_MS = 10 * MINUTE_MS
/** A list is rewritten at each revocation and each start; a broker that was forgotten must not lock everybody out at once. */
const REVOCATION_LIST_VALIDITY_MS = 365 * DAY_MS

/** Common name of the server's own certificate: no device id has this form. */
export const SERVER_NAME = 'ocelli-server'

const SECRET_NAME = 'authority'

export interface IssuedCertificate {
  /** Leaf followed by the issuing certificate, PEM. */
  readonly chain: string
  /** Hexadecimal, lower case. */
  readonly serial: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

export interface ServerLeaf {
  /** Leaf, issuing and root certificate: a joining agent compares the root with its token. PEM. */
  readonly chain: string
  readonly key: string
  readonly expiresAtMs: number
}

/** What a certificate says of its holder, once its signature held. */
export type Checked =
  | { readonly ok: true; readonly device: DeviceId; readonly serial: string; readonly expiresAtMs: number }
  | { readonly ok: false; readonly code: 'certificate.invalid' | 'certificate.expired'; readonly message: string }

export interface Authority {
  /** Roots a device should trust, PEM: one, or two while one is replaced. */
  readonly roots: readonly string[]
  /** SHA-256 of the root certificate that listeners present, hexadecimal. */
  readonly rootSha256: string
  /** What a TLS listener must know to check device certificates: roots and issuing, PEM. */
  readonly clientAuthorities: readonly string[]
  /** Rejects with `request.invalid` where the request is none, or not over an ECDSA P-256 key. */
  issueDevice(csr: string, device: DeviceId): Promise<IssuedCertificate>
  issueServer(names: readonly string[]): Promise<ServerLeaf>
  /** A certificate for an external broker, for a year: it proves the broker to its clients, and opens nothing itself. */
  issueBroker(names: readonly string[]): Promise<ServerLeaf>
  /**
   * A certificate of a device that exists nowhere, for an hour: brokers take it for a device's, the store knows it not.
   * For the probe of an external broker.
   */
  issueCanary(device: DeviceId): Promise<{ readonly device: DeviceId; readonly chain: string; readonly key: string }>
  /** Checks issuer, purpose, subject and time; whether it was revoked is the store's to say. */
  check(certificate: X509Certificate, graceMs: number): Checked
  revocationList(revoked: readonly { readonly serial: string; readonly revokedAtMs?: number }[]): Promise<string>
}

export interface AuthorityDeps {
  readonly store: Pick<IdentityStore, 'sealed' | 'putSealedOnce'>
  readonly sealer: Sealer
  readonly keyFiles: KeyFiles
  readonly clock: Clock
  readonly random: Random
}

/** Opens the authority of this store, made at the very first start. */
export async function openAuthority(deps: AuthorityDeps): Promise<Authority> {
  const { clock, random } = deps
  const secret = await sealedOnce(deps.store, deps.sealer, SECRET_NAME, () => makeAuthority(deps))
  const { root, issuing } = readAuthority(secret)
  const newSerial = () => serialText(random.bytes('certificate-serial', 16))
  const issuingCertificate = new X509Certificate(issuing.certificate)
  return {
    roots: [root],
    rootSha256: fingerprint(root),
    clientAuthorities: [root, issuing.certificate],
    async issueDevice(csr, device) {
      const key: webcrypto.CryptoKey = await readRequest(csr)
      const serial = newSerial()
      const issuedAtMs = clock.wallMs()
      const expiresAtMs = wholeSeconds(issuedAtMs + DEVICE_VALIDITY_MS)
      const validity = { fromMs: issuedAtMs - BACKDATING_MS, toMs: expiresAtMs }
      const leaf = await makeDeviceLeaf(issuing, device, serial, validity, key)
      return { chain: leaf + issuing.certificate, serial, issuedAtMs, expiresAtMs }
    },
    async issueServer(names) {
      const fromMs = clock.wallMs() - BACKDATING_MS
      const expiresAtMs = wholeSeconds(clock.wallMs() + SERVER_VALIDITY_MS)
      const leaf = await makeServerLeaf(issuing, SERVER_NAME, newSerial(), { fromMs, toMs: expiresAtMs }, names)
      return { chain: leaf.certificate + issuing.certificate + root, key: leaf.key, expiresAtMs }
    },
    async issueBroker(names) {
      const fromMs = clock.wallMs() - BACKDATING_MS
      const expiresAtMs = wholeSeconds(clock.wallMs() + BROKER_VALIDITY_MS)
      const validity = { fromMs, toMs: expiresAtMs }
      const leaf = await makeServerLeaf(issuing, BROKER_NAME, newSerial(), validity, names, [SERVER_AUTH])
      return { chain: leaf.certificate + issuing.certificate + root, key: leaf.key, expiresAtMs }
    },
    async issueCanary(device) {
      const validity = { fromMs: clock.wallMs() - BACKDATING_MS, toMs: clock.wallMs() + CANARY_VALIDITY_MS }
      const leaf = await makeClientLeaf(issuing, device, newSerial(), validity)
      return { device, chain: leaf.certificate + issuing.certificate, key: leaf.key }
    },
    check: (certificate, graceMs) => checkDevice(certificate, issuingCertificate, clock.wallMs(), graceMs),
    revocationList: (revoked) =>
      makeRevocationList(
        issuing,
        revoked.map(({ serial, revokedAtMs }) => ({ serial, revokedAtMs: revokedAtMs ?? clock.wallMs() })),
        { fromMs: clock.wallMs() - BACKDATING_MS, toMs: clock.wallMs() + REVOCATION_LIST_VALIDITY_MS },
      ),
  }
}

/**
 * Keeps a server leaf fresh: answers the first one and calls `onLeaf` with each later one, at two thirds of its life.
 * The answer's `stop` ends it.
 */
export async function keepServerLeaf(
  authority: Pick<Authority, 'issueServer'>,
  clock: Clock,
  names: readonly string[],
  onLeaf: (leaf: ServerLeaf) => void,
): Promise<{ readonly leaf: ServerLeaf; stop(): void }> {
  const leaf = await authority.issueServer(names)
  let cancel = () => {}
  let stopped = false
  const plan = (current: ServerLeaf) => {
    const dueInMs = ((current.expiresAtMs - clock.wallMs()) * 2) / 3
    // Checked at least daily: a timer of weeks does not notice that a machine slept.
    cancel = clock.setTimer(Math.max(MINUTE_MS, Math.min(dueInMs, DAY_MS)), () => void renew(current))
  }
  const renew = async (current: ServerLeaf) => {
    if (stopped) return
    if (current.expiresAtMs - clock.wallMs() > SERVER_VALIDITY_MS / 3) return plan(current)
    const next = await authority.issueServer(names)
    if (stopped) return
    onLeaf(next)
    plan(next)
  }
  plan(leaf)
  return {
    leaf,
    stop() {
      stopped = true
      cancel()
    },
  }
}

interface StoredAuthority {
  readonly root: string
  readonly issuing: KeyedCertificate
}

async function makeAuthority({ keyFiles, clock, random }: AuthorityDeps): Promise<Uint8Array> {
  const nowMs = clock.wallMs()
  const serial = () => serialText(random.bytes('certificate-serial', 16))
  const mark = Buffer.from(random.bytes('authority-name', 4)).toString('hex')
  const fromMs = nowMs - DAY_MS
  const root = await openRoot(keyFiles, () =>
    makeRoot(`Ocelli root ${mark}`, serial(), { fromMs, toMs: nowMs + ROOT_VALIDITY_MS }),
  )
  const validity = { fromMs, toMs: nowMs + ISSUING_VALIDITY_MS }
  const issuing = await makeIssuing(root, `Ocelli issuing ${mark}`, serial(), validity)
  const stored: StoredAuthority = { root: root.certificate, issuing }
  return Buffer.from(JSON.stringify(stored))
}

/** The root of these files, made where there is none. A start that was cut short, or another replica, may have left one. */
async function openRoot(keyFiles: KeyFiles, make: () => Promise<KeyedCertificate>): Promise<KeyedCertificate> {
  const found = keyFiles.read(KEY_FILE_NAMES.root)
  if (found === undefined) {
    const root = await make()
    // One file holds both, so that a root taken offline is whole.
    return keyFiles.create(KEY_FILE_NAMES.root, root.key + root.certificate) ? root : openRoot(keyFiles, make)
  }
  const split = found.indexOf('-----BEGIN CERTIFICATE-----')
  if (split < 0) {
    throw new OcelliError('server.internal', `${KEY_FILE_NAMES.root} does not hold a private key and a certificate`)
  }
  return { key: found.slice(0, split), certificate: found.slice(split) }
}

function readAuthority(secret: Uint8Array): StoredAuthority {
  const value: unknown = JSON.parse(Buffer.from(secret).toString('utf8'))
  if (isRecord(value) && typeof value.root === 'string' && isRecord(value.issuing)) {
    const { certificate, key } = value.issuing
    if (typeof certificate === 'string' && typeof key === 'string') {
      return { root: value.root, issuing: { certificate, key } }
    }
  }
  throw new OcelliError('storage.newer', 'The sealed authority has a form that this version does not know')
}

function checkDevice(certificate: X509Certificate, issuing: X509Certificate, nowMs: number, graceMs: number): Checked {
  const refuse = (message: string) => ({ ok: false, code: 'certificate.invalid', message }) as const
  if (!certificate.checkIssued(issuing) || !certificate.verify(issuing.publicKey)) {
    return refuse('The certificate was not issued by this server')
  }
  if (certificate.ca || !(certificate.keyUsage ?? []).includes(CLIENT_AUTH)) {
    return refuse('The certificate is not for the client side')
  }
  const device = parseDeviceId(/^CN=(\S+)$/.exec(certificate.subject)?.[1] ?? '')
  if (device === undefined) return refuse('The subject is no device id')
  if (certificate.validFromDate.getTime() > nowMs) return refuse('The certificate is not valid yet')
  const expiresAtMs = certificate.validToDate.getTime()
  if (expiresAtMs + graceMs < nowMs) {
    const message = `The certificate expired at ${certificate.validToDate.toISOString()}`
    return { ok: false, code: 'certificate.expired', message }
  }
  return { ok: true, device, serial: certificate.serialNumber.toLowerCase(), expiresAtMs }
}

/** X.509 times have no fraction of a second; what the store says must be what the certificate says. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
