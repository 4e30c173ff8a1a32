/** The signature of a component as the toolchain writes it: a DSSE envelope over its statement. */
import { ApiProblem } from '../../api/problem.ts'

export interface SignedStatement {
  readonly statement: { readonly name: string; readonly version: string }
  /** As it was in the file; the server reads and checks it. */
  readonly envelope: unknown
}

/** Throws `ApiProblem` where the text is none. */
export function readSignature(text: string): SignedStatement {
  try {
    const envelope: unknown = JSON.parse(text)
    if (!isRecord(envelope) || typeof envelope.payload !== 'string') throw new Error('it has no payload')
    const bytes = Uint8Array.from(atob(envelope.payload), (char) => char.charCodeAt(0))
    const statement: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (!isRecord(statement) || typeof statement.name !== 'string' || typeof statement.version !== 'string') {
      throw new Error('its payload names no component')
    }
    return { statement: { name: statement.name, version: statement.version }, envelope }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ApiProblem({
      code: 'trust.signature',
      title: 'This file is no component signature',
      detail: `A signature is the .sig.json that the toolchain writes beside the .wasm file: ${why}.`,
      status: 400,
    })
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
