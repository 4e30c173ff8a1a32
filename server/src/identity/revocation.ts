/** Which certificates are revoked, in memory, so that a broker can ask at each connect without a wait. */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { CertificateRow } from '../domain/records.ts'
import type { Clock } from '../ports.ts'
import type { IdentityStore } from '../store/store.ts'

export interface Revocations {
  isRevoked(serial: string): boolean
  /** Reads the store; answers the devices of certificates that are newly revoked, whose connections must end. */
  refresh(): Promise<readonly DeviceId[]>
  /** Rows for a revocation list. */
  all(): readonly CertificateRow[]
}

export function createRevocations(
  store: Pick<IdentityStore, 'revokedCertificates'>,
  clock: Pick<Clock, 'wallMs'>,
): Revocations {
  let rows = new Map<string, CertificateRow>()
  return {
    isRevoked: (serial) => rows.has(serial.toLowerCase()),
    async refresh() {
      const before = rows
      // An expired certificate is refused anyway, and renewal looks into the store.
      const found = await store.revokedCertificates(clock.wallMs())
      rows = new Map(found.map((row) => [row.serial, row]))
      return [...new Set(found.filter(({ serial }) => !before.has(serial)).map(({ device }) => device))]
    },
    all: () => [...rows.values()],
  }
}
