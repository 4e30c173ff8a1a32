import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import type { Session } from '@ocelli/schemas/messages/session'
import { and, asc, desc, eq, gt, isNotNull, isNull, like, lt, max, or, type SQL, sql } from 'drizzle-orm'
import type { AuditRow, CertificateRow, DeviceRow } from '../../domain/records.ts'
import { freeName } from '../device-facts.ts'
import {
  type EnrolRequest,
  enrolmentAudit,
  nextCertificateNumber,
  type ReplaceRequest,
  replacementAudit,
} from '../enrolment.ts'
import { storableText } from '../storable.ts'
import type { IdentityStore } from '../store.ts'
import { type Database, INTENT_CHANNEL, present, rowsOf } from './database.ts'
import {
  accessTokens,
  audit,
  certificates,
  desired,
  devices,
  enrolmentTokens,
  meta,
  projects,
  sealed,
  trust,
} from './schema.ts'

export function identityStore(database: Database): IdentityStore {
  return {
    epoch: async () => (await database.select().from(meta))[0]?.epoch ?? 1,
    sealed: async (name) => (await database.select().from(sealed).where(eq(sealed.name, name)))[0],
    putSealedOnce: async (row) =>
      (await database.insert(sealed).values(row).onConflictDoNothing().returning({ name: sealed.name })).length > 0,

    replaceSealed: (row, before, entry) =>
      database.transaction(async (tx) => {
        const held = and(eq(sealed.name, row.name), eq(sealed.sealed, before))
        const replaced = await tx
          .update(sealed)
          .set({ sealed: row.sealed })
          .where(held)
          .returning({ name: sealed.name })
        if (replaced.length > 0) await writeAudit(tx, [entry])
        return replaced.length > 0
      }),
    restored: async () => {
      const { backupAtMs, restoredAtMs } = (await database.select().from(meta))[0] ?? {}
      return typeof backupAtMs === 'number' && typeof restoredAtMs === 'number'
        ? { backupAtMs, restoredAtMs }
        : undefined
    },

    addEnrolmentToken: (row, entry) =>
      database.transaction(async (tx) => {
        await knowProject(tx, row.project)
        await tx.insert(enrolmentTokens).values(row)
        await writeAudit(tx, [entry])
      }),
    enrolmentToken: async (id) =>
      first(await database.select().from(enrolmentTokens).where(eq(enrolmentTokens.id, id))),
    enrolmentTokens: async (project) =>
      (
        await database
          .select()
          .from(enrolmentTokens)
          .where(eq(enrolmentTokens.project, project))
          .orderBy(asc(enrolmentTokens.createdAtMs), asc(enrolmentTokens.id))
      ).map(present),
    revokeEnrolmentToken: (id, entry) =>
      database.transaction(async (tx) => {
        const where = eq(enrolmentTokens.id, id)
        const found = await tx
          .update(enrolmentTokens)
          .set({ revoked: true })
          .where(where)
          .returning({ id: enrolmentTokens.id })
        if (found.length > 0) await writeAudit(tx, [entry])
        return found.length > 0
      }),
    enrol: (request) => database.transaction((tx) => enrol(tx, request)),
    replaceDevice: (request) => database.transaction((tx) => replaceDevice(tx, request)),

    addCertificate: (device, certificate) =>
      database.transaction(async (tx) => {
        const [known] = await lockDevice(tx, device)
        return known && insertCertificate(tx, known, certificate)
      }),
    certificate: async (serial) =>
      first(await database.select().from(certificates).where(eq(certificates.serial, serial))),
    certificates: async (device) =>
      (
        await database.select().from(certificates).where(eq(certificates.device, device)).orderBy(certificates.number)
      ).map(present),
    rootHolders: async (root, expiresAfterMs) => {
      const rows = await rowsOf(
        database,
        sql`
        SELECT d.project, d.name, newest.root IS NOT DISTINCT FROM ${root} AS has
        FROM devices d CROSS JOIN LATERAL (
          SELECT root FROM certificates c
          WHERE c.device = d.id AND c.revoked_at_ms IS NULL AND c.expires_at_ms > ${expiresAfterMs}
          ORDER BY c.number DESC LIMIT 1
        ) AS newest
        ORDER BY d.project, d.name COLLATE "C"`,
      )
      const waiting = rows.filter((row) => row.has !== true)
      return {
        devices: rows.length,
        waiting: waiting.map((row) => ({ project: String(row.project) as ProjectId, name: String(row.name) })),
      }
    },
    revokeCertificates: (device, atMs, entry) =>
      database.transaction(async (tx) => {
        await writeAudit(tx, [entry])
        return revokeCertificates(tx, device, atMs)
      }),
    revokedCertificates: async (expiresAfterMs) =>
      (
        await database
          .select()
          .from(certificates)
          .where(and(isNotNull(certificates.revokedAtMs), gt(certificates.expiresAtMs, expiresAfterMs)))
          .orderBy(certificates.serial)
      ).map(present),

    addAccessToken: (row, entry) =>
      database.transaction(async (tx) => {
        await knowProject(tx, row.project)
        await tx.insert(accessTokens).values(row)
        await writeAudit(tx, [entry])
      }),
    accessToken: async (id) => first(await database.select().from(accessTokens).where(eq(accessTokens.id, id))),
    accessTokens: async (project) =>
      (
        await database
          .select()
          .from(accessTokens)
          .where(eq(accessTokens.project, project))
          .orderBy(asc(accessTokens.createdAtMs), asc(accessTokens.id))
      ).map(present),
    revokeAccessToken: (id, entry) =>
      database.transaction(async (tx) => {
        const where = eq(accessTokens.id, id)
        const found = await tx
          .update(accessTokens)
          .set({ revoked: true })
          .where(where)
          .returning({ id: accessTokens.id })
        if (found.length > 0) await writeAudit(tx, [entry])
        return found.length > 0
      }),

    trust: async () => (await database.select().from(trust).orderBy(desc(trust.version)).limit(1))[0],
    putTrust: (row, entry) => database.transaction((tx) => putTrust(tx, row, entry)),

    audit: async (project, { limit, actor, text }) => {
      const rows = await database
        .select()
        .from(audit)
        .where(
          and(
            eq(audit.project, project),
            actor === undefined ? undefined : eq(audit.actor, storableText(actor)),
            text === undefined ? undefined : mentions(text),
          ),
        )
        .orderBy(desc(audit.id))
        .limit(limit)
      return rows.map(({ id: _, ...row }) => row)
    },
  }
}

function mentions(text: string): SQL {
  const pattern = `%${storableText(text).replace(/[\\%_]/g, '\\$&')}%`
  return sql`(${audit.action} ILIKE ${pattern} OR ${audit.subject} ILIKE ${pattern} OR EXISTS (
    SELECT FROM jsonb_path_query(${audit.detail}, 'strict $.**') AS value
    WHERE jsonb_typeof(value) IN ('string', 'number') AND value #>> '{}' ILIKE ${pattern}))`
}

export async function knowProject(tx: Database, project: ProjectId): Promise<void> {
  await tx.insert(projects).values({ id: project }).onConflictDoNothing()
}

export async function writeAudit(tx: Database, rows: readonly AuditRow[]): Promise<void> {
  if (rows.length > 0) await tx.insert(audit).values([...rows])
}

export async function revokeCertificates(tx: Database, device: DeviceId, atMs: number): Promise<string[]> {
  const rows = await tx
    .update(certificates)
    .set({ revokedAtMs: atMs })
    .where(and(eq(certificates.device, device), isNull(certificates.revokedAtMs)))
    .returning({ serial: certificates.serial, number: certificates.number })
  return rows.sort((a, b) => a.number - b.number).map((row) => row.serial)
}

function lockDevice(tx: Database, id: DeviceId) {
  const { project, name, session } = devices
  return tx.select({ id: devices.id, project, name, session }).from(devices).where(eq(devices.id, id)).for('update')
}

async function insertCertificate(
  tx: Database,
  device: { readonly id: DeviceId; readonly session: Session | null },
  certificate: Omit<CertificateRow, 'device' | 'number'>,
): Promise<CertificateRow> {
  const [last] = await tx
    .select({ number: max(certificates.number) })
    .from(certificates)
    .where(eq(certificates.device, device.id))
  const number = nextCertificateNumber(last?.number ?? undefined, device.session ?? undefined)
  const row: CertificateRow = { ...certificate, device: device.id, number }
  await tx.insert(certificates).values(row)
  return row
}

function takeTokenUse(
  tx: Database,
  { token, secretSha256, atMs }: Pick<EnrolRequest, 'token' | 'secretSha256' | 'atMs'>,
  bound: SQL,
) {
  return tx
    .update(enrolmentTokens)
    .set({ usesLeft: sql`${enrolmentTokens.usesLeft} - 1` })
    .where(
      and(
        eq(enrolmentTokens.id, token),
        eq(enrolmentTokens.secretSha256, secretSha256),
        eq(enrolmentTokens.revoked, false),
        gt(enrolmentTokens.usesLeft, 0),
        gt(enrolmentTokens.expiresAtMs, atMs),
        bound,
      ),
    )
    .returning({ project: enrolmentTokens.project })
}

async function replaceDevice(
  tx: Database,
  request: ReplaceRequest,
): Promise<Awaited<ReturnType<IdentityStore['replaceDevice']>>> {
  const [device] = await lockDevice(tx, request.device)
  if (device === undefined) return { ok: false }
  const bound = and(eq(enrolmentTokens.device, device.id), eq(enrolmentTokens.project, device.project))
  const [token] = bound ? await takeTokenUse(tx, request, bound) : []
  if (token === undefined) return { ok: false }
  const revoked = await revokeCertificates(tx, device.id, request.atMs)
  const certificate = await insertCertificate(tx, device, request.certificate)
  // What the old hardware ran says nothing about the new one, which must be told all again.
  await tx
    .update(devices)
    .set({ presence: 'unknown', presenceAtMs: request.atMs, reported: null, reportedAtMs: null })
    .where(eq(devices.id, device.id))
  await writeAudit(tx, [replacementAudit(request, device, revoked)])
  const { id, name, project } = device
  return { ok: true, device: { id, name, project }, certificate }
}

async function enrol(tx: Database, request: EnrolRequest): Promise<Awaited<ReturnType<IdentityStore['enrol']>>> {
  const [token] = await takeTokenUse(tx, request, isNull(enrolmentTokens.device))
  if (token === undefined) return { ok: false }
  // Names are given out one at a time, or two devices that join at once would choose the same.
  await tx.select().from(projects).where(eq(projects.id, token.project)).for('update')
  const similar = await tx
    .select({ name: devices.name })
    .from(devices)
    .where(
      and(
        eq(devices.project, token.project),
        or(eq(devices.name, request.name), like(devices.name, `${request.name.replace(/[\\%_]/g, '\\$&')}-%`)),
      ),
    )
  const names = new Set(similar.map((device) => device.name))
  const device: DeviceRow = {
    id: request.device,
    project: token.project,
    name: freeName(request.name, (name) => names.has(name)),
    labels: request.labels,
    enrolledAtMs: request.atMs,
    presence: 'unknown',
    presenceAtMs: request.atMs,
  }
  const certificate: CertificateRow = { ...request.certificate, device: device.id, number: 1 }
  await tx.insert(devices).values(device)
  await tx.insert(certificates).values(certificate)
  await writeAudit(tx, [enrolmentAudit(device, request.token)])
  return { ok: true, device, certificate }
}

/** A device learns of a new trust document by a new desired state, as an agent ignores a generation it has. */
async function putTrust(
  tx: Database,
  row: Parameters<IdentityStore['putTrust']>[0],
  entry: AuditRow,
): Promise<boolean> {
  // Commits read the trust version under the same lock, so that none writes an older one afterwards.
  const [held] = await tx.select().from(meta).for('update')
  const [newer] = await tx.select({ version: max(trust.version) }).from(trust)
  if (newer?.version !== null && newer?.version !== undefined && newer.version >= row.version) return false
  await tx.insert(trust).values(row)
  await writeAudit(tx, [entry])
  await tx
    .update(desired)
    .set({
      epoch: held?.epoch ?? 1,
      counter: sql`${desired.counter} + 1`,
      trustVersion: row.version,
      issuedAtMs: entry.atMs,
    })
    .where(lt(desired.trustVersion, row.version))
  await tx.execute(sql`SELECT pg_notify(${INTENT_CHANNEL}, '')`)
  return true
}

function first<T extends object>(rows: readonly T[]) {
  const [row] = rows
  return row === undefined ? undefined : present(row)
}
