/** ocelli:sensing/imager-control: setting the imager that the instance is bound to. */
import type { ImagerControl, ImagerSettings, Region } from '../../imager/imager.ts'
import { witSettings } from './frames.ts'
import type { GuestContext, GuestImager, HostInterface } from './guest-context.ts'
import { err, ok, type Result } from './result.ts'

type ControlError =
  | { readonly tag: 'unsupported' }
  | { readonly tag: 'out-of-range'; readonly val: string }
  | { readonly tag: 'imager-lost'; readonly val: string }

/** Usual delays of CMOS sensors behind Linux drivers: exposure and gain two frames, timing three. */
const EXPOSURE_DELAY_FRAMES = 2
const TIMING_DELAY_FRAMES = 3
/** One frame every thousand seconds: slower is no stream. */
const MIN_FRAME_RATE_MILLIHERTZ = 1
const MAX_U32 = 0xffff_ffff

export function imagerControlInterface({ imager }: GuestContext): HostInterface {
  const set = <T>(
    problem: (ranges: Ranges) => string | undefined,
    change: Partial<ImagerSettings>,
    value: (settings: ImagerSettings) => T,
  ): Result<T, ControlError> =>
    withControl(imager, (control, held) => {
      const out = problem(rangesOf(held))
      return out === undefined ? ok(value(control.set(change))) : err({ tag: 'out-of-range', val: out })
    })
  return {
    ranges: () => withControl(imager, (_control, held) => ok(rangesOf(held))),
    requested: () => withControl(imager, (control) => ok(witSettings(control.current()))),
    setExposure: (exposureMicros: number) =>
      set(
        (ranges) => outside('exposure', exposureMicros, ranges.minExposureMicros, ranges.maxExposureMicros, 'us'),
        { exposureMicros },
        (settings) => Math.round(settings.exposureMicros),
      ),
    setGain: (gainDecibels: number) =>
      set(
        (ranges) => outside('gain', gainDecibels, ranges.minGainDecibels, ranges.maxGainDecibels, 'dB'),
        { gainDecibels },
        (settings) => settings.gainDecibels,
      ),
    setRegion: (region: Region) =>
      set(
        (ranges) => regionOutside(region, ranges),
        { region },
        (settings) => settings.region,
      ),
    setFrameRate: (frameRateMillihertz: number) =>
      set(
        (ranges) =>
          outside(
            'frame rate',
            frameRateMillihertz,
            ranges.minFrameRateMillihertz,
            ranges.maxFrameRateMillihertz,
            'mHz',
          ),
        { frameRateMillihertz },
        (settings) => Math.round(settings.frameRateMillihertz),
      ),
  }
}

interface Ranges {
  readonly minExposureMicros: number
  readonly maxExposureMicros: number
  readonly minGainDecibels: number
  readonly maxGainDecibels: number
  readonly minFrameRateMillihertz: number
  readonly maxFrameRateMillihertz: number
  readonly sensorWidth: number
  readonly sensorHeight: number
  readonly exposureDelayFrames: number
  readonly timingDelayFrames: number
}

function rangesOf({ facts }: GuestImager): Ranges {
  return {
    minExposureMicros: facts.exposureMicros?.min ?? 1,
    maxExposureMicros: facts.exposureMicros?.max ?? MAX_U32,
    minGainDecibels: facts.gainDecibels?.min ?? 0,
    maxGainDecibels: facts.gainDecibels?.max ?? 0,
    minFrameRateMillihertz: MIN_FRAME_RATE_MILLIHERTZ,
    maxFrameRateMillihertz: facts.maxFrameRateMillihertz,
    sensorWidth: facts.widthPixels,
    sensorHeight: facts.heightPixels,
    exposureDelayFrames: EXPOSURE_DELAY_FRAMES,
    timingDelayFrames: TIMING_DELAY_FRAMES,
  }
}

function withControl<T>(
  imager: GuestImager | undefined,
  act: (control: ImagerControl, imager: GuestImager) => Result<T, ControlError>,
): Result<T, ControlError> {
  if (!imager) return err({ tag: 'imager-lost', val: 'the instance is bound to no imager' })
  if (!imager.control) return err({ tag: 'unsupported' })
  try {
    return act(imager.control, imager)
  } catch (error) {
    return err({ tag: 'imager-lost', val: error instanceof Error ? error.message : String(error) })
  }
}

/** Gains travel as 32-bit floats: a limit such as 22.3 comes back a little above itself. */
const FLOAT32_ERROR = 2 ** -22

function outside(what: string, value: number, least: number, most: number, unit: string): string | undefined {
  const slack = Math.abs(most) * FLOAT32_ERROR
  if (value >= least - slack && value <= most + slack) return undefined
  return `${what} ${value} ${unit} is not from ${least} to ${most} ${unit}`
}

function regionOutside({ x, y, width, height }: Region, ranges: Ranges): string | undefined {
  if (width >= 1 && height >= 1 && x + width <= ranges.sensorWidth && y + height <= ranges.sensorHeight)
    return undefined
  return `region ${width}x${height} at ${x},${y} is not inside ${ranges.sensorWidth}x${ranges.sensorHeight}`
}
