/** Renders one frame of a scene into a PNG file: `node simulator/src/render.ts --scene platform --at 12 --out frame.png` */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { PixelFormat } from '@ocelli/schemas/messages/inventory'
import { createFrameRenderer } from './imager/frame-renderer.ts'
import { streamShape } from './imager/imager-limits.ts'
import { meteredSettings } from './imager/metering.ts'
import { SENSOR_PROFILES } from './imager/sensor-profiles.ts'
import { encodePng } from './png.ts'
import { seedFor } from './random.ts'
import type { TruthBox } from './scene/scene.ts'
import { createScene, SCENE_NAMES } from './scene/scenes.ts'

const { values } = parseArgs({
  options: {
    scene: { type: 'string', default: 'platform' },
    sensor: { type: 'string', default: 'IMX500' },
    at: { type: 'string', default: '12' },
    width: { type: 'string', default: '640' },
    format: { type: 'string', default: 'gray8' },
    seed: { type: 'string', default: '1' },
    exposure: { type: 'string' },
    gain: { type: 'string' },
    boxes: { type: 'boolean', default: false },
    out: { type: 'string', default: 'frame.png' },
  },
})

const sceneName = SCENE_NAMES.find((name) => name === values.scene)
const sensor = SENSOR_PROFILES[values.sensor]
const format = (['gray8', 'rgb8'] as const).find((name) => name === values.format)
if (!sceneName || !sensor || !format) {
  process.stderr.write(
    `--scene is one of ${SCENE_NAMES.join(', ')}; --sensor one of ${Object.keys(SENSOR_PROFILES).join(', ')}; --format gray8 or rgb8\n`,
  )
  process.exit(2)
}

const aspect = sensor.sensorWidthPixels / sensor.sensorHeightPixels
const scene = createScene(sceneName, aspect, seedFor(values.seed, 'scene'))
const timeNanos = BigInt(Math.round(Number(values.at) * 1e9))
const metered = meteredSettings(sensor, scene, timeNanos, 5000)
const settings = {
  ...metered,
  exposureMicros: Number(values.exposure ?? metered.exposureMicros),
  gainDecibels: Number(values.gain ?? metered.gainDecibels),
}
const shape = streamShape(sensor, settings.region, {
  widthPixels: Number(values.width),
  format: format satisfies PixelFormat,
})
const renderer = createFrameRenderer(sensor, scene, seedFor(values.seed, 'imager'))
const started = process.hrtime.bigint()
const order = { sequence: 1, captureNanos: timeNanos, settings, celsius: 35, ...shape }
renderer.render(order)
const warm = process.hrtime.bigint()
const pixels = renderer.render({ ...order, sequence: 2 })
const ended = process.hrtime.bigint()
const truth = scene.truthAt(timeNanos)
const samples = shape.format === 'rgb8' ? 3 : 1
if (values.boxes) for (const box of truth.boxes) outline(box)
writeFileSync(values.out, encodePng(pixels, shape.widthPixels, shape.heightPixels, samples))
process.stderr.write(
  `${values.out}: ${shape.widthPixels} x ${shape.heightPixels} ${shape.format}, exposure ${settings.exposureMicros} us, gain ` +
    `${settings.gainDecibels} dB, people ${truth.people}; first ${Number(warm - started) / 1e6} ms, next ${Number(ended - warm) / 1e6} ms\n`,
)
process.stdout.write(`${JSON.stringify(truth)}\n`)

function outline(box: TruthBox): void {
  const left = Math.round(box.x * shape.widthPixels)
  const top = Math.round(box.y * shape.heightPixels)
  const right = Math.min(shape.widthPixels - 1, Math.round((box.x + box.width) * shape.widthPixels))
  const bottom = Math.min(shape.heightPixels - 1, Math.round((box.y + box.height) * shape.heightPixels))
  const mark = (column: number, row: number) =>
    pixels.fill(255, (row * shape.widthPixels + column) * samples, (row * shape.widthPixels + column + 1) * samples)
  for (let column = left; column <= right; column++) for (const row of [top, bottom]) mark(column, row)
  for (let row = top; row <= bottom; row++) for (const column of [left, right]) mark(column, row)
}
