/** Which host interfaces an instance may call: nothing by default, but for what is closed by construction. */
import { importIsMet, parseInterfaceName } from '@ocelli/schemas/interface-name'
import { closest } from './did-you-mean.ts'
import { type Refusal, refusal } from './refusal.ts'

/** Package of the short names: `measurements` means `ocelli:sensing/measurements`. */
export const SENSING = 'ocelli:sensing'

/** Interfaces of `ocelli:sensing` that can be granted. */
export const SENSING_INTERFACES = [
  'detections',
  'detector',
  'events',
  'frames',
  'imager-control',
  'images',
  'measurements',
  'state',
] as const

/**
 * Packages that need no grant. The WASI 0.2 set is offered closed: no environment, no directories, output to the log,
 * no network, so toolchains that import it by habit run. Logging and configuration give an instance its own settings
 * and its own log lines, inside the same output budget; they reach nothing else.
 */
const FREE_PACKAGES: ReadonlySet<string> = new Set([
  'wasi:cli',
  'wasi:io',
  'wasi:clocks',
  'wasi:random',
  'wasi:filesystem',
  'wasi:logging',
  'wasi:config',
])

/** Packages whose interfaces only a host can mean; any other may be met by a listed provider without a grant. */
const HOST_NAMESPACES = ['ocelli:', 'wasi:']

export function needsGrant(interfaceName: string): boolean {
  return !FREE_PACKAGES.has(packageOf(interfaceName))
}

export function isHostNamespace(interfaceName: string): boolean {
  return HOST_NAMESPACES.some((namespace) => interfaceName.startsWith(namespace))
}

/** Decides for one manifest's list; a grant without version covers every version, one with covers what it meets. */
export function grantTest(grants: readonly string[]): (interfaceName: string) => boolean {
  const paths = new Set<string>()
  const versioned: string[] = []
  for (const grant of grants) {
    if (grant.includes('@')) versioned.push(fullName(grant))
    else paths.add(fullName(grant))
  }
  return (name) =>
    !needsGrant(name) ||
    paths.has(pathOf(name)) ||
    versioned.some((grant) => grant === name || importIsMet(name, grant) || importIsMet(grant, name))
}

/** Refuses with `grant.unknown` what names no interface, and says what was probably meant. */
export function checkGrants(grants: readonly string[]): Refusal | undefined {
  for (const grant of grants) {
    const name = fullName(grant)
    const known = name.includes('@') ? parseInterfaceName(name) !== undefined : PATH.test(name)
    const sensing = pathOf(name).startsWith(`${SENSING}/`) ? pathOf(name).slice(SENSING.length + 1) : undefined
    if (!known || (sensing !== undefined && !(SENSING_INTERFACES as readonly string[]).includes(sensing))) {
      const meant = closest(sensing ?? grant, SENSING_INTERFACES)
      const hint = meant ? `did you mean ${meant}?` : `${SENSING} has ${SENSING_INTERFACES.join(', ')}`
      return refusal('grant.unknown', `grant ${JSON.stringify(grant)} names no interface; ${hint}`, { grant })
    }
  }
  return undefined
}

const PATH = /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/

function fullName(grant: string): string {
  return grant.includes(':') ? grant : `${SENSING}/${grant}`
}

export function pathOf(interfaceName: string): string {
  const at = interfaceName.indexOf('@')
  return at < 0 ? interfaceName : interfaceName.slice(0, at)
}

function packageOf(interfaceName: string): string {
  const slash = interfaceName.indexOf('/')
  return slash < 0 ? interfaceName : interfaceName.slice(0, slash)
}
