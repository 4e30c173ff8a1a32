/** What one class of devices can run of one deployment, by facts that do not change from placement to placement. */
import type { Candidate, Placement, PlannedComponent, Reason } from '@ocelli/schemas/api/plan'
import type { ImagerNeeds } from '@ocelli/schemas/component'
import type { DeviceId, Digest, ImagerId, InstanceId } from '@ocelli/schemas/ids'
import type { ImagerFacts } from '@ocelli/schemas/messages/inventory'
import { configBytes, configOf } from '../domain/config.ts'
import { requiredFeatures } from '../domain/features.ts'
import { pathOf, SENSING } from '../domain/grants.ts'
import { DEVICE_SLOT } from '../domain/instance-id.ts'
import type { ComponentVersion } from '../domain/snapshot.ts'
import { instanceBytes } from '../reconcile/desired.ts'
import type { FactsClass, FactsShape } from './classes.ts'
import { contradictsColour, imagerProblems, tightened } from './filter/imager.ts'
import { joined, MARK_BYTES, type MarkedText, markedText, nameOf, withNames } from './imager-names.ts'
import type { Claim } from './ledger.ts'
import { createSlot, link, reference, type Slot } from './link.ts'
import { nearestMiss } from './nearest-miss.ts'
import { NO_PROBLEMS, type Problem, problem } from './problem.ts'
import type { RealisationRequirements, Requirements } from './requirements.ts'
import { scoreOf } from './score.ts'

/** One realisation on one slot; where it does not fit, as far as it can be said, so that more reasons are found. */
export interface Option {
  readonly realisation: RealisationRequirements
  readonly slot: string
  readonly imager?: ImagerId
  readonly components: readonly PlannedComponent[]
  readonly score: number
  /** No other instance may use the imager. */
  readonly exclusive: boolean
  /** It calls imager-control, which has one holder per imager. */
  readonly controls: boolean
  /** Frames that it asks for, of what the imager delivers to all; 0: it takes what is left. */
  readonly frameRateMillihertz: number
  readonly maxFrameRateMillihertz: number
  readonly artifacts: ReadonlyMap<Digest, number>
  readonly artifactBytes: number
  /** Its part of the desired state, in bytes. */
  readonly desiredBytes: number
  /** The claims of a device that holds this alone; shared by all of them. */
  readonly alone: () => readonly Claim[]
}

/** One realisation considered on one slot. */
export interface Considered {
  readonly realisation: RealisationRequirements
  readonly slot: string
  readonly option: Option
  /** Why each provider was picked. */
  readonly picked: readonly string[]
  /** What stands against it by the facts alone; none where it fits. */
  readonly problems: readonly Problem[]
}

export interface Fit {
  readonly considered: readonly Considered[]
  /** Slots to fill, each with its options, best first. One entry with all options where one instance is wanted. */
  readonly choices: readonly (readonly Option[])[]
  /** What a device is told that has room for anything; shared by the class. */
  readonly reasons: Reason[]
  readonly candidates: Candidate[]
  readonly nearestMiss: string | undefined
  /** Storage that every option finds enough, and room in the desired state. */
  readonly artifactBytes: number
  readonly desiredBytes: number
  /** Whether anything considered asks for an imager alone, or to control it. */
  readonly wantsExclusive: boolean
  readonly wantsControl: boolean
  readonly wantsFrames: boolean
}

const IMAGER_CONTROL = `${SENSING}/imager-control`

/** What devices of one shape can run, with marks in place of the names of imagers. */
export interface ShapeFit {
  readonly fit: Fit
  /** By candidate, and in it by reason; undefined where a reason names no imager. */
  readonly reasons: readonly (readonly (MarkedText | undefined)[])[]
  readonly nearestMiss: MarkedText | undefined
}

export function fitShape(requirements: Requirements, facts: FactsShape, known: readonly ComponentVersion[]): ShapeFit {
  const fit = toFit(requirements, consider(requirements, facts, known))
  return {
    fit,
    reasons: fit.candidates.map(({ reasons }) => reasons.map(({ message }) => markedText(message))),
    nearestMiss: fit.nearestMiss === undefined ? undefined : markedText(fit.nearestMiss),
  }
}

/** The same of devices whose imagers have these names. */
export function fitNamed(shape: ShapeFit, names: readonly ImagerId[]): Fit {
  return names.length === 0 ? shape.fit : new NamedFit(shape, names)
}

/**
 * Where every imager has a name of its own there is one for each device: what is named is made when it is asked for,
 * and of most devices little is. An option is named once, as others compare it by identity.
 */
class NamedFit implements Fit {
  readonly #shape: ShapeFit
  readonly #names: readonly ImagerId[]
  readonly reasons: Reason[]
  readonly desiredBytes: number
  #options: (Option | undefined)[] | undefined
  #considered: readonly Considered[] | undefined
  #choices: readonly (readonly Option[])[] | undefined
  #candidates: Candidate[] | undefined

  constructor(shape: ShapeFit, names: readonly ImagerId[]) {
    this.#shape = shape
    this.#names = names
    this.reasons = shape.fit.reasons
    let most = 0
    for (const { option } of shape.fit.considered) most = Math.max(most, namedBytes(option, names))
    this.desiredBytes = most
  }

  get artifactBytes(): number {
    return this.#shape.fit.artifactBytes
  }
  get wantsExclusive(): boolean {
    return this.#shape.fit.wantsExclusive
  }
  get wantsControl(): boolean {
    return this.#shape.fit.wantsControl
  }
  get wantsFrames(): boolean {
    return this.#shape.fit.wantsFrames
  }

  get considered(): readonly Considered[] {
    this.#considered ??= this.#shape.fit.considered.map((one): Considered => {
      const option = this.#named(one.option)
      const problems = one.problems.map((each) => namedProblem(each, this.#names))
      return { ...one, slot: option.slot, option, problems: problems.length > 0 ? problems : NO_PROBLEMS }
    })
    return this.#considered
  }

  get choices(): readonly (readonly Option[])[] {
    const { choices } = this.#shape.fit
    this.#choices ??=
      choices.length === 0 ? choices : choices.map((choice) => choice.map((option) => this.#named(option)))
    return this.#choices
  }

  get candidates(): Candidate[] {
    const { fit, reasons } = this.#shape
    this.#candidates ??= fit.candidates.map((one, index) => namedCandidate(one, reasons[index] ?? [], this.#names))
    return this.#candidates
  }

  get nearestMiss(): string | undefined {
    const { fit, nearestMiss: text } = this.#shape
    return text === undefined ? fit.nearestMiss : joined(text, this.#names)
  }

  #named(option: Option): Option {
    const name = nameOf(option.slot, this.#names)
    if (name === undefined) return option
    this.#options ??= []
    const at = this.#shape.fit.considered.findIndex((one) => one.option === option)
    const made = this.#options[at] ?? named(option, name, namedBytes(option, this.#names))
    this.#options[at] = made
    return made
  }
}

function named(option: Option, name: ImagerId, desiredBytes: number): Option {
  const made: Option = { ...option, slot: name, imager: name, desiredBytes, alone: () => alone }
  const alone = option.alone().map((claim) => ({ ...claim, option: made }))
  return made
}

/** Its part of the desired state with the name in the place of the mark. */
function namedBytes({ slot, desiredBytes }: Option, names: readonly ImagerId[]): number {
  const name = nameOf(slot, names)
  return name === undefined ? desiredBytes : desiredBytes + name.length - MARK_BYTES
}

function namedProblem({ reason, remedy }: Problem, names: readonly ImagerId[]): Problem {
  return { reason: { ...reason, message: withNames(reason.message, names) }, remedy: withNames(remedy, names) }
}

function namedCandidate(
  candidate: Candidate,
  texts: readonly (MarkedText | undefined)[],
  names: readonly ImagerId[],
): Candidate {
  const slot = nameOf(candidate.slot, names)
  const reasons = texts.some((text) => text !== undefined)
    ? candidate.reasons.map((reason, index) => {
        const text = texts[index]
        return text === undefined ? reason : { ...reason, message: joined(text, names) }
      })
    : candidate.reasons
  return slot === undefined && reasons === candidate.reasons
    ? candidate
    : { ...candidate, slot: slot ?? candidate.slot, reasons }
}

function toFit(requirements: Requirements, considered: readonly Considered[]): Fit {
  const candidates = considered.map((one): Candidate => toCandidate(one, one.problems))
  return {
    considered,
    choices: choicesOf(requirements, considered),
    reasons: [],
    candidates,
    nearestMiss: nearestMiss(considered.map((one) => one.problems)),
    artifactBytes: Math.max(...considered.map((one) => one.option.artifactBytes)),
    desiredBytes: Math.max(...considered.map((one) => one.option.desiredBytes)),
    wantsExclusive: considered.some((one) => one.option.exclusive),
    wantsControl: considered.some((one) => one.option.controls),
    wantsFrames: considered.some((one) => one.option.frameRateMillihertz > 0),
  }
}

/** How a candidate is told, with what stands against it. */
export function toCandidate(
  { realisation: { name }, slot, option, picked }: Considered,
  problems: readonly Problem[],
): Candidate {
  if (problems.length > 0) return { realisation: name, slot, fits: false, reasons: problems.map((one) => one.reason) }
  const fitting: Candidate = { realisation: name, slot, fits: true, score: option.score, reasons: [] }
  if (picked.length > 0) fitting.picked = [...picked]
  return fitting
}

/**
 * In order of preference, then slot. With everyImager a realisation without imager is for devices where no imager
 * fits any of the others; it then runs once.
 */
function consider(requirements: Requirements, facts: FactsShape, known: readonly ComponentVersion[]): Considered[] {
  const everywhere = facts.interfaces.filter((offer) => offer.imagers === undefined)
  const device = createSlot(DEVICE_SLOT, undefined, everywhere)
  const imagers = facts.imagers.map((imager) =>
    createSlot(
      imager.id,
      imager,
      facts.interfaces.filter((offer) => offer.imagers === undefined || offer.imagers.includes(imager.id)),
    ),
  )
  const found: Considered[] = []
  for (const realisation of requirements.realisations) {
    const slots = realisation.usesImager && imagers.length > 0 ? imagers : [device]
    for (const slot of slots) found.push(considerSlot(requirements, realisation, slot, facts, known))
  }
  const onImager =
    requirements.mode === 'everyImager' &&
    found.some((one) => one.problems.length === 0 && one.option.imager !== undefined)
  return onImager ? found.filter((one) => one.realisation.usesImager) : found
}

function considerSlot(
  requirements: Requirements,
  realisation: RealisationRequirements,
  slot: Slot,
  facts: FactsShape,
  known: readonly ComponentVersion[],
): Considered {
  const { main, spec } = realisation
  const problems: Problem[] = []
  const needs = tightened(main.needs.imager, spec.imager)
  if (realisation.usesImager && !slot.imager) {
    problems.push(problem('placement.noImager', 'the device has no imager', 'the device had an imager'))
  }
  if (slot.imager) problems.push(...imagerProblems(needs, slot.imager, `realisation ${realisation.name}`))
  if (contradictsColour(main.needs.imager, spec.imager)) {
    const message = `${reference(main)} and realisation ${realisation.name} need different colours`
    problems.push(problem('placement.imager', message, `${reference(main)} and ${realisation.name} agreed on colour`))
  }
  const formats = formatsToTry(realisation, needs.formats, slot.imager)
  if (formats.length === 0 && slot.imager) {
    problems.push(noFormat(slot.imager, needs.formats ?? [], `realisation ${realisation.name}`))
  }
  const attempts = (formats.length === 0 ? [undefined] : formats).map((format) =>
    link(requirements, realisation, slot, format, known),
  )
  const linking = attempts.find((attempt) => attempt.ok) ?? attempts[0]
  const linked = linking?.ok ? linking.linked : [main]
  const components = linking?.ok ? linking.components : []
  if (linking && !linking.ok) problems.push(...linking.problems)
  problems.push(
    ...limitProblems(requirements, linked),
    ...featureProblems(requirements, realisation, linked.length, facts),
  )
  const option = toOption(requirements, realisation, slot, components, linked, needs)
  const picked = linking?.ok ? linking.picked : []
  return { realisation, slot: slot.id, option, picked, problems: problems.length > 0 ? problems : NO_PROBLEMS }
}

/** One instance gets its frames in one format: the first that the needs name and the imager delivers. */
function formatsToTry(
  realisation: RealisationRequirements,
  wanted: readonly string[] | undefined,
  imager: ImagerFacts | undefined,
): (string | undefined)[] {
  if (!imager) return [undefined]
  if (wanted) return wanted.filter((format) => (imager.formats as readonly string[]).includes(format))
  const someoneCares = realisation.providers.some((provider) => provider.needs.imager?.formats)
  return someoneCares && imager.formats.length > 0 ? imager.formats : [undefined]
}

function noFormat(imager: ImagerFacts, wanted: readonly string[], who: string): Problem {
  return problem(
    'placement.imager',
    `imager ${imager.id} delivers ${imager.formats.join(', ') || 'no format'}, ${who} takes ${wanted.join(', ') || 'none that its component takes'}`,
    `imager ${imager.id} delivered ${wanted.join(' or ') || 'another format'}`,
    { wanted: wanted.join(', '), offered: imager.formats },
  )
}

/** The deployment's limit must leave its components what they say they need. */
function limitProblems(requirements: Requirements, linked: readonly ComponentVersion[]): Problem[] {
  const needed = linked.reduce((sum, component) => sum + (component.needs.memoryBytes ?? 0), 0)
  const limit = requirements.memoryBytes
  if (needed <= limit) return []
  const who = linked.map(reference).join(' with ')
  return [
    problem(
      'placement.memory',
      `${who} needs ${needed} bytes of memory, limits.memoryBytes is ${limit}`,
      `limits.memoryBytes were ${needed} instead of ${limit}`,
      { wanted: needed, offered: limit },
    ),
  ]
}

function featureProblems(
  requirements: Requirements,
  realisation: RealisationRequirements,
  linked: number,
  facts: FactsShape,
): Problem[] {
  const { spec } = requirements.deployment
  return requiredFeatures(spec, linked, configBytes(configOf(spec, realisation.spec)))
    .filter((feature) => !facts.features.includes(feature))
    .map((feature) =>
      problem(
        'placement.feature',
        `the agent lacks the feature ${feature}; it has ${facts.features.join(', ') || 'none'}`,
        `the agent had the feature ${feature}`,
        { wanted: feature, offered: facts.features },
      ),
    )
}

/** What a placement holds, though the device may not be able to run it any more. */
export function optionOf(requirements: Requirements, placement: Placement, facts: FactsClass | undefined): Option {
  const [first] = requirements.realisations
  const realisation = requirements.realisations.find(({ name }) => name === placement.realisation) ?? first
  if (!realisation) throw new Error(`deployment ${requirements.deployment.name} has no realisation`)
  const known = [realisation.main, ...realisation.providers]
  const linked = placement.components.flatMap((one) => known.find((each) => reference(each) === one.reference) ?? [])
  const imager = facts?.imagers.find(({ id }) => id === placement.imager)
  const slot = createSlot(placement.slot, imager, [])
  const needs = tightened(realisation.main.needs.imager, realisation.spec.imager)
  return toOption(requirements, realisation, slot, placement.components, linked, needs)
}

function toOption(
  requirements: Requirements,
  realisation: RealisationRequirements,
  slot: Slot,
  components: readonly PlannedComponent[],
  linked: readonly ComponentVersion[],
  needs: ImagerNeeds,
): Option {
  const artifacts = new Map(linked.map((component) => [component.digest, component.sizeBytes]))
  const controls = linked.some((component, index) =>
    component.imports.some(
      (name, at) => pathOf(name) === IMAGER_CONTROL && (components[index]?.links[at]?.from ?? 'host') === 'host',
    ),
  )
  const wanted = [needs, ...linked.map((one) => one.needs.imager)]
  const score = scoreOf(requirements, realisation, slot.imager, components)
  const option: Option = {
    realisation,
    slot: slot.id,
    ...(slot.imager ? { imager: slot.imager.id } : {}),
    components,
    score,
    exclusive: slot.imager !== undefined && wanted.some((one) => one?.exclusive === true),
    controls: slot.imager !== undefined && controls,
    frameRateMillihertz: slot.imager ? frameRateOf(requirements, slot.imager, wanted) : 0,
    maxFrameRateMillihertz: slot.imager?.maxFrameRateMillihertz ?? 0,
    artifacts,
    artifactBytes: [...artifacts.values()].reduce((sum, size) => sum + size, 0),
    desiredBytes: desiredBytes(requirements, realisation, slot, components),
    alone: () => alone,
  }
  const alone = [{ requirements, option }]
  return option
}

/** What it says it wants at most, else what it needs at least; an imager gives no more than it has. */
function frameRateOf(
  { deployment: { spec } }: Requirements,
  { maxFrameRateMillihertz }: ImagerFacts,
  needs: readonly (ImagerNeeds | undefined)[],
): number {
  const least = Math.max(...needs.map((one) => one?.minFrameRateMillihertz ?? 0))
  return Math.min(Math.max(spec.frames?.frameRateMillihertz ?? 0, least), maxFrameRateMillihertz)
}

/** Ids of every instance are equally long, so any stands for all. */
function desiredBytes(
  { deployment }: Requirements,
  realisation: RealisationRequirements,
  slot: Slot,
  components: readonly PlannedComponent[],
): number {
  const placement: Placement = {
    instance: `i-${'a'.repeat(16)}` as InstanceId,
    deployment: deployment.id,
    revision: deployment.revision,
    device: `d-${'a'.repeat(16)}` as DeviceId,
    slot: slot.id,
    ...(slot.imager ? { imager: slot.imager.id } : {}),
    realisation: realisation.name,
    components: [...components],
    score: 0,
  }
  return instanceBytes(placement, deployment)
}

function choicesOf(requirements: Requirements, considered: readonly Considered[]): Option[][] {
  const options = considered.filter((one) => one.problems.length === 0).map((one) => one.option)
  options.sort((a, b) => a.realisation.index - b.realisation.index || b.score - a.score || (a.slot < b.slot ? -1 : 1))
  if (requirements.mode !== 'everyImager') return options.length > 0 ? [options] : []
  const slots = [...new Set(options.map((option) => option.slot))].sort()
  return slots.map((slot) => options.filter((option) => option.slot === slot))
}
