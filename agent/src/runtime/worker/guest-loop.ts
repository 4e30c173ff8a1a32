/**
 * The worker's side of one instance. It sleeps in `Atomics.wait` between messages instead of returning to the event
 * loop: a call begins some microseconds after it was posted, and the guest can wait for an answer within a call.
 */
import { randomBytes } from 'node:crypto'
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { OcelliError } from '@ocelli/schemas/errors'
import { compileGlue } from '../code/instantiator.ts'
import { type Guest, instantiateGuest } from '../guest.ts'
import type { Output } from '../host.ts'
import { commandResult, endOf } from '../instance-end.ts'
import { OutputGate } from '../interfaces/output-gate.ts'
import { ControlBlock } from './control-block.ts'
import { GuestPictures } from './guest-pictures.ts'
import { GuestStateCopy } from './guest-state-copy.ts'
import type { Answer, Failure, FromWorker, GuestStart, Question, ToWorker } from './protocol.ts'

const NANOS_PER_MS = 1_000_000n
/** Instantiating runs start functions and, for scripting languages, their whole set-up: it gets at least this long. */
const MIN_START_TIMEOUT_MS = 10_000
/** In a call that lasts longer, outputs are sent ahead. */
const SEND_AFTER_NANOS = 50n * NANOS_PER_MS

export function runGuestLoop(port: MessagePort, controlBuffer: SharedArrayBuffer): void {
  const loop = new GuestLoop(port, new ControlBlock(controlBuffer))
  loop.run()
}

class GuestLoop {
  readonly #port: MessagePort
  readonly #control: ControlBlock
  /** Messages that came while the guest waited for an answer. */
  readonly #held: ToWorker[] = []
  readonly #pictures: GuestPictures
  #guest: Guest | undefined
  #gate: OutputGate | undefined
  #outputs: Output[] = []
  #sentAtNanos = 0n
  #sendsAtOnce = false
  #callTimeoutMs = 0
  #framesHandled = 0

  constructor(port: MessagePort, control: ControlBlock) {
    this.#port = port
    this.#control = control
    this.#pictures = new GuestPictures(
      (question) => this.#ask(question),
      (frame) => this.#send({ kind: 'release', frame }),
    )
  }

  run(): void {
    this.#send({ kind: 'ready' })
    let goesOn = true
    while (goesOn) goesOn = this.#handle(this.#held.shift() ?? this.#receive())
  }

  /** Answers false when the instance is over; the agent's thread then ends this worker. */
  #handle(message: ToWorker): boolean {
    try {
      switch (message.kind) {
        case 'start':
          this.#start(message.start)
          return true
        case 'frame':
          this.#call(this.#callTimeoutMs, (guest) => {
            this.#framesHandled++
            guest.onFrame(this.#pictures.delivered(message.frame))
          })
          this.#send({ kind: 'frameDone', outputs: this.#takeOutputs(), usedPixels: this.#pictures.usedPixels })
          return true
        case 'interval':
          this.#call(this.#callTimeoutMs, (guest) => guest.onInterval())
          this.#send({ kind: 'intervalDone', outputs: this.#takeOutputs() })
          return true
        case 'command': {
          const timeoutMs = Math.max(this.#callTimeoutMs, message.timeoutMs)
          const answer = this.#call(timeoutMs, (guest) => guest.onCommand(message.name, message.input))
          const result = commandResult(message.name, answer)
          this.#send({
            kind: 'commandDone',
            id: message.id,
            result: result instanceof OcelliError ? failure(result) : result,
            outputs: this.#takeOutputs(),
          })
          return true
        }
        case 'task': {
          this.#sendsAtOnce = true
          const exitCode = this.#call(undefined, (guest) => guest.run())
          this.#gate?.close()
          this.#send({ kind: 'taskDone', exitCode, outputs: this.#takeOutputs() })
          return false
        }
        case 'stop':
          this.#call(this.#callTimeoutMs, (guest) => guest.stop())
          this.#gate?.close()
          this.#send({ kind: 'stopped', outputs: this.#takeOutputs() })
          return false
        case 'answer':
          throw new Error('an answer came that nobody waits for')
      }
    } catch (error) {
      this.#gate?.close()
      this.#send({ kind: 'failed', failure: failure(endOf(error, message.kind)), outputs: this.#takeOutputs() })
      return false
    }
  }

  #start(start: GuestStart): void {
    this.#callTimeoutMs = start.limits.callTimeoutMs
    const monotonicNanos = () => process.hrtime.bigint()
    const gate = new OutputGate({
      outputBytesPerSecond: start.limits.outputBytesPerSecond,
      imager: start.imager?.facts.id,
      monotonicNanos,
      accept: (output) => this.#accept(output),
    })
    this.#gate = gate
    const ports = {
      memoryLimitBytes: start.limits.memoryBytes,
      context: {
        outputs: gate,
        role: start.role,
        config: start.config,
        state: new GuestStateCopy(start.state, (key, value) => this.#send({ kind: 'stateSet', key, value })),
        frames: this.#pictures,
        imager: start.imager && this.#pictures.imager(start.imager.facts, start.imager.isControllable),
      },
      writeLine: (stream: 'stdout' | 'stderr', message: string) => {
        gate.publish({ kind: 'log', level: stream === 'stdout' ? 'info' : 'error', context: stream, message })
      },
      monotonicNanos,
      wallNanos: () => BigInt(Date.now()) * NANOS_PER_MS,
      wait: sleep,
      randomBytes: (count: number) => randomBytes(count),
    }
    this.#control.beginCall(deadlineIn(Math.max(this.#callTimeoutMs, MIN_START_TIMEOUT_MS)))
    const components = start.components.map(({ script, modules, exports }) => ({
      instantiate: compileGlue(script),
      modules,
      exports,
    }))
    const guest = instantiateGuest(components, start.links, ports)
    this.#guest = guest
    this.#call(this.#callTimeoutMs, () => guest.init())
    this.#send({ kind: 'started', exports: guest.exports, outputs: this.#takeOutputs() })
  }

  #call<T>(timeoutMs: number | undefined, work: (guest: Guest) => T): T {
    const guest = this.#guest
    if (!guest) throw new Error('a call came before the start')
    this.#sentAtNanos = process.hrtime.bigint()
    this.#control.beginCall(timeoutMs === undefined ? 0n : deadlineIn(timeoutMs))
    try {
      return work(guest)
    } finally {
      this.#control.endCall({
        framesHandled: this.#framesHandled,
        memoryBytes: guest.memoryBytes(),
        outputDroppedBytes: this.#gate?.droppedBytes ?? 0,
        logLinesCut: this.#gate?.linesCut ?? 0,
      })
    }
  }

  #accept(output: Output): void {
    this.#outputs.push(output)
    if (!this.#sendsAtOnce && process.hrtime.bigint() - this.#sentAtNanos < SEND_AFTER_NANOS) return
    this.#sentAtNanos = process.hrtime.bigint()
    this.#send({ kind: 'outputs', outputs: this.#takeOutputs() })
  }

  #takeOutputs(): Output[] {
    const outputs = this.#outputs
    this.#outputs = []
    return outputs
  }

  /** Asks the agent's thread and waits; other messages that come meanwhile are kept for later. */
  #ask(question: Question): Answer {
    this.#send({ kind: 'ask', question })
    for (;;) {
      const message = this.#receive()
      if (message.kind === 'answer') return message.answer
      this.#held.push(message)
    }
  }

  #receive(): ToWorker {
    for (;;) {
      const heard = this.#control.rings()
      const received: { message: ToWorker } | undefined = receiveMessageOnPort(this.#port)
      if (received) return received.message
      this.#control.waitForRing(heard)
    }
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message)
  }
}

function failure(error: OcelliError): Failure {
  return { code: error.code, message: error.message }
}

function deadlineIn(timeoutMs: number): bigint {
  return process.hrtime.bigint() + BigInt(Math.ceil(timeoutMs)) * NANOS_PER_MS
}

function sleep(nanos: bigint): void {
  const cell = new Int32Array(new SharedArrayBuffer(4))
  Atomics.wait(cell, 0, 0, Number(nanos) / 1e6)
}
