/** One instance of the in-thread host. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { InstanceId } from '@ocelli/schemas/ids'
import type { SensorInference } from '../../imager/imager.ts'
import { FrameFeed, type HeldFrame } from '../frame-feed.ts'
import { type Guest, type GuestExports, instantiateGuest } from '../guest.ts'
import type { InstanceEnd, InstanceListener, InstanceSpec, InstanceUsage, Output, RunningInstance } from '../host.ts'
import { commandResult, endOf, goneError } from '../instance-end.ts'
import type { FrameSource, Picture } from '../interfaces/frames.ts'
import { OutputGate } from '../interfaces/output-gate.ts'
import { guestPlane, lumaRegion } from '../interfaces/pixels.ts'
import { planStart } from '../start-plan.ts'
import type { InThreadHostOptions } from './in-thread-host.ts'

const NANOS_PER_MS = 1_000_000n
const NO_EXPORTS: GuestExports = { frame: false, interval: false, command: false, task: false }

/**
 * Invariants: at most one call of the guest at a time; while a call's virtual cost has not passed, no other begins;
 * after the end nothing of the guest is called and no timer or subscription is left; `onEnd` is called once.
 */
export class InThreadInstance implements RunningInstance {
  readonly id: InstanceId
  readonly #spec: InstanceSpec
  readonly #listener: InstanceListener
  readonly #options: InThreadHostOptions
  readonly #onGone: () => void
  readonly #gate: OutputGate
  readonly #outputs: Output[] = []
  readonly #commands: (() => void)[] = []
  readonly #pictures = new Map<Picture, HeldFrame>()
  #guest: Guest | undefined
  #feed: FrameFeed | undefined
  #cancelInterval: (() => void) | undefined
  #cancelBusy: (() => void) | undefined
  #cancelTask: (() => void) | undefined
  #afterBusy: (() => void) | undefined
  /** Time that the guest waited inside the call under way: its clock runs ahead of the port by this. */
  #waitedNanos = 0n
  #isBusy = false
  #end: InstanceEnd | undefined
  #calls = 0
  #framesHandled = 0

  constructor(spec: InstanceSpec, listener: InstanceListener, options: InThreadHostOptions, onGone: () => void) {
    this.id = spec.id
    this.#spec = spec
    this.#listener = listener
    this.#options = options
    this.#onGone = onGone
    this.#gate = new OutputGate({
      outputBytesPerSecond: spec.limits.outputBytesPerSecond,
      imager: spec.imager?.facts.id,
      monotonicNanos: () => this.#nowNanos(),
      accept: (output) => this.#outputs.push(output),
    })
  }

  get exports(): GuestExports {
    return this.#guest?.exports ?? NO_EXPORTS
  }

  /** Instantiates and initialises. Throws OcelliError, after which the instance never was. */
  open(): void {
    const { code } = this.#options
    const plan = planStart(this.#spec, code)
    const components = plan.codes.map((component, index) => ({
      instantiate: code.instantiator(component),
      exports: component.exports,
      modules: code.modules(component, plan.maximumPages[index] ?? []),
    }))
    if (this.#spec.imager && (plan.handlesFrames || plan.pullsFrames)) {
      this.#feed = new FrameFeed({
        imager: this.#spec.imager,
        request: this.#spec.frames,
        setTimer: (delayMs, fn) => this.#options.clock.setTimer(delayMs, fn),
        ...(plan.handlesFrames && { deliver: (frame: HeldFrame) => this.#deliver(frame) }),
      })
    }
    const guest = instantiateGuest(components, plan.links, this.#ports())
    this.#guest = guest
    try {
      this.#counted(() => guest.init())
    } catch (error) {
      this.#guest = undefined
      throw endOf(error, 'lifecycle.init')
    }
    this.#feed?.open()
    this.#flush()
    if (guest.exports.interval) this.#armInterval()
    if (guest.exports.task) this.#cancelTask = this.#options.clock.setTimer(0, () => this.#runTask(guest))
  }

  usage(): InstanceUsage {
    return {
      framesHandled: this.#framesHandled,
      framesDropped: this.#feed?.statistics().dropped ?? 0,
      calls: this.#calls,
      memoryBytes: this.#guest?.memoryBytes() ?? 0,
      outputDroppedBytes: this.#gate.droppedBytes,
      logLinesCut: this.#gate.linesCut,
    }
  }

  command(name: string, input: string, timeoutMs: number): Promise<string> {
    const guest = this.#guest
    if (this.#end) return Promise.reject(goneError(this.id, this.#end))
    if (!guest?.exports.command) {
      return Promise.reject(new OcelliError('command.unsupported', `Instance ${this.id} takes no commands`))
    }
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.setTimer(timeoutMs, () =>
        reject(new OcelliError('command.expired', `Command ${name} was not done within ${timeoutMs} ms`)),
      )
      const run = (): void => {
        cancel()
        if (this.#end) {
          reject(this.#goneError())
          return
        }
        this.#call(
          () => commandResult(name, guest.onCommand(name, input)),
          (settled) => (settled instanceof OcelliError ? reject(settled) : resolve(settled)),
          () => reject(this.#goneError()),
        )
      }
      if (this.#isBusy) this.#commands.push(run)
      else run()
    })
  }

  async stop(): Promise<void> {
    if (this.#end) return
    const guest = this.#guest
    try {
      if (guest && !this.#isBusy) this.#counted(() => guest.stop())
    } catch {
      // It ends in any case, and a fault while being told to stop is no reason to start it again.
    }
    this.#finish({ kind: 'stopped' })
  }

  #deliver(frame: HeldFrame): boolean {
    const guest = this.#guest
    if (this.#isBusy || this.#end || !guest) return false
    const picture = this.#picture(frame)
    this.#framesHandled++
    this.#call(
      () => guest.onFrame(picture),
      () => picture.release(),
      () => picture.release(),
    )
    return true
  }

  #armInterval(): void {
    this.#cancelInterval = this.#options.clock.setTimer(this.#spec.intervalMs, () => {
      this.#armInterval()
      const guest = this.#guest
      if (guest && !this.#isBusy) this.#call(() => guest.onInterval())
    })
  }

  #runTask(guest: Guest): void {
    this.#isBusy = true
    try {
      const exitCode = this.#counted(() => guest.run())
      this.#finish({ kind: 'completed', exitCode })
    } catch (error) {
      this.#fail(error, 'run')
    }
  }

  /** Runs the guest, passes on what it put out, and keeps the instance busy for the virtual cost of the call. */
  #call<T>(work: () => T, after: (result: T) => void = () => {}, failed: () => void = () => {}): void {
    this.#isBusy = true
    let result: T
    let waitedMs: number
    try {
      result = this.#counted(work)
      waitedMs = Number(this.#waitedNanos / NANOS_PER_MS)
      const { callTimeoutMs } = this.#spec.limits
      if (waitedMs > callTimeoutMs) {
        throw new OcelliError('instance.deadline', `A call waited ${waitedMs} ms of ${callTimeoutMs} ms allowed`)
      }
    } catch (error) {
      this.#fail(error, 'a call')
      failed()
      return
    }
    this.#flush()
    this.#waitedNanos = 0n
    const done = (): void => {
      this.#cancelBusy = undefined
      this.#afterBusy = undefined
      this.#isBusy = false
      after(result)
      if (!this.#isBusy) this.#commands.shift()?.()
    }
    const costMs = (this.#options.callCostMs ?? 0) + waitedMs
    if (costMs <= 0 || this.#end) done()
    else {
      this.#afterBusy = failed
      this.#cancelBusy = this.#options.clock.setTimer(costMs, done)
    }
  }

  #counted<T>(work: () => T): T {
    this.#calls++
    this.#waitedNanos = 0n
    return work()
  }

  #flush(): void {
    for (const output of this.#outputs.splice(0)) this.#listener.onOutput(output)
  }

  #fail(error: unknown, where: string): void {
    const { code, message } = endOf(error, where)
    this.#finish({ kind: 'failed', error: { code, message: message.slice(0, 2048) } })
  }

  #finish(end: InstanceEnd): void {
    if (this.#end) return
    this.#end = end
    for (const cancel of [this.#cancelInterval, this.#cancelBusy, this.#cancelTask]) cancel?.()
    this.#afterBusy?.()
    this.#feed?.close()
    for (const frame of this.#pictures.values()) this.#feed?.done(frame)
    this.#pictures.clear()
    this.#gate.close()
    this.#flush()
    this.#onGone()
    this.#listener.onEnd(end)
    for (const run of this.#commands.splice(0)) run()
  }

  #goneError(): OcelliError {
    return goneError(this.id, this.#end)
  }

  #nowNanos(): bigint {
    return this.#options.clock.monotonicNanos() + this.#waitedNanos
  }

  #ports() {
    const { clock, random } = this.#options
    const { imager, config, state, limits, role } = this.#spec
    return {
      memoryLimitBytes: limits.memoryBytes,
      context: {
        outputs: this.#gate,
        role,
        config,
        state,
        frames: this.#source(),
        imager: imager && {
          facts: imager.facts,
          control: imager.control,
          inference: (picture: Picture): SensorInference | undefined =>
            this.#pictures.get(picture)?.captured.inference?.(),
        },
      },
      writeLine: (stream: 'stdout' | 'stderr', message: string) => {
        this.#gate.publish({ kind: 'log', level: stream === 'stdout' ? 'info' : 'error', context: stream, message })
      },
      monotonicNanos: () => this.#nowNanos(),
      wallNanos: () => BigInt(Math.round(clock.wallMs())) * NANOS_PER_MS + this.#waitedNanos,
      wait: (nanos: bigint) => {
        this.#waitedNanos += nanos
      },
      randomBytes: (count: number) => random.bytes(`guest ${this.id}`, count),
    }
  }

  /** Frames on demand. Waiting cannot let a frame come here, since nothing else runs meanwhile: it only passes time. */
  #source(): FrameSource {
    return {
      take: (timeoutMs) => {
        const frame = this.#feed?.take()
        if (frame) return this.#picture(frame)
        if (this.#feed?.lost !== undefined) return { lost: this.#feed.lost }
        this.#waitedNanos += BigInt(timeoutMs) * NANOS_PER_MS
        return 'none'
      },
      request: (wanted) => this.#feed?.request(wanted) ?? wanted,
      statistics: () => this.#feed?.statistics() ?? { captured: 0, delivered: 0, dropped: 0, poolDepth: 1 },
    }
  }

  #picture(frame: HeldFrame): Picture {
    const { captured, facts } = frame
    const picture: Picture = {
      facts,
      plane: () => guestPlane(captured.read(), facts),
      luma: (region, step) =>
        facts.format === 'gray8' ? captured.readRegion(region, step) : lumaRegion(captured.read(), facts, region, step),
      release: () => {
        if (this.#pictures.delete(picture)) this.#feed?.done(frame)
      },
    }
    this.#pictures.set(picture, frame)
    return picture
  }
}
