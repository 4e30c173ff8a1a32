import { beforeAll, describe, expect, test } from 'vitest'
import { buildSample } from '../support/wit-build.ts'
import { createTestHost } from '../support/wit-host.ts'
import { LinearImager } from '../support/wit-imager.ts'

const TARGET = 110

describe('auto-exposure', () => {
  let component: Uint8Array
  beforeAll(async () => {
    component = (await buildSample('auto-exposure')).component
  })

  /** Starts the component; `more` runs that many frames and gives their brightness. */
  async function run(imager: LinearImager, config: Record<string, string> = {}) {
    const host = createTestHost({ config: { publishEveryMs: '0', ...config }, imagerControl: imager.control })
    const exports = await host.instantiate('auto-exposure', component)
    return {
      host,
      more(count: number): number[] {
        const before = host.values('brightness').length
        for (let i = 0; i < count; i++) host.onFrame(exports, imager.next())
        return host.values('brightness').slice(before)
      },
    }
  }

  test.each([
    { name: 'a bright scene', light: 2, delayFrames: 2 },
    { name: 'a usual scene', light: 0.02, delayFrames: 2 },
    { name: 'a dark scene that needs gain', light: 0.0008, delayFrames: 2 },
    { name: 'a longer delay', light: 0.3, delayFrames: 5 },
    { name: 'no delay', light: 0.3, delayFrames: 0 },
  ])('brings $name to the target and leaves it there', async ({ light, delayFrames }) => {
    const imager = new LinearImager({ light, delayFrames, noise: 6 })
    const { more } = await run(imager)
    more(8 * (delayFrames + 1))
    const requests = imager.requests
    const settled = more(100)
    expect(Math.min(...settled)).toBeGreaterThan(TARGET * 0.9)
    expect(Math.max(...settled)).toBeLessThan(TARGET * 1.1)
    expect(imager.requests).toBe(requests)
  })

  test('follows a change of light without swinging', async () => {
    const imager = new LinearImager({ light: 0.02, delayFrames: 2, noise: 4 })
    const { more } = await run(imager)
    more(30)
    imager.light *= 2
    const brightness = more(40)
    const reached = brightness.findIndex((luma) => Math.abs(luma - TARGET) < TARGET * 0.08)
    expect(reached).toBeGreaterThan(0)
    expect(reached).toBeLessThan(12)
    // From then on it stays: a swing would leave the band on the other side.
    for (const luma of brightness.slice(reached)) expect(Math.abs(luma - TARGET)).toBeLessThan(TARGET * 0.1)
  })

  test('holds the configured target', async () => {
    const imager = new LinearImager({ light: 0.02, delayFrames: 2, noise: 4 })
    const { more } = await run(imager, { targetLuma: '60' })
    more(30)
    expect(more(1)[0]).toBeCloseTo(60, -1)
  })

  test('keeps exposure below maxExposureMs and uses gain instead', async () => {
    const imager = new LinearImager({ light: 0.008, delayFrames: 2, noise: 4 })
    const { more, host } = await run(imager, { maxExposureMs: '5' })
    more(40)
    expect(Math.max(...host.values('exposure'))).toBeLessThanOrEqual(5000)
    expect(host.values('gain').at(-1)).toBeGreaterThan(5)
  })

  test('says once that a scene is too dark', async () => {
    const imager = new LinearImager({ light: 0.00001, delayFrames: 2, noise: 0 })
    const { more, host } = await run(imager)
    more(60)
    const events = host.outputs.filter(({ kind }) => kind === 'event')
    expect(events.map(({ value }) => value)).toEqual([
      {
        kind: 'exposure-out-of-range',
        severity: 'warning',
        attributes: [{ name: 'scene', value: { tag: 'word', val: 'too-dark' } }],
      },
    ])
  })
})
