/** Takes a signed component in: signature, bytes and statement must say the same. */
import { isDeepStrictEqual } from 'node:util'
import type { ComponentStatement } from '@ocelli/schemas/component'
import type { Envelope } from '@ocelli/schemas/dsse'
import { type ErrorCode, OcelliError } from '@ocelli/schemas/errors'
import type { ProjectId } from '@ocelli/schemas/ids'
import type { AdmittedComponent } from '../domain/component.ts'
import type { ComponentRow } from '../domain/records.ts'
import type { Admission } from '../ports.ts'
import type { CatalogueStore } from '../store/store.ts'
import { digestOf } from './digest.ts'

/** Whether a trusted publisher signed the envelope and may publish the name in it. */
export type VerifyComponent = (
  envelope: Envelope,
) =>
  | { readonly ok: true; readonly statement: ComponentStatement; readonly publisher: string }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string }

export interface PushRequest {
  readonly bytes: Uint8Array
  readonly envelope: Envelope
  readonly project: ProjectId
  readonly actor: string
  /** Server's wall time. */
  readonly atMs: number
}

/**
 * Verifies, reads and stores a component. Pushing the same bytes again changes nothing and is no error. Rejects with
 * `trust.*`, `component.*`.
 */
export async function pushComponent(
  store: CatalogueStore,
  admission: Admission,
  verify: VerifyComponent,
  request: PushRequest,
): Promise<ComponentRow> {
  const { bytes, envelope, project, actor, atMs } = request
  const verdict = verify(envelope)
  if (!verdict.ok) throw new OcelliError(verdict.code, verdict.message)
  const { statement, publisher } = verdict
  const digest = digestOf(bytes)
  // Before anything is read: bytes that nobody signed cost nothing.
  if (statement.digest !== digest) throw mismatch('digest', statement.digest, digest)
  const admitted = await admission.inspect(bytes)
  compare(statement, admitted)
  const signatureBytes = Buffer.from(JSON.stringify(envelope))
  const signature = digestOf(signatureBytes)
  await store.putArtifact(digest, bytes)
  await store.putArtifact(signature, signatureBytes)
  const { name, version } = statement
  const { sizeBytes, imports, exports, needs, wit } = admitted
  const row: ComponentRow = {
    project,
    publisher,
    name,
    version,
    digest,
    sizeBytes,
    signature,
    imports,
    exports,
    needs,
    wit,
    pushedAtMs: atMs,
  }
  const subject = `${name}@${version}`
  const audit = { atMs, project, actor, action: 'component.push', subject, detail: { digest, publisher } }
  switch (await store.addComponent(row, audit)) {
    case 'added':
      return row
    case 'same':
      return (await store.component(project, name, version)) ?? row
    case 'exists':
      throw new OcelliError('component.exists', `${subject} exists with other bytes; a version never changes`)
  }
}

function compare(statement: ComponentStatement, admitted: AdmittedComponent): void {
  if (statement.sizeBytes !== admitted.sizeBytes) throw mismatch('sizeBytes', statement.sizeBytes, admitted.sizeBytes)
  for (const field of ['imports', 'exports'] as const) {
    const [signed, read] = [[...statement[field]].sort(), [...admitted[field]].sort()]
    if (!isDeepStrictEqual(signed, read)) throw mismatch(field, signed.join(', '), read.join(', '))
  }
  if (!isDeepStrictEqual(statement.needs, admitted.needs)) {
    throw mismatch('needs', JSON.stringify(statement.needs), JSON.stringify(admitted.needs))
  }
}

function mismatch(field: string, signed: string | number, read: string | number): OcelliError {
  return new OcelliError('trust.mismatch', `${field}: signed for "${signed}", the component has "${read}"`)
}
