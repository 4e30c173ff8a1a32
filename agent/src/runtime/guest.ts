/**
 * One instance inside its thread: instantiates the components, links them, and calls their exports.
 * Both adapters use it; what differs between them are the ports it is given.
 */

import { OcelliError } from '@ocelli/schemas/errors'
import { importIsMet } from '@ocelli/schemas/interface-name'
import type { Instantiate } from './code/instantiator.ts'
import type { CoreModule, LinearMemory } from './code/webassembly.ts'
import { webAssembly } from './code/webassembly.ts'
import { type FailureContext, failureOf, GuestRefusal, refusalOf } from './guest-failure.ts'
import { configInterface } from './interfaces/config.ts'
import { detectionsInterface } from './interfaces/detections.ts'
import { detectorInterface } from './interfaces/detector.ts'
import { eventsInterface } from './interfaces/events.ts'
import { Frame, framesInterface, type Picture } from './interfaces/frames.ts'
import type { GuestContext, HostInterface } from './interfaces/guest-context.ts'
import { imagerControlInterface } from './interfaces/imager-control.ts'
import { imagesInterface } from './interfaces/images.ts'
import { loggingInterface } from './interfaces/logging.ts'
import { measurementsInterface } from './interfaces/measurements.ts'
import { stateInterface } from './interfaces/state.ts'
import type { LinkPlan, LinkSource } from './link.ts'
import { GuestExit } from './wasi/cli.ts'
import { type ClosedWasiPorts, closedWasi } from './wasi/closed-wasi.ts'

/** One component, ready to be instantiated. */
export interface GuestComponent {
  readonly instantiate: Instantiate
  readonly modules: ReadonlyMap<string, CoreModule>
  readonly exports: readonly string[]
}

export interface GuestPorts extends ClosedWasiPorts {
  readonly context: GuestContext
  /** Memory of all components together in bytes: only to tell a memory failure from any other trap. */
  readonly memoryLimitBytes: number
}

export interface GuestExports {
  readonly frame: boolean
  readonly interval: boolean
  readonly command: boolean
  readonly task: boolean
}

/** How a command ended: its result, or the refusal that the component chose. */
export type CommandAnswer =
  | { readonly kind: 'done'; readonly result: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Each call throws OcelliError (`instance.trap`, `instance.memory`, `instance.host`) after which the guest is dead,
 * or GuestExit where the component called `exit`.
 */
export interface Guest {
  readonly exports: GuestExports
  /** Calls `lifecycle.init`. Throws `instance.init` where the component refuses. */
  init(): void
  onFrame(picture: Picture): void
  onInterval(): void
  onCommand(name: string, input: string): CommandAnswer
  /** Runs the task to its end; the exit code is 0 where it returned ok. */
  run(): number
  /** Calls `lifecycle.stop`. */
  stop(): void
  /** Linear memory of all components together. */
  memoryBytes(): number
}

type GuestFunction = (...values: unknown[]) => unknown
/** Component 0 is the one that is driven. Instantiating runs the components' start functions: it fails as any call does. */
export function instantiateGuest(components: readonly GuestComponent[], plan: LinkPlan, ports: GuestPorts): Guest {
  const memories: LinearMemory[] = []
  const failures: FailureContext = { memories, memoryLimitBytes: ports.memoryLimitBytes }
  const host = hostInterfaces(ports)
  const exported: Readonly<Record<string, HostInterface>>[] = []
  for (const index of plan.order) {
    const component = components[index]
    if (!component) throw new RangeError(`there is no component ${index}`)
    const imports: Record<string, HostInterface> = {}
    for (const [path, source] of plan.sources[index] ?? []) {
      imports[path] = provide(path, source)
    }
    exported[index] = guard('instantiation', failures, () => instantiate(component, imports, memories))
  }
  return drive(exported[0] ?? {}, components[0]?.exports ?? [], ports.context, failures)

  function provide(path: string, source: LinkSource): HostInterface {
    if (typeof source.from === 'number' && 'exportName' in source)
      return exported[source.from]?.[source.exportName] ?? {}
    const whole = host(path)
    return source.from === 'host' ? (whole ?? {}) : typesOf(whole ?? {})
  }
}

/** The resource classes of an interface, and a class without instances for each that the host does not have. */
function typesOf(whole: HostInterface): HostInterface {
  return new Proxy(whole, {
    get: (held, name) => (isClassName(String(name)) ? (held[String(name)] ?? Absent) : undefined),
  })
}

class Absent {}

/** jco names resource classes in PascalCase and functions in camelCase. */
function isClassName(name: string): boolean {
  return /^[A-Z]/.test(name)
}

function instantiate(
  component: GuestComponent,
  imports: Readonly<Record<string, HostInterface>>,
  memories: LinearMemory[],
): Readonly<Record<string, HostInterface>> {
  const getCoreModule = (name: string): CoreModule => {
    const module = component.modules.get(name)
    if (!module) throw new RangeError(`there is no core module ${name}`)
    return module
  }
  return component.instantiate(getCoreModule, imports, (module, coreImports = {}) => {
    const instance = new webAssembly.Instance(module, coreImports)
    for (const value of Object.values(instance.exports)) {
      if (value instanceof webAssembly.Memory && !memories.includes(value)) memories.push(value)
    }
    return instance
  })
}

/** Makers of the interfaces that need a grant, by path. */
const GRANTED: ReadonlyMap<string, (ports: GuestPorts) => HostInterface> = new Map([
  ['ocelli:sensing/frames', ({ context }) => framesInterface(context)],
  ['ocelli:sensing/imager-control', ({ context }) => imagerControlInterface(context)],
  ['ocelli:sensing/detector', ({ context }) => detectorInterface(context)],
  ['ocelli:sensing/measurements', ({ context }) => measurementsInterface(context)],
  ['ocelli:sensing/detections', ({ context }) => detectionsInterface(context)],
  ['ocelli:sensing/events', ({ context }) => eventsInterface(context)],
  ['ocelli:sensing/images', (ports) => imagesInterface(ports.context, () => ports.monotonicNanos())],
  ['ocelli:sensing/state', ({ context }) => stateInterface(context)],
  ['wasi:config/store', ({ context }) => configInterface(context)],
  ['wasi:logging/logging', ({ context }) => loggingInterface(context)],
])

/**
 * The host interfaces of one instance by path, each made when a component first imports it; the components of an
 * instance share them. Which of them a component can call was settled by the link plan.
 */
function hostInterfaces(ports: GuestPorts): (path: string) => HostInterface | undefined {
  const made = new Map<string, HostInterface>()
  let wasi: ReadonlyMap<string, HostInterface> | undefined
  return (path) => {
    const make = GRANTED.get(path)
    if (make === undefined) {
      wasi ??= closedWasi(ports)
      return wasi.get(path)
    }
    const whole = made.get(path) ?? make(ports)
    made.set(path, whole)
    return whole
  }
}

function drive(
  exported: Readonly<Record<string, HostInterface>>,
  names: readonly string[],
  context: GuestContext,
  failures: FailureContext,
): Guest {
  const find = (driven: string, member: string): GuestFunction | undefined => {
    const name = names.find((candidate) => importIsMet(candidate, driven))
    const value = name === undefined ? undefined : exported[name]?.[member]
    return isGuestFunction(value) ? value : undefined
  }
  const init = find('ocelli:sensing/lifecycle@0.1.0', 'init')
  const stop = find('ocelli:sensing/lifecycle@0.1.0', 'stop')
  const onFrame = find('ocelli:sensing/frame-handler@0.1.0', 'onFrame')
  const onInterval = find('ocelli:sensing/interval-handler@0.1.0', 'onInterval')
  const onCommand = find('ocelli:sensing/command-handler@0.1.0', 'onCommand')
  const run = find('wasi:cli/run@0.2.12', 'run')
  const frame = new Frame()

  /** Calls an export whose error is a text that is logged and otherwise changes nothing. */
  function callLogged(where: string, call: () => unknown): void {
    const refusal = guard(where, failures, call, true)
    if (refusal instanceof GuestRefusal) {
      context.outputs.publish({ kind: 'log', level: 'warn', context: where, message: refusal.text() })
    }
  }

  return {
    exports: {
      frame: onFrame !== undefined,
      interval: onInterval !== undefined,
      command: onCommand !== undefined,
      task: run !== undefined,
    },
    init() {
      const refusal = init && guard('lifecycle.init', failures, init, true)
      if (refusal instanceof GuestRefusal) {
        throw new OcelliError('instance.init', `The component refused to start: ${refusal.text()}`)
      }
    },
    onFrame(picture) {
      frame.picture = picture
      context.outputs.stampWith(picture.facts)
      try {
        callLogged('on-frame', () => onFrame?.(frame))
      } finally {
        frame.picture = undefined
        context.outputs.stampWith(undefined)
      }
    },
    onInterval() {
      if (onInterval) callLogged('on-interval', onInterval)
    },
    onCommand(name, input) {
      if (!onCommand) return { kind: 'unknown' }
      const answer = guard('on-command', failures, () => onCommand(name, input), true)
      if (!(answer instanceof GuestRefusal)) return { kind: 'done', result: String(answer) }
      const { tag } = answer
      return tag === 'unknown-command' ? { kind: 'unknown' } : { kind: 'refused', reason: `${tag}: ${answer.text()}` }
    },
    run() {
      try {
        const refusal = run && guard('run', failures, run, true)
        return refusal instanceof GuestRefusal ? 1 : 0
      } catch (error) {
        if (error instanceof GuestExit) return error.exitCode
        throw error
      }
    },
    stop() {
      if (stop) guard('lifecycle.stop', failures, stop)
    },
    memoryBytes: () => failures.memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
  }
}

/** Runs guest code. With `refusals`, an error that the component returned is a value; every other throw ends the guest. */
function guard<T>(where: string, failures: FailureContext, call: () => T): T
function guard<T>(where: string, failures: FailureContext, call: () => T, refusals: true): T | GuestRefusal
function guard<T>(where: string, failures: FailureContext, call: () => T, refusals = false): T | GuestRefusal {
  try {
    return call()
  } catch (error) {
    if (error instanceof GuestExit) throw error
    const refusal = refusals ? refusalOf(error) : undefined
    if (refusal) return refusal
    throw failureOf(error, where, failures)
  }
}

function isGuestFunction(value: unknown): value is GuestFunction {
  return typeof value === 'function'
}
