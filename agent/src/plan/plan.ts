/** What to do next: desired against current, as a closed list of steps that leave nothing to choose. Pure. */
import type { Digest, ImagerId, InstanceId } from '@ocelli/schemas/ids'
import type { DesiredInstance, InstanceComponent } from '@ocelli/schemas/messages/desired'
import type { ErrorReport } from '@ocelli/schemas/messages/error-report'
import { sameJson } from '@ocelli/schemas/same-json'
import type { AfterEnd, Phase } from './lifecycle.ts'

/**
 * Everything the agent can do about instances. Each step is safe to repeat: after a crash the next plan asks again for
 * what was not finished.
 */
export type Step =
  | { readonly do: 'fetch'; readonly digest: Digest; readonly maxBytes: number; readonly exactBytes: boolean }
  | { readonly do: 'verify'; readonly component: InstanceComponent }
  | { readonly do: 'prepare'; readonly digest: Digest }
  | { readonly do: 'start'; readonly instance: DesiredInstance }
  /** Takes over facts that need no restart: revision, deployment, realisation, restart policy, mostly role. */
  | { readonly do: 'adopt'; readonly instance: DesiredInstance }
  | { readonly do: 'stop'; readonly id: InstanceId; readonly why: StopReason }
  /** Forgets an instance that is no longer desired and its kept values. */
  | { readonly do: 'forget'; readonly id: InstanceId }

export type StopReason = 'removed' | 'changed' | 'refused' | 'imagerMissing' | 'restart'

/** Where a thing that must be got stands. `failed` may be tried again at `retryAtMs`, `refused` not until the trust document changes. */
export type Progress =
  | { readonly phase: 'active' }
  | { readonly phase: 'done' }
  | { readonly phase: 'failed'; readonly error: ErrorReport; readonly retryAtMs: number }
  | { readonly phase: 'refused'; readonly error: ErrorReport }

/** One instance as it is. Times are monotonic milliseconds. */
export interface CurrentInstance {
  readonly spec: DesiredInstance
  readonly phase: Phase
  /** Set while `ended`: what its restart policy made of the end. */
  readonly after?: { readonly outcome: AfterEnd; readonly atMs: number; readonly error?: ErrorReport }
  /** A command asked for a restart. */
  readonly restartAsked: boolean
}

export interface Current {
  readonly features: ReadonlySet<string>
  readonly imagers: ReadonlySet<ImagerId>
  /** By digest of the artifact. */
  readonly fetched: ReadonlyMap<Digest, Progress>
  /** By `verifyKey`. */
  readonly verified: ReadonlyMap<string, Progress>
  /** By digest of the component. */
  readonly prepared: ReadonlyMap<Digest, Progress>
  readonly instances: ReadonlyMap<InstanceId, CurrentInstance>
}

/** What is in the way of an instance, most important first. */
export type Obstacle =
  | { readonly state: 'refused'; readonly error: ErrorReport }
  | { readonly state: 'waiting' | 'fetching' | 'preparing'; readonly error?: ErrorReport }

/** A DSSE envelope over a statement with 256 interface names stays far below this. */
export const MAX_SIGNATURE_BYTES = 128 * 1024
/** A configuration that travels by digest. */
export const MAX_CONFIG_BYTES = 1024 * 1024

/** What a verification spoke about: the statement's fields are compared with these. */
export const verifyKey = (component: InstanceComponent): string =>
  `${component.name} ${component.version} ${component.digest} ${component.sizeBytes} ${component.signature}`

/**
 * The steps that can be taken now, in an order that may be taken. Steps under way (`active`, `starting`, `stopping`)
 * are not planned again. `nowMs` is monotonic. `successors` are got ready while another spec of the same id stands in.
 */
export function plan(
  desired: readonly DesiredInstance[],
  current: Current,
  nowMs: number,
  successors: readonly DesiredInstance[] = [],
): Step[] {
  const steps: Step[] = []
  const wanted = new Map(desired.map((instance) => [instance.id, instance]))
  for (const [id, instance] of byId(current.instances)) {
    if (!wanted.has(id)) steps.push(...remove(id, instance))
  }
  // Several instances of one component need it once.
  const gotten = new Set<string>()
  const supply = (instance: DesiredInstance, inTheWay: Obstacle | undefined) => {
    if (inTheWay === undefined || inTheWay.state === 'refused') return
    for (const step of supplies(instance, current, nowMs)) {
      const key = JSON.stringify(step)
      if (!gotten.has(key)) steps.push(step)
      gotten.add(key)
    }
  }
  for (const instance of [...desired].sort((a, b) => compare(a.id, b.id))) {
    const inTheWay = obstacle(instance, current)
    supply(instance, inTheWay)
    const move = moveOf(instance, current.instances.get(instance.id), inTheWay, nowMs)
    if (move) steps.push(move)
  }
  for (const instance of [...successors].sort((a, b) => compare(a.id, b.id))) {
    supply(instance, obstacle(instance, current))
  }
  return steps
}

/** When the next plan may differ from this one although nothing happened; `undefined` where time alone changes nothing. */
export function nextPlanAtMs(current: Current, nowMs: number): number | undefined {
  const times: number[] = []
  for (const progress of [...current.fetched.values(), ...current.verified.values(), ...current.prepared.values()]) {
    if (progress.phase === 'failed') times.push(progress.retryAtMs)
  }
  for (const { phase, after } of current.instances.values()) {
    if (phase === 'ended' && after?.outcome === 'backoff') times.push(after.atMs)
  }
  const later = times.filter((time) => time > nowMs)
  return later.length === 0 ? undefined : Math.min(...later)
}

/** What keeps an instance from running, if anything: refusals first, then its imager, then what must be got. */
export function obstacle(instance: DesiredInstance, current: Current): Obstacle | undefined {
  const needed = needs(instance, current)
  const refusal = refusalOf(instance, current.features, needed)
  if (refusal) return { state: 'refused', error: refusal }
  if (instance.imager !== undefined && !current.imagers.has(instance.imager)) {
    return { state: 'waiting', error: { code: 'imager.missing', message: `imager ${instance.imager} is not there` } }
  }
  for (const { state, progress } of needed) {
    if (progress?.phase === 'done') continue
    return progress?.phase === 'failed' ? { state, error: progress.error } : { state }
  }
  return undefined
}

/** A reason why this agent will not run the instance until desired state or trust changes. */
function refusalOf(
  instance: DesiredInstance,
  features: Current['features'],
  needed: readonly Need[],
): ErrorReport | undefined {
  const lacking = instance.features.filter((feature) => !features.has(feature))
  if (lacking.length > 0) {
    return { code: 'feature.missing', message: `the instance requires ${lacking.join(', ')}, which this agent lacks` }
  }
  for (const { interface: name, from } of instance.components.flatMap((component) => component.links)) {
    if (typeof from === 'number' && from >= instance.components.length) {
      return {
        code: 'link.missing',
        message: `${name} is to come from component ${from} of ${instance.components.length}`,
      }
    }
  }
  for (const { progress } of needed) {
    if (progress?.phase === 'refused') return progress.error
  }
  return undefined
}

interface Need {
  readonly state: 'fetching' | 'preparing'
  readonly progress: Progress | undefined
}

function needs(instance: DesiredInstance, current: Current): Need[] {
  const list: Need[] = []
  for (const component of instance.components) {
    list.push({ state: 'fetching', progress: current.fetched.get(component.signature) })
    list.push({ state: 'fetching', progress: current.fetched.get(component.digest) })
    list.push({ state: 'preparing', progress: current.verified.get(verifyKey(component)) })
    list.push({ state: 'preparing', progress: current.prepared.get(component.digest) })
  }
  if ('digest' in instance.config) {
    list.push({ state: 'fetching', progress: current.fetched.get(instance.config.digest) })
  }
  return list
}

/** Steps that get what the instance lacks, as far as they can be taken now. */
function supplies(instance: DesiredInstance, current: Current, nowMs: number): Step[] {
  const steps: Step[] = []
  const due = (progress: Progress | undefined) =>
    progress === undefined || (progress.phase === 'failed' && progress.retryAtMs <= nowMs)
  const done = (progress: Progress | undefined) => progress?.phase === 'done'
  const fetch = (digest: Digest, maxBytes: number, exactBytes: boolean) => {
    if (due(current.fetched.get(digest))) steps.push({ do: 'fetch', digest, maxBytes, exactBytes })
  }
  for (const component of instance.components) {
    const { digest, signature } = component
    fetch(signature, MAX_SIGNATURE_BYTES, false)
    fetch(digest, component.sizeBytes, true)
    if (!done(current.fetched.get(signature)) || !done(current.fetched.get(digest))) continue
    const verified = current.verified.get(verifyKey(component))
    if (due(verified)) steps.push({ do: 'verify', component })
    // Bytes are given to the transpiler only after their signature held.
    if (done(verified) && due(current.prepared.get(digest))) steps.push({ do: 'prepare', digest })
  }
  if ('digest' in instance.config) fetch(instance.config.digest, MAX_CONFIG_BYTES, false)
  return steps
}

/** The start or stop that brings one desired instance closer. */
function moveOf(
  instance: DesiredInstance,
  existing: CurrentInstance | undefined,
  inTheWay: Obstacle | undefined,
  nowMs: number,
): Step | undefined {
  const stop = (why: StopReason): Step => ({ do: 'stop', id: instance.id, why })
  const start: Step = { do: 'start', instance }
  if (existing === undefined) return inTheWay ? undefined : start
  if (existing.phase === 'stopping') return undefined
  if (existing.phase === 'starting' || existing.phase === 'running') {
    if (inTheWay?.state === 'refused') return stop('refused')
    if (inTheWay?.error?.code === 'imager.missing') return stop('imagerMissing')
    // What runs goes on until its successor has been got, so that a slow network costs no outage.
    if (inTheWay) return undefined
    if (!sameRun(existing.spec, instance)) return stop('changed')
    if (!sameSpec(existing.spec, instance)) return { do: 'adopt', instance }
    return existing.restartAsked ? stop('restart') : undefined
  }
  if (inTheWay) return undefined
  if (!sameSpec(existing.spec, instance) || existing.restartAsked || existing.after === undefined) return start
  const { outcome, atMs } = existing.after
  if (outcome === 'again' || (outcome === 'backoff' && atMs <= nowMs)) return start
  return undefined
}

function remove(id: InstanceId, instance: CurrentInstance): Step[] {
  if (instance.phase === 'ended') return [{ do: 'forget', id }]
  return instance.phase === 'stopping' ? [] : [{ do: 'stop', id, why: 'removed' }]
}

/** Whether an instance started from `a` is what `b` asks for. Every field counts; their order does not. */
export function sameSpec(a: DesiredInstance, b: DesiredInstance): boolean {
  return a === b || sameJson(a, b)
}

/** Whether what `a` started is what `b` would start: the instance itself cannot tell one from the other. */
export function sameRun(a: DesiredInstance, b: DesiredInstance): boolean {
  if (a.role !== b.role && (dependsOnRole(a) || dependsOnRole(b))) return false
  return a === b || sameJson(runOf(a), runOf(b))
}

/**
 * What a run is made of: all of a spec but how it is called, restarted, given up and refused. What mostly differs comes
 * first, where a comparison ends.
 */
export function runOf(instance: DesiredInstance): Partial<DesiredInstance> {
  const { imager, components, config, grants, limits, frames, intervalMs } = instance
  return { config, components, ...(imager && { imager }), grants, limits, frames, intervalMs }
}

/** Interfaces that do for a live instance what they do not do for its shadow. */
const BY_ROLE = ['ocelli:sensing/images@', 'ocelli:sensing/imager-control@']

function dependsOnRole({ grants }: DesiredInstance): boolean {
  return grants.some((grant) => BY_ROLE.some((name) => grant.startsWith(name)))
}

/** One text for equal values, whatever the order of their fields. */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value))
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const entries = Object.entries(value).sort(([a], [b]) => compare(a, b))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byId = <T>(map: ReadonlyMap<InstanceId, T>): [InstanceId, T][] => [...map].sort(([a], [b]) => compare(a, b))
