/** Renders one frame: light of the scene, through the sensor model, into the layout asked for. */
import type { ImagerSettings, Region } from '@ocelli/agent/imager/imager'
import type { PixelFormat } from '@ocelli/schemas/messages/inventory'
import { type Seed, seedFor, seedOf } from '../random.ts'
import type { Channel, Scene } from '../scene/scene.ts'
import { interleave, toBytes, toLittleEndian, toneTable, toYuv420 } from './develop.ts'
import { type FieldWindow, type PixelMap, pixelMap } from './pixel-map.ts'
import { expose } from './sensor.ts'
import type { SensorProfile } from './sensor-profiles.ts'

/** One frame to render. */
export interface FrameOrder {
  readonly sequence: number
  readonly captureNanos: bigint
  readonly settings: ImagerSettings
  readonly widthPixels: number
  readonly heightPixels: number
  readonly format: PixelFormat
  /** Temperature of the sensor. */
  readonly celsius: number
}

export interface FrameRenderer {
  /**
   * The same order gives the same bytes; the newest few are kept, since several consumers of one imager often want the same.
   * They belong to the renderer: a consumer reads them and changes nothing.
   */
  render(order: FrameOrder): Uint8Array
  /** Does ahead what the first frame of a shape takes: background and fixed pattern. */
  prepare(order: FrameOrder): void
  /** Raw numbers of a plane, before any tone curve: what the physics is tested on. */
  renderPlane(order: FrameOrder, channel: Channel | 'mosaic'): Uint16Array
}

/** Share of the light that the colour filters of a Bayer mosaic pass, against an unfiltered photosite (typical of the class). */
const FILTERS: Readonly<Record<Channel, number>> = { luma: 1, red: 0.55, green: 0.9, blue: 0.5 }
/** Photosites of one colour among the four of a cell. */
const SHARE: Readonly<Record<Channel, number>> = { luma: 1, red: 0.25, green: 0.5, blue: 0.25 }
const COLOURS = ['red', 'green', 'blue'] as const
/** Maps kept at once: a few sizes in a few colours. */
const KEPT_MAPS = 8
/** Rendered frames kept at once. */
const KEPT_FRAMES = 3

/** The renderer of one imager, whose noise follows from `seed`. */
export function createFrameRenderer(sensor: SensorProfile, scene: Scene, seed: Seed): FrameRenderer {
  const fixedSeed = seedFor(seed.join(' '), 'fixed pattern')
  const noiseSeed = seedFor(seed.join(' '), 'temporal noise')
  const maps = new Map<string, PixelMap>()
  const physics = sensor.physics
  const tone = { blackLevelDn: physics.blackLevelDn, maxDn: physics.maxDn, curve: sensor.tone }
  const tables = new Map(COLOURS.map((colour) => [colour, toneTable(tone, 1 / FILTERS[colour])] as const))
  const lumaTable = toneTable(tone)
  const rawTable = toneTable({ ...tone, curve: 'linear' })

  const mapFor = (order: FrameOrder, channel: Channel): PixelMap => {
    const { widthPixels, heightPixels, settings } = order
    const key = `${channel} ${widthPixels}x${heightPixels} ${Object.values(settings.region).join(' ')}`
    let map = maps.get(key)
    if (!map) {
      const { photosites, photositeRows } = averaged(order, SHARE[channel])
      const window = windowOf(sensor, settings.region)
      const size = { widthPixels, heightPixels, photosites, photositeRows, window }
      map = pixelMap(physics, size, seedFor(fixedSeed.join(' '), key))
      const oldest = maps.keys().next()
      if (maps.size >= KEPT_MAPS && !oldest.done) maps.delete(oldest.value)
      maps.set(key, map)
    }
    return map
  }

  const exposePlane = (order: FrameOrder, channel: Channel, irradiance: Float32Array, out: Uint16Array) => {
    // A monochrome sensor has no filters, and its luma is all the light there is.
    const filter = sensor.colour === 'mono' ? 1 : FILTERS[channel]
    const { exposureMicros, gainDecibels } = order.settings
    const frameSeed = seedOf(
      seedFor(noiseSeed.join(' '), channel, order.widthPixels, order.heightPixels),
      order.sequence,
    )
    const map = mapFor(order, channel)
    expose(
      physics,
      { irradiance, map, filter, exposureMicros, gainDecibels, celsius: order.celsius, seed: frameSeed },
      out,
    )
  }

  // Fresh memory for each frame would cost as much as its arithmetic: the planes in between are used again.
  let light = new Float32Array(0)
  let numbers = new Uint16Array(0)

  const paint = (order: FrameOrder, channel: Channel): Float32Array => {
    const size = order.widthPixels * order.heightPixels
    if (light.length !== size) light = new Float32Array(size)
    const irradiance = light
    const { settings } = order
    scene.paint(
      {
        widthPixels: order.widthPixels,
        heightPixels: order.heightPixels,
        window: windowOf(sensor, settings.region),
        channel,
        timeNanos: order.captureNanos,
        rowSeconds: (physics.rowNanos * (settings.region.height / order.heightPixels)) / 1e9,
        exposureSeconds: settings.exposureMicros / 1e6,
      },
      irradiance,
    )
    return irradiance
  }

  const plane = (order: FrameOrder, channel: Channel): Uint16Array => {
    const out = new Uint16Array(order.widthPixels * order.heightPixels)
    exposePlane(order, channel, paint(order, channel), out)
    return out
  }

  /** A plane that lasts until the next one: for layouts that are made from it at once. */
  const passing = (order: FrameOrder, channel: Channel): Uint16Array => {
    const size = order.widthPixels * order.heightPixels
    if (numbers.length !== size) numbers = new Uint16Array(size)
    exposePlane(order, channel, paint(order, channel), numbers)
    return numbers
  }

  /** Rows alternate red-green and green-blue. */
  const mosaic = (order: FrameOrder): Uint16Array => {
    const [red, green, blue] = COLOURS.map((colour) => plane(order, colour)) as [Uint16Array, Uint16Array, Uint16Array]
    const { widthPixels, heightPixels } = order
    for (let row = 0; row < heightPixels; row++) {
      const other = row % 2 === 0 ? red : blue
      for (let column = row % 2; column < widthPixels; column += 2) {
        const index = row * widthPixels + column
        green[index] = other[index] as number
      }
    }
    return green
  }

  const rgb = (order: FrameOrder): Uint8Array => {
    const [red, green, blue] = COLOURS.map((colour) => toBytes(passing(order, colour), tables.get(colour) ?? lumaTable))
    return interleave(red as Uint8Array, green as Uint8Array, blue as Uint8Array)
  }

  const develop = (order: FrameOrder): Uint8Array => {
    switch (order.format) {
      case 'gray10':
        return toLittleEndian(passing(order, 'luma'))
      case 'bayer-rggb8':
        return toBytes(mosaic(order), rawTable)
      case 'bayer-rggb10':
        return toLittleEndian(mosaic(order))
      case 'rgb8':
        return rgb(order)
      case 'yuv420':
        return toYuv420(rgb(order), order.widthPixels, order.heightPixels)
      default:
        return toBytes(passing(order, 'luma'), lumaTable)
    }
  }

  const kept = new Map<string, Uint8Array>()
  return {
    renderPlane: (order, channel) => (channel === 'mosaic' ? mosaic(order) : plane(order, channel)),
    render(order) {
      const key = keyOf(order)
      const held = kept.get(key)
      if (held) return held
      const bytes = develop(order)
      const oldest = kept.keys().next()
      if (kept.size >= KEPT_FRAMES && !oldest.done) kept.delete(oldest.value)
      kept.set(key, bytes)
      return bytes
    },
    prepare(order) {
      const channels: readonly Channel[] = order.format === 'gray8' || order.format === 'gray10' ? ['luma'] : COLOURS
      for (const channel of channels) {
        paint(order, channel)
        mapFor(order, channel)
      }
    },
  }
}

function keyOf(order: FrameOrder): string {
  const { exposureMicros, gainDecibels, region } = order.settings
  const shape = [order.widthPixels, order.heightPixels, order.format, ...Object.values(region)]
  return [order.sequence, order.captureNanos, order.celsius, exposureMicros, gainDecibels, ...shape].join(' ')
}

/** The part of the field of view that a region of interest shows. */
export function windowOf(sensor: SensorProfile, region: Region): FieldWindow {
  return {
    x: region.x / sensor.sensorWidthPixels,
    y: region.y / sensor.sensorHeightPixels,
    width: region.width / sensor.sensorWidthPixels,
    height: region.height / sensor.sensorHeightPixels,
  }
}

/** How many photosites one pixel is the mean of: all that lie under it, of its colour; at least one. */
function averaged(order: FrameOrder, share: number): { photosites: number; photositeRows: number } {
  const across = order.settings.region.width / order.widthPixels
  const down = order.settings.region.height / order.heightPixels
  return { photosites: Math.max(1, across * down * share), photositeRows: Math.max(1, down) }
}
