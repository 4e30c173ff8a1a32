/** The agent's side of one instance that runs in a worker. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { InstanceId } from '@ocelli/schemas/ids'
import type { CodeLibrary } from '../code/code-library.ts'
import { FrameFeed, type HeldFrame } from '../frame-feed.ts'
import type { GuestExports } from '../guest.ts'
import type { InstanceEnd, InstanceListener, InstanceSpec, InstanceUsage, Output, RunningInstance } from '../host.ts'
import { endOf, goneError, toError } from '../instance-end.ts'
import { guestPlane } from '../interfaces/pixels.ts'
import { TokenBucket } from '../interfaces/token-bucket.ts'
import { planStart, type StartPlan } from '../start-plan.ts'
import { DeadlineWatch } from './deadline-watch.ts'
import { PlaneSlot } from './plane-slot.ts'
import type { Answer, FromWorker, GuestStart, Question, SentFrame, ToWorker } from './protocol.ts'
import { onWorkerMessage, type PooledWorker, type WorkerPool } from './worker-pool.ts'

const NO_EXPORTS: GuestExports = { frame: false, interval: false, command: false, task: false }
/** Pixels go along with a frame while one of this many frames before had its pixels read. */
const PIXEL_MEMORY_FRAMES = 8
/** Lines of the host itself: at once, and in the long run. */
const MAX_NOTES = 10
const NOTES_PER_SECOND = 0.1
/** Commands that wait for a busy instance; more are refused. */
const MAX_COMMANDS = 16

/** Resolves when the instance runs. Rejects with the coded error that kept it from starting; its worker is then gone. */
export async function startWorkerInstance(
  spec: InstanceSpec,
  listener: InstanceListener,
  library: CodeLibrary,
  pool: WorkerPool,
  register: (instance: WorkerInstance) => () => void,
): Promise<WorkerInstance> {
  const plan = planStart(spec, library)
  const modules = await Promise.all(
    plan.codes.map((code, index) => library.compileModules(code, plan.maximumPages[index] ?? [])),
  )
  const start: GuestStart = {
    components: plan.codes.map(({ script, exports }, index) => ({
      script,
      exports,
      modules: modules[index] ?? new Map(),
    })),
    links: plan.links,
    role: spec.role,
    limits: spec.limits,
    config: { ...spec.config },
    state: stateOf(spec),
    imager: spec.imager && { facts: spec.imager.facts, isControllable: spec.imager.control !== undefined },
  }
  const instance = new WorkerInstance(spec, listener, plan, pool.take(), register)
  try {
    await instance.open(start)
  } finally {
    pool.refill()
  }
  return instance
}

interface PendingCommand {
  settle(result: string | OcelliError): void
}

/**
 * Invariants: at most one frame and one interval are with the worker at a time; a frame is released when the worker
 * is done with it or gone; after the end no timer, subscription, frame or thread is left; `onEnd` is called once.
 */
export class WorkerInstance implements RunningInstance {
  readonly id: InstanceId
  readonly #spec: InstanceSpec
  readonly #listener: InstanceListener
  readonly #worker: PooledWorker
  readonly #watch: DeadlineWatch
  readonly #feed: FrameFeed | undefined
  readonly #usesDetector: boolean
  readonly #slot = new PlaneSlot()
  readonly #frames = new Map<number, HeldFrame>()
  readonly #commands = new Map<number, PendingCommand>()
  readonly #notes = new TokenBucket(NOTES_PER_SECOND, MAX_NOTES, process.hrtime.bigint())
  readonly #unregister: () => void
  /** Resolves when the worker is gone and `onEnd` was called. */
  readonly #gone = Promise.withResolvers<void>()
  #started: PromiseWithResolvers<void> | undefined
  #exports: GuestExports = NO_EXPORTS
  #end: InstanceEnd | undefined
  #lastId = 0
  /** The frame that `on-frame` has. */
  #delivered: number | undefined
  #framesSincePixels = PIXEL_MEMORY_FRAMES
  #intervalTimer: NodeJS.Timeout | undefined
  #isIntervalOut = false
  #takeTimer: NodeJS.Timeout | undefined
  #isStopping = false
  #notesCut = 0

  constructor(
    spec: InstanceSpec,
    listener: InstanceListener,
    plan: StartPlan,
    worker: PooledWorker,
    register: (instance: WorkerInstance) => () => void,
  ) {
    this.id = spec.id
    this.#spec = spec
    this.#listener = listener
    this.#worker = worker
    this.#usesDetector = plan.links.hostPaths.has('ocelli:sensing/detector')
    this.#watch = new DeadlineWatch(worker.control, spec.limits.callTimeoutMs, () => this.#onLate())
    if (spec.imager && (plan.handlesFrames || plan.pullsFrames)) {
      this.#feed = new FrameFeed({
        imager: spec.imager,
        request: spec.frames,
        setTimer,
        ...(plan.handlesFrames && { deliver: (frame: HeldFrame) => this.#deliver(frame) }),
      })
    }
    this.#unregister = register(this)
  }

  get exports(): GuestExports {
    return this.#exports
  }

  /** Starts the guest and, when it is initialised, drives it. */
  async open(start: GuestStart): Promise<void> {
    const { worker } = this.#worker
    const started = Promise.withResolvers<void>()
    this.#started = started
    worker.ref()
    onWorkerMessage(worker, (message) => this.#onMessageSafely(message))
    worker.on('error', (error) => this.#onWorkerError(error))
    worker.on('exit', (exitCode) => {
      this.#fail(new OcelliError('instance.host', `The worker ended by itself with exit code ${exitCode}`))
    })
    this.#send({ kind: 'start', start })
    await started.promise
    try {
      this.#feed?.open()
    } catch (error) {
      this.#fail(endOf(error, 'start'))
      await this.#gone.promise
      throw error
    }
    this.#started = undefined
    if (this.#exports.interval) this.#armInterval()
    // A task has no deadline: it is not watched.
    if (this.#exports.task) this.#post({ kind: 'task' })
  }

  usage(): InstanceUsage {
    const counters = this.#worker.control.counters()
    return {
      ...counters,
      framesDropped: this.#feed?.statistics().dropped ?? 0,
      logLinesCut: counters.logLinesCut + this.#notesCut,
    }
  }

  command(name: string, input: string, timeoutMs: number): Promise<string> {
    if (this.#end) return Promise.reject(goneError(this.id, this.#end))
    if (!this.#exports.command) {
      return Promise.reject(new OcelliError('command.unsupported', `Instance ${this.id} takes no commands`))
    }
    if (this.#commands.size >= MAX_COMMANDS) {
      return Promise.reject(
        new OcelliError('command.failed', `${MAX_COMMANDS} commands wait for instance ${this.id} already`),
      )
    }
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      const timer = setTimeout(
        () => reject(new OcelliError('command.expired', `Command ${name} was not done within ${timeoutMs} ms`)),
        timeoutMs,
      )
      this.#commands.set(id, {
        settle: (result) => {
          clearTimeout(timer)
          if (typeof result === 'string') resolve(result)
          else reject(result)
        },
      })
      this.#send({ kind: 'command', id, name, input, timeoutMs })
    })
  }

  async stop(): Promise<void> {
    if (!this.#end && !this.#started && !this.#exports.task) {
      this.#feed?.close()
      clearTimeout(this.#intervalTimer)
      this.#send({ kind: 'stop' })
      const late = setTimeout(() => this.#finish({ kind: 'stopped' }), 2 * this.#spec.limits.callTimeoutMs)
      this.#isStopping = true
      await this.#gone.promise
      clearTimeout(late)
      return
    }
    // A task runs inside its one call and hears nothing until it is over: it is ended as it is.
    this.#finish({ kind: 'stopped' })
    await this.#gone.promise
  }

  /** A listener or store that throws ends this instance, not the agent. */
  #onMessageSafely(message: FromWorker): void {
    try {
      this.#onMessage(message)
    } catch (error) {
      this.#fail(endOf(error, `handling ${message.kind}`))
    }
  }

  #onMessage(message: FromWorker): void {
    if (this.#end) return
    if ('outputs' in message) for (const output of message.outputs) this.#emit(output)
    switch (message.kind) {
      case 'ready':
      case 'outputs':
        return
      case 'started':
        this.#watch.end()
        this.#exports = message.exports
        this.#started?.resolve()
        return
      case 'frameDone':
        this.#watch.end()
        this.#framesSincePixels = message.usedPixels ? 0 : this.#framesSincePixels + 1
        this.#release(this.#delivered)
        return
      case 'intervalDone':
        this.#watch.end()
        this.#isIntervalOut = false
        return
      case 'commandDone': {
        this.#watch.end()
        const { result } = message
        this.#commands.get(message.id)?.settle(typeof result === 'string' ? result : toError(result))
        this.#commands.delete(message.id)
        return
      }
      case 'taskDone':
        this.#finish({ kind: 'completed', exitCode: message.exitCode })
        return
      case 'stopped':
        this.#finish({ kind: 'stopped' })
        return
      case 'failed':
        this.#fail(toError(message.failure))
        return
      case 'ask':
        this.#answer(message.question)
        return
      case 'release':
        this.#release(message.frame)
        return
      case 'stateSet':
        this.#keep(message.key, message.value)
    }
  }

  #keep(key: string, value: Uint8Array | undefined): void {
    try {
      if (value === undefined) this.#spec.state.delete(key)
      else this.#spec.state.set(key, value)
    } catch (error) {
      // The guest has long gone on: its author reads it in the log.
      this.#say('error', `state ${key} not kept: ${messageOf(error)}`)
    }
  }

  #emit(output: Output): void {
    this.#listener.onOutput(output)
  }

  /** A line of the host itself, which a component may provoke at will: more than a few are counted only. */
  #say(level: 'warn' | 'error', message: string): void {
    if (this.#notes.take(1, process.hrtime.bigint()) === 0) this.#emit({ kind: 'log', level, context: 'host', message })
    else this.#notesCut++
  }

  #deliver(frame: HeldFrame): boolean {
    if (this.#delivered !== undefined || this.#end || this.#isStopping) return false
    const id = this.#hold(frame)
    this.#delivered = id
    try {
      const plane = this.#framesSincePixels < PIXEL_MEMORY_FRAMES ? this.#slot.place(planeOf(frame)) : undefined
      this.#send({ kind: 'frame', frame: this.#sent(id, frame, plane) })
    } catch (error) {
      this.#release(id)
      this.#say('warn', `frame not delivered: ${messageOf(error)}`)
    }
    return true
  }

  #sent(id: number, frame: HeldFrame, plane: SentFrame['plane']): SentFrame {
    const inference = this.#usesDetector ? frame.captured.inference?.() : undefined
    return { id, facts: frame.facts, ...(plane && { plane }), ...(inference && { inference }) }
  }

  #hold(frame: HeldFrame): number {
    const id = ++this.#lastId
    this.#frames.set(id, frame)
    return id
  }

  #release(id: number | undefined): void {
    const frame = id === undefined ? undefined : this.#frames.get(id)
    if (id === undefined || !frame) return
    this.#frames.delete(id)
    if (this.#delivered === id) this.#delivered = undefined
    this.#feed?.done(frame)
  }

  #armInterval(): void {
    this.#intervalTimer = setTimeout(() => {
      this.#armInterval()
      if (this.#isIntervalOut) return
      this.#isIntervalOut = true
      this.#send({ kind: 'interval' })
    }, this.#spec.intervalMs)
  }

  #answer(question: Question): void {
    if (question.op === 'take') {
      this.#answerTake(question.timeoutMs)
      return
    }
    let answer: Answer
    try {
      answer = this.#answerTo(question)
    } catch (error) {
      const code = error instanceof OcelliError ? error.code : 'imager.interrupted'
      answer = { op: 'failed', failure: { code, message: messageOf(error) } }
    }
    this.#post({ kind: 'answer', answer })
  }

  #answerTo(question: Exclude<Question, { op: 'take' }>): Answer {
    const { control } = this.#spec.imager ?? {}
    switch (question.op) {
      case 'plane':
        return { op: 'plane', plane: this.#slot.place(planeOf(this.#frame(question.frame))) }
      case 'inference':
        return { op: 'inference', inference: this.#frame(question.frame).captured.inference?.() }
      case 'request':
        return { op: 'request', granted: this.#feed?.request(question.wanted) ?? question.wanted }
      case 'statistics':
        return {
          op: 'statistics',
          statistics: this.#feed?.statistics() ?? { captured: 0, delivered: 0, dropped: 0, poolDepth: 1 },
        }
      case 'current':
      case 'set':
        if (!control) throw new OcelliError('imager.missing', 'The imager cannot be set')
        return { op: question.op, settings: question.op === 'set' ? control.set(question.change) : control.current() }
    }
  }

  #answerTake(timeoutMs: number): void {
    const give = (): void => {
      clearTimeout(this.#takeTimer)
      this.#takeTimer = undefined
      const frame = this.#feed?.take()
      const lost = this.#feed?.lost
      const none = lost === undefined ? ('none' as const) : { lost }
      this.#post({
        kind: 'answer',
        answer: { op: 'take', frame: frame ? this.#sent(this.#hold(frame), frame, undefined) : none },
      })
    }
    if (timeoutMs <= 0 || !this.#feed) {
      give()
      return
    }
    this.#takeTimer = setTimeout(() => {
      this.#feed?.whenReady(() => {})
      give()
    }, timeoutMs)
    this.#feed.whenReady(give)
  }

  #frame(id: number): HeldFrame {
    const frame = this.#frames.get(id)
    if (!frame) throw new OcelliError('instance.host', `Frame ${id} was released already`)
    return frame
  }

  #send(message: ToWorker): void {
    this.#watch.begin()
    this.#post(message)
  }

  #post(message: ToWorker): void {
    if (this.#end) return
    this.#worker.worker.postMessage(message)
    this.#worker.control.ring()
  }

  #onLate(): void {
    const message = `A call took longer than ${this.#spec.limits.callTimeoutMs} ms`
    this.#fail(new OcelliError('instance.deadline', message))
  }

  #onWorkerError(error: unknown): void {
    const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    this.#fail(new OcelliError(isMemory ? 'instance.memory' : 'instance.host', messageOf(error), { cause: error }))
  }

  #fail(error: OcelliError): void {
    // Trouble while it is being stopped changes nothing: it ends, as it was asked to.
    this.#finish(
      this.#isStopping
        ? { kind: 'stopped' }
        : { kind: 'failed', error: { code: error.code, message: error.message.slice(0, 2048) } },
    )
  }

  #finish(end: InstanceEnd): void {
    if (this.#end) return
    this.#end = end
    this.#watch.close()
    clearTimeout(this.#intervalTimer)
    clearTimeout(this.#takeTimer)
    this.#feed?.close()
    for (const id of [...this.#frames.keys()]) this.#release(id)
    for (const command of this.#commands.values()) command.settle(goneError(this.id, end))
    this.#commands.clear()
    void this.#worker.worker.terminate().then(() => {
      this.#unregister()
      if (this.#started) this.#started.reject(startError(this.id, end))
      else this.#listener.onEnd(end)
      this.#gone.resolve()
    })
  }
}

function startError(id: InstanceId, end: InstanceEnd): OcelliError {
  return end.kind === 'failed'
    ? toError(end.error)
    : new OcelliError('instance.host', `${id} was stopped while it started`)
}

function planeOf({ captured, facts }: HeldFrame): Uint8Array {
  return guestPlane(captured.read(), facts)
}

function stateOf({ state }: InstanceSpec): ReadonlyMap<string, Uint8Array> {
  const values = new Map<string, Uint8Array>()
  for (const key of state.keys()) {
    const value = state.get(key)
    if (value) values.set(key, value)
  }
  return values
}

function setTimer(delayMs: number, fn: () => void): () => void {
  const timer = setTimeout(fn, delayMs)
  return () => clearTimeout(timer)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
