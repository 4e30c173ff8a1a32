/** ocelli:sensing/detections: boxes without pixels. */

import type { WitDetection } from './detector.ts'
import type { GuestContext, HostInterface } from './guest-context.ts'
import type { OutputError } from './output-gate.ts'
import { checkRegion } from './pixels.ts'
import { err, type Result } from './result.ts'
import { checkLength, firstProblem } from './text-rules.ts'

const MAX_DETECTIONS = 256
const MAX_FRAME_PIXELS = 16_384

export function detectionsInterface({ outputs }: GuestContext): HostInterface {
  return {
    publish(width: number, height: number, detections: readonly WitDetection[]): Result<undefined, OutputError> {
      const frame = { widthPixels: width, heightPixels: height }
      const problem = firstProblem(
        checkSide('frame width', width),
        checkSide('frame height', height),
        detections.length > MAX_DETECTIONS
          ? `${detections.length} detections are more than ${MAX_DETECTIONS}`
          : undefined,
        ...detections.map((detection) =>
          firstProblem(
            checkLength('class', detection.class, 1, 64),
            detection.score >= 0 && detection.score <= 1 ? undefined : `score ${detection.score} is not from 0 to 1`,
            checkRegion(detection.box, frame),
          ),
        ),
      )
      if (problem !== undefined) return err({ tag: 'invalid', val: problem })
      return outputs.publish({
        kind: 'detections',
        frameWidthPixels: width,
        frameHeightPixels: height,
        boxes: detections.map(({ class: name, score, box }) => ({ class: name, score, ...box })),
      })
    },
  }
}

function checkSide(what: string, pixels: number): string | undefined {
  return pixels >= 1 && pixels <= MAX_FRAME_PIXELS ? undefined : `${what} ${pixels} is not 1 to ${MAX_FRAME_PIXELS}`
}
