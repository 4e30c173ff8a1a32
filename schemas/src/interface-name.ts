/**
 * Names of WIT interfaces and the one rule by which an import is met. Scheduler, admission and the
 * agent's linker share it: a plan must never promise a link that the device refuses.
 */

export interface InterfaceName {
  /** Package and interface without version: `ocelli:sensing/frames`. */
  readonly path: string
  readonly major: number
  readonly minor: number
  readonly patch: number
  /** Without the hyphen; empty for a release. */
  readonly prerelease: string
}

const FORM = /^([a-z][a-z0-9-]*:[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*)@(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?$/

/** Reads `namespace:package/interface@1.2.3-pre`; `undefined` where the text is none. */
export function parseInterfaceName(text: string): InterfaceName | undefined {
  const match = FORM.exec(text)
  if (!match) return undefined
  const [, path = '', major, minor, patch, prerelease = ''] = match
  return { path, major: Number(major), minor: Number(minor), patch: Number(patch), prerelease }
}

/**
 * Whether an import of `wanted` is met by `offered`: same path, equal compatibility version (major; 0.minor;
 * 0.0.patch), not older; a pre-release matches only itself.
 */
export function isMetBy(wanted: InterfaceName, offered: InterfaceName): boolean {
  if (wanted.path !== offered.path) return false
  if (wanted.prerelease !== '' || offered.prerelease !== '') return sameVersion(wanted, offered)
  if (wanted.major !== offered.major) return false
  if (wanted.major > 0)
    return offered.minor > wanted.minor || (offered.minor === wanted.minor && offered.patch >= wanted.patch)
  if (wanted.minor !== offered.minor) return false
  return wanted.minor > 0 ? offered.patch >= wanted.patch : offered.patch === wanted.patch
}

/** `isMetBy` for texts; a text that is no interface name meets nothing. */
export function importIsMet(wanted: string, offered: string): boolean {
  const a = parseInterfaceName(wanted)
  const b = parseInterfaceName(offered)
  return a !== undefined && b !== undefined && isMetBy(a, b)
}

function sameVersion(a: InterfaceName, b: InterfaceName): boolean {
  return a.major === b.major && a.minor === b.minor && a.patch === b.patch && a.prerelease === b.prerelease
}
