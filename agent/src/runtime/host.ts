/**
 * The component host port: turns verified artifacts into running instances.
 * Two adapters: one worker thread per instance (devices), and in-thread (simulation and very large simulated fleets).
 */
import type { Digest, ImagerId, InstanceId } from '@ocelli/schemas/ids'
import type { ErrorReport } from '@ocelli/schemas/messages/error-report'
import type { Imager, StreamRequest } from '../imager/imager.ts'

/** Transpiled code of one component, cached by digest and transpiler version; opaque to everyone but the host. */
export interface PreparedComponent {
  readonly digest: Digest
}

/** One component of an instance: index 0 is the main one, the others are providers. */
export interface LinkedComponent {
  readonly prepared: PreparedComponent
  /** Every function-bearing import of this component: full interface name with version, and who meets it. */
  readonly links: readonly { readonly interface: string; readonly from: 'host' | number }[]
}

export interface InstanceLimits {
  /** Linear memory of all components of the instance together. */
  readonly memoryBytes: number
  /** Longest time one call of an export may take; a task (`wasi:cli/run`) is meant to take its time and has no deadline. */
  readonly callTimeoutMs: number
  /** Budget of all records but images, over one second, with a burst of ten seconds. */
  readonly outputBytesPerSecond: number
}

export interface InstanceSpec {
  readonly id: InstanceId
  /**
   * A shadow's pictures are checked as those of a live instance and then not made: `images.publish` answers 0 bytes.
   * That it cannot set its imager is the business of the imager that it is given.
   */
  readonly role: 'live' | 'shadow'
  readonly components: readonly LinkedComponent[]
  /** Host interfaces (full names) the instance may call; any other host link is refused with `grant.missing`. */
  readonly grants: readonly string[]
  readonly config: Readonly<Record<string, string>>
  readonly limits: InstanceLimits
  readonly imager?: Imager
  readonly frames: StreamRequest
  /** How often `on-interval` is called; used only when the component exports interval-handler. */
  readonly intervalMs: number
  /** Values of the `state` interface that outlive a restart. */
  readonly state: InstanceState
}

/** Key-value data of one instance on the device. Keys up to 256 characters, values up to 64 KiB, together up to 1 MiB. */
export interface InstanceState {
  get(key: string): Uint8Array | undefined
  set(key: string, value: Uint8Array): void
  delete(key: string): void
  keys(): readonly string[]
}

/** Where a record came from: which frame of which imager. */
export interface FrameStamp {
  readonly imager: ImagerId
  readonly frame: number
  /** Monotonic capture time in microseconds. */
  readonly captureMicros: number
}

/** What a component put out, before the agent stamps it with instance, revision, role and sequence. */
export type Output =
  | {
      readonly kind: 'measurement'
      readonly name: string
      readonly unit: string
      readonly value: number
      readonly labels?: Readonly<Record<string, string>>
      readonly stamp?: FrameStamp
    }
  | {
      readonly kind: 'detections'
      readonly frameWidthPixels: number
      readonly frameHeightPixels: number
      readonly boxes: readonly {
        readonly class: string
        readonly score: number
        readonly x: number
        readonly y: number
        readonly width: number
        readonly height: number
      }[]
      readonly stamp?: FrameStamp
    }
  | {
      readonly kind: 'event'
      readonly name: string
      readonly severity: 'info' | 'warning' | 'critical'
      readonly attributes: Readonly<Record<string, string | number | boolean>>
      readonly stamp?: FrameStamp
    }
  | {
      readonly kind: 'log'
      readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'critical'
      readonly context: string
      readonly message: string
      readonly stamp?: FrameStamp
    }
  | { readonly kind: 'image'; readonly name: string; readonly jpeg: Uint8Array; readonly stamp?: FrameStamp }

/** How an instance ended. A trapped instance is dead for good: the agent starts a new one. */
export type InstanceEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'completed'; readonly exitCode: number }
  | { readonly kind: 'failed'; readonly error: ErrorReport }

export interface InstanceListener {
  onOutput(output: Output): void
  /** Called exactly once, also after `stop`; it may come before whoever called `start` has looked at its result. */
  onEnd(end: InstanceEnd): void
}

/** Counters since the start of the instance. */
export interface InstanceUsage {
  readonly framesHandled: number
  readonly framesDropped: number
  readonly calls: number
  readonly memoryBytes: number
  /** Output refused because the budget was spent. */
  readonly outputDroppedBytes: number
  /** Log lines among it. */
  readonly logLinesCut: number
}

export interface RunningInstance {
  readonly id: InstanceId
  /** Whether the component has an export of that kind. */
  readonly exports: {
    readonly frame: boolean
    readonly interval: boolean
    readonly command: boolean
    readonly task: boolean
  }
  usage(): InstanceUsage
  /**
   * Calls command-handler; rejects with `command.unsupported` (no handler, or it does not know the name),
   * `command.failed` (it answered with an error), `command.expired` (past `timeoutMs`; the call goes on until its own
   * deadline), or the code the instance ended with.
   */
  command(name: string, input: string, timeoutMs: number): Promise<string>
  /** Calls `lifecycle.stop` within the call deadline, then ends the instance. Resolves after `onEnd`. */
  stop(): Promise<void>
}

export interface ComponentHost {
  /**
   * Transpiles verified bytes in a short-lived restricted process, unless cached. Rejects with a coded error
   * (`component.invalid`, `component.tooLarge`, `transpile.timeout`, ...).
   */
  prepare(digest: Digest, wasm: Uint8Array): Promise<PreparedComponent>
  /** Whether `prepare` would answer from the cache. */
  isPrepared(digest: Digest): boolean
  /**
   * Resolves when `lifecycle.init` (if exported) has returned and frames, intervals or the task are being driven.
   * Rejects with a coded error (`link.missing`, `grant.missing`, `imager.missing`, `instance.init`, `instance.trap`,
   * `instance.deadline`, `instance.memory`, `instance.host`). After a rejection `onEnd` is not called: nothing ran.
   */
  start(spec: InstanceSpec, listener: InstanceListener): Promise<RunningInstance>
  /** Drops cached code that no digest in `keep` needs. */
  prune(keep: ReadonlySet<Digest>): void
  close(): Promise<void>
}
