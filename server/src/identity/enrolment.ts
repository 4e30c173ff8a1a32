/** From a one-time token to a certificate, and from a certificate to the next. */
import { X509Certificate } from 'node:crypto'
import {
  type EnrolmentToken,
  type EnrolRequest,
  type EnrolResponse,
  encodeEnrolmentToken,
  type RenewResponse,
} from '@ocelli/schemas/enrolment'
import { OcelliError } from '@ocelli/schemas/errors'
import { type DeviceId, idText, type ProjectId, parseDeviceId } from '@ocelli/schemas/ids'
import type { EnrolmentTokenRow } from '../domain/records.ts'
import type { Clock, Random } from '../ports.ts'
import type { IdentityStore } from '../store/store.ts'
import { secretSha256 } from './access-tokens.ts'
import { type Authority, type Checked, DEVICE_VALIDITY_MS, RENEWAL_GRACE_MS } from './authority.ts'
import { publicKeyText } from './keys.ts'
import type { TrustKeeper } from './trust.ts'

/** Names are used in tables, URLs and YAML: letters, digits and `. _ -`. */
const DEVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

export interface EnrolmentDeps {
  readonly store: IdentityStore
  readonly authority: Authority
  readonly trust: TrustKeeper
  readonly clock: Clock
  readonly random: Random
  /** Address of the broker as devices reach it. */
  readonly mqttUrl: string
}

/** Who a TLS peer is. */
export interface Caller {
  readonly device: DeviceId
  readonly serial: string
}

/** The device side of identity, as the device listener calls it. */
export interface Enrolment {
  /** Rejects with `enrolment.invalid`, `request.invalid`. */
  enrol(request: EnrolRequest): Promise<EnrolResponse>
  /** A new certificate for the holder of `certificate` (DER), which may have expired. Rejects with `certificate.*`, `request.invalid`. */
  renew(certificate: Uint8Array, csr: string): Promise<RenewResponse>
  /** Who holds this certificate (DER), live and unrevoked. Rejects with `certificate.*`. */
  authenticate(certificate: Uint8Array): Promise<Caller>
}

/** Replicas stamp certificates by their own clocks. */
const CLOCK_SLACK_MS = 60_000

export function createEnrolment(deps: EnrolmentDeps): Enrolment {
  const { store, authority, trust, clock, random, mqttUrl } = deps
  /**
   * A certificate of this authority that was issued after a backup was made is not in the database that was restored
   * from it; without it the device could neither fetch nor renew, ever. Outside of that time none is missing.
   */
  const adopt = async ({ device, serial, expiresAtMs, root }: Extract<Checked, { ok: true }>) => {
    const restored = await store.restored()
    const issuedAtMs = expiresAtMs - DEVICE_VALIDITY_MS
    const missing =
      restored !== undefined &&
      issuedAtMs >= restored.backupAtMs - CLOCK_SLACK_MS &&
      issuedAtMs <= restored.restoredAtMs + CLOCK_SLACK_MS
    if (!missing) return undefined
    // Two requests of one device may come at once: the second finds what the first added.
    const add = store.addCertificate(device, { serial, issuedAtMs, expiresAtMs, root })
    return add.catch(async (cause: unknown) => {
      const row = await store.certificate(serial)
      if (row === undefined) throw cause
      return row
    })
  }
  const identify = async (certificate: Uint8Array, graceMs: number): Promise<Caller> => {
    const checked = authority.check(readCertificate(certificate), graceMs)
    if (!checked.ok) throw new OcelliError(checked.code, checked.message)
    const row = (await store.certificate(checked.serial)) ?? (await adopt(checked))
    if (row === undefined || row.device !== checked.device) {
      throw new OcelliError('certificate.invalid', `No device here has the certificate ${checked.serial}`)
    }
    if (row.revokedAtMs !== undefined) {
      throw new OcelliError('certificate.revoked', `The certificate ${checked.serial} was revoked`)
    }
    return { device: checked.device, serial: checked.serial }
  }
  return {
    async enrol(request) {
      const name = request.name
      if (name !== undefined && !DEVICE_NAME.test(name)) {
        throw new OcelliError('request.invalid', 'name: letters, digits and . _ - only, at most 64')
      }
      const [current, operator] = await Promise.all([trust.current(), trust.operatorKey()])
      if (current === undefined || operator === undefined) {
        throw new OcelliError('server.busy', 'The server has no trust document yet; devices join once it is there')
      }
      const token = await store.enrolmentToken(request.tokenId)
      const invalid = () => new OcelliError('enrolment.invalid', `Enrolment token ${request.tokenId} is not accepted`)
      // Looked at before the request is signed: a guesser must not be able to make the server sign.
      const hash = secretSha256(request.secret)
      if (token === undefined || token.secretSha256 !== hash) throw invalid()
      const device = token.device ?? newDeviceId(random)
      const issued = await authority.issueDevice(request.csr, device)
      const { chain, ...certificate } = issued
      const use = { token: request.tokenId, secretSha256: hash, device, certificate, atMs: clock.wallMs() }
      const enrolled =
        token.device === undefined
          ? await store.enrol({
              ...use,
              name: name ?? `device-${device.slice(-4)}`,
              // What the operator wrote into the token is not the device's to change.
              labels: { ...request.labels, ...token.labels },
            })
          : await store.replaceDevice(use)
      if (!enrolled.ok) throw invalid()
      return {
        device,
        name: enrolled.device.name,
        project: enrolled.device.project,
        certificate: chain,
        certificateNumber: enrolled.certificate.number,
        roots: [...authority.roots],
        mqttUrl,
        operatorKey: publicKeyText(operator),
        trust: current.row.envelope,
      }
    },
    async renew(certificate, csr) {
      const { device } = await identify(certificate, RENEWAL_GRACE_MS)
      const { chain, ...issued } = await authority.issueDevice(csr, device)
      const row = await store.addCertificate(device, issued)
      if (row === undefined) throw new OcelliError('certificate.invalid', `There is no device ${device}`)
      return { certificate: chain, certificateNumber: row.number, roots: [...authority.roots], mqttUrl }
    },
    authenticate: (certificate) => identify(certificate, 0),
  }
}

/** A new enrolment token: its row, and the text for `ocelli-agent join`, which nobody can see again. */
export function makeEnrolmentToken(
  random: Random,
  fields: {
    readonly project: ProjectId
    /** Address of the device listener. */
    readonly url: string
    readonly rootSha256: string
    readonly labels?: Readonly<Record<string, string>>
    readonly fleet?: string
    /** Whose place new hardware takes. */
    readonly device?: DeviceId
    readonly uses: number
    readonly createdAtMs: number
    readonly expiresAtMs: number
  },
): { readonly row: EnrolmentTokenRow; readonly text: string } {
  const { url, rootSha256, labels = {}, uses, ...rest } = fields
  const secret = Buffer.from(random.bytes('enrolment-token-secret', 32)).toString('hex')
  const id = `t-${idText(random.bytes('enrolment-token-id', 10))}`
  const token: EnrolmentToken = { url, id, secret, rootSha256 }
  const row = { ...rest, id, labels, uses, usesLeft: uses, revoked: false, secretSha256: secretSha256(secret) }
  return { row, text: encodeEnrolmentToken(token) }
}

/** An id that no device has yet: 80 random bits. */
export function newDeviceId(random: Random): DeviceId {
  const device = parseDeviceId(`d-${idText(random.bytes('device-id', 10))}`)
  if (device === undefined) throw new Error('the form of device ids has changed in the schemas')
  return device
}

function readCertificate(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der)
  } catch (cause) {
    throw new OcelliError('certificate.invalid', 'The certificate cannot be read', { cause })
  }
}
