/** Snapshots to plan on: each builder has defaults, a test says only what matters. */
import type { ComponentNeeds } from '@ocelli/schemas/component'
import { ALL_FEATURES } from '@ocelli/schemas/features'
import type { DeploymentId, DeviceId, Digest, ImagerId, ProjectId } from '@ocelli/schemas/ids'
import type { DeploymentManifest, DeploymentSpec } from '@ocelli/schemas/manifest/deployment'
import type { FleetManifest } from '@ocelli/schemas/manifest/fleet'
import type { ImagerFacts, Inventory, ProvidedInterface } from '@ocelli/schemas/messages/inventory'
import { sha256Hex } from '../../server/src/domain/sha256.ts'
import type {
  ComponentVersion,
  DeploymentState,
  DeviceFacts,
  PresenceState,
  Snapshot,
} from '../../server/src/domain/snapshot.ts'

/** Sixteen letters, in order of the number. */
function idTail(index: number): string {
  let text = ''
  for (let rest = index; text.length < 16; rest = Math.floor(rest / 26))
    text = String.fromCharCode(97 + (rest % 26)) + text
  return text
}

export const deviceId = (index: number) => `d-${idTail(index)}` as DeviceId
export const deploymentId = (index: number) => `p-${idTail(index)}` as DeploymentId
export const imagerId = (text: string) => text as ImagerId

export const SENSING = (name: string, version = '0.1.0') => `ocelli:sensing/${name}@${version}`
export const LOGGING = 'wasi:logging/logging@0.1.0-draft'
const CONFIG = 'wasi:config/store@0.2.0-draft'

/** What every agent of 0.1.0 links, with and without imagers. */
export const BASE_INTERFACES = ['measurements', 'events', 'state'].map((name) => SENSING(name)).concat(LOGGING, CONFIG)
export const CAMERA_INTERFACES = ['frames', 'detections', 'images', 'imager-control'].map((name) => SENSING(name))

export function imager(facts: Partial<Omit<ImagerFacts, 'id'>> & { readonly id?: string } = {}): ImagerFacts {
  const { id = 'cam0', ...rest } = facts
  return {
    id: imagerId(id),
    driver: 'simulated',
    model: 'IMX500',
    widthPixels: 1280,
    heightPixels: 960,
    colour: 'mono',
    formats: ['gray8'],
    maxFrameRateMillihertz: 30_000,
    controllable: true,
    ...rest,
  }
}

export interface DeviceOptions {
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly presence?: PresenceState
  readonly imagers?: readonly ImagerFacts[]
  /** Names, or provided interfaces as they are. */
  readonly interfaces?: readonly (string | ProvidedInterface)[]
  readonly memoryBytes?: number
  readonly storageBytes?: number
  readonly features?: readonly string[]
  readonly reported?: boolean
}

/** A device with one plain camera, unless said otherwise. */
export function device(index: number, options: DeviceOptions = {}): DeviceFacts {
  const facts: DeviceFacts = {
    id: deviceId(index),
    name: options.name ?? `device-${index}`,
    labels: options.labels ?? {},
    presence: options.presence ?? 'online',
  }
  return options.reported === false ? facts : { ...facts, inventory: inventory(options) }
}

export function inventory(options: DeviceOptions = {}): Inventory {
  const imagers = options.imagers ?? [imager()]
  const interfaces = options.interfaces ?? [...BASE_INTERFACES, ...(imagers.length > 0 ? CAMERA_INTERFACES : [])]
  return {
    session: { certificate: 1, start: 1 },
    bootId: 'boot',
    atMs: 0,
    clockSynchronised: true,
    agent: { version: '0.1.0', features: [...(options.features ?? ALL_FEATURES)] },
    platform: {
      architecture: 'arm64',
      operatingSystem: 'Raspberry Pi OS 13',
      model: 'Raspberry Pi 5',
      cpuCount: 4,
      memoryBytes: options.memoryBytes ?? 536_870_912,
      storageBytes: options.storageBytes ?? 1_073_741_824,
      simulated: true,
    },
    imagers: [...imagers],
    interfaces: interfaces.map((one) => (typeof one === 'string' ? { name: one } : one)),
  }
}

export interface ComponentOptions {
  readonly version?: string
  readonly imports?: readonly string[]
  readonly exports?: readonly string[]
  readonly needs?: ComponentNeeds
  readonly sizeBytes?: number
}

export function component(name: string, options: ComponentOptions = {}): ComponentVersion {
  const version = options.version ?? '1.0.0'
  return {
    name,
    version,
    digest: `sha256:${sha256Hex(`${name}@${version}`)}` as Digest,
    sizeBytes: options.sizeBytes ?? 10_000,
    signature: `sha256:${sha256Hex(`signature of ${name}@${version}`)}` as Digest,
    imports: options.imports ?? [],
    exports: options.exports ?? [],
    needs: options.needs ?? {},
  }
}

export const peopleCount = component('people-count', {
  imports: ['detector', 'measurements', 'detections', 'events'].map((name) => SENSING(name)).concat(LOGGING, CONFIG),
  exports: [SENSING('frame-handler')],
})
export const blobDetector = component('blob-detector', {
  imports: [SENSING('frames'), LOGGING],
  exports: [SENSING('detector')],
})
export const motion = component('motion', {
  imports: [SENSING('frames'), SENSING('measurements'), LOGGING],
  exports: [SENSING('frame-handler')],
})
export const autoExposure = component('auto-exposure', {
  imports: [SENSING('frames'), SENSING('imager-control'), SENSING('measurements')],
  exports: [SENSING('frame-handler')],
})
export const uptimeNote = component('uptime-note', {
  imports: [SENSING('measurements'), 'wasi:clocks/monotonic-clock@0.2.0'],
  exports: [SENSING('interval-handler')],
})

const ALL_GRANTS = ['measurements', 'events', 'detector', 'detections', 'frames', 'imager-control', 'state']

export interface DeploymentOptions extends Partial<DeploymentSpec> {
  readonly name?: string
  readonly revision?: number
  readonly components: readonly ComponentVersion[]
}

/** Realisation `main` of the first component with the others as providers, unless said otherwise. */
export function deployment(index: number, options: DeploymentOptions): DeploymentState {
  const { name, revision, components, ...spec } = options
  const [main, ...providers] = components
  if (!main) throw new Error('a deployment needs a component')
  const references = providers.map((one) => `${one.name}@${one.version}`)
  return {
    id: deploymentId(index),
    name: name ?? `${main.name}-${index}`,
    revision: revision ?? 1,
    spec: {
      realisations: [
        {
          name: 'main',
          component: `${main.name}@${main.version}`,
          ...(references.length > 0 ? { providers: references } : {}),
        },
      ],
      grants: ALL_GRANTS,
      ...spec,
    },
    components: Object.fromEntries(components.map((one) => [`${one.name}@${one.version}`, one])),
  }
}

export function manifestOf(state: DeploymentState): DeploymentManifest {
  return { apiVersion: 'ocelli/v1', kind: 'Deployment', metadata: { name: state.name }, spec: state.spec }
}

export function fleet(name: string, spec: FleetManifest['spec']): FleetManifest {
  return { apiVersion: 'ocelli/v1', kind: 'Fleet', metadata: { name }, spec }
}

export function snapshot(parts: Partial<Snapshot> = {}): Snapshot {
  return {
    project: 'default' as ProjectId,
    version: 1,
    devices: [],
    fleets: [],
    deployments: [],
    placements: [],
    ...parts,
  }
}
