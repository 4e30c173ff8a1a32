import { beforeAll, describe, expect, test } from 'vitest'
import { buildSample } from '../support/wit-build.ts'
import { createTestHost } from '../support/wit-host.ts'

const WIDTH = 320
const HEIGHT = 240
const FRAMES = 20

describe('motion', () => {
  let component: Uint8Array
  beforeAll(async () => {
    component = (await buildSample('motion')).component
  }, 90_000)

  /** Publishes each frame of a picture that is a function of frame, column and row; the values after the first. */
  async function run(picture: (frame: number, x: number, y: number) => number): Promise<number[]> {
    const host = createTestHost({ config: { publishEveryMs: '0' } })
    const exports = await host.instantiate('motion', component)
    for (let sequence = 0; sequence < FRAMES; sequence++) {
      const luma = new Uint8Array(WIDTH * HEIGHT)
      for (let i = 0; i < luma.length; i++) {
        luma[i] = Math.max(0, Math.min(255, picture(sequence, i % WIDTH, Math.floor(i / WIDTH))))
      }
      host.onFrame(exports, {
        sequence,
        captureTimeNanos: BigInt(sequence) * 100_000_000n,
        width: WIDTH,
        height: HEIGHT,
        luma,
      })
    }
    return host.values('motion').slice(1)
  }

  const texture = (x: number, y: number) => 80 + ((x * 7 + y * 13) % 40)
  /** Between -4 and 4, different in each pixel and frame: the mixing step of MurmurHash3. */
  const noise = (frame: number, x: number, y: number) => {
    let mixed = Math.imul(frame * WIDTH * HEIGHT + y * WIDTH + x, 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return (((mixed ^ (mixed >>> 16)) >>> 0) % 9) - 4
  }

  test('a still scene with noise does not move', async () => {
    const values = await run((frame, x, y) => texture(x, y) + noise(frame, x, y))
    expect(Math.max(...values)).toBeLessThan(0.001)
  })

  test('a change of the light as a whole is no motion', async () => {
    const values = await run((frame, x, y) => Math.round(texture(x, y) * (1 + frame / 40)))
    expect(Math.max(...values)).toBeLessThan(0.001)
  })

  test('a square of a tenth of the picture moves as much as it uncovers and covers', async () => {
    const side = Math.round(Math.sqrt(0.1 * WIDTH * HEIGHT))
    const values = await run((frame, x, y) => {
      const left = (frame * side) % (WIDTH - side)
      const inside = x >= left && x < left + side && y >= 60 && y < 60 + side
      return inside ? 230 : texture(x, y)
    })
    expect(Math.min(...values)).toBeGreaterThan(0.05)
    expect(Math.max(...values)).toBeLessThan(0.4)
  })
})
