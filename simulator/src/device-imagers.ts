/** The imagers of one simulated device, each in front of its scene, with chance of its own. */
import { parseImagerId } from '@ocelli/schemas/ids'
import type { Clock } from './clock.ts'
import { meteredSettings } from './imager/metering.ts'
import { createSimulatedImager } from './imager/simulated-imager.ts'
import { createImagerBank, type SimulatedImagerBank } from './imager-bank.ts'
import type { DeviceProfile, ImagerSlot } from './profiles.ts'
import { seedFor } from './random.ts'
import type { PaintedPlanes } from './scene/painted-planes.ts'
import { createScene, type SceneName } from './scene/scenes.ts'

export interface DeviceImagersOptions {
  /** Name of the device: its scenes and noise follow from it and from the seed. */
  readonly device: string
  readonly profile: DeviceProfile
  /** A scene for each imager in order; the last one serves those that remain. */
  readonly scenes: readonly SceneName[]
  readonly seed: string | number
  readonly clock: Clock
  /** Keeps painted backgrounds for the next start. */
  readonly painted?: PaintedPlanes
}

/** A sensor in a closed housing is some 15 degrees above a room of 20. */
const SENSOR_CELSIUS = 35

export function createDeviceImagers(options: DeviceImagersOptions): SimulatedImagerBank {
  return createImagerBank(options.profile.imagers.map((slot, index) => imagerOf(options, slot, index)))
}

function imagerOf(options: DeviceImagersOptions, slot: ImagerSlot, index: number) {
  const id = parseImagerId(slot.id)
  if (!id) throw new Error(`"${slot.id}" is no imager id`)
  const { sensor } = slot
  const aspect = sensor.sensorWidthPixels / sensor.sensorHeightPixels
  const sceneName = options.scenes[index] ?? options.scenes.at(-1) ?? 'empty'
  const scene = createScene(sceneName, aspect, seedFor(options.seed, 'scene', options.device, slot.id), options.painted)
  return createSimulatedImager({
    id,
    sensor,
    scene,
    clock: options.clock,
    seed: seedFor(options.seed, 'imager', options.device, slot.id),
    settings: meteredSettings(sensor, scene, options.clock.monotonicNanos(), slot.frameRateMillihertz),
    celsius: SENSOR_CELSIUS,
  })
}
