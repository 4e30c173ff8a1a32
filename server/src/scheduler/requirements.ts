/** What a deployment asks for, read once per plan: realisations, needs, memory, grants. */

import { importIsMet } from '@ocelli/schemas/interface-name'
import { DEPLOYMENT_DEFAULTS, type Realisation } from '@ocelli/schemas/manifest/deployment'
import { grantTest, isHostNamespace, needsGrant, pathOf, SENSING } from '../domain/grants.ts'
import type { ComponentVersion, DeploymentState } from '../domain/snapshot.ts'

export interface RealisationRequirements {
  /** Position in the order of preference. */
  readonly index: number
  readonly name: string
  readonly spec: Realisation
  readonly main: ComponentVersion
  readonly providers: readonly ComponentVersion[]
  /** Positions of the providers that export what meets an import, as listed. */
  readonly exporters: (importName: string) => readonly number[]
  /** Whether it works on frames or on the imager itself; without it an instance runs once per device. */
  readonly usesImager: boolean
}

export interface Requirements {
  /** Position of the deployment in order of id. */
  readonly index: number
  readonly deployment: DeploymentState
  readonly realisations: readonly RealisationRequirements[]
  readonly mode: 'everyDevice' | 'everyImager' | 'replicas'
  /** Instances wanted in all; infinite but for replicas. */
  readonly replicas: number
  readonly spread: readonly string[]
  /** Of the deployment, whichever revision asks: the higher one wins. */
  readonly priority: number
  readonly tolerates: (key: string, value: string) => boolean
  readonly absentAfterMs: number
  /** Accounted for each instance: the most linear memory that all its components may use together. */
  readonly memoryBytes: number
  readonly isGranted: (interfaceName: string) => boolean
  readonly grants: { readonly needed: readonly string[]; readonly missing: readonly string[] }
}

const FRAME_HANDLER = `${SENSING}/frame-handler`
const IMAGER_INTERFACES: ReadonlySet<string> = new Set(
  ['frames', 'detector', 'imager-control', 'images'].map((name) => `${SENSING}/${name}`),
)

export function readRequirements(
  deployment: DeploymentState,
  index: number,
  priority = priorityOf(deployment),
): Requirements {
  const { spec } = deployment
  const realisations = spec.realisations.map((realisation, position) =>
    readRealisation(deployment, realisation, position),
  )
  const placement = spec.placement ?? DEPLOYMENT_DEFAULTS.placement
  const isGranted = grantTest(spec.grants)
  const needed = neededGrants(realisations)
  return {
    index,
    deployment,
    realisations,
    mode: typeof placement === 'string' ? placement : 'replicas',
    replicas: typeof placement === 'string' ? Number.POSITIVE_INFINITY : placement.replicas,
    spread: typeof placement === 'string' ? [] : (placement.spread ?? []),
    priority,
    tolerates: toleranceOf(spec.tolerations ?? []),
    absentAfterMs: spec.absentAfterMs ?? Number.POSITIVE_INFINITY,
    memoryBytes: spec.limits?.memoryBytes ?? DEPLOYMENT_DEFAULTS.limits.memoryBytes,
    isGranted,
    grants: { needed, missing: needed.filter((name) => !isGranted(name)) },
  }
}

export function priorityOf({ spec }: DeploymentState): number {
  return spec.priority ?? DEPLOYMENT_DEFAULTS.priority
}

function toleranceOf(tolerations: readonly string[]): Requirements['tolerates'] {
  const known = new Set(tolerations)
  return (key, value) => known.has(key) || known.has(`${key}=${value}`)
}

function readRealisation(deployment: DeploymentState, spec: Realisation, index: number): RealisationRequirements {
  const pinned = (reference: string) => {
    const found = deployment.components[reference]
    if (!found) throw new Error(`deployment ${deployment.name} does not pin ${reference}`)
    return found
  }
  const main = pinned(spec.component)
  const providers = (spec.providers ?? []).map(pinned)
  const usesImager =
    spec.imager !== undefined ||
    main.exports.some((name) => pathOf(name) === FRAME_HANDLER) ||
    [main, ...providers].some(
      (component) =>
        component.needs.imager !== undefined || component.imports.some((name) => IMAGER_INTERFACES.has(pathOf(name))),
    )
  return { index, name: spec.name, spec, main, providers, exporters: exportersAmong(providers), usesImager }
}

/** Remembers each answer: components may have hundreds of imports and exports, and every slot asks again. */
function exportersAmong(providers: readonly ComponentVersion[]): (importName: string) => readonly number[] {
  const known = new Map<string, readonly number[]>()
  return (importName) => {
    let found = known.get(importName)
    if (!found) {
      found = providers.flatMap((provider, index) =>
        provider.exports.some((offer) => importIsMet(importName, offer)) ? [index] : [],
      )
      known.set(importName, found)
    }
    return found
  }
}

/**
 * Host interfaces that the imports ask for. `ocelli:` and `wasi:` interfaces count also where a listed provider could
 * meet them, since some device's host may be linked instead; of other packages those that no listed provider exports.
 */
function neededGrants(realisations: readonly RealisationRequirements[]): string[] {
  const needed = new Set<string>()
  for (const { main, providers } of realisations) {
    for (const component of [main, ...providers]) {
      for (const name of component.imports) {
        if (!needsGrant(name)) continue
        const provided = providers.some((provider) => provider.exports.some((offer) => importIsMet(name, offer)))
        if (isHostNamespace(name) || !provided) needed.add(name)
      }
    }
  }
  return [...needed].sort()
}
