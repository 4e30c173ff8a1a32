/** What this agent's component host can link: the interfaces of the guest contract and the closed WASI 0.2 set. */
import { isMetBy, parseInterfaceName } from '@ocelli/schemas/interface-name'

/** Each has one file in `interfaces/` and is callable only by an instance that was granted it. */
export const GRANTED_INTERFACES = [
  'ocelli:sensing/frames@0.1.0',
  'ocelli:sensing/imager-control@0.1.0',
  'ocelli:sensing/detector@0.1.0',
  'ocelli:sensing/measurements@0.1.0',
  'ocelli:sensing/detections@0.1.0',
  'ocelli:sensing/events@0.1.0',
  'ocelli:sensing/images@0.1.0',
  'ocelli:sensing/state@0.1.0',
  'wasi:config/store@0.2.0-draft',
  'wasi:logging/logging@0.1.0-draft',
] as const

/** The newest release of WASI 0.2 that toolchains name (jco 1.35's adapter); releases of 0.2 only add, so older ones are met by it. */
const WASI = '0.2.12'

/**
 * Standard WASI 0.2 without anything behind it: output goes to the log, the environment is empty, there are no
 * directories. Toolchains import it whether a program uses it or not, so it needs no grant.
 */
export const CLOSED_WASI_INTERFACES = [
  `wasi:cli/environment@${WASI}`,
  `wasi:cli/exit@${WASI}`,
  `wasi:cli/stdin@${WASI}`,
  `wasi:cli/stdout@${WASI}`,
  `wasi:cli/stderr@${WASI}`,
  `wasi:cli/terminal-input@${WASI}`,
  `wasi:cli/terminal-output@${WASI}`,
  `wasi:cli/terminal-stdin@${WASI}`,
  `wasi:cli/terminal-stdout@${WASI}`,
  `wasi:cli/terminal-stderr@${WASI}`,
  `wasi:io/error@${WASI}`,
  `wasi:io/poll@${WASI}`,
  `wasi:io/streams@${WASI}`,
  `wasi:clocks/monotonic-clock@${WASI}`,
  `wasi:clocks/wall-clock@${WASI}`,
  `wasi:random/random@${WASI}`,
  `wasi:random/insecure@${WASI}`,
  `wasi:random/insecure-seed@${WASI}`,
  `wasi:filesystem/types@${WASI}`,
  `wasi:filesystem/preopens@${WASI}`,
] as const

/** Everything the host links, by full name with version. Which of them a device reports depends on its imagers too. */
export const OFFERED_INTERFACES: readonly string[] = [...GRANTED_INTERFACES, ...CLOSED_WASI_INTERFACES]

/** Interfaces that only an instance bound to an imager can use. */
export const IMAGER_INTERFACES: ReadonlySet<string> = new Set([
  'ocelli:sensing/frames',
  'ocelli:sensing/imager-control',
  'ocelli:sensing/detector',
])

const parsed = (names: readonly string[]) => names.map((name) => ({ name, read: parseInterfaceName(name) }))
const OFFERED = parsed(OFFERED_INTERFACES)
const CLOSED_WASI = parsed(CLOSED_WASI_INTERFACES)

/** The offered interface that meets an import of `wanted`, if any. */
export function offerFor(wanted: string): string | undefined {
  return firstThatMeets(wanted, OFFERED)
}

/** Whether an import of `wanted` is met by the closed WASI set, which needs no grant. */
export function isClosedWasi(wanted: string): boolean {
  return firstThatMeets(wanted, CLOSED_WASI) !== undefined
}

function firstThatMeets(wanted: string, offers: ReturnType<typeof parsed>): string | undefined {
  const name = parseInterfaceName(wanted)
  return name && offers.find(({ read }) => read && isMetBy(name, read))?.name
}

/** A full name without its version: `ocelli:sensing/frames`. */
export function pathOf(name: string): string {
  return parseInterfaceName(name)?.path ?? name
}
