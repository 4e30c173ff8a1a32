/** Makes desired state true: plans, executes the steps, and plans again after anything that happened. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { Digest, ImagerId, InstanceId } from '@ocelli/schemas/ids'
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import type { ErrorReport } from '@ocelli/schemas/messages/error-report'
import type { ReportedInstance } from '@ocelli/schemas/messages/reported'
import type { TrustDocument } from '@ocelli/schemas/trust'
import { shadowImager } from '../imager/shadow-imager.ts'
import { type Current, nextPlanAtMs, obstacle, plan, type Step, verifyKey } from '../plan/plan.ts'
import type { AgentPorts } from '../ports.ts'
import type { InstanceEnd, InstanceSpec, Output, RunningInstance } from '../runtime/host.ts'
import { type GroupCommit, writeUnlessFull } from '../storage/group-commit.ts'
import { reportOf } from './coded.ts'
import { CompletedTasks } from './completed-tasks.ts'
import { Fallbacks } from './fallbacks.ts'
import { InstanceValues } from './instance-values.ts'
import { monotonicMs } from './monotonic.ts'
import { type ReportedState, reportInstance, Slot, stateOf } from './slot.ts'
import { takeSnapshot } from './snapshot.ts'
import { Supply } from './supply.ts'

export type RunnerPorts = Pick<
  AgentPorts,
  'clock' | 'random' | 'crypto' | 'artifacts' | 'source' | 'host' | 'imagers' | 'store' | 'log'
>

export interface RunnerOptions {
  readonly ports: RunnerPorts
  readonly commit: GroupCommit
  readonly features: readonly string[]
  readonly trust: () => TrustDocument
  readonly onOutput: (spec: DesiredInstance, output: Output) => void
  readonly onTask: (spec: DesiredInstance, exitCode: number) => void
  /** Something that `reported` shows has changed. */
  readonly onChange: () => void
}

/** What runs for a desired instance. */
interface Decision {
  readonly run: DesiredInstance
  /** What is to be got meanwhile, to run instead. */
  readonly successor?: DesiredInstance
  /** What is reported: where the device went back that is what runs, else what is wanted. */
  readonly shown: DesiredInstance
  readonly fellBack?: ReportedInstance['fellBack']
}

export class Runner {
  readonly #options: RunnerOptions
  readonly #ports: RunnerPorts
  readonly #supply: Supply
  readonly #features: ReadonlySet<string>
  readonly #slots = new Map<InstanceId, Slot>()
  readonly #since = new Map<InstanceId, { state: ReportedState; atMs: number }>()
  readonly #completed: CompletedTasks
  readonly #starting = new Set<Promise<void>>()
  readonly #fallbacks: Fallbacks
  #desired: readonly DesiredInstance[] = []
  /** What was decided for each desired instance in the last turn. */
  #decisions: readonly Decision[] = []
  #cancelTimer: (() => void) | undefined
  #planning = false
  #again = false
  #pruneDue = false
  #closed = false

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#ports = options.ports
    this.#features = new Set(options.features)
    this.#completed = new CompletedTasks(options.ports.store, options.ports.crypto)
    this.#fallbacks = new Fallbacks(options.ports.store, options.ports.crypto)
    this.#supply = new Supply(options.ports, options.trust, () => this.#turn())
  }

  setDesired(instances: readonly DesiredInstance[]): void {
    this.#desired = instances
    this.#pruneDue = true
    for (const instance of instances) {
      if (this.#slots.has(instance.id)) continue
      this.#recallCompleted(instance)
      const good = this.#fallbacks.good(instance.id)
      if (good) this.#recallCompleted(good)
    }
    this.#turn()
  }

  imagersChanged(): void {
    this.#turn()
  }

  trustChanged(): void {
    this.#supply.trustChanged()
    this.#turn()
  }

  linkUp(): void {
    this.#supply.retryNow()
    this.#turn()
  }

  running(id: InstanceId): RunningInstance | undefined {
    return this.#slots.get(id)?.running
  }

  /** Asks for a restart; false where no such instance is desired. */
  restart(id: InstanceId): boolean {
    const slot = this.#slots.get(id)
    if (slot === undefined) return false
    slot.restartAsked = true
    this.#completed.forget(id)
    this.#turn()
    return true
  }

  /**
   * Puts out the next frame of the instance's imager as an image of that instance. Rejects with `request.notFound`,
   * `grant.missing` or `imager.missing` where that cannot be; with `imager.interrupted` or `command.expired` where it failed.
   */
  async snapshot(id: InstanceId, name: string, timeoutMs: number): Promise<void> {
    const spec = this.#decisions.find(({ run }) => run.id === id)?.run
    if (spec === undefined) throw new OcelliError('request.notFound', `no instance ${id}`)
    if (!sendsImages(spec))
      throw new OcelliError('grant.missing', `instance ${id} was not granted images, or is a shadow`)
    const imager = this.#ports.imagers.list().find(({ facts }) => facts.id === spec.imager)
    if (imager === undefined) {
      throw new OcelliError(
        'imager.missing',
        `instance ${id} is bound to ${spec.imager ?? 'no imager'}, which is not there`,
      )
    }
    const { clock } = this.#ports
    const { frame, captureNanos, jpeg } = await takeSnapshot({ imager, frames: spec.frames, clock, timeoutMs })
    const stamp = { imager: imager.facts.id, frame, captureMicros: Number(captureNanos / 1000n) }
    this.#options.onOutput(spec, { kind: 'image', name, jpeg, stamp })
  }

  report(): ReportedInstance[] {
    const current = this.#current()
    const nowMs = monotonicMs(this.#ports.clock)
    const shown = new Map(this.#decisions.map(({ shown: instance, fellBack }) => [instance.id, { instance, fellBack }]))
    for (const { id, spec } of this.#slots.values()) {
      if (!shown.has(id)) shown.set(id, { instance: spec, fellBack: undefined })
    }
    return [...shown.values()].map(({ instance, fellBack }) => {
      const slot = this.#slots.get(instance.id)
      const inTheWay = obstacle(instance, current)
      const state = stateOf(slot, inTheWay)
      return reportInstance({
        wanted: instance,
        slot,
        inTheWay,
        state,
        sinceMs: this.#sinceMs(instance.id, state),
        nowMs,
        fellBack,
      })
    })
  }

  /** Ends every instance and executes nothing more. */
  async stop(): Promise<void> {
    this.#closed = true
    this.#cancelTimer?.()
    this.#supply.close()
    for (const slot of this.#slots.values()) slot.handle('stop')
    const running = [...this.#slots.values()].flatMap((slot) => slot.running ?? [])
    await Promise.all([...running.map((instance) => instance.stop()), ...this.#starting])
  }

  /** Plans and executes until nothing more can be done now. Calls from inside a step are taken up by the loop. */
  #turn(): void {
    this.#again = true
    if (this.#planning || this.#closed) return
    this.#planning = true
    try {
      while (this.#again && !this.#closed) {
        this.#again = false
        const nowMs = monotonicMs(this.#ports.clock)
        const current = this.#current()
        this.#decisions = this.#decide(current, nowMs)
        const run = this.#decisions.map((decision) => decision.run)
        const successors = this.#decisions.flatMap(({ successor }) => successor ?? [])
        const steps = plan(run, current, nowMs, successors)
        for (const step of steps) this.#execute(step)
        // Verifying and refusing are done at once and may allow the next step.
        if (steps.length > 0) this.#again = true
        else this.#prune()
      }
    } finally {
      this.#planning = false
    }
    this.#schedule()
    this.#options.onChange()
  }

  /** Which revision of each desired instance runs; remembers first what was healthy and what failed. */
  #decide(current: Current, nowMs: number): Decision[] {
    for (const slot of this.#slots.values()) {
      if (slot.isHealthy(nowMs) || slot.after?.outcome === 'completed') this.#fallbacks.healthy(slot.spec)
    }
    return this.#desired.map((wanted) => {
      const slot = this.#slots.get(wanted.id)
      const choice = this.#fallbacks.choose({ wanted, slot, inTheWay: obstacle(wanted, current), nowMs })
      if (choice.run === 'giveUp') this.#goBack(wanted, slot, choice.error)
      const good = this.#fallbacks.good(wanted.id)
      if (choice.run === 'wanted' || good === undefined) return { run: wanted, shown: wanted }
      if (choice.run === 'good' && choice.why === 'getting') return { run: good, successor: wanted, shown: wanted }
      const fellBack = this.#fallbacks.fellBack(wanted.id)
      return { run: good, shown: good, ...(fellBack && { fellBack }) }
    })
  }

  #goBack(wanted: DesiredInstance, slot: Slot | undefined, error: ErrorReport): void {
    const { clock, log } = this.#ports
    const logs = slot?.spec.revision === wanted.revision ? slot.lastLines : []
    this.#fallbacks.failed(wanted, error, logs, clock.wallMs())
    const revision = this.#fallbacks.good(wanted.id)?.revision
    log('warn', `instance ${wanted.id} goes back to revision ${revision}: ${error.code}: ${error.message}`)
  }

  #execute(step: Step): void {
    switch (step.do) {
      case 'fetch':
        this.#supply.fetch(step)
        break
      case 'verify':
        this.#supply.verify(step.component)
        break
      case 'prepare':
        this.#supply.prepare(step.digest)
        break
      case 'start':
        this.#start(step.instance)
        break
      case 'adopt':
        this.#adopt(step.instance)
        break
      case 'stop':
        this.#stop(step.id, step.why)
        break
      case 'forget':
        this.#forget(step.id)
        break
      default:
        step satisfies never
    }
  }

  #start(instance: DesiredInstance): void {
    const starting = this.#startOne(instance)
    this.#starting.add(starting)
    void starting.then(() => {
      this.#starting.delete(starting)
      this.#turn()
    })
  }

  /** Never rejects: a start that failed is an end like any other. */
  async #startOne(instance: DesiredInstance): Promise<void> {
    const slot = this.#slots.get(instance.id) ?? new Slot(instance)
    this.#slots.set(instance.id, slot)
    this.#fallbacks.started(instance, monotonicMs(this.#ports.clock))
    const run = slot.begin(instance)
    const values = new InstanceValues(instance.id, this.#ports.store, this.#options.commit)
    let ended = false
    const end = (how: InstanceEnd) => {
      if (ended) return
      ended = true
      values.close()
      if (slot.run === run) this.#ended(slot, how)
    }
    try {
      const running = await this.#ports.host.start(this.#hostSpec(instance, values), {
        onOutput: (output) => {
          if (output.kind === 'log') slot.takeLine(output.level, output.context, output.message)
          this.#options.onOutput(slot.spec, output)
        },
        onEnd: end,
      })
      if (ended) return
      slot.started(running, monotonicMs(this.#ports.clock))
      if (this.#closed || slot.phase === 'stopping') await running.stop()
    } catch (cause) {
      end({ kind: 'failed', error: reportOf(cause, 'instance.host', this.#ports.clock.wallMs()) })
    }
  }

  #hostSpec(instance: DesiredInstance, state: InstanceValues): InstanceSpec {
    const imager = this.#ports.imagers.list().find((candidate) => candidate.facts.id === instance.imager)
    if (instance.imager !== undefined && imager === undefined) {
      throw new OcelliError('imager.missing', `imager ${instance.imager} is not there`)
    }
    // A role that a newer server invented is not live: it is kept apart like a shadow.
    const role = instance.role === 'live' ? 'live' : 'shadow'
    return {
      id: instance.id,
      role,
      components: instance.components.map(({ digest, links }) => {
        const prepared = this.#supply.component(digest)
        if (prepared === undefined) throw new OcelliError('instance.host', `${digest} is not prepared`)
        return { prepared, links }
      }),
      grants: instance.grants,
      config: this.#configOf(instance),
      limits: instance.limits,
      ...(imager && { imager: role === 'live' ? imager : shadowImager(imager) }),
      frames: instance.frames,
      intervalMs: instance.intervalMs,
      state,
    }
  }

  #configOf({ config }: DesiredInstance): Readonly<Record<string, string>> {
    if ('values' in config) return config.values
    const bytes = this.#ports.artifacts.read(config.digest)
    if (bytes === undefined) throw new OcelliError('artifact.unavailable', `configuration ${config.digest} is gone`)
    return readConfig(bytes, config.digest)
  }

  #ended(slot: Slot, how: InstanceEnd): void {
    const { clock, log } = this.#ports
    slot.finish(how, monotonicMs(this.#ports.clock), clock.wallMs())
    log(how.kind === 'failed' ? 'warn' : 'info', `instance ${slot.id} ended: ${describe(how)}`)
    if (how.kind === 'completed') {
      this.#options.onTask(slot.spec, how.exitCode)
      if (slot.after?.outcome === 'completed') this.#completed.remember(slot.spec, how.exitCode)
    }
    this.#turn()
  }

  #adopt(instance: DesiredInstance): void {
    const slot = this.#slots.get(instance.id)
    if (slot === undefined) return
    if (slot.spec.revision !== instance.revision) slot.restarts = 0
    slot.spec = instance
  }

  #stop(id: InstanceId, why: string): void {
    const slot = this.#slots.get(id)
    if (slot === undefined) return
    this.#ports.log('info', `instance ${id} stops: ${why}`)
    slot.handle('stop')
    // One that is still starting is stopped as soon as the host hands it over.
    slot.running?.stop().catch((cause) => this.#ports.log('error', `instance ${id} did not stop: ${String(cause)}`))
  }

  #forget(id: InstanceId): void {
    this.#slots.delete(id)
    this.#since.delete(id)
    writeUnlessFull(this.#ports.store, (writes) => writes.removeAllState(id))
    this.#completed.forget(id)
    this.#fallbacks.forget(id)
    this.#pruneDue = true
  }

  /** A task that ended well before the agent was restarted is not run again. */
  #recallCompleted(instance: DesiredInstance): void {
    const exitCode = this.#completed.recall(instance)
    if (exitCode === undefined) return
    const slot = new Slot(instance)
    slot.exitCode = exitCode
    slot.settle('completed', monotonicMs(this.#ports.clock))
    this.#slots.set(instance.id, slot)
  }

  #prune(): void {
    if (!this.#pruneDue) return
    const kept = this.#desired.flatMap(({ id }) => this.#fallbacks.good(id) ?? [])
    const specs = [...this.#desired, ...kept, ...[...this.#slots.values()].map((slot) => slot.spec)]
    const components = specs.flatMap((spec) => spec.components)
    const keep = new Set<Digest>(components.flatMap((component) => [component.digest, component.signature]))
    for (const { config } of specs) if ('digest' in config) keep.add(config.digest)
    this.#pruneDue = !this.#supply.prune(keep, new Set(components.map(verifyKey)))
  }

  #current(): Current {
    return {
      features: this.#features,
      imagers: new Set<ImagerId>(this.#ports.imagers.list().map((imager) => imager.facts.id)),
      fetched: this.#supply.fetched,
      verified: this.#supply.verified,
      prepared: this.#supply.prepared,
      instances: this.#slots,
    }
  }

  /** Wakes for the next retry, the end of a backoff, or the moment that an instance counts as healthy. */
  #schedule(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (this.#closed) return
    const nowMs = monotonicMs(this.#ports.clock)
    const times = [...this.#slots.values()]
      .filter((slot) => slot.runningSinceMs !== undefined && !slot.isHealthy(nowMs))
      .map((slot) => (slot.runningSinceMs ?? nowMs) + slot.spec.restart.healthyForMs)
    for (const { run } of this.#decisions) {
      const endsAtMs = this.#fallbacks.trialEndsAtMs(run)
      if (endsAtMs !== undefined && endsAtMs > nowMs) times.push(endsAtMs)
    }
    const planAt = nextPlanAtMs(this.#current(), nowMs)
    if (planAt !== undefined) times.push(planAt)
    if (times.length === 0) return
    // The clock's nanoseconds are cut to milliseconds: one more makes sure that the time has come.
    const delayMs = Math.max(Math.min(...times) - nowMs, 0) + 1
    this.#cancelTimer = this.#ports.clock.setTimer(delayMs, () => {
      this.#cancelTimer = undefined
      this.#turn()
    })
  }

  #sinceMs(id: InstanceId, state: ReportedState): number {
    const known = this.#since.get(id)
    if (known?.state === state) return known.atMs
    const atMs = this.#ports.clock.wallMs()
    this.#since.set(id, { state, atMs })
    return atMs
  }
}

function sendsImages({ role, grants }: DesiredInstance): boolean {
  return role === 'live' && grants.some((grant) => grant.startsWith('ocelli:sensing/images@'))
}

function describe(end: InstanceEnd): string {
  if (end.kind === 'failed') return `${end.error.code}: ${end.error.message}`
  return end.kind === 'completed' ? `exit code ${end.exitCode}` : 'stopped'
}

function readConfig(bytes: Uint8Array, digest: Digest): Record<string, string> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new OcelliError('message.malformed', `configuration ${digest} is not JSON`, { cause })
  }
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined
  if (entries === undefined || entries.some(([, text]) => typeof text !== 'string')) {
    throw new OcelliError('message.invalid', `configuration ${digest} is not an object of texts`)
  }
  return Object.fromEntries(entries)
}
