/**
 * The worker's side of frames: pixels lie in shared memory where the agent's thread expected them to be read, and are
 * asked for where it did not.
 */
import { OcelliError } from '@ocelli/schemas/errors'
import type { ImagerFacts } from '@ocelli/schemas/messages/inventory'
import type { ImagerSettings, Region, SensorInference } from '../../imager/imager.ts'
import type { FrameRequest, FrameSource, FrameStatistics, Picture, PictureFacts } from '../interfaces/frames.ts'
import type { GuestImager } from '../interfaces/guest-context.ts'
import { lumaRegion } from '../interfaces/pixels.ts'
import { PlaneView } from './plane-slot.ts'
import type { Answer, Question, SentFrame } from './protocol.ts'

export class GuestPictures implements FrameSource {
  readonly #ask: (question: Question) => Answer
  readonly #release: (frame: number) => void
  readonly #slot = new PlaneView()
  /** Which frame the slot holds: asking for another's pixels overwrites it. */
  #inSlot: { readonly frame: number; readonly plane: Uint8Array } | undefined
  #usedPixels = false

  constructor(ask: (question: Question) => Answer, release: (frame: number) => void) {
    this.#ask = ask
    this.#release = release
  }

  /** Whether the pixels of the last delivered frame were read. */
  get usedPixels(): boolean {
    return this.#usedPixels
  }

  /** The picture of a delivered frame, valid until the next. */
  delivered(frame: SentFrame): Picture {
    this.#usedPixels = false
    if (frame.plane) this.#inSlot = { frame: frame.id, plane: this.#slot.view(frame.plane) }
    return new SentPicture(
      frame,
      (id) => this.#plane(id),
      () => {},
    )
  }

  take(timeoutMs: number): Picture | 'none' | { readonly lost: string } {
    const answer = this.#expect({ op: 'take', timeoutMs }, 'take')
    if (answer.frame === 'none' || 'lost' in answer.frame) return answer.frame
    const { id } = answer.frame
    return new SentPicture(
      answer.frame,
      (frame) => this.#plane(frame),
      () => this.#release(id),
    )
  }

  request(wanted: FrameRequest): FrameRequest {
    return this.#expect({ op: 'request', wanted }, 'request').granted
  }

  statistics(): FrameStatistics {
    return this.#expect({ op: 'statistics' }, 'statistics').statistics
  }

  /** The imager as host interfaces see it. */
  imager(facts: ImagerFacts, isControllable: boolean): GuestImager {
    const settings = (question: Question): ImagerSettings => {
      const answer = this.#asked(question)
      if (answer.op !== 'current' && answer.op !== 'set')
        throw new Error(`the answer to ${question.op} was ${answer.op}`)
      return answer.settings
    }
    return {
      facts,
      control: isControllable
        ? { current: () => settings({ op: 'current' }), set: (change) => settings({ op: 'set', change }) }
        : undefined,
      inference: (picture): SensorInference | undefined => {
        if (!(picture instanceof SentPicture)) return undefined
        const { id, inference } = picture.frame
        return inference ?? this.#expect({ op: 'inference', frame: id }, 'inference').inference
      },
    }
  }

  #plane(frame: number): Uint8Array {
    this.#usedPixels = true
    if (this.#inSlot?.frame !== frame) {
      const { plane } = this.#expect({ op: 'plane', frame }, 'plane')
      this.#inSlot = { frame, plane: this.#slot.view(plane) }
    }
    return this.#inSlot.plane
  }

  #expect<Op extends Answer['op']>(question: Question, op: Op): Extract<Answer, { op: Op }> {
    const answer = this.#asked(question)
    if (!isAnswerTo(answer, op)) throw new Error(`the answer to ${question.op} was ${answer.op}`)
    return answer
  }

  #asked(question: Question): Answer {
    const answer = this.#ask(question)
    if (answer.op === 'failed') throw new OcelliError(answer.failure.code, answer.failure.message)
    return answer
  }
}

class SentPicture implements Picture {
  readonly frame: SentFrame
  readonly facts: PictureFacts
  readonly #plane: (frame: number) => Uint8Array
  readonly #release: () => void

  constructor(frame: SentFrame, plane: (frame: number) => Uint8Array, release: () => void) {
    this.frame = frame
    this.facts = frame.facts
    this.#plane = plane
    this.#release = release
  }

  plane(): Uint8Array {
    return this.#plane(this.frame.id)
  }

  luma(region: Region, step: number): Uint8Array {
    return lumaRegion(this.plane(), this.facts, region, step)
  }

  release(): void {
    this.#release()
  }
}

function isAnswerTo<Op extends Answer['op']>(answer: Answer, op: Op): answer is Extract<Answer, { op: Op }> {
  return answer.op === op
}
