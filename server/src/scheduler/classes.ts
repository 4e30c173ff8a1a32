/**
 * Classes of devices whose facts read alike: what can be said of one is said of all, so reasons are worked out once
 * per class and shared. Memory and storage vary from board to board and are looked at per device instead.
 */

import type { Placement } from '@ocelli/schemas/api/plan'
import type { ImagerFacts, Inventory, ProvidedInterface } from '@ocelli/schemas/messages/inventory'
import type { DeviceFacts } from '../domain/snapshot.ts'
import type { DeviceLedger } from './ledger.ts'

export interface FactsClass {
  /** Dense, from 0. */
  readonly id: number
  /** By id. */
  readonly imagers: readonly ImagerFacts[]
  readonly interfaces: readonly ProvidedInterface[]
  readonly features: readonly string[]
}

/** May be kept between plans: facts that did not change are then not read again. Holds on to the devices of the last plan. */
export interface ClassIndex {
  classOf(inventory: Inventory): FactsClass
  /** What is known of each device, by position, with nothing reserved; true until the next call. */
  ledgersOf(devices: readonly DeviceFacts[]): readonly DeviceLedger[]
  /** Number of classes seen. */
  readonly size: number
}

interface Node {
  readonly next: Map<string | number, Node>
  found: FactsClass | undefined
}

export function createClassIndex(): ClassIndex {
  const root = node()
  let size = 0
  let ledgers: readonly DeviceLedger[] = []
  const classOf = (inventory: Inventory): FactsClass => {
    const leaf = descend(root, inventory)
    if (!leaf.found) leaf.found = toClass(inventory, size++)
    return leaf.found
  }
  return {
    classOf,
    get size() {
      return size
    },
    ledgersOf(given) {
      const devices = isOrdered(given, ledgers) ? given : [...given].sort(byId)
      const last = ledgers
      ledgers = devices.map((device, index) => {
        const known = last[index]
        // Another object for the same facts is what a database answers with: its class is found anew.
        if (known?.device !== device) return createLedger(index, device, device.inventory && classOf(device.inventory))
        known.claims = undefined
        known.shadows = undefined
        known.before = NOTHING
        return known
      })
      return ledgers
    },
  }
}

/** A device on which nothing is reserved yet. */
export function createLedger(index: number, device: DeviceFacts, facts: FactsClass | undefined): DeviceLedger {
  return {
    index,
    device,
    facts,
    memoryBytes: device.inventory?.platform.memoryBytes ?? 0,
    storageBytes: device.inventory?.platform.storageBytes ?? 0,
    claims: undefined,
    shadows: undefined,
    before: NOTHING,
    named: undefined,
  }
}

const NOTHING: readonly Placement[] = []

function byId(a: DeviceFacts, b: DeviceFacts): number {
  return a.id < b.id ? -1 : 1
}

/** Two neighbours that were neighbours before are in order. */
function isOrdered(devices: readonly DeviceFacts[], known: readonly DeviceLedger[]): boolean {
  let wasKnown = true
  for (let index = 0; index < devices.length; index++) {
    const [device, before] = [devices[index], devices[index - 1]]
    const isKnown = known[index]?.device === device
    if (device && before && !(isKnown && wasKnown) && device.id < before.id) return false
    wasKnown = isKnown
  }
  return true
}

function node(): Node {
  return { next: new Map(), found: undefined }
}

/** One step per fact, lists preceded by their length, so that equal ends mean equal facts. */
function descend(root: Node, inventory: Inventory): Node {
  let at = step(root, inventory.interfaces.length)
  for (const { name, imagers } of inventory.interfaces) {
    at = step(at, name)
    at = step(at, imagers === undefined ? -1 : imagers.length)
    if (imagers) for (const id of imagers) at = step(at, id)
  }
  at = step(at, inventory.imagers.length)
  for (const imager of inventory.imagers) {
    at = step(step(step(at, imager.id), imager.widthPixels), imager.heightPixels)
    at = step(step(step(at, imager.colour), imager.maxFrameRateMillihertz), imager.formats.length)
    for (const format of imager.formats) at = step(at, format)
    at = step(step(at, imager.exposureMicros?.min ?? -1), imager.exposureMicros?.max ?? -1)
  }
  at = step(at, inventory.agent.features.length)
  for (const feature of inventory.agent.features) at = step(at, feature)
  return at
}

function step(from: Node, fact: string | number): Node {
  const found = from.next.get(fact)
  if (found) return found
  const made = node()
  from.next.set(fact, made)
  return made
}

function toClass(inventory: Inventory, id: number): FactsClass {
  return {
    id,
    imagers: [...inventory.imagers].sort((a, b) => (a.id < b.id ? -1 : 1)),
    interfaces: inventory.interfaces,
    features: inventory.agent.features,
  }
}
