/**
 * The certificate authority. The root signs the issuing authority once and may then be taken offline; the issuing
 * key is sealed in the store, so every replica issues alike. Its roots, one or two, are kept by roots.ts.
 */
import { type webcrypto, X509Certificate } from 'node:crypto'
import { type DeviceId, parseDeviceId } from '@ocelli/schemas/ids'
import type { AuditRow } from '../domain/records.ts'
import type { Clock } from '../ports.ts'
import {
  CLIENT_AUTH,
  DAY_MS,
  MINUTE_MS,
  makeClientLeaf,
  makeDeviceLeaf,
  makeRevocationList,
  makeServerLeaf,
  readRequest,
  SERVER_AUTH,
  serialText,
} from './certificates.ts'
import { type Line, openRoots, type RootDeps } from './roots.ts'

/** Device certificates last 30 days; an agent renews at two thirds of that. */
export const DEVICE_VALIDITY_MS = 30 * DAY_MS
/** How long after its end an unrevoked device certificate may still be renewed. */
export const RENEWAL_GRACE_MS = 90 * DAY_MS
/** An external broker is given its certificate by hand. */
const BROKER_VALIDITY_MS = 365 * DAY_MS
const BROKER_NAME = 'ocelli-broker'
const CANARY_VALIDITY_MS = 60 * MINUTE_MS
const SERVER_VALIDITY_MS = 30 * DAY_MS
/** A device whose clock is a little behind must not find its new certificate "not yet valid". */
const BACKDATING_MS = 10 * MINUTE_MS
/** A list is rewritten at each revocation and each start; a broker that was forgotten must not lock everybody out at once. */
const REVOCATION_LIST_VALIDITY_MS = 365 * DAY_MS

/** Common name of the server's own certificate: no device id has this form. */
export const SERVER_NAME = 'ocelli-server'

export interface IssuedCertificate {
  /** Leaf followed by the issuing certificate, PEM. */
  readonly chain: string
  /** Hexadecimal, lower case. */
  readonly serial: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  /** SHA-256 of the root that it comes from. */
  readonly root: string
}

export interface ServerLeaf {
  /** Leaf, issuing and root certificate: a joining agent compares the root with its token. PEM. */
  readonly chain: string
  readonly key: string
  readonly expiresAtMs: number
  /** What a listener that presents it checks clients against, PEM. */
  readonly clientAuthorities: readonly string[]
}

/** What a certificate says of its holder, once its signature held. */
export type Checked =
  | {
      readonly ok: true
      readonly device: DeviceId
      readonly serial: string
      readonly expiresAtMs: number
      /** SHA-256 of the root that it comes from. */
      readonly root: string
    }
  | { readonly ok: false; readonly code: 'certificate.invalid' | 'certificate.expired'; readonly message: string }

export interface Authority {
  /** Roots a device should trust, PEM: one, or two while one is replaced. */
  readonly roots: readonly string[]
  /** SHA-256 of the root certificate that listeners present, hexadecimal. */
  readonly rootSha256: string
  /** What a TLS listener must know to check device certificates: roots and issuing, PEM. */
  readonly clientAuthorities: readonly string[]
  /** The root that replaces the one in use, while two overlap. */
  readonly next: { readonly rootSha256: string; readonly sinceMs: number } | undefined
  /** Reads what another replica changed; true where listeners need a new leaf. */
  refresh(): Promise<boolean>
  /** As in roots.ts. */
  rotate(audit: AuditRow): Promise<string>
  retire(audit: AuditRow): Promise<void>
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

export type AuthorityDeps = RootDeps

/** Opens the authority of this store, made at the very first start. */
export async function openAuthority(deps: AuthorityDeps): Promise<Authority> {
  const { clock, random } = deps
  const roots = await openRoots(deps)
  const newSerial = () => serialText(random.bytes('certificate-serial', 16))
  const lines = (): readonly Line[] => [roots.current(), roots.next()].filter((line) => line !== undefined)
  const chainOf = (leaf: string, { issuing, root }: Line) => leaf + issuing.certificate + root
  const clientAuthorities = () => lines().flatMap(({ root, issuing }) => [root, issuing.certificate])
  return {
    get roots() {
      return lines().map(({ root }) => root)
    },
    get rootSha256() {
      return roots.current().rootSha256
    },
    get clientAuthorities() {
      return clientAuthorities()
    },
    get next() {
      const next = roots.next()
      return next && { rootSha256: next.rootSha256, sinceMs: next.sinceMs }
    },
    refresh: roots.refresh,
    rotate: roots.rotate,
    retire: roots.retire,
    async issueDevice(csr, device) {
      const key: webcrypto.CryptoKey = await readRequest(csr)
      const { issuing, rootSha256 } = roots.next() ?? roots.current()
      const serial = newSerial()
      const issuedAtMs = clock.wallMs()
      const expiresAtMs = wholeSeconds(issuedAtMs + DEVICE_VALIDITY_MS)
      const validity = { fromMs: issuedAtMs - BACKDATING_MS, toMs: expiresAtMs }
      const leaf = await makeDeviceLeaf(issuing, device, serial, validity, key)
      return { chain: leaf + issuing.certificate, serial, issuedAtMs, expiresAtMs, root: rootSha256 }
    },
    async issueServer(names) {
      const line = roots.current()
      const fromMs = clock.wallMs() - BACKDATING_MS
      const expiresAtMs = wholeSeconds(clock.wallMs() + SERVER_VALIDITY_MS)
      const leaf = await makeServerLeaf(line.issuing, SERVER_NAME, newSerial(), { fromMs, toMs: expiresAtMs }, names)
      const chain = chainOf(leaf.certificate, line)
      return { chain, key: leaf.key, expiresAtMs, clientAuthorities: clientAuthorities() }
    },
    async issueBroker(names) {
      const line = roots.current()
      const fromMs = clock.wallMs() - BACKDATING_MS
      const expiresAtMs = wholeSeconds(clock.wallMs() + BROKER_VALIDITY_MS)
      const validity = { fromMs, toMs: expiresAtMs }
      const leaf = await makeServerLeaf(line.issuing, BROKER_NAME, newSerial(), validity, names, [SERVER_AUTH])
      const chain = chainOf(leaf.certificate, line)
      return { chain, key: leaf.key, expiresAtMs, clientAuthorities: clientAuthorities() }
    },
    async issueCanary(device) {
      const { issuing } = roots.current()
      const validity = { fromMs: clock.wallMs() - BACKDATING_MS, toMs: clock.wallMs() + CANARY_VALIDITY_MS }
      const leaf = await makeClientLeaf(issuing, device, newSerial(), validity)
      return { device, chain: leaf.certificate + issuing.certificate, key: leaf.key }
    },
    check(certificate, graceMs) {
      const issuers = lines().map(({ issuing, rootSha256 }) => ({
        rootSha256,
        issuing: new X509Certificate(issuing.certificate),
      }))
      const line = issuers.find(
        ({ issuing }) => certificate.checkIssued(issuing) && certificate.verify(issuing.publicKey),
      )
      if (line !== undefined) return checkDevice(certificate, line.rootSha256, clock.wallMs(), graceMs)
      return { ok: false, code: 'certificate.invalid', message: 'The certificate was not issued by this server' }
    },
    async revocationList(revoked) {
      const entries = revoked.map(({ serial, revokedAtMs }) => ({ serial, revokedAtMs: revokedAtMs ?? clock.wallMs() }))
      const validity = { fromMs: clock.wallMs() - BACKDATING_MS, toMs: clock.wallMs() + REVOCATION_LIST_VALIDITY_MS }
      // A list speaks for its issuer alone; each names all serial numbers, as they are never given twice.
      const lists = await Promise.all(lines().map(({ issuing }) => makeRevocationList(issuing, entries, validity)))
      return lists.join('')
    },
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

function checkDevice(certificate: X509Certificate, root: string, nowMs: number, graceMs: number): Checked {
  const refuse = (message: string) => ({ ok: false, code: 'certificate.invalid', message }) as const
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
  return { ok: true, device, serial: certificate.serialNumber.toLowerCase(), expiresAtMs, root }
}

/** X.509 times have no fraction of a second; what the store says must be what the certificate says. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}
