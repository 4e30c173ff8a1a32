import type { ProjectId } from '@ocelli/schemas/ids'
import type { AuditRow, CertificateRow, DeviceRow } from '../../domain/records.ts'
import { freeName } from '../device-facts.ts'
import {
  type EnrolRequest,
  enrolmentAudit,
  nextCertificateNumber,
  type ReplaceRequest,
  replacementAudit,
} from '../enrolment.ts'
import type { Transact } from '../memory.ts'
import type { IdentityStore } from '../store.ts'
import { byText, knowProject, type State } from './state.ts'

export function identityStore(transact: Transact): IdentityStore {
  return {
    epoch: () => transact((state) => state.epoch),
    sealed: (name) => transact((state) => state.sealed.get(name)),
    putSealedOnce: (row) =>
      transact((state) => {
        if (state.sealed.has(row.name)) return false
        state.sealed.set(row.name, structuredClone(row))
        return true
      }),

    replaceSealed: (row, before, audit) =>
      transact((state) => {
        const held = state.sealed.get(row.name)?.sealed
        if (held === undefined || !sameBytes(held, before)) return false
        state.sealed.set(row.name, structuredClone(row))
        state.audit.push(structuredClone(audit))
        return true
      }),
    // A store in memory has no backups.
    restored: async () => undefined,

    addEnrolmentToken: (row, audit) =>
      transact((state) => {
        if (state.enrolmentTokens.has(row.id)) throw new Error(`enrolment token ${row.id} exists`)
        knowProject(state, row.project)
        state.enrolmentTokens.set(row.id, structuredClone(row))
        state.audit.push(structuredClone(audit))
      }),
    enrolmentToken: (id) => transact((state) => state.enrolmentTokens.get(id)),
    enrolmentTokens: (project) => transact((state) => ofProject(state.enrolmentTokens, project)),
    revokeEnrolmentToken: (id, audit) => transact((state) => revokeToken(state, state.enrolmentTokens, id, audit)),
    enrol: (request) => transact((state) => enrol(state, request)),
    replaceDevice: (request) => transact((state) => replaceDevice(state, request)),

    addCertificate: (device, certificate) =>
      transact((state) => {
        const known = state.devices.get(device)
        return known && insertCertificate(state, known, certificate)
      }),
    certificate: (serial) => transact((state) => state.certificates.get(serial)),
    certificates: (device) => transact((state) => certificatesOf(state, device)),
    revokedCertificates: (expiresAfterMs) =>
      transact((state) =>
        [...state.certificates.values()]
          .filter((row) => row.revokedAtMs !== undefined && row.expiresAtMs > expiresAfterMs)
          .sort(byText((row) => row.serial)),
      ),
    rootHolders: (root, expiresAfterMs) =>
      transact((state) => {
        const holders = [...state.devices.values()].flatMap(({ id, project, name }) => {
          const live = certificatesOf(state, id).filter((row) => row.revokedAtMs === undefined)
          const newest = live.filter((row) => row.expiresAtMs > expiresAfterMs).at(-1)
          return newest === undefined ? [] : [{ project, name, has: newest.root === root }]
        })
        const waiting = holders.filter(({ has }) => !has).map(({ project, name }) => ({ project, name }))
        return { devices: holders.length, waiting: waiting.sort(byText((row) => `${row.project} ${row.name}`)) }
      }),
    revokeCertificates: (device, atMs, audit) =>
      transact((state) => {
        state.audit.push(structuredClone(audit))
        return revokeCertificates(state, device, atMs)
      }),

    addAccessToken: (row, audit) =>
      transact((state) => {
        if (state.accessTokens.has(row.id)) throw new Error(`access token ${row.id} exists`)
        knowProject(state, row.project)
        state.accessTokens.set(row.id, structuredClone(row))
        state.audit.push(structuredClone(audit))
      }),
    accessToken: (id) => transact((state) => state.accessTokens.get(id)),
    accessTokens: (project) => transact((state) => ofProject(state.accessTokens, project)),
    revokeAccessToken: (id, audit) => transact((state) => revokeToken(state, state.accessTokens, id, audit)),

    trust: () => transact((state) => state.trust),
    putTrust: (row, audit) =>
      transact((state) => {
        if (state.trust !== undefined && state.trust.version >= row.version) return false
        state.trust = structuredClone(row)
        state.audit.push(structuredClone(audit))
        raiseDesired(state, row.version, audit.atMs)
        return true
      }),

    audit: (project, { limit, actor, text }) =>
      transact((state) =>
        state.audit
          .filter((row) => row.project === project && (actor === undefined || row.actor === actor))
          .filter((row) => text === undefined || mentions(row, text))
          .slice(-limit)
          .reverse(),
      ),
  }
}

/** A device learns of a new trust document by a new desired state, as an agent ignores a generation it has. */
function raiseDesired(state: State, trustVersion: number, atMs: number): void {
  for (const row of [...state.desired.values()]) {
    const generation = { epoch: state.epoch, counter: row.generation.counter + 1 }
    state.desired.set(row.device, { ...row, generation, trustVersion, issuedAtMs: atMs })
  }
  state.intentChanged = true
}

export function revokeCertificates(state: State, device: DeviceRow['id'], atMs: number): string[] {
  const live = certificatesOf(state, device).filter((row) => row.revokedAtMs === undefined)
  for (const row of live) state.certificates.set(row.serial, { ...row, revokedAtMs: atMs })
  return live.map((row) => row.serial)
}

function insertCertificate(
  state: State,
  device: DeviceRow,
  certificate: Omit<CertificateRow, 'device' | 'number'>,
): CertificateRow {
  if (state.certificates.has(certificate.serial)) throw new Error(`certificate ${certificate.serial} exists`)
  const newest = certificatesOf(state, device.id).at(-1)?.number
  const number = nextCertificateNumber(newest, device.session)
  const row: CertificateRow = { ...structuredClone(certificate), device: device.id, number }
  state.certificates.set(row.serial, row)
  return row
}

/** The token, where it can be used now. */
function usableToken(
  state: State,
  { token: id, secretSha256, atMs }: Pick<EnrolRequest, 'token' | 'secretSha256' | 'atMs'>,
) {
  const token = state.enrolmentTokens.get(id)
  if (token === undefined || token.revoked || token.secretSha256 !== secretSha256) return undefined
  return token.usesLeft > 0 && token.expiresAtMs > atMs ? token : undefined
}

function replaceDevice(state: State, request: ReplaceRequest): Awaited<ReturnType<IdentityStore['replaceDevice']>> {
  const device = state.devices.get(request.device)
  const token = usableToken(state, request)
  if (device === undefined || token?.device !== device.id || token.project !== device.project) return { ok: false }
  state.enrolmentTokens.set(token.id, { ...token, usesLeft: token.usesLeft - 1 })
  const revoked = revokeCertificates(state, device.id, request.atMs)
  const certificate = insertCertificate(state, device, request.certificate)
  // What the old hardware ran says nothing about the new one, which must be told all again.
  const { reported: _, reportedAtMs: __, ...kept } = device
  state.devices.set(device.id, { ...kept, presence: 'unknown', presenceAtMs: request.atMs })
  state.audit.push(replacementAudit(request, device, revoked))
  const { id, name, project } = device
  return { ok: true, device: { id, name, project }, certificate }
}

function enrol(state: State, request: EnrolRequest): Awaited<ReturnType<IdentityStore['enrol']>> {
  const token = usableToken(state, request)
  if (token === undefined || token.device !== undefined) return { ok: false }
  if (state.devices.has(request.device)) throw new Error(`device ${request.device} exists`)
  if (state.certificates.has(request.certificate.serial)) {
    throw new Error(`certificate ${request.certificate.serial} exists`)
  }
  const names = new Set<string>()
  for (const device of state.devices.values()) if (device.project === token.project) names.add(device.name)
  const device: DeviceRow = {
    id: request.device,
    project: token.project,
    name: freeName(request.name, (name) => names.has(name)),
    labels: structuredClone(request.labels),
    enrolledAtMs: request.atMs,
    presence: 'unknown',
    presenceAtMs: request.atMs,
  }
  const certificate: CertificateRow = { ...structuredClone(request.certificate), device: device.id, number: 1 }
  state.enrolmentTokens.set(token.id, { ...token, usesLeft: token.usesLeft - 1 })
  state.devices.set(device.id, device)
  state.certificates.set(certificate.serial, certificate)
  state.audit.push(enrolmentAudit(device, token.id))
  return { ok: true, device, certificate }
}

function certificatesOf(state: State, device: DeviceRow['id']): CertificateRow[] {
  return [...state.certificates.values()].filter((row) => row.device === device).sort((a, b) => a.number - b.number)
}

interface Token {
  readonly id: string
  readonly project: ProjectId
  readonly createdAtMs: number
  readonly revoked: boolean
}

function ofProject<T extends Token>(tokens: Map<string, T>, project: ProjectId): T[] {
  return [...tokens.values()]
    .filter((token) => token.project === project)
    .sort((a, b) => a.createdAtMs - b.createdAtMs || byText<T>((token) => token.id)(a, b))
}

function revokeToken<T extends Token>(state: State, tokens: Map<string, T>, id: string, audit: AuditRow): boolean {
  const token = tokens.get(id)
  if (token === undefined) return false
  tokens.set(id, { ...token, revoked: true })
  state.audit.push(structuredClone(audit))
  return true
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index])
}

function mentions({ action, subject, detail }: AuditRow, text: string): boolean {
  const wanted = text.toLowerCase()
  return [action, subject, ...valuesOf(detail)].some((value) => value.toLowerCase().includes(wanted))
}

/** Texts and numbers at any depth. */
function valuesOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(valuesOf) : []
}
