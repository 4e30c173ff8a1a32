/** Who could run a component: the scheduler's own answer, for a deployment of it alone that is granted all it asks for. */
import type { ComponentFit, Requirement } from '@ocelli/schemas/api/component'
import { type DeploymentId, idText } from '@ocelli/schemas/ids'
import { importIsMet } from '@ocelli/schemas/interface-name'
import { DEPLOYMENT_DEFAULTS, type DeploymentManifest } from '@ocelli/schemas/manifest/deployment'
import { checkGrants, isHostNamespace, needsGrant, pathOf, SENSING } from '../domain/grants.ts'
import type { ComponentRow } from '../domain/records.ts'
import { isRefusal } from '../domain/refusal.ts'
import type { ComponentVersion, Snapshot } from '../domain/snapshot.ts'
import { planChange } from '../scheduler/schedule.ts'
import type { Caller } from './caller.ts'
import type { ActionContext } from './context.ts'
import { takeSnapshot } from './take-snapshot.ts'

/** As many as a realisation may list. */
const MAX_PROVIDERS = 15

export async function componentFit(
  context: ActionContext,
  caller: Caller,
  component: ComponentVersion,
): Promise<ComponentFit> {
  const snapshot = await takeSnapshot(context, caller.project)
  const others = (await context.store.components(caller.project)).filter(
    ({ name, version }) => name !== component.name || version !== component.version,
  )
  const providers = others.filter(({ exports }) => component.imports.some((wanted) => isExported(wanted, exports)))
  return {
    requirements: component.imports.map((wanted) => requirementOf(wanted, snapshot, others)),
    decisions: decisionsOf(context, snapshot, component, providers.slice(0, MAX_PROVIDERS)),
  }
}

function decisionsOf(
  context: ActionContext,
  snapshot: Snapshot,
  component: ComponentVersion,
  providers: readonly ComponentRow[],
): ComponentFit['decisions'] {
  const all = [component, ...providers]
  const manifest: DeploymentManifest = {
    apiVersion: 'ocelli/v1',
    kind: 'Deployment',
    metadata: { name: component.name },
    spec: {
      realisations: [
        {
          name: 'alone',
          component: referenceOf(component),
          ...(providers.length > 0 && { providers: providers.map(referenceOf) }),
        },
      ],
      grants: [
        ...new Set(
          all
            .flatMap(({ imports }) => imports)
            .filter(isHostNamespace)
            .map(pathOf),
        ),
      ].filter(isGrantable),
    },
  }
  const id = `p-${idText(context.hash(new TextEncoder().encode(`fit/${referenceOf(component)}`)))}` as DeploymentId
  const components = Object.fromEntries(all.map((one) => [referenceOf(one), one]))
  // Alone: what runs now takes neither memory nor imagers away from it.
  const empty = { ...snapshot, deployments: [], placements: [] }
  const planned = planChange(
    empty,
    { kind: 'applyDeployment', id, manifest, components },
    {
      maxTouched: DEPLOYMENT_DEFAULTS.maxTouched,
      classes: context.classes(),
    },
  )
  if (isRefusal(planned)) throw new Error(`the scheduler refuses its own question: ${planned.message}`)
  return planned.plan.deployments[0]?.decisions ?? []
}

/** A grant of ours must name an interface that there is; a component may import one that is not. */
function isGrantable(path: string): boolean {
  return needsGrant(path) && checkGrants([path]) === undefined
}

function requirementOf(wanted: string, { devices }: Snapshot, components: readonly ComponentRow[]): Requirement {
  const path = pathOf(wanted)
  const offered = new Set<string>()
  let count = 0
  for (const { inventory } of devices) {
    const names = inventory?.interfaces.map(({ name }) => name).filter((name) => pathOf(name) === path) ?? []
    for (const name of names) offered.add(name)
    if (names.some((name) => importIsMet(wanted, name))) count++
  }
  return {
    interface: wanted,
    grant: path.startsWith(`${SENSING}/`) ? path.slice(SENSING.length + 1) : path,
    devices: count,
    offered: [...offered].sort(),
    providers: components.filter(({ exports }) => isExported(wanted, exports)).map(referenceOf),
  }
}

function isExported(wanted: string, exports: readonly string[]): boolean {
  return exports.some((name) => importIsMet(wanted, name))
}

function referenceOf({ name, version }: ComponentVersion): string {
  return `${name}@${version}`
}
