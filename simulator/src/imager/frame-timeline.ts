/**
 * Which frame begins when, and with which settings. A sensor takes new settings a fixed number of frames late, because it
 * exposes one frame while it reads the one before: libcamera's camera helpers count two frames for exposure and gain and
 * three for the frame length (`CamHelper::getDelays`). Times are nanoseconds since the imager was opened.
 */
import type { ImagerSettings, Region } from '@ocelli/agent/imager/imager'

/** Frames from asking for an exposure or a gain to the first frame that has it. */
export const EXPOSURE_DELAY_FRAMES = 2
/** Frames from asking for a frame rate or a region to the first frame that has it. */
export const TIMING_DELAY_FRAMES = 3

interface Light {
  readonly exposureMicros: number
  readonly gainDecibels: number
}

interface Timing {
  readonly frameRateMillihertz: number
  readonly region: Region
}

interface Step<T> {
  readonly fromSequence: number
  readonly value: T
}

interface Segment {
  readonly fromSequence: number
  readonly fromNanos: number
  readonly periodNanos: number
}

/** All past and coming steps; a new one is made for each change. */
export interface FrameTimeline {
  readonly light: readonly Step<Light>[]
  readonly timing: readonly Step<Timing>[]
  readonly segments: readonly Segment[]
}

/** Steps kept behind the newest: more than any delay, so that no frame still to be delivered loses its settings. */
const KEPT_STEPS = 16

export function startTimeline(settings: ImagerSettings, sequence = 0, nanos = 0): FrameTimeline {
  const { exposureMicros, gainDecibels, frameRateMillihertz, region } = settings
  return {
    light: [{ fromSequence: sequence, value: { exposureMicros, gainDecibels } }],
    timing: [{ fromSequence: sequence, value: { frameRateMillihertz, region } }],
    segments: [{ fromSequence: sequence, fromNanos: nanos, periodNanos: periodOf(frameRateMillihertz) }],
  }
}

/** Asks for settings after frame `asked` began and before the next one does. */
export function changeSettings(timeline: FrameTimeline, asked: number, settings: ImagerSettings): FrameTimeline {
  const { exposureMicros, gainDecibels, frameRateMillihertz, region } = settings
  const light = push(timeline.light, asked + EXPOSURE_DELAY_FRAMES, { exposureMicros, gainDecibels })
  const fromSequence = asked + TIMING_DELAY_FRAMES
  const timing = push(timeline.timing, fromSequence, { frameRateMillihertz, region })
  const earlier = timeline.segments.filter((segment) => segment.fromSequence < fromSequence)
  const fromNanos = captureNanos({ ...timeline, segments: earlier }, fromSequence)
  const segment = { fromSequence, fromNanos, periodNanos: periodOf(frameRateMillihertz) }
  return { light, timing, segments: [...earlier, segment].slice(-KEPT_STEPS) }
}

/** When a frame's exposure begins. */
export function captureNanos(timeline: FrameTimeline, sequence: number): number {
  const segment = lastFrom(timeline.segments, (candidate) => candidate.fromSequence <= sequence)
  return segment.fromNanos + (sequence - segment.fromSequence) * segment.periodNanos
}

/** The newest frame that has begun at a time; one less than the first where none has. */
export function sequenceAt(timeline: FrameTimeline, nanos: number): number {
  const segment = lastFrom(timeline.segments, (candidate) => candidate.fromNanos <= nanos)
  return segment.fromSequence + Math.floor((nanos - segment.fromNanos) / segment.periodNanos)
}

/** The settings that a frame is exposed with. */
export function settingsOf(timeline: FrameTimeline, sequence: number): ImagerSettings {
  const light = lastFrom(timeline.light, (step) => step.fromSequence <= sequence).value
  const timing = lastFrom(timeline.timing, (step) => step.fromSequence <= sequence).value
  // An exposure cannot outlast its frame; the one asked for comes back when the rate allows it.
  const longestMicros = Math.floor(periodOf(timing.frameRateMillihertz) / 1000)
  return { ...light, ...timing, exposureMicros: Math.min(light.exposureMicros, longestMicros) }
}

/** Time from one frame to the next, in whole nanoseconds. */
export function periodOf(frameRateMillihertz: number): number {
  return Math.round(1e12 / frameRateMillihertz)
}

function push<T>(steps: readonly Step<T>[], fromSequence: number, value: T): readonly Step<T>[] {
  const earlier = steps.filter((step) => step.fromSequence < fromSequence)
  return [...earlier, { fromSequence, value }].slice(-KEPT_STEPS)
}

function lastFrom<T>(values: readonly T[], fits: (value: T) => boolean): T {
  const found = values.findLast(fits) ?? values[0]
  if (found === undefined) throw new Error('a timeline has at least one step')
  return found
}
