/**
 * Which revision of a deployment applies to each device: the one it is pinned to, else the deployment's own where a
 * rollout released the device or there is none, else the one that the rollout leaves.
 */
import type { DeviceId } from '@ocelli/schemas/ids'
import type { FleetManifest } from '@ocelli/schemas/manifest/fleet'
import { asDeployment } from '../domain/revisions.ts'
import type { ComponentVersion, DeploymentState, RevisionState } from '../domain/snapshot.ts'
import { type Fit, fitNamed, fitShape, type ShapeFit } from './fit.ts'
import type { DeviceLedger } from './ledger.ts'
import { NO_PROBLEMS, type Problem } from './problem.ts'
import { priorityOf, type Requirements, readRequirements } from './requirements.ts'
import { compileTarget } from './target.ts'

/** One revision of a deployment, as devices are asked about it. */
export interface Variant {
  readonly requirements: Requirements
  /** Why a device is not meant, none where it is. */
  readonly target: (ledger: DeviceLedger) => readonly Problem[]
  /** What a device can run; undefined before it has reported. */
  readonly fit: (ledger: DeviceLedger) => Fit | undefined
}

export interface Variants {
  /** The deployment's own revision. */
  readonly own: Variant
  /** All that may apply to some device: the own, that of before the rollout, those of pins. */
  readonly all: readonly Variant[]
  /** Only the own applies, and to every device. */
  readonly isPlain: boolean
  /** Undefined where the device waits for its wave of the rollout. */
  readonly of: (ledger: DeviceLedger) => Variant | undefined
  /** What the device runs as a shadow. */
  readonly shadowOf: (ledger: DeviceLedger) => Variant | undefined
  readonly hasShadows: boolean
}

export function prepareVariants(
  deployment: DeploymentState,
  index: number,
  fleets: readonly FleetManifest[],
  known: readonly ComponentVersion[],
): Variants {
  const byRevision = new Map<number, Variant>()
  const variant = (revision: RevisionState): Variant => {
    const found = byRevision.get(revision.revision)
    if (found) return found
    const requirements = readRequirements(asDeployment(deployment, revision), index, priorityOf(deployment))
    const made = prepareVariant(requirements, fleets, known)
    byRevision.set(revision.revision, made)
    return made
  }
  const own = variant(deployment)
  const { rollout } = deployment
  const from = rollout?.from && variant(rollout.from)
  const pins = new Map<DeviceId, Variant>()
  for (const [device, revision] of Object.entries(deployment.pins ?? {}))
    pins.set(device as DeviceId, variant(revision))
  const bases = new Map<DeviceId, Variant>()
  for (const [device, revision] of Object.entries(rollout?.bases ?? {}))
    bases.set(device as DeviceId, variant(revision))
  const all = [...byRevision.values()]
  if (!rollout) {
    const of = pins.size === 0 ? () => own : ({ device }: DeviceLedger) => pins.get(device.id) ?? own
    return { own, all, isPlain: pins.size === 0, of, shadowOf: () => undefined, hasShadows: false }
  }
  const released = new Set(rollout.released)
  const shadows = new Set(rollout.shadow)
  const isReleased = ({ device }: DeviceLedger) => released.has(device.id)
  return {
    own,
    all,
    isPlain: false,
    hasShadows: shadows.size > 0,
    of(ledger) {
      const pinned = pins.get(ledger.device.id)
      if (pinned || isReleased(ledger)) return pinned ?? own
      const base = bases.get(ledger.device.id)
      if (base) return base
      // Whom only the new revision is meant for waits as well: the old one has nothing to say of it.
      const waits = from && from.target(ledger).length > 0 && own.target(ledger).length === 0
      return waits ? undefined : (from ?? (own.target(ledger).length > 0 ? own : undefined))
    },
    shadowOf(ledger) {
      const runsOld = from !== undefined && !isReleased(ledger) && !pins.has(ledger.device.id)
      return runsOld && shadows.has(ledger.device.id) ? own : undefined
    },
  }
}

function prepareVariant(
  requirements: Requirements,
  fleets: readonly FleetManifest[],
  known: readonly ComponentVersion[],
): Variant {
  const fits: Fit[] = []
  const shapes: ShapeFit[] = []
  const target = compileTarget(requirements.deployment, fleets)
  const targeted: (readonly Problem[])[] = []
  return {
    requirements,
    target({ index: at, device }) {
      const found = targeted[at]
      if (found) return found
      const made = target(device)
      targeted[at] = made
      return made
    },
    fit({ facts }) {
      if (!facts) return undefined
      const found = fits[facts.id]
      if (found) return found
      const { shape, names } = facts
      const ofShape = shapes[shape.id] ?? fitShape(requirements, shape, known)
      shapes[shape.id] = ofShape
      const made = fitNamed(ofShape, names)
      fits[facts.id] = made
      return made
    },
  }
}

/** Whom nothing applies to yet is meant nevertheless. */
export function targetOf(variants: Variants, ledger: DeviceLedger): readonly Problem[] {
  return variants.of(ledger)?.target(ledger) ?? NO_PROBLEMS
}
