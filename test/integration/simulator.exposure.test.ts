/** The sample auto-exposure on a simulated imager from day to dusk: the control delay, the noise and the video curve are the model's. */
import type { ImagerSettings } from '@ocelli/agent/imager/imager'
import { parseImagerId } from '@ocelli/schemas/ids'
import { EXPOSURE_DELAY_FRAMES, TIMING_DELAY_FRAMES } from '@ocelli/simulator/imager/frame-timeline'
import { wholeRegion } from '@ocelli/simulator/imager/imager-limits'
import { IMX500 } from '@ocelli/simulator/imager/sensor-profiles'
import { createSimulatedImager } from '@ocelli/simulator/imager/simulated-imager'
import { seedFor } from '@ocelli/simulator/random'
import { createScene } from '@ocelli/simulator/scene/scenes'
import { createVirtualClock } from '@ocelli/simulator/virtual-clock'
import { expect, test } from 'vitest'
import { buildSample } from '../support/wit-build.ts'
import { createTestHost } from '../support/wit-host.ts'

const TARGET = 110

test('auto-exposure holds the brightness of a scene from day to dusk', { timeout: 120_000 }, async () => {
  const clock = createVirtualClock()
  const id = parseImagerId('csi0')
  if (!id) throw new Error('an imager id')
  const region = wholeRegion(IMX500)
  const imager = createSimulatedImager({
    id,
    sensor: IMX500,
    scene: createScene('dusk', 4 / 3, seedFor('dusk')),
    clock,
    seed: seedFor('dusk', 'imager'),
    settings: { exposureMicros: 90_000, gainDecibels: 20, frameRateMillihertz: 5000, region }, // burnt out by day
    celsius: 35,
  })
  const { control, facts } = imager
  if (!control) throw new Error('the imager can be set')
  const asked: ImagerSettings[] = []
  const set = (change: Partial<ImagerSettings>) => {
    asked.push(control.set(change))
    return control.current()
  }
  const host = createTestHost({
    config: { targetLuma: String(TARGET), maxExposureMs: '90' },
    imagerControl: {
      ranges: () => ({
        minExposureMicros: facts.exposureMicros?.min ?? 1,
        maxExposureMicros: 200_000,
        minGainDecibels: 0,
        maxGainDecibels: facts.gainDecibels?.max ?? 0,
        minFrameRateMillihertz: IMX500.minFrameRateMillihertz,
        maxFrameRateMillihertz: facts.maxFrameRateMillihertz,
        sensorWidth: IMX500.sensorWidthPixels,
        sensorHeight: IMX500.sensorHeightPixels,
        exposureDelayFrames: EXPOSURE_DELAY_FRAMES,
        timingDelayFrames: TIMING_DELAY_FRAMES,
      }),
      requested: () => control.current(),
      setExposure: (exposureMicros: number) => set({ exposureMicros }).exposureMicros,
      setGain: (gainDecibels: number) => set({ gainDecibels }).gainDecibels,
    },
  })
  const component = await host.instantiate('auto-exposure', (await buildSample('auto-exposure')).component)
  const means: number[] = []
  imager.subscribe(
    { widthPixels: 96, heightPixels: 72 },
    {
      onFrame(frame) {
        const luma = frame.read()
        means.push(luma.reduce((sum, value) => sum + value, 0) / luma.length)
        const { sequence, captureNanos, widthPixels, heightPixels, settings } = frame
        host.onFrame(component, {
          sequence,
          captureTimeNanos: captureNanos,
          width: widthPixels,
          height: heightPixels,
          luma,
          settings,
        })
        frame.release()
      },
      onInterrupted: () => undefined,
    },
  )
  clock.advance(120_000) // from full day to dusk
  await imager.close()

  expect(means[0]).toBeGreaterThan(200)
  const settled = means.slice(40)
  const far = settled.filter((mean) => Math.abs(mean - TARGET) > 0.15 * TARGET)
  expect(settled.length).toBeGreaterThan(500)
  expect(far.length / settled.length).toBeLessThan(0.02)
  // The light only falls, so what was asked for only rises: a controller that swings would go back and forth.
  const light = asked.slice(20).map(({ exposureMicros, gainDecibels }) => exposureMicros * 10 ** (gainDecibels / 20))
  const back = light.filter((value, index) => value < 0.9 * (light[index - 1] ?? 0))
  expect(back.length / light.length).toBeLessThan(0.03)
  expect(Math.log2((light.at(-1) ?? 0) / (light[0] ?? 1))).toBeGreaterThan(6)
})
