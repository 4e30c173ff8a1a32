/** What a sensor can be set to, and which frame it gives to whom. */
import type { ImagerSettings, Region, StreamRequest } from '@ocelli/agent/imager/imager'
import type { PixelFormat } from '@ocelli/schemas/messages/inventory'
import { periodOf } from './frame-timeline.ts'
import type { SensorProfile } from './sensor-profiles.ts'

/** Smallest region of interest in photosites: below it there is nothing to see. */
const SMALLEST_REGION = 64

/** Settings brought into range: gain in steps of 0.1 dB, regions on whole Bayer cells, an exposure within its frame. */
export function clampSettings(sensor: SensorProfile, wanted: ImagerSettings, before: ImagerSettings): ImagerSettings {
  const frameRateMillihertz = Math.round(
    within(
      wanted.frameRateMillihertz,
      sensor.minFrameRateMillihertz,
      sensor.maxFrameRateMillihertz,
      before.frameRateMillihertz,
    ),
  )
  const longestMicros = Math.min(sensor.maxExposureMicros, Math.floor(periodOf(frameRateMillihertz) / 1000))
  return {
    exposureMicros: Math.round(
      within(
        wanted.exposureMicros,
        sensor.minExposureMicros,
        longestMicros,
        Math.min(before.exposureMicros, longestMicros),
      ),
    ),
    gainDecibels: Math.round(within(wanted.gainDecibels, 0, sensor.maxGainDecibels, before.gainDecibels) * 10) / 10,
    frameRateMillihertz,
    region: clampRegion(sensor, wanted.region),
  }
}

/** The whole sensor, before binning. */
export function wholeRegion(sensor: SensorProfile): Region {
  return { x: 0, y: 0, width: sensor.sensorWidthPixels, height: sensor.sensorHeightPixels }
}

function clampRegion(sensor: SensorProfile, wanted: Region): Region {
  const cell = 2 * sensor.binning
  const aligned = (value: number) => Math.floor(value / cell) * cell
  const whole = wholeRegion(sensor)
  const width = aligned(within(wanted.width, SMALLEST_REGION, whole.width, whole.width))
  const height = aligned(within(wanted.height, SMALLEST_REGION, whole.height, whole.height))
  return {
    x: aligned(within(wanted.x, 0, whole.width - width, 0)),
    y: aligned(within(wanted.y, 0, whole.height - height, 0)),
    width,
    height,
  }
}

/** Size and layout of the frames that a consumer gets: what it asked for, never larger than the region gives. */
export function streamShape(
  sensor: SensorProfile,
  region: Region,
  request: StreamRequest,
): { widthPixels: number; heightPixels: number; format: PixelFormat } {
  const mostWide = Math.floor(region.width / sensor.binning)
  const mostHigh = Math.floor(region.height / sensor.binning)
  const aspect = mostWide / mostHigh
  const wanted =
    request.widthPixels ??
    (request.heightPixels === undefined ? sensor.defaultWidthPixels : Math.round(request.heightPixels * aspect))
  const widthPixels = Math.round(within(wanted, 1, mostWide, sensor.defaultWidthPixels))
  const heightPixels = Math.round(within(request.heightPixels ?? widthPixels / aspect, 1, mostHigh, mostHigh))
  const format =
    request.format && sensor.formats.includes(request.format) ? request.format : (sensor.formats[0] ?? 'gray8')
  return { widthPixels, heightPixels, format }
}

function within(value: number, least: number, most: number, fallback: number): number {
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : fallback
}
