/**
 * What a plan must be, by exhaustive search and by another road than the scheduler's: it tries every way to link every
 * realisation on every slot, and asks of the finished plan whether anything is illegal, missing or worse than it could be.
 */
import type { DeploymentPlan, Placement } from '@ocelli/schemas/api/plan'
import type { ImagerNeeds } from '@ocelli/schemas/component'
import { importIsMet } from '@ocelli/schemas/interface-name'
import type { Realisation } from '@ocelli/schemas/manifest/deployment'
import type { ImagerFacts } from '@ocelli/schemas/messages/inventory'
import type { ComponentVersion, DeploymentState, DeviceFacts, Snapshot } from '../../server/src/domain/snapshot.ts'

type Source = 'host' | number
/** One way to link: for each component index (0 main, 1.. providers as listed) and import, who meets it. */
type Linking = Map<number, Source[]>

export interface World {
  readonly snapshot: Snapshot
  /** Whether a deployment is meant for a device, said by the test that made both. */
  readonly isTarget: (deployment: DeploymentState, device: DeviceFacts) => boolean
}

const DEFAULT_MEMORY = 67_108_864
const path = (name: string) => name.split('@')[0] ?? ''

/** Everything that is wrong with the plans; empty where they are as they must be. */
export function faults(world: World, plans: readonly DeploymentPlan[]): string[] {
  const found: string[] = []
  const all = plans.flatMap((plan) => plan.placements)
  for (const deployment of world.snapshot.deployments) {
    const plan = plans.find((one) => one.deployment === deployment.id)
    if (!plan) {
      found.push(`${deployment.name}: no plan`)
      continue
    }
    found.push(...placementFaults(world, deployment, plan.placements, all))
    found.push(...decisionFaults(world, deployment, plan, all))
  }
  return [...found, ...overbooked(world, all)]
}

/** All realisations that could run on a slot beside `others`, by position. */
function possible(
  world: World,
  deployment: DeploymentState,
  device: DeviceFacts,
  slot: string,
  others: readonly Placement[],
): number[] {
  return deployment.spec.realisations.flatMap((realisation, index) =>
    isPossible(world, deployment, realisation, device, slot, others) ? [index] : [],
  )
}

function isPossible(
  world: World,
  deployment: DeploymentState,
  realisation: Realisation,
  device: DeviceFacts,
  slot: string,
  others: readonly Placement[],
): boolean {
  if (!isFit(deployment, realisation, device, slot)) return false
  const here = others.filter((one) => one.device === device.id)
  const memory = here.reduce((sum, one) => sum + memoryOf(stateOf(world, one)), memoryOf(deployment))
  if (memory > (device.inventory?.platform.memoryBytes ?? 0)) return false
  const use = useOf(deployment, realisation)
  const onImager = here.filter((one) => one.imager !== undefined && one.imager === slot)
  const imager = device.inventory?.imagers.find((one) => one.id === slot)
  const wanted = rateOf(deployment, realisation, imager)
  if (wanted > 0 && rateOn(world, onImager, imager) + wanted > (imager?.maxFrameRateMillihertz ?? 0)) return false
  return onImager.every((one) => {
    const other = stateOf(world, one)
    const theirs = useOf(other, realisationOf(other, one.realisation))
    return !use.exclusive && !theirs.exclusive && !(use.controls && theirs.controls)
  })
}

/** Frames that an instance asks for; its needs count where it says nothing else. Providers of these tests need none. */
function rateOf(deployment: DeploymentState, realisation: Realisation, imager: ImagerFacts | undefined): number {
  if (!imager) return 0
  const [main] = partsOf(deployment, realisation)
  const needs = [main?.needs.imager?.minFrameRateMillihertz ?? 0, realisation.imager?.minFrameRateMillihertz ?? 0]
  const wanted = Math.max(deployment.spec.frames?.frameRateMillihertz ?? 0, ...needs)
  return Math.min(wanted, imager.maxFrameRateMillihertz)
}

function rateOn(world: World, placements: readonly Placement[], imager: ImagerFacts | undefined): number {
  return placements.reduce((sum, one) => {
    const state = stateOf(world, one)
    return sum + rateOf(state, realisationOf(state, one.realisation), imager)
  }, 0)
}

const priorityOf = (deployment: DeploymentState) => deployment.spec.priority ?? 0

/** Whether a deployment tolerates all that a device is tainted with. */
function isTolerated({ spec }: DeploymentState, { taints = {} }: DeviceFacts): boolean {
  const held = spec.tolerations ?? []
  return Object.entries(taints).every(([key, value]) => held.includes(key) || held.includes(`${key}=${value}`))
}

/** By the facts of the device alone: is there a linking, and an imager that suits everybody linked? */
function isFit(deployment: DeploymentState, realisation: Realisation, device: DeviceFacts, slot: string): boolean {
  const byDevice = FITS.get(deployment) ?? new Map<DeviceFacts, Map<string, boolean>>()
  FITS.set(deployment, byDevice)
  const known = byDevice.get(device) ?? new Map<string, boolean>()
  byDevice.set(device, known)
  const key = `${realisation.name} ${slot}`
  const found = known.get(key) ?? findFit(deployment, realisation, device, slot)
  known.set(key, found)
  return found
}

/** Every way to link is tried once for each deployment, device and slot, however often it is asked. */
const FITS = new WeakMap<DeploymentState, Map<DeviceFacts, Map<string, boolean>>>()

function findFit(deployment: DeploymentState, realisation: Realisation, device: DeviceFacts, slot: string): boolean {
  const { inventory } = device
  if (!inventory) return false
  const usesImager = needsImager(deployment, realisation)
  const imager = inventory.imagers.find((one) => one.id === slot)
  if (usesImager !== (imager !== undefined) || (!imager && slot !== 'device')) return false
  const components = partsOf(deployment, realisation)
  for (const linking of linkings(deployment, components, device, slot)) {
    const linked = [...linking.keys()].map((index) => components[index] as ComponentVersion)
    if (linked.length > 1 && !inventory.agent.features.includes('providers')) continue
    if (linked.reduce((sum, one) => sum + (one.needs.memoryBytes ?? 0), 0) > memoryOf(deployment)) continue
    const needs = [realisation.imager, ...linked.map((one) => one.needs.imager)]
    if (!imager || suits(imager, needs)) return true
  }
  return false
}

function suits(imager: ImagerFacts, needs: readonly (ImagerNeeds | undefined)[]): boolean {
  for (const one of needs) {
    if (!one) continue
    if ((one.minWidthPixels ?? 0) > imager.widthPixels) return false
    if ((one.minHeightPixels ?? 0) > imager.heightPixels) return false
    if ((one.minFrameRateMillihertz ?? 0) > imager.maxFrameRateMillihertz) return false
    if (one.colour !== undefined && one.colour !== (imager.colour === 'colour')) return false
  }
  const lists = needs.flatMap((one) => (one?.formats ? [one.formats] : []))
  return lists.length === 0 || imager.formats.some((format) => lists.every((list) => list.includes(format)))
}

/** Every assignment of every import that is legal and without cycles, of the components reached from the main one. */
function* linkings(
  deployment: DeploymentState,
  components: readonly ComponentVersion[],
  device: DeviceFacts,
  slot: string,
): Generator<Linking> {
  yield* extend(new Map(), [0])

  function* extend(linking: Linking, open: readonly number[]): Generator<Linking> {
    const [index, ...rest] = open
    if (index === undefined) {
      if (!hasCycle(linking)) yield linking
      return
    }
    if (linking.has(index)) {
      yield* extend(linking, rest)
      return
    }
    for (const sources of product((components[index] as ComponentVersion).imports.map(sourcesOf))) {
      const next = new Map(linking).set(index, sources)
      yield* extend(next, [...rest, ...sources.flatMap((one) => (one === 'host' ? [] : [one]))])
    }
  }

  function sourcesOf(name: string): Source[] {
    const host = (device.inventory?.interfaces ?? []).some(
      (one) =>
        importIsMet(name, one.name) &&
        (one.imagers === undefined || (one.imagers as readonly string[]).includes(slot)) &&
        isGranted(deployment, name),
    )
    // The host's own interface is preferred where it fits: no other choice is allowed then.
    if (host) return ['host']
    return components.flatMap((one, index) =>
      index > 0 && one.exports.some((offer) => importIsMet(name, offer)) ? [index] : [],
    )
  }
}

function* product<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  const [first, ...rest] = lists
  if (!first) {
    yield []
    return
  }
  for (const tail of product(rest)) for (const one of first) yield [one, ...tail]
}

function hasCycle(linking: Linking): boolean {
  const visit = (index: number, above: readonly number[]): boolean =>
    above.includes(index) || (linking.get(index) ?? []).some((one) => one !== 'host' && visit(one, [...above, index]))
  return visit(0, [])
}

function isGranted(deployment: DeploymentState, name: string): boolean {
  if (!name.startsWith('ocelli:') && !name.startsWith('acme:')) return true
  return deployment.spec.grants.some((grant) =>
    grant.includes('@') ? grant === name : path(name) === (grant.includes(':') ? grant : `ocelli:sensing/${grant}`),
  )
}

function needsImager(deployment: DeploymentState, realisation: Realisation): boolean {
  const ofImager = ['frames', 'detector', 'imager-control', 'images'].map((name) => `ocelli:sensing/${name}`)
  const parts = partsOf(deployment, realisation)
  return (
    realisation.imager !== undefined ||
    (parts[0]?.exports.some((name) => path(name) === 'ocelli:sensing/frame-handler') ?? false) ||
    parts.some((one) => one.needs.imager !== undefined || one.imports.some((name) => ofImager.includes(path(name))))
  )
}

function placementFaults(
  world: World,
  deployment: DeploymentState,
  mine: readonly Placement[],
  all: readonly Placement[],
): string[] {
  const found: string[] = []
  const seen = new Set<string>()
  const mode = modeOf(deployment)
  for (const placement of mine) {
    const device = world.snapshot.devices.find((one) => one.id === placement.device)
    const where = `${deployment.name} on ${device?.name ?? placement.device}/${placement.slot}`
    if (!device || !world.isTarget(deployment, device) || !isTolerated(deployment, device)) {
      found.push(`${where}: not meant for this device`)
      continue
    }
    const key = mode === 'everyImager' ? `${device.id}/${placement.slot}` : device.id
    if (seen.has(key)) found.push(`${where}: placed twice`)
    seen.add(key)
    const others = all.filter((one) => one !== placement)
    const index = deployment.spec.realisations.findIndex((one) => one.name === placement.realisation)
    const options = possible(world, deployment, device, placement.slot, others)
    if (!options.includes(index)) found.push(`${where}: ${placement.realisation} is not legal`)
    const slots = mode === 'everyImager' ? [placement.slot] : slotsOf(device)
    const best = Math.min(...slots.flatMap((slot) => possible(world, deployment, device, slot, others)))
    if (best < index) found.push(`${where}: realisation ${best} is better than ${index}`)
    found.push(...linkFaults(deployment, placement, device).map((fault) => `${where}: ${fault}`))
  }
  const wanted = typeof deployment.spec.placement === 'object' ? deployment.spec.placement.replicas : undefined
  if (wanted !== undefined && mine.length > wanted)
    found.push(`${deployment.name}: ${mine.length} of ${wanted} replicas`)
  return found
}

/** The links of a placement are one of the legal linkings, and no component is there that nobody needs. */
function linkFaults(deployment: DeploymentState, placement: Placement, device: DeviceFacts): string[] {
  const realisation = realisationOf(deployment, placement.realisation)
  const components = partsOf(deployment, realisation)
  const positions = placement.components.map((one) =>
    components.findIndex((part) => `${part.name}@${part.version}` === one.reference),
  )
  const chosen: Linking = new Map(
    placement.components.map((one, at) => [
      positions[at] ?? -1,
      one.links.map((link) => (link.from === 'host' ? 'host' : (positions[link.from] ?? -1))),
    ]),
  )
  const text = (linking: Linking) => JSON.stringify([...linking].sort(([a], [b]) => a - b))
  const key = `${realisation.name} ${placement.slot}`
  const byDevice = LINKS.get(deployment) ?? new Map<DeviceFacts, Map<string, ReadonlySet<string>>>()
  LINKS.set(deployment, byDevice)
  const known = byDevice.get(device) ?? new Map<string, ReadonlySet<string>>()
  byDevice.set(device, known)
  const legal = known.get(key) ?? new Set([...linkings(deployment, components, device, placement.slot)].map(text))
  known.set(key, legal)
  return legal.has(text(chosen)) ? [] : [`links ${text(chosen)} are no legal linking`]
}

const LINKS = new WeakMap<DeploymentState, Map<DeviceFacts, Map<string, ReadonlySet<string>>>>()

function decisionFaults(
  world: World,
  deployment: DeploymentState,
  plan: DeploymentPlan,
  all: readonly Placement[],
): string[] {
  const found: string[] = []
  const full =
    typeof deployment.spec.placement === 'object' && plan.placements.length >= deployment.spec.placement.replicas
  for (const device of world.snapshot.devices) {
    const decision = plan.decisions.find((one) => one.device === device.id)
    const where = `${deployment.name} on ${device.name}`
    if (!decision) {
      found.push(`${where}: no decision`)
      continue
    }
    const target = world.isTarget(deployment, device)
    const mine = plan.placements.filter((one) => one.device === device.id)
    const outcome = !target ? 'notTargeted' : mine.length > 0 ? 'placed' : 'refused'
    if (decision.outcome !== outcome) found.push(`${where}: ${decision.outcome}, not ${outcome}`)
    const reasons = [...decision.reasons, ...decision.candidates.flatMap((one) => one.reasons)]
    if (outcome !== 'placed' && reasons.length === 0) found.push(`${where}: refused without a reason`)
    if (outcome === 'refused' && decision.nearestMiss === undefined) found.push(`${where}: no nearest miss`)
    if (!target || !isTolerated(deployment, device)) continue
    for (const candidate of decision.candidates) {
      const own = mine.filter((one) => modeOf(deployment) !== 'everyImager' || one.slot === candidate.slot)
      const others = all.filter((one) => !own.includes(one))
      const realisation = realisationOf(deployment, candidate.realisation)
      const legal = isPossible(world, deployment, realisation, device, candidate.slot, others)
      if (legal !== candidate.fits) {
        found.push(`${where}: candidate ${candidate.realisation} on ${candidate.slot} says fits ${candidate.fits}`)
      }
      if (candidate.fits !== (candidate.reasons.length === 0)) found.push(`${where}: reasons against a fit`)
    }
    // Who has a lower priority gives way; who has the same keeps it, and the conflict is told.
    const over = (least: number) => all.filter((one) => priorityOf(stateOf(world, one)) >= least)
    const empty = (others: readonly Placement[]) => emptySlots(world, deployment, device, mine, others, full)
    const priority = priorityOf(deployment)
    found.push(...empty(over(priority)).map((slot) => `${where}/${slot}: left empty`))
    const own = all.filter((one) => one.deployment === deployment.id)
    const contested = empty([...over(priority + 1), ...own]).length > 0
    const isTold = decision.reasons.some(
      ({ code, message }) => code === 'placement.conflict' && message.includes('stays'),
    )
    if (contested !== isTold) found.push(`${where}: conflict ${contested ? 'not told' : 'told without cause'}`)
  }
  return found
}

/** Slots that have no instance although one could run there. */
function emptySlots(
  world: World,
  deployment: DeploymentState,
  device: DeviceFacts,
  mine: readonly Placement[],
  all: readonly Placement[],
  full: boolean,
): string[] {
  if (full) return []
  const could = (slot: string) => possible(world, deployment, device, slot, all).length > 0
  if (modeOf(deployment) !== 'everyImager') return mine.length > 0 ? [] : slotsOf(device).filter(could)
  const imagers = slotsOf(device).filter((slot) => slot !== 'device')
  const anyFits = imagers.some((slot) =>
    deployment.spec.realisations.some((realisation) => isFit(deployment, realisation, device, slot)),
  )
  const wanted = anyFits ? imagers : ['device']
  return wanted.filter((slot) => !mine.some((one) => one.slot === slot) && could(slot))
}

function overbooked(world: World, all: readonly Placement[]): string[] {
  const found: string[] = []
  const instances = new Set(all.map((one) => one.instance))
  if (instances.size !== all.length) found.push('an instance id is used twice')
  for (const device of world.snapshot.devices) {
    const here = all.filter((one) => one.device === device.id)
    const memory = here.reduce((sum, one) => sum + memoryOf(stateOf(world, one)), 0)
    if (memory > (device.inventory?.platform.memoryBytes ?? 0)) found.push(`${device.name}: ${memory} bytes overbooked`)
    for (const slot of slotsOf(device)) {
      const uses = here.flatMap((one) => {
        const state = stateOf(world, one)
        return one.imager === slot ? [useOf(state, realisationOf(state, one.realisation))] : []
      })
      if (uses.length > 1 && uses.some((use) => use.exclusive))
        found.push(`${device.name}/${slot}: exclusive and shared`)
      if (uses.filter((use) => use.controls).length > 1) found.push(`${device.name}/${slot}: two controllers`)
      const imager = device.inventory?.imagers.find((one) => one.id === slot)
      const rate = rateOn(
        world,
        here.filter((one) => one.imager === slot),
        imager,
      )
      if (imager && rate > imager.maxFrameRateMillihertz) found.push(`${device.name}/${slot}: ${rate} mHz overbooked`)
    }
  }
  return found
}

/** What ran and might have gone on, but moved: to no better realisation, and not to make room for a higher priority. */
export function needlessMoves(world: World, plans: readonly DeploymentPlan[]): string[] {
  const all = plans.flatMap((plan) => plan.placements)
  const preempted = new Set(plans.flatMap((plan) => plan.preempts ?? []).map((one) => one.instance))
  const found: string[] = []
  for (const device of world.snapshot.devices) {
    const before = world.snapshot.placements.filter((one) => one.device === device.id)
    if (before.length === 0 || !couldAllStay(world, device)) continue
    for (const old of before) {
      if (preempted.has(old.instance)) continue
      const deployment = stateOf(world, old)
      const wanted = typeof deployment.spec.placement === 'object' ? deployment.spec.placement.replicas : 0
      const mine = all.filter((one) => one.deployment === old.deployment)
      const here = mine.filter((one) => one.device === device.id)
      const ran = world.snapshot.placements.filter((one) => one.deployment === old.deployment)
      // Only as many replicas end as are too many.
      if (wanted > 0 && here.length === 0 && mine.length === wanted && ran.length > wanted) continue
      const rank = (name: string) => deployment.spec.realisations.findIndex((one) => one.name === name)
      const isKept = here.some(
        (one) =>
          (one.instance === old.instance && rank(one.realisation) <= rank(old.realisation)) ||
          rank(one.realisation) < rank(old.realisation),
      )
      if (!isKept) found.push(`${deployment.name} moved from ${device.name}/${old.slot} without need`)
    }
  }
  return found
}

/** Groups of `spread` that hold two more than another one which had room for the next; for fleets where nothing ran. */
export function unevenness(world: World, plans: readonly DeploymentPlan[]): string[] {
  const all = plans.flatMap((plan) => plan.placements)
  if (plans.some((plan) => plan.preempts)) return []
  return plans.flatMap((plan) => {
    const deployment = world.snapshot.deployments.find((one) => one.id === plan.deployment)
    const placement = deployment?.spec.placement
    if (!deployment || typeof placement !== 'object' || placement.spread?.[0] !== 'labels.floor') return []
    const held = new Map<string, number>()
    const open = new Map<string, boolean>()
    for (const device of world.snapshot.devices) {
      const floor = device.labels.floor ?? ''
      const isUsed = plan.placements.some((one) => one.device === device.id)
      held.set(floor, (held.get(floor) ?? 0) + (isUsed ? 1 : 0))
      const meant = world.isTarget(deployment, device) && isTolerated(deployment, device)
      const could =
        !isUsed && meant && slotsOf(device).some((slot) => possible(world, deployment, device, slot, all).length > 0)
      open.set(floor, (open.get(floor) ?? false) || could)
    }
    const most = Math.max(...held.values())
    const thin = [...held].find(([floor, count]) => open.get(floor) === true && count + 2 <= most)
    return thin ? [`${deployment.name}: ${most} on one floor, ${thin[1]} on floor "${thin[0]}", which has room`] : []
  })
}

/** Whether everything that ran could go on together: then nothing may move. */
export function couldAllStay(world: World, device: DeviceFacts): boolean {
  const here = world.snapshot.placements.filter((one) => one.device === device.id)
  const isKnown = (one: Placement) =>
    world.snapshot.deployments
      .find((state) => state.id === one.deployment)
      ?.spec.realisations.some((candidate) => candidate.name === one.realisation) ?? false
  if (!here.every(isKnown)) return false
  return here.every((one) => {
    const deployment = world.snapshot.deployments.find((state) => state.id === one.deployment)
    const realisation = deployment?.spec.realisations.find((candidate) => candidate.name === one.realisation)
    if (!deployment || !realisation || !world.isTarget(deployment, device)) return false
    if (!isTolerated(deployment, device)) return false
    if (modeOf(deployment) === 'everyImager' && one.slot === 'device') {
      const imagers = slotsOf(device).filter((slot) => slot !== 'device')
      if (imagers.some((slot) => deployment.spec.realisations.some((r) => isFit(deployment, r, device, slot))))
        return false
    }
    const twins = here.filter((other) => other.deployment === one.deployment)
    if (modeOf(deployment) !== 'everyImager' && twins.length > 1) return false
    return isPossible(
      world,
      deployment,
      realisation,
      device,
      one.slot,
      here.filter((other) => other !== one),
    )
  })
}

const slotsOf = (device: DeviceFacts): string[] => [...(device.inventory?.imagers.map((one) => one.id) ?? []), 'device']
const memoryOf = (deployment: DeploymentState) => deployment.spec.limits?.memoryBytes ?? DEFAULT_MEMORY

function modeOf(deployment: DeploymentState): string {
  const placement = deployment.spec.placement ?? 'everyImager'
  return typeof placement === 'string' ? placement : 'replicas'
}

function partsOf(deployment: DeploymentState, realisation: Realisation): ComponentVersion[] {
  return [realisation.component, ...(realisation.providers ?? [])].map((reference) => {
    const found = deployment.components[reference]
    if (!found) throw new Error(`no component ${reference}`)
    return found
  })
}

/** Only main components of these tests ask for exclusive use or control, so it does not depend on the linking. */
function useOf(deployment: DeploymentState, realisation: Realisation): { exclusive: boolean; controls: boolean } {
  const [main] = partsOf(deployment, realisation)
  return {
    exclusive: main?.needs.imager?.exclusive === true || realisation.imager?.exclusive === true,
    controls: main?.imports.some((name) => path(name) === 'ocelli:sensing/imager-control') ?? false,
  }
}

function stateOf(world: World, placement: Placement): DeploymentState {
  const found = world.snapshot.deployments.find((one) => one.id === placement.deployment)
  if (!found) throw new Error(`placement of unknown deployment ${placement.deployment}`)
  return found
}

function realisationOf(deployment: DeploymentState, name: string): Realisation {
  const found = deployment.spec.realisations.find((one) => one.name === name)
  if (!found) throw new Error(`no realisation ${name}`)
  return found
}
