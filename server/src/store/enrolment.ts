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
