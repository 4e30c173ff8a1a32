/** What a request asks for, as changes in the order in which they are made: labels, fleets, deployments, removals. */
import type { PlanRequest } from '@ocelli/schemas/api/change'
import { type DeploymentId, type DeviceId, idText, type ProjectId } from '@ocelli/schemas/ids'
import type { DeploymentManifest } from '@ocelli/schemas/manifest/deployment'
import type { Change } from '../domain/change.ts'
import type { ComponentRow } from '../domain/records.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import type { ComponentVersion, DeviceFacts, Snapshot } from '../domain/snapshot.ts'
import { type Manifest, parseManifests } from '../manifest/parse.ts'
import type { ActionContext } from './context.ts'

export interface WantedChange {
  readonly kind: Change['kind']
  /** Deployment, fleet or device. */
  readonly name: string
  /** Names become ids, references become pinned components. */
  readonly resolve: (snapshot: Snapshot) => Promise<Change | Refusal>
}

type ResolveContext = Pick<ActionContext, 'store' | 'hash'>

export function wantedChanges(
  context: ResolveContext,
  project: ProjectId,
  request: PlanRequest,
): readonly WantedChange[] | Refusal {
  const manifests = request.manifests === undefined ? [] : readManifests(project, request.manifests)
  if (isRefusal(manifests)) return manifests
  const fleets = manifests.filter((manifest) => manifest.kind === 'Fleet')
  const deployments = manifests.filter((manifest) => manifest.kind === 'Deployment')
  const wanted = [
    ...assumption(context, project, request),
    ...(request.labels === undefined ? [] : [labelEdits(request.labels)]),
    ...(request.taints === undefined ? [] : [taintEdits(request.taints)]),
    ...fleets.map(
      (manifest): WantedChange => ({
        kind: 'applyFleet',
        name: manifest.metadata.name,
        resolve: async () => ({ kind: 'applyFleet', manifest }),
      }),
    ),
    ...deployments.map((manifest) => applyDeployment(context, project, manifest)),
    ...(request.pins === undefined ? [] : [pinEdits(context, request.pins)]),
    ...(request.remove ?? []).flatMap(({ kind, name }) => (kind === 'Alert' ? [] : [removal(kind, name)])),
  ]
  const alerts = manifests.some(({ kind }) => kind === 'Alert') || request.remove?.some(({ kind }) => kind === 'Alert')
  if (wanted.length > 0 || alerts === true) return wanted
  return refusal('request.invalid', 'body: one of its fields must ask for something')
}

export function removal(kind: 'Deployment' | 'Fleet', name: string): WantedChange {
  const change: Change = { kind: kind === 'Fleet' ? 'deleteFleet' : 'deleteDeployment', name }
  return { kind: change.kind, name, resolve: async () => change }
}

export function labelEdits(
  edits: readonly { readonly device: string; readonly labels: Readonly<Record<string, string | null>> }[],
): WantedChange {
  return {
    kind: 'editLabels',
    name: nameOfDevices(edits),
    async resolve(snapshot) {
      const found = withIds(snapshot, edits)
      if (isRefusal(found)) return found
      return { kind: 'editLabels', edits: found.map(({ device, given: { labels } }) => ({ device, labels })) }
    },
  }
}

function taintEdits(edits: NonNullable<PlanRequest['taints']>): WantedChange {
  return {
    kind: 'editTaints',
    name: nameOfDevices(edits),
    async resolve(snapshot) {
      const found = withIds(snapshot, edits)
      if (isRefusal(found)) return found
      return { kind: 'editTaints', edits: found.map(({ device, given: { taints } }) => ({ device, taints })) }
    },
  }
}

function pinEdits({ store }: ResolveContext, edits: NonNullable<PlanRequest['pins']>): WantedChange {
  return {
    kind: 'editPins',
    name: nameOfDevices(edits),
    async resolve(snapshot) {
      const found = withIds(snapshot, edits)
      if (isRefusal(found)) return found
      const pins: Extract<Change, { kind: 'editPins' }>['pins'][number][] = []
      for (const { device, given } of found) {
        const deployment = snapshot.deployments.find(({ name }) => name === given.deployment)
        if (!deployment) return refusal('request.notFound', `there is no deployment ${given.deployment}`)
        if (given.revision === null) {
          pins.push({ deployment: deployment.id, device })
          continue
        }
        const row = (await store.revisions(deployment.id)).find(({ revision }) => revision === given.revision)
        // A revision that this very request makes is not stored yet.
        const { revision, spec, components } = row ?? deployment
        if (revision !== given.revision) {
          return refusal('request.notFound', `${given.deployment} has no revision ${given.revision}`)
        }
        pins.push({ deployment: deployment.id, device, revision: { revision, spec, components } })
      }
      return { kind: 'editPins', pins }
    },
  }
}

/** What if: at most one change, before all others. */
function assumption(
  { hash }: ResolveContext,
  project: ProjectId,
  { addDevices = [], withoutImagers = [] }: PlanRequest,
): WantedChange[] {
  if (addDevices.length + withoutImagers.length === 0) return []
  const idOf = (name: string) => `d-${idText(hash(new TextEncoder().encode(`assumed/${project}/${name}`)))}` as DeviceId
  const devices = addDevices.map(
    ({ name, labels = {}, inventory }): DeviceFacts => ({
      id: idOf(name),
      name,
      labels,
      presence: 'online',
      inventory,
    }),
  )
  const words = [
    ...devices.map(({ name }) => `with ${name}`),
    ...withoutImagers.map((one) => `without ${one.device}/${one.imager}`),
  ]
  return [
    {
      kind: 'assume',
      name: words.length > 3 ? `${words.length} facts` : words.join(', '),
      async resolve(snapshot) {
        const found = withIds(snapshot, withoutImagers)
        if (isRefusal(found)) return found
        const gone = found.map(({ device, given: { imager } }) => ({ device, imager }))
        return { kind: 'assume', devices, withoutImagers: gone }
      },
    },
  ]
}

function nameOfDevices(edits: readonly { readonly device: string }[]): string {
  const [first] = edits
  return edits.length === 1 && first !== undefined ? first.device : `${edits.length} devices`
}

/** Each with the id of the device that it names by id or name. */
function withIds<T extends { readonly device: string }>(
  { devices }: Snapshot,
  edits: readonly T[],
): { readonly device: DeviceId; readonly given: T }[] | Refusal {
  const byKey = new Map<string, DeviceId>(devices.flatMap(({ id, name }) => [[name, id] as const, [id, id] as const]))
  const found: { device: DeviceId; given: T }[] = []
  for (const given of edits) {
    const device = byKey.get(given.device)
    if (device === undefined) return refusal('request.notFound', `there is no device ${given.device}`)
    found.push({ device, given })
  }
  return found
}

function applyDeployment(context: ResolveContext, project: ProjectId, manifest: DeploymentManifest): WantedChange {
  const { name } = manifest.metadata
  return {
    kind: 'applyDeployment',
    name,
    async resolve(snapshot) {
      const components = await pinned(context, project, manifest)
      if (isRefusal(components)) return components
      const id = snapshot.deployments.find((one) => one.name === name)?.id ?? (await newId(context, project, name))
      return { kind: 'applyDeployment', id, manifest, components }
    },
  }
}

/**
 * The id of a deployment that is to be: the same each time it is asked for, so that what `plan` showed is what `apply`
 * does, and another than that of a deleted deployment of this name, whose history is its own.
 */
async function newId({ store, hash }: ResolveContext, project: ProjectId, name: string): Promise<DeploymentId> {
  for (let life = 0; ; life++) {
    const id = `p-${idText(hash(new TextEncoder().encode(`deployment/${project}/${name}/${life}`)))}` as DeploymentId
    if ((await store.revisions(id)).length === 0) return id
  }
}

/** Every version that the manifest mentions, or `component.unknown` with the versions that there are. */
async function pinned(
  { store }: ResolveContext,
  project: ProjectId,
  { metadata, spec }: DeploymentManifest,
): Promise<Record<string, ComponentVersion> | Refusal> {
  const components: Record<string, ComponentVersion> = {}
  for (const { name: realisation, component, providers = [] } of spec.realisations) {
    for (const reference of [component, ...providers]) {
      if (components[reference] !== undefined) continue
      const [name = '', version = ''] = reference.split('@')
      const row = await store.component(project, name, version)
      if (row === undefined) {
        const versions = (await store.components(project)).filter((one) => one.name === name).map((one) => one.version)
        const known = versions.length > 0 ? `${name} has the versions ${versions.join(', ')}` : `nobody pushed ${name}`
        const where = `deployment ${metadata.name}, realisation ${realisation}`
        return refusal('component.unknown', `${where}: there is no ${reference}; ${known}`, { reference, versions })
      }
      components[reference] = versionOf(row)
    }
  }
  return components
}

/** What a revision pins of a component: without who pushed it when, and its text for people. */
export function versionOf(row: ComponentRow): ComponentVersion {
  const { name, version, digest, sizeBytes, signature, imports, exports, needs } = row
  return { name, version, digest, sizeBytes, signature, imports, exports, needs }
}

export function readManifests(project: ProjectId, given: string | readonly unknown[]): readonly Manifest[] | Refusal {
  const text = typeof given === 'string' ? given : given.map((value) => JSON.stringify(value) ?? 'null').join('\n---\n')
  const parsed = parseManifests(text)
  if (!parsed.ok) {
    const [first] = parsed.problems
    const lines = parsed.problems.map(
      (one) => `line ${one.line}: ${one.path === '' ? '' : `${one.path}: `}${one.message}`,
    )
    return refusal(first?.code ?? 'manifest.invalid', lines.join('; '), { problems: parsed.problems })
  }
  const other = parsed.manifests.find(({ metadata }) => (metadata.project ?? project) !== project)
  if (other === undefined) return parsed.manifests
  return refusal(
    'auth.forbidden',
    `${other.kind} ${other.metadata.name}: it is of project ${other.metadata.project}, the token of ${project}`,
  )
}
