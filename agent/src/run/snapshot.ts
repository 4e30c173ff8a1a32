/** One frame of an imager as JPEG, for a person who asks what an instance is looking at. */
import { OcelliError } from '@ocelli/schemas/errors'
import type { CapturedFrame, FrameSubscription, Imager, StreamRequest } from '../imager/imager.ts'
import type { Clock } from '../ports.ts'
import { lumaRegion } from '../runtime/interfaces/pixels.ts'

export interface SnapshotRequest {
  readonly imager: Imager
  /** What the instance itself asks of the imager. */
  readonly frames: StreamRequest
  readonly clock: Pick<Clock, 'setTimer'>
  readonly timeoutMs: number
}

/** Encoding takes some 0.1 ms for a thousand pixels, on the agent's own thread. */
const MAX_WIDTH_PIXELS = 1280
const QUALITY = 80

export interface Snapshot {
  readonly frame: number
  readonly captureNanos: bigint
  readonly jpeg: Uint8Array
}

/** Rejects with `imager.interrupted`, or with `command.expired` where no frame comes in time. */
export async function takeSnapshot(request: SnapshotRequest): Promise<Snapshot> {
  // A device of which nobody ever asks for a picture does not carry the encoder.
  const { encodeGray } = await import('../runtime/interfaces/jpeg.ts')
  return nextFrame(request, (frame) => {
    const { widthPixels: width, heightPixels: height, sequence, captureNanos } = frame
    const luma = lumaRegion(frame.read(), frame, { x: 0, y: 0, width, height }, 1)
    return { frame: sequence, captureNanos, jpeg: encodeGray(luma, width, height, QUALITY) }
  })
}

function nextFrame<T>(
  { imager, frames, clock, timeoutMs }: SnapshotRequest,
  use: (frame: CapturedFrame) => T,
): Promise<T> {
  const widthPixels = Math.min(frames.widthPixels ?? imager.facts.widthPixels, MAX_WIDTH_PIXELS)
  let subscription: FrameSubscription | undefined
  let cancel = () => {}
  return new Promise<T>((resolve, reject) => {
    cancel = clock.setTimer(timeoutMs, () =>
      reject(new OcelliError('command.expired', `no frame of ${imager.facts.id} within ${timeoutMs} ms`)),
    )
    subscription = imager.subscribe(
      { ...frames, widthPixels },
      {
        onFrame(frame) {
          try {
            resolve(use(frame))
          } catch (cause) {
            reject(cause)
          }
          frame.release()
        },
        onInterrupted: (reason) => reject(new OcelliError('imager.interrupted', reason)),
      },
    )
  }).finally(() => {
    cancel()
    subscription?.close()
  })
}
