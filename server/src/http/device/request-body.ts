/** Reads a bounded JSON body. */
import type { IncomingMessage } from 'node:http'
import { OcelliError } from '@ocelli/schemas/errors'
import type { Parsed } from '@ocelli/schemas/message'

/** A certificate signing request is below 8 KiB; the rest of a request is small. */
export const MAX_BODY_BYTES = 32_768

/** Rejects with `request.tooLarge`, `message.malformed` or `request.invalid`. */
export async function readBody<T>(request: IncomingMessage, read: (value: unknown) => Parsed<T>): Promise<T> {
  const announced = Number(request.headers['content-length'] ?? 0)
  const chunks: Buffer[] = []
  let bytes = 0
  if (announced <= MAX_BODY_BYTES) {
    // Leaving the loop must not end the connection: the refusal is still to be sent on it.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!(chunk instanceof Buffer)) throw new TypeError('the body is read as bytes')
      bytes += chunk.byteLength
      if (bytes > MAX_BODY_BYTES) break
      chunks.push(chunk)
    }
  }
  if (announced > MAX_BODY_BYTES || bytes > MAX_BODY_BYTES) {
    throw new OcelliError('request.tooLarge', `The body has more than ${MAX_BODY_BYTES} bytes`)
  }
  const parsed = read(parseJson(Buffer.concat(chunks)))
  if (!parsed.ok) throw new OcelliError('request.invalid', parsed.message)
  return parsed.value
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new OcelliError('message.malformed', 'The body is not JSON in UTF-8', { cause })
  }
}
