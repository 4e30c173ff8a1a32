/** ocelli:sensing/images: the only way out for pixels, as JPEG. */
import type { Region } from '../../imager/imager.ts'
import type { Frame } from './frames.ts'
import type { GuestContext, HostInterface } from './guest-context.ts'
import { encodeGray } from './jpeg.ts'
import { checkRegion } from './pixels.ts'
import { err, ok, type Result } from './result.ts'
import { checkImageName, firstProblem } from './text-rules.ts'
import { TokenBucket } from './token-bucket.ts'

type ImageError =
  | { readonly tag: 'invalid'; readonly val: string }
  | { readonly tag: 'over-budget'; readonly val: number }
  | { readonly tag: 'too-large'; readonly val: number }

/** One image: fits into one MQTT message with room to spare. */
const MAX_IMAGE_BYTES = 1_048_576
/** Images have a budget apart from records: one image of the largest size at once, then a quarter of that a second. */
const IMAGE_BYTES_PER_SECOND = MAX_IMAGE_BYTES / 4

export function imagesInterface({ outputs, role }: GuestContext, nowNanos: () => bigint): HostInterface {
  const bucket = new TokenBucket(IMAGE_BYTES_PER_SECOND, 2 * MAX_IMAGE_BYTES, nowNanos())
  return {
    publish(name: string, frame: Frame, region: Region, quality: number): Result<number, ImageError> {
      const picture = frame.picture
      if (!picture) throw new Error('the frame was used after the call that lent it')
      const problem = firstProblem(
        checkImageName(name),
        checkRegion(region, picture.facts),
        quality >= 1 && quality <= 100 ? undefined : `quality ${quality} is not from 1 to 100`,
      )
      if (problem !== undefined) return err({ tag: 'invalid', val: problem })
      // Nothing that a shadow is shown may leave the device: not even the encoder sees its pixels.
      if (role === 'shadow') return ok(0)
      const jpeg = encodeGray(picture.luma(region, 1), region.width, region.height, quality)
      if (jpeg.length > MAX_IMAGE_BYTES) return err({ tag: 'too-large', val: MAX_IMAGE_BYTES })
      const waitMs = bucket.take(jpeg.length, nowNanos())
      if (waitMs > 0) return err({ tag: 'over-budget', val: waitMs })
      outputs.publishFree({ kind: 'image', name, jpeg })
      return ok(jpeg.length)
    },
  }
}
