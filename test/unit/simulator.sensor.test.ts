/** The sensor model against its own parameters, by the methods of EMVA 1288: what is measured is what was put in. */
import { createFrameRenderer, type FrameOrder } from '@ocelli/simulator/imager/frame-renderer'
import { wholeRegion } from '@ocelli/simulator/imager/imager-limits'
import { NOISE_TABLE, normalQuantile } from '@ocelli/simulator/imager/noise-table'
import { lensShading, type PixelMap } from '@ocelli/simulator/imager/pixel-map'
import { darkCurrent, type Exposure, expose, gainFactor, readNoise } from '@ocelli/simulator/imager/sensor'
import { HM01B0, IMX219, IMX500, SENSOR_PROFILES } from '@ocelli/simulator/imager/sensor-profiles'
import { seedFor } from '@ocelli/simulator/random'
import { createScene } from '@ocelli/simulator/scene/scenes'
import { describe, expect, test } from 'vitest'

const WIDTH = 512
const HEIGHT = 384
const PIXELS = WIDTH * HEIGHT

/** A frame under even light, without fixed pattern unless a test gives one. */
function flat(
  over: Partial<Exposure> & { electrons?: number; sensor?: typeof HM01B0; photosites?: number },
  frame = 0,
) {
  const { physics } = over.sensor ?? HM01B0
  const exposureMicros = over.exposureMicros ?? 1000
  const perLight = (physics.pitchMicrometres ** 2 * physics.quantumEfficiency * exposureMicros) / 1e6
  const map: PixelMap = over.map ?? {
    widthPixels: WIDTH,
    heightPixels: HEIGHT,
    photosites: over.photosites ?? 1,
    photositeRows: Math.sqrt(over.photosites ?? 1),
    response: new Float32Array(PIXELS).fill(1),
    offset: new Float32Array(PIXELS),
  }
  const out = new Uint16Array(PIXELS)
  const irradiance = over.irradiance ?? new Float32Array(PIXELS).fill((over.electrons ?? 0) / perLight)
  const seed = seedFor('flat', frame)
  expose(
    physics,
    { irradiance, map, filter: 1, exposureMicros, gainDecibels: 0, celsius: -60, seed, ...pick(over) },
    out,
  )
  return out
}

const pick = ({ gainDecibels, celsius }: Partial<Exposure>) => ({
  ...(gainDecibels === undefined ? {} : { gainDecibels }),
  ...(celsius === undefined ? {} : { celsius }),
})

function meanOf(values: Uint16Array | Float32Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** Temporal variance from a pair of frames, as EMVA 1288 does; rows are levelled, so row noise is left out. */
function temporalVariance(one: Uint16Array, other: Uint16Array): number {
  let sum = 0
  for (let row = 0; row < HEIGHT; row++) {
    let mean = 0
    for (let column = 0; column < WIDTH; column++) mean += difference(row * WIDTH + column)
    mean /= WIDTH
    for (let column = 0; column < WIDTH; column++) sum += (difference(row * WIDTH + column) - mean) ** 2
  }
  return sum / (2 * HEIGHT * (WIDTH - 1))
  function difference(index: number): number {
    return (one[index] ?? 0) - (other[index] ?? 0)
  }
}

/** Slope and intercept of the least-squares line. */
function line(points: readonly { x: number; y: number }[]): { slope: number; intercept: number } {
  const x = points.reduce((sum, point) => sum + point.x, 0) / points.length
  const y = points.reduce((sum, point) => sum + point.y, 0) / points.length
  const slope =
    points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) /
    points.reduce((sum, point) => sum + (point.x - x) ** 2, 0)
  return { slope, intercept: y - slope * x }
}

/** Variance that rounding to whole numbers adds (EMVA 1288, section 2.3). */
const QUANTISATION = 1 / 12

describe('photon transfer', () => {
  test.each([
    { name: 'HM01B0 at 0 dB', sensor: HM01B0, gainDecibels: 0, photosites: 1 },
    { name: 'HM01B0 at 12 dB', sensor: HM01B0, gainDecibels: 12, photosites: 1 },
    { name: 'IMX219 at 12 dB', sensor: IMX219, gainDecibels: 12, photosites: 1 },
    { name: 'IMX500 at 18 dB, four photosites a pixel', sensor: IMX500, gainDecibels: 18, photosites: 4 },
  ])('gives conversion and read noise back within 2 %: $name', ({ sensor, gainDecibels, photosites }) => {
    const { physics } = sensor
    const gain = gainFactor(gainDecibels)
    const conversion = physics.conversionDnPerElectron * gain
    const brightest = (0.7 * (physics.maxDn - physics.blackLevelDn)) / conversion
    const measure = (electrons: number, frames: number) => {
      const pairs = Array.from({ length: frames }, (_, pair) => {
        const one = flat({ electrons, sensor, gainDecibels, photosites }, 2 * pair)
        const other = flat({ electrons, sensor, gainDecibels, photosites }, 2 * pair + 1)
        return { x: meanOf(one), y: temporalVariance(one, other) - QUANTISATION }
      })
      return {
        x: pairs.reduce((sum, pair) => sum + pair.x, 0) / frames,
        y: pairs.reduce((sum, pair) => sum + pair.y, 0) / frames,
      }
    }
    const dark = measure(0, 4)
    const lit = Array.from({ length: 8 }, (_, step) => measure((brightest * (step + 1)) / 8, 1))

    const { slope } = line(lit.map(({ x, y }) => ({ x: x - dark.x, y })))

    const measuredConversion = slope * photosites
    expect(measuredConversion / conversion).toBeGreaterThan(0.98)
    expect(measuredConversion / conversion).toBeLessThan(1.02)
    const measuredRead = Math.sqrt(dark.y * photosites) / conversion
    const expectedRead = readNoise(physics, gainDecibels)
    expect(measuredRead / expectedRead).toBeGreaterThan(0.98)
    expect(measuredRead / expectedRead).toBeLessThan(1.02)
  })

  test('shot noise is skewed as a Poisson value is', () => {
    const electrons = 60
    const values = flat({ electrons, gainDecibels: 18 })
    const { physics } = HM01B0
    const conversion = physics.conversionDnPerElectron * gainFactor(18)
    const mean = meanOf(values)
    const third = values.reduce((sum, value) => sum + (value - mean) ** 3, 0) / PIXELS / conversion ** 3

    expect(third / electrons).toBeGreaterThan(0.7) // the third central moment of a Poisson value is its mean
    expect(third / electrons).toBeLessThan(1.4)
  })
})

describe('dark', () => {
  test('frames without light lie at the black level', () => {
    for (const [name, { physics }] of Object.entries(SENSOR_PROFILES)) {
      const sensor = SENSOR_PROFILES[name] ?? HM01B0
      expect(Math.abs(meanOf(flat({ electrons: 0, sensor, exposureMicros: 100 })) - physics.blackLevelDn)).toBeLessThan(
        0.05,
      )
    }
  })

  test('dark current doubles every so many degrees', () => {
    const { physics } = HM01B0
    const seconds = 8
    const celsius = 25
    const conversion = physics.conversionDnPerElectron * gainFactor(12)
    const at = (degrees: number) => {
      const frame = flat({ electrons: 0, exposureMicros: seconds * 1e6, gainDecibels: 12, celsius: degrees })
      return (meanOf(frame) - physics.blackLevelDn) / conversion / seconds
    }

    const [cool, warm] = [at(celsius), at(celsius + physics.darkDoublingDegrees)]

    expect(cool / physics.darkElectronsPerSecond).toBeCloseTo(1, 1)
    expect(warm / cool).toBeGreaterThan(1.97)
    expect(warm / cool).toBeLessThan(2.03)
    expect(darkCurrent(physics, 25)).toBe(physics.darkElectronsPerSecond)
  })

  test('rows share their noise', () => {
    const { physics } = HM01B0
    const conversion = physics.conversionDnPerElectron * gainFactor(18)
    const frame = flat({ electrons: 0, gainDecibels: 18 })
    const rows = Array.from({ length: HEIGHT }, (_, row) => meanOf(frame.subarray(row * WIDTH, (row + 1) * WIDTH)))
    const mean = rows.reduce((sum, value) => sum + value, 0) / HEIGHT
    const variance = rows.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (HEIGHT - 1)
    const pixelShare = readNoise(physics, 18) ** 2 / WIDTH
    const measured = Math.sqrt(variance / conversion ** 2 - pixelShare)

    expect(measured / physics.rowNoiseElectrons).toBeGreaterThan(0.88) // 384 rows: 4 % standard error
    expect(measured / physics.rowNoiseElectrons).toBeLessThan(1.12)
  })
})

describe('limits', () => {
  test('light beyond the range gives the largest number and no more', () => {
    const frame = flat({ electrons: 10 * HM01B0.physics.fullWellElectrons, gainDecibels: 6 })
    expect(frame.every((value) => value === HM01B0.physics.maxDn)).toBe(true)
  })

  test('a full photosite shows no shot noise', () => {
    // A converter with room above the full well, so that the well and not the converter ends the range.
    const physics = { ...HM01B0.physics, conversionDnPerElectron: HM01B0.physics.conversionDnPerElectron / 2 }
    const sensor = { ...HM01B0, physics }
    const [one, other] = [0, 1].map((frame) => flat({ electrons: 5 * physics.fullWellElectrons, sensor }, frame))
    if (!one || !other) throw new Error('two frames')
    const expectedMean = physics.blackLevelDn + physics.fullWellElectrons * physics.conversionDnPerElectron

    expect(meanOf(one)).toBeCloseTo(expectedMean, 0)
    expect(temporalVariance(one, other)).toBeLessThan(
      2 * (readNoise(physics, 0) * physics.conversionDnPerElectron) ** 2 + 0.1,
    )
  })

  test('numbers are whole and every one of the range occurs', () => {
    const { physics } = HM01B0
    const electrons = (physics.maxDn - physics.blackLevelDn) / physics.conversionDnPerElectron
    const perLight = (physics.pitchMicrometres ** 2 * physics.quantumEfficiency * 1000) / 1e6
    const ramp = Float32Array.from({ length: PIXELS }, (_, index) => ((index / PIXELS) * 1.1 * electrons) / perLight)
    const seen = new Set(flat({ irradiance: ramp }))
    const missing = Array.from(
      { length: physics.maxDn - physics.blackLevelDn + 1 },
      (_, step) => physics.blackLevelDn + step,
    ).filter((value) => !seen.has(value))

    expect(missing).toEqual([])
    expect(Math.max(...seen)).toBe(1023)
  })

  test('gain in decibels multiplies the signal', () => {
    const signal = (gainDecibels: number) =>
      meanOf(flat({ electrons: 300, gainDecibels })) - HM01B0.physics.blackLevelDn
    expect(signal(12) / signal(0)).toBeCloseTo(gainFactor(12), 1)
    expect(gainFactor(20)).toBeCloseTo(10, 12)
  })
})

describe('frames of an imager', () => {
  const scene = createScene('uniform', 4 / 3, seedFor('uniform'))
  const order = (over: Partial<FrameOrder> = {}): FrameOrder => ({
    sequence: 7,
    captureNanos: 1_000_000_000n,
    settings: { exposureMicros: 4000, gainDecibels: 0, frameRateMillihertz: 5000, region: wholeRegion(HM01B0) },
    widthPixels: 320,
    heightPixels: 240,
    format: 'gray10',
    celsius: 35,
    ...over,
  })
  const renderer = (device: string) => createFrameRenderer(HM01B0, scene, seedFor(1, 'imager', device))

  test('the same seed gives the same bytes, another frame or device gives others', () => {
    const bytes = renderer('one').render(order())
    expect(renderer('one').render(order())).toEqual(bytes)
    expect(renderer('one').render(order({ sequence: 8 }))).not.toEqual(bytes)
    expect(renderer('two').render(order())).not.toEqual(bytes)
  })

  test('fixed pattern noise stays from frame to frame, has its size and differs between devices', () => {
    const average = (device: string) => {
      const sum = new Float32Array(320 * 240)
      const one = renderer(device)
      for (let sequence = 0; sequence < 40; sequence++) {
        for (const [index, value] of one.renderPlane(order({ sequence }), 'luma').entries())
          sum[index] = (sum[index] ?? 0) + value / 40
      }
      const black = HM01B0.physics.blackLevelDn
      return sum.map((value, index) => {
        const [x, y] = [((index % 320) + 0.5) / 320, (Math.floor(index / 320) + 0.5) / 240]
        return (value - black) / lensShading(HM01B0.physics, x, y)
      })
    }
    const [one, two] = [average('one'), average('two')]
    const mean = meanOf(one)
    const [first, second] = [one, two].map((values) => values.map((value) => value / mean - 1)) as [
      Float32Array,
      Float32Array,
    ]
    const correlation = meanOf(first.map((value, index) => value * (second[index] ?? 0)))
    const deviation = Math.sqrt(meanOf(first.map((value) => value * value)))
    const electrons = mean / HM01B0.physics.conversionDnPerElectron
    const shot = Math.sqrt(1 / electrons / 40)
    const measured = Math.sqrt(deviation ** 2 - shot ** 2)

    expect(measured / HM01B0.physics.responseNonUniformity).toBeGreaterThan(0.9)
    expect(measured / HM01B0.physics.responseNonUniformity).toBeLessThan(1.12)
    expect(Math.abs(correlation)).toBeLessThan(0.05 * deviation ** 2)
  })

  test('light falls to the corners by the cosine fourth law', () => {
    const plane = renderer('one').renderPlane(order(), 'luma')
    const patch = (left: number, top: number) => {
      let sum = 0
      for (let row = 0; row < 16; row++)
        sum += meanOf(plane.subarray((top + row) * 320 + left, (top + row) * 320 + left + 16))
      return sum / 16 - HM01B0.physics.blackLevelDn
    }
    const expected = lensShading(HM01B0.physics, 8 / 320, 8 / 240) / lensShading(HM01B0.physics, 0.5, 0.5)

    expect(patch(0, 0) / patch(152, 112)).toBeCloseTo(expected, 2)
    expect(expected).toBeLessThan(0.6)
  })

  test('a smaller frame is less noisy by the photosites that it averages', () => {
    const sensor = SENSOR_PROFILES.IMX219 ?? IMX219
    const noise = (widthPixels: number) => {
      const one = createFrameRenderer(sensor, scene, seedFor('size'))
      const heightPixels = Math.round((widthPixels * 3) / 4)
      const at = (sequence: number) =>
        one.renderPlane(
          order({
            sequence,
            widthPixels,
            heightPixels,
            settings: {
              exposureMicros: 4000,
              gainDecibels: 12,
              frameRateMillihertz: 5000,
              region: wholeRegion(sensor),
            },
          }),
          'luma',
        )
      const [a, b] = [at(1), at(2)]
      return Math.sqrt(
        a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0) / a.length / 2 - QUANTISATION,
      )
    }
    expect(noise(410) / noise(205)).toBeCloseTo(2, 0)
  })

  test('a Bayer mosaic alternates red-green and green-blue', () => {
    const settings = { exposureMicros: 4000, gainDecibels: 0, frameRateMillihertz: 5000, region: wholeRegion(IMX500) }
    const one = createFrameRenderer(IMX500, scene, seedFor('bayer'))
    const mosaic = one.renderPlane(order({ settings, format: 'bayer-rggb10' }), 'mosaic')
    const site = (row: number, column: number) => {
      let sum = 0
      for (let y = row; y < 240; y += 2) for (let x = column; x < 320; x += 2) sum += (mosaic[y * 320 + x] ?? 0) - 64
      return sum / (120 * 160)
    }
    const [red, green, alsoGreen, blue] = [site(0, 0), site(0, 1), site(1, 0), site(1, 1)]
    expect(green / alsoGreen).toBeCloseTo(1, 1)
    expect(red / green).toBeCloseTo(0.55 / 0.9, 1)
    expect(blue / green).toBeCloseTo(0.5 / 0.9, 1)
    expect(blue).toBeLessThan(red)
  })

  test('what a frame costs is told, not judged', () => {
    const one = createFrameRenderer(IMX500, createScene('platform', 4 / 3, seedFor('cost')), seedFor('cost'))
    const settings = { exposureMicros: 8000, gainDecibels: 6, frameRateMillihertz: 5000, region: wholeRegion(IMX500) }
    const costs = [320, 640].map((widthPixels) => {
      const heightPixels = (widthPixels * 3) / 4
      const render = (sequence: number) =>
        one.render(
          order({
            sequence,
            settings,
            widthPixels,
            heightPixels,
            format: 'gray8',
            captureNanos: BigInt(sequence) * 200_000_000n,
          }),
        )
      for (let sequence = 0; sequence < 10; sequence++) render(sequence)
      const started = process.cpuUsage().user
      for (let sequence = 10; sequence < 20; sequence++) render(sequence)
      const millis = (process.cpuUsage().user - started) / 10_000
      return `${widthPixels}x${heightPixels}: ${millis.toFixed(1)} ms, ${((millis * 1e6) / widthPixels / heightPixels).toFixed(0)} ns a pixel`
    })
    process.stdout.write(`render cost: ${costs.join('; ')}\n`)
    expect(costs).toHaveLength(2)
  })
})

test('the noise table is standard normal', () => {
  const mean = meanOf(NOISE_TABLE)
  const variance = NOISE_TABLE.reduce((sum, value) => sum + value * value, 0) / NOISE_TABLE.length
  expect(mean).toBeCloseTo(0, 6)
  expect(variance).toBeCloseTo(1, 5)
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 8)
})
