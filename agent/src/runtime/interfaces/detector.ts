/** ocelli:sensing/detector where the sensor itself runs a network: the host hands on what came with the frame. */
import type { Region } from '../../imager/imager.ts'
import type { Frame } from './frames.ts'
import type { GuestContext, HostInterface } from './guest-context.ts'
import { err, ok, type Result } from './result.ts'

export interface WitDetection {
  readonly class: string
  readonly score: number
  readonly box: Region
}

type DetectorError =
  | { readonly tag: 'not-ready' }
  | { readonly tag: 'unsupported-frame'; readonly val: string }
  | { readonly tag: 'invalid-output' }
  | { readonly tag: 'failed'; readonly val: string }

const MAX_DETECTIONS = 256

export function detectorInterface({ imager }: GuestContext): HostInterface {
  return {
    detect(frame: Frame): Result<WitDetection[], DetectorError> {
      const picture = frame.picture
      if (!picture) throw new Error('the frame was used after the call that lent it')
      const inference = imager?.inference(picture)
      if (!inference) return err({ tag: 'failed', val: 'the sensor runs no network' })
      if (!inference.valid) return err({ tag: 'invalid-output' })
      return ok(
        inference.detections
          .slice(0, MAX_DETECTIONS)
          .map(({ class: name, score, box }) => ({ class: name, score, box })),
      )
    },
  }
}
