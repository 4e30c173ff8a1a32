/**
 * Who meets each import of an instance. Pure; run before anything is instantiated, so that nothing ungranted is
 * ever callable: an import that is not linked, not offered or not granted refuses the start.
 */
import { OcelliError } from '@ocelli/schemas/errors'
import { type InterfaceName, importIsMet, isMetBy, parseInterfaceName } from '@ocelli/schemas/interface-name'
import { isClosedWasi, offerFor, pathOf } from './offered.ts'

/** What linking needs to know of one component. */
export interface Linkable {
  readonly importKeys: readonly string[]
  readonly functionImports: readonly { readonly interface: string; readonly functions: readonly string[] }[]
  readonly exports: readonly string[]
  readonly links: readonly { readonly interface: string; readonly from: 'host' | number }[]
}

export interface LinkPlan {
  /** Components in an order in which each comes after its providers. */
  readonly order: readonly number[]
  /** Per component: import key (path without version) to who meets it. Keys imported for types alone come from the host. */
  readonly sources: readonly ReadonlyMap<string, LinkSource>[]
  /** Paths of the host interfaces of which some component calls a function. */
  readonly hostPaths: ReadonlySet<string>
}

/** `types`: only resource classes are handed over, no function. */
export type LinkSource = { readonly from: 'host' | 'types' } | { readonly from: number; readonly exportName: string }

/** Throws OcelliError `link.missing` or `grant.missing`, naming every import concerned. */
export function planLinks(components: readonly Linkable[], grants: readonly string[]): LinkPlan {
  const missing: string[] = []
  const ungranted: string[] = []
  const hostPaths = new Set<string>()
  const granted = grants.flatMap((grant) => parseInterfaceName(grant) ?? [])
  const sources = components.map((component, index) => {
    const met = new Map<string, LinkSource>(component.importKeys.map((key) => [pathOf(key), { from: 'types' }]))
    for (const { interface: wanted } of component.functionImports) {
      const source = sourceOf(components, index, wanted)
      if (source === undefined) missing.push(wanted)
      else if (source.from === 'host' && !isGranted(wanted, granted)) ungranted.push(wanted)
      else {
        met.set(pathOf(wanted), source)
        if (source.from === 'host') hostPaths.add(pathOf(wanted))
      }
    }
    // What is imported outside of all interfaces cannot be named in a link. An interface of types alone is no need.
    for (const key of component.importKeys) if (!key.includes('/')) missing.push(key)
    return met
  })
  if (missing.length > 0)
    throw new OcelliError('link.missing', `Nobody meets ${list(missing)}`, { details: { missing } })
  if (ungranted.length > 0) {
    throw new OcelliError('grant.missing', `Not granted: ${list(ungranted)}`, { details: { ungranted } })
  }
  return { order: orderOf(sources), sources, hostPaths }
}

function sourceOf(components: readonly Linkable[], index: number, wanted: string): LinkSource | undefined {
  const link = components[index]?.links.find((candidate) => candidate.interface === wanted)
  if (!link) return isClosedWasi(wanted) ? { from: 'host' } : undefined
  if (link.from === 'host') return offerFor(wanted) === undefined ? undefined : { from: 'host' }
  const exportName = components[link.from]?.exports.find((name) => importIsMet(wanted, name))
  return exportName === undefined || link.from === index ? undefined : { from: link.from, exportName }
}

/** A grant may name the version wanted or the one offered: what counts is that one meets the other. */
function isGranted(wanted: string, grants: readonly InterfaceName[]): boolean {
  if (isClosedWasi(wanted)) return true
  const name = parseInterfaceName(wanted)
  return name !== undefined && grants.some((grant) => isMetBy(name, grant) || isMetBy(grant, name))
}

function orderOf(sources: readonly ReadonlyMap<string, LinkSource>[]): number[] {
  const order: number[] = []
  const state = new Map<number, 'open' | 'done'>()
  const visit = (index: number): void => {
    if (state.get(index) === 'done') return
    if (state.get(index) === 'open')
      throw new OcelliError('link.missing', 'Components import from one another in a circle')
    state.set(index, 'open')
    for (const source of sources[index]?.values() ?? []) if (typeof source.from === 'number') visit(source.from)
    state.set(index, 'done')
    order.push(index)
  }
  for (const index of sources.keys()) visit(index)
  return order
}

function list(names: readonly string[]): string {
  return [...new Set(names)].sort().join(', ')
}
