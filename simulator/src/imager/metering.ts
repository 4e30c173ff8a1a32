/** Settings that suit a scene, as an installer leaves them when nothing on the device sets the exposure. */
import type { ImagerSettings } from '@ocelli/agent/imager/imager'
import type { Scene } from '../scene/scene.ts'
import { wholeRegion } from './imager-limits.ts'
import { WHOLE_FIELD } from './pixel-map.ts'
import type { SensorProfile } from './sensor-profiles.ts'

/** Share of the range above black that the mean of a frame takes: a mean of 22 % shows as middle grey after the video curve. */
const TARGET = { video: 0.22, linear: 0.35 }
/** Longest exposure that keeps walking people sharp. */
const SHARP_MICROS = 10_000
const MODEST_GAIN_DECIBELS = 12

/** Exposure first up to what keeps people sharp, then gain, then exposure again. */
export function meteredSettings(
  sensor: SensorProfile,
  scene: Scene,
  timeNanos: bigint,
  frameRateMillihertz: number,
): ImagerSettings {
  const { physics } = sensor
  const size = 32
  const plane = new Float32Array(size * size)
  scene.paint(
    {
      widthPixels: size,
      heightPixels: size,
      window: WHOLE_FIELD,
      channel: 'luma',
      timeNanos,
      rowSeconds: 0,
      exposureSeconds: 0,
    },
    plane,
  )
  const mean = plane.reduce((sum, value) => sum + value, 0) / plane.length
  const dnPerMicro =
    (mean * physics.pitchMicrometres ** 2 * physics.quantumEfficiency * physics.conversionDnPerElectron) / 1e6
  const wantedMicros = (TARGET[sensor.tone] * (physics.maxDn - physics.blackLevelDn)) / dnPerMicro
  const longestMicros = Math.min(sensor.maxExposureMicros, Math.floor(1e9 / frameRateMillihertz))
  const sharp = Math.min(wantedMicros, SHARP_MICROS)
  const gain = Math.min(MODEST_GAIN_DECIBELS, sensor.maxGainDecibels, 20 * Math.log10(wantedMicros / sharp))
  const exposure = wantedMicros / 10 ** (gain / 20)
  return {
    exposureMicros: Math.round(Math.min(longestMicros, Math.max(sensor.minExposureMicros, exposure))),
    gainDecibels: Math.round(gain * 10) / 10,
    frameRateMillihertz,
    region: wholeRegion(sensor),
  }
}
