/** What a plan is made of while it is made: requirements and fits of deployments, ledgers of devices. */
import type { Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, DeviceId } from '@ocelli/schemas/ids'
import type { ComponentVersion, DeploymentState, DeviceFacts, Snapshot } from '../domain/snapshot.ts'
import type { ClassIndex } from './classes.ts'
import { type Fit, fitClass } from './fit.ts'
import type { DeviceLedger } from './ledger.ts'
import type { Problem } from './problem.ts'
import { type Requirements, readRequirements } from './requirements.ts'
import { compileTarget, type TargetTest } from './target.ts'

/** Everything a plan is made of while it is made. */
export interface Planning {
  readonly deployments: readonly PlannedDeployment[]
  /** By device id. */
  readonly ledgers: readonly DeviceLedger[]
  /** Instances of a deployment with replicas on devices that this planning does not look at. */
  readonly elsewhere: ReadonlyMap<DeploymentId, number>
}

export interface PlannedDeployment {
  readonly requirements: Requirements
  /** Why a device is not meant, none where it is. */
  readonly target: (ledger: DeviceLedger) => readonly Problem[]
  /** What a device can run; undefined before it has reported. */
  readonly fit: (ledger: DeviceLedger) => Fit | undefined
}

export function prepare(
  snapshot: Snapshot,
  classes: Pick<ClassIndex, 'classesOf'>,
  elsewhere: ReadonlyMap<DeploymentId, number> = new Map(),
): Planning {
  const deployments = [...snapshot.deployments].sort((a, b) => (a.id < b.id ? -1 : 1))
  const known = knownComponents(deployments)
  return {
    deployments: deployments.map((deployment, index) => prepareDeployment(deployment, index, snapshot, known)),
    ledgers: prepareLedgers(snapshot, classes),
    elsewhere,
  }
}

function prepareDeployment(
  deployment: DeploymentState,
  index: number,
  snapshot: Snapshot,
  known: readonly ComponentVersion[],
): PlannedDeployment {
  const requirements = readRequirements(deployment, index)
  const fits: Fit[] = []
  return {
    requirements,
    target: remembered(compileTarget(deployment, snapshot.fleets)),
    fit({ facts }) {
      if (!facts) return undefined
      const found = fits[facts.id]
      if (found) return found
      const made = fitClass(requirements, facts, known)
      fits[facts.id] = made
      return made
    },
  }
}

function remembered(test: TargetTest): PlannedDeployment['target'] {
  const known: (readonly Problem[])[] = []
  return ({ index, device }) => {
    const found = known[index]
    if (found) return found
    const made = test(device)
    known[index] = made
    return made
  }
}

function prepareLedgers(snapshot: Snapshot, classes: Pick<ClassIndex, 'classesOf'>): DeviceLedger[] {
  const before = new Map<DeviceId, Placement[]>()
  for (const placement of snapshot.placements) {
    const list = before.get(placement.device)
    if (list) list.push(placement)
    else before.set(placement.device, [placement])
  }
  const devices = isOrdered(snapshot.devices) ? snapshot.devices : [...snapshot.devices].sort(byId)
  const facts = classes.classesOf(devices)
  return devices.map((device, index) => ({
    index,
    device,
    facts: facts[index],
    memoryBytes: device.inventory?.platform.memoryBytes ?? 0,
    storageBytes: device.inventory?.platform.storageBytes ?? 0,
    claims: undefined,
    before: before.get(device.id) ?? NOTHING,
  }))
}

const NOTHING: readonly Placement[] = []

function byId(a: DeviceFacts, b: DeviceFacts): number {
  return a.id < b.id ? -1 : 1
}

function isOrdered(devices: readonly DeviceFacts[]): boolean {
  let last = ''
  for (const { id } of devices) {
    if (id < last) return false
    last = id
  }
  return true
}

/** Every component version that some deployment mentions: a remedy may name one as a provider. */
function knownComponents(deployments: readonly DeploymentState[]): ComponentVersion[] {
  const known = new Map<string, ComponentVersion>()
  for (const deployment of deployments) {
    for (const [reference, component] of Object.entries(deployment.components)) known.set(reference, component)
  }
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component)
}
