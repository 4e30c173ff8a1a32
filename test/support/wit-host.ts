/**
 * A small host for sample components: transpiles and runs them in this process, links a provider in, keeps what they put out.
 * It knows the guest contract and nothing of the agent, so that it can tell whether a component keeps to the contract.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transpileBytes } from '@bytecodealliance/jco-transpile'
import { webAssembly } from '../../agent/src/runtime/code/webassembly.ts'

export interface Settings {
  exposureMicros: number
  gainDecibels: number
  region: { x: number; y: number; width: number; height: number }
  frameRateMillihertz: number
}

export interface FrameSource {
  readonly sequence: number
  readonly captureTimeNanos: bigint
  readonly width: number
  readonly height: number
  /** Luma, one byte a pixel, row after row. */
  readonly luma: Uint8Array
  readonly settings?: Settings
}

interface Output {
  /** Number of the frame that was being handled; -1 outside of frames. */
  readonly sequence: number
  readonly kind: 'measurement' | 'detections' | 'event' | 'log'
  readonly value: Record<string, unknown>
}

const DEFAULT_SETTINGS: Settings = {
  exposureMicros: 10_000,
  gainDecibels: 0,
  region: { x: 0, y: 0, width: 640, height: 480 },
  frameRateMillihertz: 10_000,
}

/** The resource class `frame`; linked components share it, as a host must do for a borrow to pass through. */
export class Frame {
  readonly #source: FrameSource

  constructor(source: FrameSource) {
    this.#source = source
  }

  info() {
    const { sequence, captureTimeNanos, width, height, settings = DEFAULT_SETTINGS } = this.#source
    return { sequence: BigInt(sequence), captureTimeNanos, width, height, format: 'gray8', dropped: 0, settings }
  }

  read() {
    return this.#source.luma
  }

  readRegion(region: { x: number; y: number; width: number; height: number }, step: number) {
    const { luma, width, height } = this.#source
    if (step < 1 || step > 64 || region.x + region.width > width || region.y + region.height > height)
      throw { payload: { tag: 'invalid-region', val: `${JSON.stringify(region)} step ${step}` } }
    const columns = Math.ceil(region.width / step)
    const rows = Math.ceil(region.height / step)
    const picked = new Uint8Array(columns * rows)
    for (let row = 0, at = 0; row < rows; row++) {
      const start = (region.y + row * step) * width + region.x
      for (let column = 0; column < columns; column++) picked[at++] = luma[start + column * step] ?? 0
    }
    return picked
  }
}

type Interface = Record<string, unknown>
type Exports = Record<string, Interface | undefined>
type Instantiate = (getCoreModule: (path: string) => WebAssembly.Module, imports: Record<string, Interface>) => Exports

export interface TestHost {
  /** What was put out so far, in order. */
  readonly outputs: readonly Output[]
  /** Values of one measurement, in order. */
  values(name: string): number[]
  /** Transpiles and instantiates a component; `linked` goes over what this host offers. */
  instantiate(name: string, component: Uint8Array, linked?: Record<string, Interface>): Promise<Exports>
  /** Calls `frame-handler.on-frame`. Throws where the component answers with an error or traps. */
  onFrame(exports: Exports, frame: FrameSource): void
}

export interface TestHostOptions {
  readonly config?: Record<string, string>
  readonly imagerControl?: Interface
  readonly clockNanos?: () => bigint
  /** The newest frame for components that pull. */
  readonly latest?: () => Frame | undefined
}

/** A host that offers what the options give it, and keeps what components put out. */
export function createTestHost(options: TestHostOptions = {}): TestHost {
  const outputs: Output[] = []
  const state = new Map<string, Uint8Array>()
  let sequence = -1
  const put = (kind: Output['kind'], value: Record<string, unknown>) => void outputs.push({ sequence, kind, value })
  const config = new Map(Object.entries(options.config ?? {}))
  const offered: Record<string, Interface> = {
    'ocelli:sensing/types': {},
    'ocelli:sensing/frames': {
      Frame,
      request: (request: unknown) => request,
      latest: () => options.latest?.(),
      next: () => {
        throw { payload: { tag: 'timeout' } }
      },
      statistics: () => ({ captured: 0n, delivered: 0n, dropped: 0n, poolDepth: 1 }),
    },
    'ocelli:sensing/measurements': {
      publish: (name: string, unit: string, value: number, labels: unknown) =>
        put('measurement', { name, unit, value, labels }),
    },
    'ocelli:sensing/detections': {
      publish: (frameWidth: number, frameHeight: number, detections: unknown) =>
        put('detections', { frameWidth, frameHeight, detections }),
    },
    'ocelli:sensing/events': {
      publish: (kind: string, severity: string, attributes: unknown) => put('event', { kind, severity, attributes }),
    },
    'ocelli:sensing/state': {
      get: (key: string) => state.get(key),
      set: (key: string, value: Uint8Array) => void state.set(key, value),
      delete: (key: string) => void state.delete(key),
      keys: () => [...state.keys()].sort(),
    },
    'wasi:config/store': { get: (key: string) => config.get(key), getAll: () => [...config] },
    'wasi:logging/logging': {
      log: (level: string, context: string, message: string) => put('log', { level, context, message }),
    },
    'wasi:clocks/monotonic-clock': { now: options.clockNanos ?? (() => 0n), resolution: () => 1n },
  }
  if (options.imagerControl !== undefined) offered['ocelli:sensing/imager-control'] = options.imagerControl
  return {
    outputs,
    values: (name) =>
      outputs.flatMap(({ kind, value }) =>
        kind === 'measurement' && value.name === name && typeof value.value === 'number' ? [value.value] : [],
      ),
    async instantiate(name, component, linked = {}) {
      const instantiate = await transpile(name, component)
      return instantiate.create({ ...offered, ...linked })
    },
    onFrame(exports, frame) {
      const handler = exports['ocelli:sensing/frame-handler'] ?? exports.frameHandler
      const onFrame = handler?.onFrame
      if (typeof onFrame !== 'function') throw new Error('the component exports no frame-handler')
      sequence = frame.sequence
      onFrame(new Frame(frame))
      sequence = -1
    },
  }
}

async function transpile(
  name: string,
  component: Uint8Array,
): Promise<{ create(imports: Record<string, Interface>): Exports }> {
  const { files } = await transpileBytes(component, { name, instantiation: 'sync' })
  const cores = new Map<string, WebAssembly.Module>()
  const scratch = mkdtempSync(join(tmpdir(), 'ocelli-host-'))
  try {
    for (const [file, content] of Object.entries(files)) {
      if (file.endsWith('.wasm')) cores.set(file, new webAssembly.Module(Uint8Array.from(content)))
    }
    const script = join(scratch, `${name}.mjs`)
    writeFileSync(script, files[`${name}.js`] ?? '')
    const { instantiate }: { instantiate: Instantiate } = await import(pathToFileURL(script).href)
    return { create: (imports) => instantiate((path) => module(cores, path), imports) }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function module(cores: ReadonlyMap<string, WebAssembly.Module>, path: string): WebAssembly.Module {
  const core = cores.get(path)
  if (core === undefined) throw new Error(`the transpiled component asks for ${path}, there is ${[...cores.keys()]}`)
  return core
}
