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
  return new TextEncoder().encode(JSON.stringify(values)).length
}

/** Names a configuration that travels like an artifact: of its JSON text. */
export function configDigest(values: Readonly<Record<string, string>>): Digest {
  return `sha256:${sha256Hex(JSON.stringify(values))}` as Digest
}
