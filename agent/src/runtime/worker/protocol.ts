/** Messages between the agent's thread and the worker of one instance. Both ends are this program: nothing is parsed. */
import type { ErrorCode } from '@ocelli/schemas/errors'
import type { ImagerFacts } from '@ocelli/schemas/messages/inventory'
import type { ImagerSettings, SensorInference } from '../../imager/imager.ts'
import type { CoreModule } from '../code/webassembly.ts'
import type { GuestExports } from '../guest.ts'
import type { InstanceLimits, InstanceSpec, Output } from '../host.ts'
import type { FrameRequest, FrameStatistics, PictureFacts } from '../interfaces/frames.ts'
import type { LinkPlan } from '../link.ts'

/** What a worker is born with. */
export interface GuestWorkerData {
  readonly control: SharedArrayBuffer
}

/** A component as it is posted: compiled modules travel, functions do not. */
export interface SentComponent {
  readonly script: string
  readonly modules: ReadonlyMap<string, CoreModule>
  readonly exports: readonly string[]
}

export interface GuestStart {
  readonly components: readonly SentComponent[]
  readonly links: LinkPlan
  readonly role: InstanceSpec['role']
  readonly limits: InstanceLimits
  readonly config: Readonly<Record<string, string>>
  /** Values of the `state` interface at the start; changes are sent back as they are made. */
  readonly state: ReadonlyMap<string, Uint8Array>
  readonly imager: { readonly facts: ImagerFacts; readonly isControllable: boolean } | undefined
}

/** Where a plane lies in shared memory. */
export interface PlacedPlane {
  readonly bytes: number
  /** Absent where the plane lies in the slot that was sent last. */
  readonly slot?: SharedArrayBuffer
  /** Present where the driver captures into shared memory itself: the plane is there, for this frame alone. */
  readonly own?: { readonly buffer: SharedArrayBuffer; readonly offset: number }
}

export interface SentFrame {
  readonly id: number
  readonly facts: PictureFacts
  /** Present where the pixels were copied on delivery, for an instance that is known to read them. */
  readonly plane?: PlacedPlane
  /** Present for an instance that uses the sensor's own network. */
  readonly inference?: SensorInference
}

export type ToWorker =
  | { readonly kind: 'start'; readonly start: GuestStart }
  | { readonly kind: 'frame'; readonly frame: SentFrame }
  | { readonly kind: 'interval' }
  | { readonly kind: 'task' }
  | {
      readonly kind: 'command'
      readonly id: number
      readonly name: string
      readonly input: string
      readonly timeoutMs: number
    }
  | { readonly kind: 'stop' }
  | { readonly kind: 'answer'; readonly answer: Answer }

/** What the worker cannot answer by itself: it waits for the answer. */
export type Question =
  | { readonly op: 'plane'; readonly frame: number }
  | { readonly op: 'inference'; readonly frame: number }
  | { readonly op: 'take'; readonly timeoutMs: number }
  | { readonly op: 'request'; readonly wanted: FrameRequest }
  | { readonly op: 'statistics' }
  | { readonly op: 'current' }
  | { readonly op: 'set'; readonly change: Partial<ImagerSettings> }

export type Answer =
  | { readonly op: 'plane'; readonly plane: PlacedPlane }
  | { readonly op: 'inference'; readonly inference: SensorInference | undefined }
  | { readonly op: 'take'; readonly frame: SentFrame | 'none' | { readonly lost: string } }
  | { readonly op: 'request'; readonly granted: FrameRequest }
  | { readonly op: 'statistics'; readonly statistics: FrameStatistics }
  | { readonly op: 'current' | 'set'; readonly settings: ImagerSettings }
  | { readonly op: 'failed'; readonly failure: Failure }

export interface Failure {
  readonly code: ErrorCode
  readonly message: string
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'started'; readonly exports: GuestExports; readonly outputs: readonly Output[] }
  /** The call that was asked for is done; `usedPixels` tells whether the next frame should bring its pixels along. */
  | { readonly kind: 'frameDone'; readonly outputs: readonly Output[]; readonly usedPixels: boolean }
  | { readonly kind: 'intervalDone'; readonly outputs: readonly Output[] }
  | {
      readonly kind: 'commandDone'
      readonly id: number
      readonly result: string | Failure
      readonly outputs: readonly Output[]
    }
  | { readonly kind: 'taskDone'; readonly exitCode: number; readonly outputs: readonly Output[] }
  | { readonly kind: 'stopped'; readonly outputs: readonly Output[] }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly outputs: readonly Output[] }
  /** Ahead of the end of a long call. */
  | { readonly kind: 'outputs'; readonly outputs: readonly Output[] }
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'release'; readonly frame: number }
  | { readonly kind: 'stateSet'; readonly key: string; readonly value: Uint8Array | undefined }
