/** What the transpiling child writes to stdout: one kind byte, the length, the content. */
import { type ErrorCode, isErrorCode } from '@ocelli/schemas/errors'

export type TranspileAnswer =
  | { readonly kind: 'code'; readonly code: Uint8Array }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }

const CODE = 1
const REFUSED = 2
const HEADER_BYTES = 5

export function encodeAnswer(answer: TranspileAnswer): Uint8Array {
  const content =
    answer.kind === 'code' ? answer.code : Buffer.from(JSON.stringify({ code: answer.code, message: answer.message }))
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(answer.kind === 'code' ? CODE : REFUSED)
  header.writeUInt32LE(content.length, 1)
  return Buffer.concat([header, content])
}

/** `undefined` where the child died before it had answered in full. */
export function decodeAnswer(bytes: Buffer): TranspileAnswer | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(1) !== bytes.length - HEADER_BYTES) return undefined
  const content = bytes.subarray(HEADER_BYTES)
  if (bytes[0] === CODE) return { kind: 'code', code: content }
  if (bytes[0] !== REFUSED) return undefined
  const refusal: unknown = JSON.parse(content.toString('utf8'))
  if (typeof refusal !== 'object' || refusal === null || !('code' in refusal) || !('message' in refusal))
    return undefined
  const { code, message } = refusal
  if (typeof code !== 'string' || !isErrorCode(code) || typeof message !== 'string') return undefined
  return { kind: 'refused', code, message }
}
