/**
 * Who meets each import on one slot of a device. Facts alone decide: the host's own interface where it fits, else the
 * first listed provider that can itself be linked. Who wants to fall back over memory or a busy imager names a second
 * realisation. Providers are ranked by how deep they lean on others, and lean on lower ranks only: no cycles.
 */
import type { PlannedComponent } from '@ocelli/schemas/api/plan'
import { importIsMet } from '@ocelli/schemas/interface-name'
import type { ImagerFacts, ProvidedInterface } from '@ocelli/schemas/messages/inventory'
import { pathOf } from '../domain/grants.ts'
import type { ComponentVersion } from '../domain/snapshot.ts'
import { imagerProblems } from './filter/imager.ts'
import { type Problem, problem } from './problem.ts'
import type { RealisationRequirements, Requirements } from './requirements.ts'

/** A place for one instance: an imager, or the device where no imager is used. */
export interface Slot {
  readonly id: string
  readonly imager?: ImagerFacts
  /** What the host links there. */
  readonly offered: readonly ProvidedInterface[]
  /** Whether one of them meets the import. */
  readonly meets: (importName: string) => boolean
}

export function createSlot(id: string, imager: ImagerFacts | undefined, offered: readonly ProvidedInterface[]): Slot {
  const known = new Map<string, boolean>()
  const meets = (importName: string) => {
    let found = known.get(importName)
    if (found === undefined) {
      const path = pathOf(importName)
      found = offered.some((offer) => pathOf(offer.name) === path && importIsMet(importName, offer.name))
      known.set(importName, found)
    }
    return found
  }
  return imager ? { id, imager, offered, meets } : { id, offered, meets }
}

export type Linking =
  | {
      readonly ok: true
      readonly components: readonly PlannedComponent[]
      readonly linked: readonly ComponentVersion[]
      /** Why each provider was picked, a sentence each. */
      readonly picked: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export function reference(component: ComponentVersion): string {
  return `${component.name}@${component.version}`
}

/** Links with frames in `format`; undefined: the component does not care. */
export function link(
  requirements: Requirements,
  realisation: RealisationRequirements,
  slot: Slot,
  format: string | undefined,
  known: readonly ComponentVersion[] = [],
): Linking {
  const { providers, main } = realisation
  const hostMeets = (name: string) => slot.meets(name) && requirements.isGranted(name)
  const eligible = providers.map((provider) => providerProblems(provider, slot, format).length === 0)
  const ranks = rankProviders(realisation, eligible, hostMeets)
  const choose = (name: string, below: number): number | 'host' | undefined => {
    if (hostMeets(name)) return 'host'
    return realisation.exporters(name).find((index) => (ranks[index] ?? Number.POSITIVE_INFINITY) < below)
  }
  const unmet = main.imports.filter((name) => choose(name, Number.POSITIVE_INFINITY) === undefined)
  if (unmet.length > 0) {
    return {
      ok: false,
      problems: unmet.map((name) => unmetImport(name, requirements, realisation, slot, format, known)),
    }
  }
  const assembled = assemble(main, providers, ranks, choose)
  return { ok: true, ...assembled, picked: whyPicked(assembled, realisation, slot) }
}

/** The host comes first, then providers in the order in which they are listed. */
function whyPicked(
  {
    components,
    linked,
  }: { readonly components: readonly PlannedComponent[]; readonly linked: readonly ComponentVersion[] },
  { providers, exporters }: RealisationRequirements,
  slot: Slot,
): string[] {
  const told = new Set<string>()
  for (const [index, component] of components.entries()) {
    for (const { interface: name, from } of component.links) {
      const provider = from === 'host' ? undefined : linked[from]
      if (!provider) continue
      const offered = offersOf(name, slot)
      const host = slot.meets(name)
        ? 'the manifest does not grant it from the agent'
        : offered.length > 0
          ? `the agent offers ${offered.join(', ')}`
          : 'the agent does not offer it'
      const passed = exporters(name)
        .slice(0, exporters(name).indexOf(providers.indexOf(provider)))
        .flatMap((at) => (providers[at] ? [reference(providers[at])] : []))
      const over = passed.length > 0 ? `; ${passed.join(', ')} cannot be linked here` : ''
      told.add(`${reference(provider)} for ${name} of ${reference(linked[index] as ComponentVersion)}: ${host}${over}`)
    }
  }
  return [...told]
}

/** Rounds of a least fixpoint: rank 0 leans on the host alone, rank n on ranks below n; undefined: cannot be linked. */
function rankProviders(
  { providers, exporters }: RealisationRequirements,
  eligible: readonly boolean[],
  hostMeets: (name: string) => boolean,
): (number | undefined)[] {
  const ranks: (number | undefined)[] = providers.map(() => undefined)
  for (let rank = 0, grew = true; grew; rank++) {
    grew = false
    const before = [...ranks]
    providers.forEach((provider, index) => {
      if (!eligible[index] || before[index] !== undefined) return
      const met = provider.imports.every(
        (name) => hostMeets(name) || exporters(name).some((other) => before[other] !== undefined),
      )
      if (met) {
        ranks[index] = rank
        grew = true
      }
    })
  }
  return ranks
}

/** The main component first, then the providers that are needed, in the order in which they are first needed. */
function assemble(
  main: ComponentVersion,
  providers: readonly ComponentVersion[],
  ranks: readonly (number | undefined)[],
  choose: (name: string, below: number) => number | 'host' | undefined,
): { components: PlannedComponent[]; linked: ComponentVersion[] } {
  const linked: ComponentVersion[] = [main]
  const indexOf = new Map<number, number>()
  const components: PlannedComponent[] = []
  const below = [Number.POSITIVE_INFINITY]
  for (let index = 0; index < linked.length; index++) {
    const component = linked[index] as ComponentVersion
    const links = component.imports.map((name) => {
      const from = choose(name, below[index] ?? 0) ?? 'host'
      if (from === 'host') return { interface: name, from: 'host' as const }
      let position = indexOf.get(from)
      if (position === undefined) {
        position = linked.length
        indexOf.set(from, position)
        linked.push(providers[from] as ComponentVersion)
        below.push(ranks[from] ?? 0)
      }
      return { interface: name, from: position }
    })
    components.push({ reference: reference(component), digest: component.digest, links })
  }
  return { components, linked }
}

/** What keeps a provider off this slot, apart from its imports. */
function providerProblems(provider: ComponentVersion, slot: Slot, format: string | undefined): Problem[] {
  const needs = provider.needs.imager
  if (!needs) return []
  if (!slot.imager) {
    return [problem('placement.noImager', `${reference(provider)} needs an imager`, 'the device had an imager')]
  }
  const found = imagerProblems(needs, slot.imager, reference(provider))
  if (needs.formats && (format === undefined || !(needs.formats as readonly string[]).includes(format))) {
    found.push(
      problem(
        'placement.imager',
        `imager ${slot.imager.id} cannot deliver a format that ${reference(provider)} takes: ${needs.formats.join(', ')}`,
        `imager ${slot.imager.id} delivered ${needs.formats.join(' or ')}`,
      ),
    )
  }
  return found
}

function unmetImport(
  name: string,
  requirements: Requirements,
  realisation: RealisationRequirements,
  slot: Slot,
  format: string | undefined,
  known: readonly ComponentVersion[],
): Problem {
  const who = reference(realisation.main)
  if (slot.meets(name)) {
    return problem(
      'placement.grant',
      `${who} imports ${name}, which the agent offers and the manifest does not grant`,
      `the manifest granted ${pathOf(name)}`,
      { wanted: name },
    )
  }
  const offered = offersOf(name, slot)
  const parts = [
    offered.length > 0
      ? `the agent offers ${offered.join(', ')}`
      : `the agent does not offer it${slot.imager ? ` on imager ${slot.imager.id}` : ''}`,
  ]
  for (const provider of realisation.providers) {
    const exported = provider.exports.filter((offer) => pathOf(offer) === pathOf(name))
    if (exported.length === 0) continue
    parts.push(whyProviderFails(name, provider, exported, requirements, slot, format))
    offered.push(...exported.map((offer) => `${offer} (${reference(provider)})`))
  }
  const listed = new Set(realisation.providers.map(reference))
  const others = known.filter(
    (component) => !listed.has(reference(component)) && component.exports.some((offer) => importIsMet(name, offer)),
  )
  const alternative =
    others.length > 0
      ? `provider ${[...new Set(others.map(reference))].sort().slice(0, 3).join(' or ')} were listed`
      : 'a provider of it were listed'
  return problem(
    'placement.unmetImport',
    `${who} imports ${name}: ${parts.join('; ')}`,
    `the agent offered ${name} or ${alternative}`,
    { wanted: name, offered },
  )
}

function whyProviderFails(
  name: string,
  provider: ComponentVersion,
  exported: readonly string[],
  requirements: Requirements,
  slot: Slot,
  format: string | undefined,
): string {
  const who = `provider ${reference(provider)}`
  if (!exported.some((offer) => importIsMet(name, offer))) return `${who} exports ${exported.join(', ')}`
  const unfit = providerProblems(provider, slot, format).map((one) => one.reason.message)
  const missing = provider.imports.filter((wanted) => !(slot.meets(wanted) && requirements.isGranted(wanted)))
  if (missing.length > 0) {
    const shown = missing.slice(0, MAX_SHOWN).map((wanted) => {
      const offered = offersOf(wanted, slot).join(', ')
      return `${wanted} (offered: ${offered || 'none'})`
    })
    const more = missing.length > shown.length ? ` and ${missing.length - shown.length} more` : ''
    unfit.push(`it imports ${shown.join(', ')}${more}`)
  }
  return `${who} exports it but cannot be linked: ${unfit.join('; ')}`
}

/** Imports of a provider told in one reason; each import of the main component has a reason of its own. */
const MAX_SHOWN = 3

function offersOf(name: string, slot: Slot): string[] {
  const path = pathOf(name)
  return slot.offered.filter((offer) => pathOf(offer.name) === path).map((offer) => offer.name)
}
