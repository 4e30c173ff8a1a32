/** Names artifacts by their content. */
import { createHash } from 'node:crypto'
import { type Digest, parseDigest } from '@ocelli/schemas/ids'

export function digestOf(bytes: Uint8Array): Digest {
  const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
  if (digest === undefined) throw new Error('the form of digests has changed in the schemas')
  return digest
}
