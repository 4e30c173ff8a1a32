/** Takes a component version under the name and version that its publisher signed. */
import type { ComponentInfo, PushedComponent } from '@ocelli/schemas/api/component'
import { Envelope } from '@ocelli/schemas/dsse'
import { validator } from '@ocelli/schemas/message'
import type { ComponentRow } from '../domain/records.ts'
import { type Refusal, refusal } from '../domain/refusal.ts'
import type { Caller } from './caller.ts'
import type { ActionContext, IdentityContext } from './context.ts'

const readEnvelope = validator(Envelope)

export interface PushRequest {
  readonly name: string
  readonly version: string
  readonly wasm: Uint8Array
  /** The DSSE envelope: JSON, in base64. */
  readonly signature: string | undefined
}

/** Throws OcelliError `component.*` or `trust.*` where the bytes are not admitted. */
export async function pushComponent(
  context: Pick<ActionContext, 'clock'>,
  identity: Pick<IdentityContext, 'verifyComponent' | 'push'>,
  caller: Caller,
  { name, version, wasm, signature }: PushRequest,
): Promise<PushedComponent | Refusal> {
  const envelope = readEnvelope(parseJson(signature))
  if (!envelope.ok) {
    return refusal(
      'request.invalid',
      `header ocelli-signature: no DSSE envelope as JSON in base64: ${envelope.message}`,
    )
  }
  const verdict = await identity.verifyComponent(envelope.value)
  if (!verdict.ok) return refusal(verdict.code, verdict.message)
  const { statement } = verdict
  if (statement.name !== name || statement.version !== version) {
    return refusal('trust.mismatch', `signed is ${statement.name}@${statement.version}, not ${name}@${version}`)
  }
  const atMs = context.clock.wallMs()
  const { project, actor } = caller
  const row = await identity.push({ bytes: wasm, envelope: envelope.value, project, actor, atMs })
  return { component: componentView(row), outcome: row.pushedAtMs === atMs ? 'added' : 'same' }
}

export function componentView(row: ComponentRow): ComponentInfo {
  const { name, version, publisher, pushedAtMs, signature, digest, sizeBytes, imports, exports, needs, wit } = row
  const lists = { imports: [...imports], exports: [...exports] }
  return { name, version, publisher, pushedAtMs, signature, digest, sizeBytes, ...lists, needs, wit }
}

function parseJson(base64: string | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64 ?? '', 'base64')))
  } catch {
    return undefined
  }
}
