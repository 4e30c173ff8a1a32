/** The configuration that an instance reads: of the deployment, overridden by its realisation, all as text. */
import type { Digest } from '@ocelli/schemas/ids'
import type { DeploymentSpec, Realisation } from '@ocelli/schemas/manifest/deployment'
import { sha256Hex } from './sha256.ts'

/** Keys in order, so that equal configurations are equal as text. */
export function configOf(spec: DeploymentSpec, realisation: Realisation): Record<string, string> {
  const merged = { ...spec.config, ...realisation.config }
  return Object.fromEntries(
    Object.keys(merged)
      .sort()
      .map((key) => [key, String(merged[key])]),
  )
}

/** Size in bytes as it travels. */
export function configBytes(values: Readonly<Record<string, string>>): number {
  return utf8Bytes(JSON.stringify(values))
}

/** Length as UTF-8, without making the bytes: a plan asks of every realisation on every imager. */
export function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    // A surrogate pair is two units and four bytes; alone, one is replaced by three bytes, which JSON does not let happen.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}

/** Names a configuration that travels like an artifact: of its JSON text. */
export function configDigest(values: Readonly<Record<string, string>>): Digest {
  return `sha256:${sha256Hex(JSON.stringify(values))}` as Digest
}
