/**
 * Small random fleets by the hundred thousand: everything that placement heeds, made by arithmetic on one number, so
 * that a fleet costs microseconds and its number is all that is needed to see it again.
 */
import type { DeploymentSpec, PlacementMode, Realisation } from '@ocelli/schemas/manifest/deployment'
import type { ProvidedInterface } from '@ocelli/schemas/messages/inventory'
import type { DeploymentState, DeviceFacts } from '../../server/src/domain/snapshot.ts'
import { component, deploymentId, device, imager, imagerId, SENSING, snapshot } from './snapshot-builders.ts'
import type { World } from './snapshot-oracle.ts'

const UNIT = 33_554_432
const handler = [SENSING('frame-handler')]
const EMBED = (version: string) => `acme:vision/embed@${version}`

const MAINS = [
  component('plain', { imports: [SENSING('frames')], exports: handler }),
  component('count', { imports: [SENSING('detector')], exports: handler }),
  component('exposer', { imports: [SENSING('frames'), SENSING('imager-control')], exports: handler }),
  component('alone', { imports: [SENSING('frames')], exports: handler, needs: { imager: { exclusive: true } } }),
  component('clock', { imports: [SENSING('measurements')], exports: [SENSING('interval-handler')] }),
]
/** `deep` and `loop` lean on each other; `blobs` and `base` on the host. */
const PROVIDERS = [
  component('blobs', { imports: [SENSING('frames')], exports: [SENSING('detector')] }),
  component('deep', { imports: [EMBED('1.0.0')], exports: [SENSING('detector')] }),
  component('base', {
    imports: [SENSING('frames')],
    exports: [EMBED('1.0.0')],
    needs: { imager: { minWidthPixels: 640 } },
  }),
  component('loop', { imports: [SENSING('detector')], exports: [EMBED('1.0.0')] }),
]
const COMPONENTS = Object.fromEntries([...MAINS, ...PROVIDERS].map((one) => [`${one.name}@1.0.0`, one]))
const GRANTS = ['frames', 'detector', 'imager-control', 'measurements', 'acme:vision/embed']
const TARGETS = [undefined, undefined, undefined, ['device-0'], ['device-1', 'device-2']] as const

type Texts = Readonly<Record<string, string>>
const LABELS: readonly Texts[] = [{ floor: '1' }, { floor: '2' }, {}]
const TAINTS: readonly (Texts | undefined)[] = [undefined, undefined, undefined, { wet: '' }, { site: 'roof' }]

type Pick = <T>(items: readonly T[]) => T

/** mulberry32 by Tommy Ettinger: 32 bits of state, good enough to shuffle small fleets. */
function chance(seed: number): Pick {
  let state = (seed * 0x9e3779b9) | 0
  return (items) => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return items[((value ^ (value >>> 14)) >>> 0) % items.length] as (typeof items)[number]
  }
}

export interface SmallFleets {
  readonly before: World
  /** A part of it is other; what ran is still to be filled in. */
  readonly after: World
}

export function smallFleets(seed: number): SmallFleets {
  const pick = chance(seed)
  const [devices, deployments] = [pick([1, 1, 2, 2, 3]), pick([1, 2, 2, 2, 3])]
  const first = {
    devices: Array.from({ length: devices }, (_, index) => makeDevice(index, pick)),
    deployments: Array.from({ length: deployments }, (_, index) => makeDeployment(index, pick)),
  }
  const isOther = () => pick([0, 0, 0, 1, 2])
  const change = <T>(items: readonly T[], make: (index: number) => T) =>
    items.flatMap((item, index) => [[item], [make(index)], []][isOther()] ?? [])
  return {
    before: world(first.devices, first.deployments),
    after: world(
      change(first.devices, (index) => makeDevice(index, pick)),
      change(first.deployments, (index) => makeDeployment(index, pick)),
    ),
  }
}

function world(devices: readonly DeviceFacts[], deployments: readonly DeploymentState[]): World {
  return {
    snapshot: snapshot({ devices, deployments }),
    isTarget: ({ spec }, { name }) => spec.target?.devices === undefined || spec.target.devices.includes(name),
  }
}

function makeDevice(index: number, pick: Pick): DeviceFacts {
  const imagers = ['cam0', 'cam1']
    .slice(0, pick([0, 1, 1, 1, 2]))
    .map((id) => imager({ id, widthPixels: pick([320, 640]), maxFrameRateMillihertz: pick([10_000, 30_000]) }))
  const interfaces: ProvidedInterface[] = [SENSING('frames'), SENSING('measurements')].map((name) => ({ name }))
  if (pick([0, 1]) === 1) interfaces.push({ name: SENSING('imager-control') })
  const detector = pick([0, 0, 1, 2])
  if (detector > 0) {
    interfaces.push({ name: SENSING('detector'), ...(detector === 2 && { imagers: [imagerId('cam0')] }) })
  }
  const facts = device(index, {
    imagers,
    interfaces,
    memoryBytes: pick([1, 2, 2, 3, 4]) * UNIT,
    features: pick([['providers'], ['providers'], []]),
    presence: pick(['online', 'online', 'lost']),
    labels: pick(LABELS),
    reported: pick([1, 1, 1, 1, 1, 1, 0]) === 1,
  })
  const taints = pick(TAINTS)
  return taints ? { ...facts, taints } : facts
}

function makeDeployment(index: number, pick: Pick): DeploymentState {
  const placement: PlacementMode = pick([
    'everyDevice',
    'everyImager',
    { replicas: 1 },
    { replicas: 2, spread: ['labels.floor'] },
  ])
  const realisations = Array.from({ length: pick([1, 1, 2]) }, (_, at) => makeRealisation(at, pick))
  const devices = pick(TARGETS)
  const spec: DeploymentSpec = {
    placement,
    realisations,
    grants: [...GRANTS],
    limits: { memoryBytes: pick([1, 1, 2]) * UNIT },
    priority: pick([0, 0, 0, 1, -1]),
    ...(devices && { target: { devices: [...devices] } }),
    ...(pick([0, 0, 1]) === 1 && { frames: { frameRateMillihertz: pick([10_000, 20_000]) } }),
    ...(pick([0, 1]) === 1 && { tolerations: pick([['wet'], ['site=roof', 'wet'], ['site=cellar']]) }),
  }
  return { id: deploymentId(index), name: `deployment-${index}`, revision: 1, spec, components: COMPONENTS }
}

function makeRealisation(at: number, pick: Pick): Realisation {
  const providers = pick([[], [], ['blobs'], ['deep', 'base'], ['deep', 'loop'], ['loop', 'deep', 'blobs']])
  const needs = pick([undefined, undefined, { minWidthPixels: 640 }, { exclusive: true }])
  return {
    name: `r${at}`,
    component: `${pick(MAINS).name}@1.0.0`,
    ...(providers.length > 0 && { providers: providers.map((name) => `${name}@1.0.0`) }),
    ...(needs && { imager: needs }),
  }
}
