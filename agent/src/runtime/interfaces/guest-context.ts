/** What the host interfaces of one instance work on; the same for both adapters. */
import type { ImagerFacts } from '@ocelli/schemas/messages/inventory'
import type { ImagerControl, SensorInference } from '../../imager/imager.ts'
import type { InstanceSpec, InstanceState } from '../host.ts'
import type { HostInterface } from '../wasi/closed-wasi.ts'
import type { FrameSource, Picture } from './frames.ts'
import type { OutputGate } from './output-gate.ts'

export type { HostInterface }

export interface GuestContext {
  readonly outputs: OutputGate
  readonly role: InstanceSpec['role']
  readonly config: Readonly<Record<string, string>>
  readonly state: InstanceState
  readonly frames: FrameSource
  /** The imager the instance is bound to, if any. */
  readonly imager: GuestImager | undefined
}

export interface GuestImager {
  readonly facts: ImagerFacts
  /** Absent where the imager cannot be set. */
  readonly control: ImagerControl | undefined
  /** What the sensor's own network gave for a frame; `undefined` where it runs none. */
  inference(picture: Picture): SensorInference | undefined
}
