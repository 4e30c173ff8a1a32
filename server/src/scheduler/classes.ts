/**
 * Classes of devices whose facts read alike: what can be said of one is said of all, so reasons are worked out once
 * per class and shared. Memory and storage vary from board to board and are looked at per device instead.
 */

import type { Placement } from '@ocelli/schemas/api/plan'
import type { ImagerId } from '@ocelli/schemas/ids'
import type { ImagerFacts, Inventory, ProvidedInterface } from '@ocelli/schemas/messages/inventory'
import type { DeviceFacts } from '../domain/snapshot.ts'
import { markOf } from './imager-names.ts'
import type { DeviceLedger } from './ledger.ts'

/** Facts with marks instead of the names of imagers. */
export interface FactsShape {
  /** Dense, from 0. */
  readonly id: number
  /** By name. */
  readonly imagers: readonly ImagerFacts[]
  readonly interfaces: readonly ProvidedInterface[]
  readonly features: readonly string[]
}

export interface FactsClass {
  /** Dense, from 0. */
  readonly id: number
  readonly shape: FactsShape
  /** By id. */
  readonly imagers: readonly ImagerFacts[]
  /** Their ids, in order. */
  readonly names: readonly ImagerId[]
  /** More than one device was of it. What is said of a device alone is not worth keeping for the next one. */
  isShared: boolean
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
  shape: FactsShape | undefined
  /** By the names of the imagers. */
  readonly classes: Map<string, FactsClass>
}

export function createClassIndex(): ClassIndex {
  const root = node()
  const examples = new Map<number, readonly Example[]>()
  let [size, shapes] = [0, 0]
  let ledgers: readonly DeviceLedger[] = []
  const classOf = (inventory: Inventory): FactsClass => {
    const imagers = inOrder(inventory.imagers)
    const leaf = leafOf(root, examples, inventory, imagers)
    const first = imagers[0]
    const key = imagers.length === 1 && first ? first.id : imagers.map(({ id }) => id).join(' ')
    const found = leaf.classes.get(key)
    if (found) {
      found.isShared = true
      return found
    }
    leaf.shape ??= toShape(inventory, imagers, shapes++)
    const made = { id: size++, shape: leaf.shape, imagers, names: imagers.map(({ id }) => id), isShared: false }
    leaf.classes.set(key, made)
    return made
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
    const device = devices[index]
    const before = devices[index - 1]
    const isKnown = known[index]?.device === device
    if (device && before && !(isKnown && wasKnown) && device.id < before.id) return false
    wasKnown = isKnown
  }
  return true
}

function node(): Node {
  return { next: new Map(), shape: undefined, classes: new Map() }
}

function inOrder(imagers: readonly ImagerFacts[]): readonly ImagerFacts[] {
  for (let index = 1; index < imagers.length; index++) {
    const one = imagers[index - 1]
    const next = imagers[index]
    if (one && next && one.id >= next.id) return [...imagers].sort((a, b) => (a.id < b.id ? -1 : 1))
  }
  return imagers
}

/** Facts that lead to a leaf. To see that others are equal costs less than to look up each of them. */
interface Example {
  readonly inventory: Inventory
  /** By id. */
  readonly imagers: readonly ImagerFacts[]
  readonly leaf: Node
}

/** Of each print: enough that a collision costs no more than the way through the tree. */
const EXAMPLES_KEPT = 4

function leafOf(
  root: Node,
  examples: Map<number, readonly Example[]>,
  inventory: Inventory,
  imagers: readonly ImagerFacts[],
): Node {
  const print = printOf(inventory, imagers)
  const known = examples.get(print) ?? NO_EXAMPLES
  for (let index = 0; index < known.length; index++) {
    const example = known[index]
    if (example && readAlike(example.inventory, example.imagers, inventory, imagers)) return example.leaf
  }
  const leaf = descend(root, inventory, imagers)
  examples.set(print, [{ inventory, imagers, leaf }, ...known].slice(0, EXAMPLES_KEPT))
  return leaf
}

const NO_EXAMPLES: readonly Example[] = []

/** The same for facts that read alike; made of numbers alone, since a text must be read to its end. */
function printOf({ interfaces, agent }: Inventory, imagers: readonly ImagerFacts[]): number {
  let print = Math.imul(interfaces.length, 31) + agent.features.length
  for (let index = 0; index < interfaces.length; index++) {
    const offer = interfaces[index]
    print = Math.imul(print, 31) + (offer ? offer.name.length + (offer.imagers?.length ?? -1) : 0)
  }
  for (let index = 0; index < imagers.length; index++) {
    const imager = imagers[index]
    print = Math.imul(print, 31) + (imager ? imager.widthPixels + imager.formats.length : 0)
  }
  return print | 0
}

/** Whether `descend` would end at the same node: the same facts, imagers named by their position. */
function readAlike(a: Inventory, mine: readonly ImagerFacts[], b: Inventory, others: readonly ImagerFacts[]): boolean {
  if (mine.length !== others.length || a.interfaces.length !== b.interfaces.length) return false
  if (!sameTexts(a.agent.features, b.agent.features)) return false
  for (let index = 0; index < mine.length; index++) {
    const one = mine[index]
    const other = others[index]
    if (!one || !other || !sameImager(one, other)) return false
  }
  for (let index = 0; index < a.interfaces.length; index++) {
    const one = a.interfaces[index]
    const other = b.interfaces[index]
    if (!one || !other || one.name !== other.name) return false
    if (!samePositions(one.imagers, mine, other.imagers, others)) return false
  }
  return true
}

function sameImager(a: ImagerFacts, b: ImagerFacts): boolean {
  return (
    a.widthPixels === b.widthPixels &&
    a.heightPixels === b.heightPixels &&
    a.colour === b.colour &&
    a.maxFrameRateMillihertz === b.maxFrameRateMillihertz &&
    (a.exposureMicros?.min ?? -1) === (b.exposureMicros?.min ?? -1) &&
    (a.exposureMicros?.max ?? -1) === (b.exposureMicros?.max ?? -1) &&
    sameTexts(a.formats, b.formats)
  )
}

function samePositions(
  a: readonly ImagerId[] | undefined,
  mine: readonly ImagerFacts[],
  b: readonly ImagerId[] | undefined,
  others: readonly ImagerFacts[],
): boolean {
  if (a === undefined || b === undefined) return a === b
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) {
    const one = a[index]
    const other = b[index]
    if (!one || !other || positionOf(mine, one) !== positionOf(others, other)) return false
  }
  return true
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

/** One step per fact, lists preceded by their length, so that equal ends mean equal facts. */
function descend(root: Node, { interfaces, agent }: Inventory, all: readonly ImagerFacts[]): Node {
  let at = step(root, interfaces.length)
  for (const { name, imagers } of interfaces) {
    at = step(at, name)
    at = step(at, imagers === undefined ? -1 : imagers.length)
    if (imagers) for (const id of imagers) at = step(at, positionOf(all, id))
  }
  at = step(at, all.length)
  for (const imager of all) {
    at = step(step(at, imager.widthPixels), imager.heightPixels)
    at = step(step(step(at, imager.colour), imager.maxFrameRateMillihertz), imager.formats.length)
    for (const format of imager.formats) at = step(at, format)
    at = step(step(at, imager.exposureMicros?.min ?? -1), imager.exposureMicros?.max ?? -1)
  }
  at = step(at, agent.features.length)
  for (const feature of agent.features) at = step(at, feature)
  return at
}

/** -1 for an interface that is offered on an imager that is not there. */
function positionOf(imagers: readonly ImagerFacts[], wanted: ImagerId): number {
  for (let position = 0; position < imagers.length; position++) if (imagers[position]?.id === wanted) return position
  return -1
}

function step(from: Node, fact: string | number): Node {
  const found = from.next.get(fact)
  if (found) return found
  const made = node()
  from.next.set(fact, made)
  return made
}

function toShape({ interfaces, agent }: Inventory, imagers: readonly ImagerFacts[], id: number): FactsShape {
  return {
    id,
    imagers: imagers.map((imager, position) => ({ ...imager, id: markOf(position) })),
    interfaces: interfaces.map((offer) => {
      const on = offer.imagers?.map((one) => positionOf(imagers, one)).filter((position) => position >= 0)
      return on ? { ...offer, imagers: on.map(markOf) } : offer
    }),
    features: agent.features,
  }
}
