import type { Session } from '@ocelli/schemas/messages/session'
import type { AuditRow, DeviceRow } from '../domain/records.ts'
import type { IdentityStore } from './store.ts'

export type EnrolRequest = Parameters<IdentityStore['enrol']>[0]

/** A device that joins is a change like any other; the token stands for the person who made it. */
export function enrolmentAudit(device: DeviceRow, token: string): AuditRow {
  return {
    atMs: device.enrolledAtMs,
    project: device.project,
    actor: `enrolment token ${token}`,
    action: 'enrol',
    subject: device.id,
    detail: { name: device.name },
  }
}

export type ReplaceRequest = Parameters<IdentityStore['replaceDevice']>[0]

export function replacementAudit(
  { token, atMs }: ReplaceRequest,
  device: Pick<DeviceRow, 'id' | 'name' | 'project'>,
  revoked: readonly string[],
): AuditRow {
  return {
    atMs,
    project: device.project,
    actor: `enrolment token ${token}`,
    action: 'device.replace',
    subject: device.name,
    detail: { device: device.id, revoked },
  }
}

/**
 * The number of a device's next certificate: above those of the store, and above the one that the device last spoke
 * with, which a restored store may not know.
 */
export function nextCertificateNumber(newest: number | undefined, session: Session | undefined): number {
  return Math.max(newest ?? 0, session?.certificate ?? 0) + 1
}
