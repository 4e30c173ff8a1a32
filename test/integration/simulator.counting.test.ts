/** The samples on simulated imagers: what they count follows the ground truth, on the sensor and in software. */
import type { CapturedFrame, SensorInference } from '@ocelli/agent/imager/imager'
import { createDeviceImagers } from '@ocelli/simulator/device-imagers'
import { PROFILES } from '@ocelli/simulator/profiles'
import { createVirtualClock } from '@ocelli/simulator/virtual-clock'
import { expect, test } from 'vitest'
import { buildSample } from '../support/wit-build.ts'
import { createTestHost } from '../support/wit-host.ts'

test.each([
  { profile: 'in-sensor', scene: 'platform', realisation: 'in-sensor' },
  { profile: 'plain-camera', scene: 'platform', realisation: 'software' },
] as const)(
  'people-count follows the people of $scene on $profile, $realisation',
  { timeout: 120_000 },
  async ({ profile, scene, realisation }) => {
    const host = createTestHost()
    let current: CapturedFrame | undefined
    const detector =
      realisation === 'in-sensor'
        ? { detect: () => onSensor(current?.inference?.()) }
        : (await host.instantiate('blob-detector', (await buildSample('blob-detector')).component))[
            'ocelli:sensing/detector@0.1.0'
          ]
    const counter = await host.instantiate('people-count', (await buildSample('people-count')).component, {
      'ocelli:sensing/detector': detector ?? {},
    })
    const clock = createVirtualClock()
    const bank = createDeviceImagers({
      device: 'counting',
      profile: PROFILES[profile],
      scenes: [scene],
      seed: 1,
      clock,
    })
    const [imager] = bank.list()
    if (!imager) throw new Error(`${profile} has an imager`)
    const pairs: { seconds: number; truth: number; counted: number }[] = []
    imager.subscribe(
      { frameRateMillihertz: 3000 },
      {
        onFrame(frame) {
          current = frame
          const { sequence, captureNanos, widthPixels, heightPixels } = frame
          const facts = { sequence, captureTimeNanos: captureNanos, width: widthPixels, height: heightPixels }
          host.onFrame(counter, { ...facts, luma: realisation === 'software' ? frame.read() : new Uint8Array() })
          const counted = host.values('people').at(-1)
          const truth = imager.scene.truthAt(captureNanos).people
          if (counted !== undefined) pairs.push({ seconds: Number(captureNanos) / 1e9, truth, counted })
          frame.release()
        },
        onInterrupted: () => undefined,
      },
    )
    clock.advance(90_000)
    await bank.close()

    const minute = pairs.filter(({ seconds }) => seconds >= 30)
    expect(minute.length).toBeGreaterThan(170)
    expect(correlationOf(minute)).toBeGreaterThan(0.9)
    expect(new Set(minute.map(({ truth }) => truth)).size).toBeGreaterThan(3)
  },
)

/** As the host answers where the sensor runs a network: an error is thrown with its payload. */
function onSensor(inference: SensorInference | undefined) {
  if (!inference?.valid) throw { payload: { tag: 'invalid-output' } }
  return inference.detections
}

function correlationOf(pairs: readonly { truth: number; counted: number }[]): number {
  const mean = (pick: (pair: (typeof pairs)[number]) => number) =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length
  const truth = mean((pair) => pair.truth)
  const counted = mean((pair) => pair.counted)
  const covariance = mean((pair) => (pair.truth - truth) * (pair.counted - counted))
  return (
    covariance / Math.sqrt(mean((pair) => (pair.truth - truth) ** 2) * mean((pair) => (pair.counted - counted) ** 2))
  )
}
