/** Ground truth over time, beside what the devices report, so that an output can be checked. */
import type { SimulatedImager } from '../imager/simulated-imager.ts'
import type { Truth } from '../scene/scene.ts'

/** How wall time and the devices' monotonic time go together in this process. */
export interface TimeBase {
  wallMs(): number
  monotonicNanos(): bigint
}

/** One imager at one time. */
export interface TruthSample {
  /** Wall time in milliseconds since 1970. */
  readonly atMs: number
  /** The same moment on the device's monotonic clock, as in the capture time of its records, in microseconds. */
  readonly captureMicros: number
  readonly people: number
  /** Boxes in fractions of the field of view; only where they were asked for. */
  readonly boxes?: Truth['boxes']
}

export interface ImagerTruth {
  readonly imager: string
  readonly scene: string
  readonly samples: readonly TruthSample[]
}

export interface TruthQuery {
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
  readonly boxes: boolean
}

/** Most samples of one answer for one imager. */
export const MAX_SAMPLES = 20_000

/** What each imager truly saw. A scene is a function of time, so any moment since the start can be asked for, and later ones too. */
export function truthOf(imagers: readonly SimulatedImager[], query: TruthQuery, time: TimeBase): ImagerTruth[] {
  const nowMs = time.wallMs()
  const nowNanos = time.monotonicNanos()
  const count = Math.min(MAX_SAMPLES, Math.floor((query.toMs - query.fromMs) / query.stepMs) + 1)
  return imagers.map((imager) => ({
    imager: imager.facts.id,
    scene: imager.scene.name,
    samples: Array.from({ length: Math.max(0, count) }, (_, index) => {
      const atMs = query.fromMs + index * query.stepMs
      const nanos = nowNanos + BigInt(Math.round((atMs - nowMs) * 1e6))
      const truth = imager.scene.truthAt(nanos < 0n ? 0n : nanos)
      const sample = { atMs, captureMicros: Number(nanos / 1000n), people: truth.people }
      return query.boxes ? { ...sample, boxes: truth.boxes } : sample
    }),
  }))
}

/** One line of the truth log: written when the number of people in view has changed. */
export interface TruthLine {
  readonly atMs: number
  readonly captureMicros: number
  readonly bootId: string
  readonly device: string
  readonly imager: string
  readonly people: number
}

export interface TruthLogOptions {
  readonly time: TimeBase
  readonly bootId: string
  /** Devices that run now, with the imagers that are plugged in. */
  readonly devices: () => readonly { readonly name: string; readonly imagers: readonly SimulatedImager[] }[]
  readonly write: (line: TruthLine) => void
}

/** Looks at every imager and writes what changed since the last look. */
export function createTruthLog(options: TruthLogOptions): { look(): void } {
  const last = new Map<SimulatedImager, number>()
  return {
    look() {
      const nanos = options.time.monotonicNanos()
      const moment = { atMs: options.time.wallMs(), captureMicros: Number(nanos / 1000n), bootId: options.bootId }
      for (const { name, imagers } of options.devices()) {
        for (const imager of imagers) {
          const { people } = imager.scene.truthAt(nanos)
          if (last.get(imager) === people) continue
          last.set(imager, people)
          options.write({ ...moment, device: name, imager: imager.facts.id, people })
        }
      }
    },
  }
}
