/** What the instances on one device hold together: memory, storage, imagers. */
import type { Placement } from '@ocelli/schemas/api/plan'
import type { DeploymentId, Digest, InstanceId } from '@ocelli/schemas/ids'
import type { DeviceFacts } from '../domain/snapshot.ts'
import { MAX_INSTANCES, MAX_INSTANCES_BYTES } from '../reconcile/desired.ts'
import type { FactsClass } from './classes.ts'
import type { Option } from './fit.ts'
import { NO_PROBLEMS, type Problem, problem } from './problem.ts'
import type { Requirements } from './requirements.ts'

/** One instance that holds its share. */
export interface Claim {
  readonly requirements: Requirements
  readonly option: Option
  /** It stays whatever others would gain. */
  readonly frozen?: boolean
}

export interface Named {
  readonly deployment: DeploymentId
  readonly slot: string
  readonly instance: InstanceId
}

export interface DeviceLedger {
  /** Position in order of id. */
  readonly index: number
  readonly device: DeviceFacts
  /** Absent until the device has reported. */
  readonly facts: FactsClass | undefined
  readonly memoryBytes: number
  readonly storageBytes: number
  /** Replaced, never changed: devices with one and the same instance share the list. */
  claims: readonly Claim[] | undefined
  /** Shadows take what live instances leave; a live one is placed as if there were none. */
  shadows: readonly Claim[] | undefined
  /** What ran before, by deployment; only for devices that had anything. */
  before: readonly Placement[]
  /** Instance ids that were made for the device, so that the next plan need not make them again. */
  named: readonly Named[] | undefined
}

const NO_CLAIMS: readonly Claim[] = []

export function claimsOf(ledger: DeviceLedger): readonly Claim[] {
  return ledger.claims ?? NO_CLAIMS
}

/** Claims of the deployment, whichever of its revisions asks. */
export function claimsFor(ledger: DeviceLedger, { index }: Requirements): readonly Claim[] {
  const { claims } = ledger
  if (!claims) return NO_CLAIMS
  if (claims.length === 1) return claims[0]?.requirements.index === index ? claims : NO_CLAIMS
  return claims.filter((claim) => claim.requirements.index === index)
}

export function reserve(ledger: DeviceLedger, option: Option): void {
  const alone = option.alone()
  ledger.claims = ledger.claims ? [...ledger.claims, ...alone] : alone
}

/** The claim goes on with another option. */
export function exchange(ledger: DeviceLedger, claim: Claim, option: Option): void {
  const [next] = option.alone()
  if (next) ledger.claims = ledger.claims?.map((one) => (one === claim ? next : one))
}

export function release(ledger: DeviceLedger, claim: Claim): void {
  const left = ledger.claims?.filter((other) => other !== claim)
  ledger.claims = left && left.length > 0 ? left : undefined
}

/** Whether the device has room for the option beside all claims but `ignore`. */
export function hasRoom(
  ledger: DeviceLedger,
  requirements: Requirements,
  option: Option,
  ignore: Claim | undefined,
): boolean {
  let memoryBytes = requirements.memoryBytes
  let atMostBytes = option.artifactBytes
  let desiredBytes = option.desiredBytes
  let frameRateMillihertz = option.frameRateMillihertz
  let count = 1
  for (const claim of claimsOf(ledger)) {
    if (claim === ignore) continue
    count++
    memoryBytes += claim.requirements.memoryBytes
    atMostBytes += claim.option.artifactBytes
    desiredBytes += claim.option.desiredBytes
    if (option.imager === undefined || option.imager !== claim.option.imager) continue
    if (collides(option, claim.option)) return false
    frameRateMillihertz += claim.option.frameRateMillihertz
  }
  if (option.frameRateMillihertz > 0 && frameRateMillihertz > option.maxFrameRateMillihertz) return false
  if (memoryBytes > ledger.memoryBytes || desiredBytes > MAX_INSTANCES_BYTES || count > MAX_INSTANCES) return false
  if (atMostBytes <= ledger.storageBytes) return true
  const others = claimsOf(ledger).filter((claim) => claim !== ignore)
  return storageBytes(option, others).total <= ledger.storageBytes
}

/**
 * The fewest claims that must go to make room for the option, of those that `mayGo`; those of higher priority stay if
 * they can. Undefined where even all of them would not do.
 */
export function inTheWay(
  ledger: DeviceLedger,
  requirements: Requirements,
  option: Option,
  mayGo: (claim: Claim) => boolean,
): Claim[] | undefined {
  const kept = claimsOf(ledger).filter((claim) => !mayGo(claim))
  const fits = (others: readonly Claim[]) =>
    !others.some((claim) => collides(option, claim.option)) &&
    roomBeside(ledger, requirements, option, others).length === 0
  if (!fits(kept)) return undefined
  const going: Claim[] = []
  const candidates = claimsOf(ledger).filter(mayGo)
  candidates.sort(
    (a, b) => b.requirements.priority - a.requirements.priority || a.requirements.index - b.requirements.index,
  )
  for (const claim of candidates) {
    if (fits([...kept, claim])) kept.push(claim)
    else going.push(claim)
  }
  return going
}

/** What the option lacks beside what is there, in a word each: `imager cam0 and memory`. */
export function overWhat(ledger: DeviceLedger, requirements: Requirements, option: Option): string {
  const words: Record<string, string> = {
    'placement.memory': 'memory',
    'placement.storage': 'storage',
    'placement.frameRate': `frames of imager ${option.slot}`,
    'placement.imagerBusy': `imager ${option.slot}`,
    'placement.tooLarge': 'room in the desired state',
  }
  const problems = roomProblems(ledger, requirements, option, undefined)
  const named = new Set(problems.flatMap(({ reason }) => words[reason.code] ?? []))
  return [...named].join(' and ')
}

/** Memory that the claims of others hold, in percent of the device. */
export function loadPercent(ledger: DeviceLedger, { index }: Requirements): number {
  let held = 0
  for (const { requirements } of claimsOf(ledger)) if (requirements.index !== index) held += requirements.memoryBytes
  return ledger.memoryBytes > 0 ? Math.min(100, Math.floor((100 * held) / ledger.memoryBytes)) : 100
}

/** All that stands against the option beside all claims but `ignore`, with numbers and names. */
export function roomProblems(
  ledger: DeviceLedger,
  requirements: Requirements,
  option: Option,
  ignore: Claim | undefined,
): readonly Problem[] {
  if (hasRoom(ledger, requirements, option, ignore)) return NO_PROBLEMS
  const others = claimsOf(ledger).filter((claim) => claim !== ignore)
  return [...roomBeside(ledger, requirements, option, others), ...busyProblems(option, others)]
}

/**
 * The same for a shadow. It reads the very frames of its own live twin, so the two share even an imager that either
 * wants alone.
 */
export function shadowProblems(ledger: DeviceLedger, requirements: Requirements, option: Option): Problem[] {
  const others = [...claimsOf(ledger), ...(ledger.shadows ?? [])]
  const strangers = others.filter((claim) => claim.requirements.index !== requirements.index)
  return [...roomBeside(ledger, requirements, option, others), ...busyProblems(option, strangers)]
}

/** Memory, storage and room in the desired state beside `others`. */
function roomBeside(
  ledger: DeviceLedger,
  requirements: Requirements,
  option: Option,
  others: readonly Claim[],
): Problem[] {
  const problems: Problem[] = []
  const held = others.reduce((sum, claim) => sum + claim.requirements.memoryBytes, 0)
  const left = ledger.memoryBytes - held
  if (requirements.memoryBytes > left) {
    problems.push(
      problem(
        'placement.memory',
        `${requirements.memoryBytes} bytes of memory needed, ${left} left of ${ledger.memoryBytes}${holders(others, (claim) => claim.requirements.memoryBytes)}`,
        `${requirements.memoryBytes} instead of ${left} bytes of memory were left`,
        { wanted: requirements.memoryBytes, offered: left },
      ),
    )
  }
  const storage = storageBytes(option, others)
  if (storage.total > ledger.storageBytes) {
    const room = ledger.storageBytes - storage.held
    problems.push(
      problem(
        'placement.storage',
        `${storage.added} bytes of storage needed for artifacts, ${room} left of ${ledger.storageBytes}${holders(others, (claim) => claim.option.artifactBytes)}`,
        `${storage.added} instead of ${room} bytes of storage were left`,
        { wanted: storage.added, offered: room },
      ),
    )
  }
  problems.push(...desiredProblems(option, others), ...frameRateProblems(option, others))
  return problems
}

function busyProblems(option: Option, others: readonly Claim[]): Problem[] {
  return others.filter((claim) => collides(option, claim.option)).map((claim) => busyProblem(option, claim))
}

/** The frames that all instances on the imager ask for together. */
function frameRateProblems(option: Option, others: readonly Claim[]): Problem[] {
  const { imager, frameRateMillihertz: wanted, maxFrameRateMillihertz } = option
  const here = others.filter((claim) => imager !== undefined && claim.option.imager === imager)
  const left = maxFrameRateMillihertz - here.reduce((sum, claim) => sum + claim.option.frameRateMillihertz, 0)
  if (wanted === 0 || wanted <= left) return []
  return [
    problem(
      'placement.frameRate',
      `${wanted} millihertz of imager ${option.slot} needed, ${left} left of ${maxFrameRateMillihertz}${holders(here, (claim) => claim.option.frameRateMillihertz)}`,
      `${wanted} instead of ${left} millihertz of imager ${option.slot} were left`,
      { wanted, offered: left },
    ),
  ]
}

/** A device is told all that it should run in one message of limited size. */
function desiredProblems(option: Option, others: readonly Claim[]): Problem[] {
  const problems: Problem[] = []
  const left = MAX_INSTANCES_BYTES - others.reduce((sum, claim) => sum + claim.option.desiredBytes, 0)
  if (option.desiredBytes > left) {
    problems.push(
      problem(
        'placement.tooLarge',
        `${option.desiredBytes} bytes of desired state needed, ${left} left of ${MAX_INSTANCES_BYTES}`,
        `${option.desiredBytes} instead of ${left} bytes of desired state were left`,
        { wanted: option.desiredBytes, offered: left },
      ),
    )
  }
  if (others.length >= MAX_INSTANCES) {
    problems.push(
      problem(
        'placement.tooLarge',
        `the device has ${others.length} instances, the limit is ${MAX_INSTANCES}`,
        `the device had fewer than ${MAX_INSTANCES} instances`,
        { wanted: others.length + 1, offered: MAX_INSTANCES },
      ),
    )
  }
  return problems
}

function busyProblem(option: Option, holder: Claim): Problem {
  const name = holder.requirements.deployment.name
  const controlled = option.controls && holder.option.controls && !option.exclusive && !holder.option.exclusive
  const how = controlled
    ? `is controlled by ${name}, and imager-control has one holder`
    : holder.option.exclusive
      ? `is held exclusively by ${name}`
      : `is used by ${name}, and exclusive use is needed`
  return problem(
    'placement.imagerBusy',
    `imager ${option.slot} ${how}`,
    `${name} did not ${controlled ? 'control' : 'use'} imager ${option.slot}`,
    { wanted: controlled ? 'control' : option.exclusive ? 'exclusive' : 'shared', offered: name },
  )
}

function collides(a: Option, b: Option): boolean {
  if (a.imager === undefined || a.imager !== b.imager) return false
  return a.exclusive || b.exclusive || (a.controls && b.controls)
}

/** Each artifact is kept once, however many instances run it. */
function storageBytes(option: Option, others: readonly Claim[]) {
  const kept = new Map<Digest, number>()
  let held = 0
  for (const claim of others) {
    for (const [digest, size] of claim.option.artifacts) {
      if (kept.has(digest)) continue
      kept.set(digest, size)
      held += size
    }
  }
  let added = 0
  for (const [digest, size] of option.artifacts) if (!kept.has(digest)) added += size
  return { held, added, total: held + added }
}

/** Who holds how much of it. */
function holders(claims: readonly Claim[], share: (claim: Claim) => number): string {
  const text = claims.flatMap((claim) =>
    share(claim) > 0 ? [`${claim.requirements.deployment.name} ${share(claim)}`] : [],
  )
  return text.length === 0 ? '' : ` (${text.join(', ')})`
}
