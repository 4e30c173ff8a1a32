/** Scenes against their own truth: what it says is what the picture shows. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFrameRenderer } from '@ocelli/simulator/imager/frame-renderer'
import { meteredSettings } from '@ocelli/simulator/imager/metering'
import { WHOLE_FIELD } from '@ocelli/simulator/imager/pixel-map'
import { IMX219 } from '@ocelli/simulator/imager/sensor-profiles'
import { seedFor } from '@ocelli/simulator/random'
import { type PaintedPlanes, paintedFolder } from '@ocelli/simulator/scene/painted-planes'
import type { Scene, View } from '@ocelli/simulator/scene/scene'
import { createScene, SCENE_NAMES, type SceneName } from '@ocelli/simulator/scene/scenes'
import { describe, expect, test, vi } from 'vitest'

const WIDTH = 320
const HEIGHT = 240
const SEEDS = [1, 2, 3, 4]

const sceneOf = (name: SceneName, seed: number | string = 1) => createScene(name, 4 / 3, seedFor(seed, 'scene'))
const nanos = (seconds: number) => BigInt(Math.round(seconds * 1e9))

function paint(scene: Scene, seconds: number): Float32Array {
  const plane = new Float32Array(WIDTH * HEIGHT)
  const view = { widthPixels: WIDTH, heightPixels: HEIGHT, window: WHOLE_FIELD, channel: 'luma' as const }
  scene.paint({ ...view, timeNanos: nanos(seconds), rowSeconds: 0, exposureSeconds: 0 }, plane)
  return plane
}

/** People in view each second for some minutes. */
const counts = (scene: Scene, seconds: number) =>
  Array.from({ length: seconds }, (_, second) => scene.truthAt(nanos(second)).people)

describe('people', () => {
  test.each(['platform', 'yard', 'dusk'] as const)(
    'come and go in every minute, from few to at most eight: %s',
    (name) => {
      for (const seed of SEEDS) {
        const all = counts(sceneOf(name, seed), 600)
        expect(Math.max(...all)).toBeLessThanOrEqual(8)
        expect(Math.max(...all)).toBeGreaterThanOrEqual(5)
        expect(Math.min(...all)).toBe(0)
        for (let start = 0; start + 60 <= all.length; start += 20) {
          const minute = all.slice(start, start + 60)
          const mean = minute.reduce((sum, value) => sum + value, 0) / 60
          const deviation = Math.sqrt(minute.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 60)
          expect(deviation).toBeGreaterThan(0.9)
        }
      }
    },
  )

  test('nobody appears or vanishes inside the picture', () => {
    const scene = sceneOf('platform', 2)
    let before = new Map(scene.truthAt(0n).boxes.map((box) => [box.id, box]))
    for (let step = 1; step < 4000; step++) {
      const boxes = scene.truthAt(nanos(step / 20)).boxes
      const now = new Map(boxes.map((box) => [box.id, box]))
      for (const [id, box] of [...now, ...before]) {
        if (now.has(id) && before.has(id)) continue
        expect(box.x === 0 || box.x + box.width > 0.999).toBe(true)
      }
      before = now
    }
  })

  test('who is further away is smaller and stands higher in the picture', () => {
    const scene = sceneOf('yard', 3)
    const feet: { bottom: number; height: number }[] = []
    for (let second = 0; second < 300; second++) {
      for (const box of scene.truthAt(nanos(second)).boxes) {
        if (box.visibleFraction > 0.95) feet.push({ bottom: box.y + box.height, height: box.height })
      }
    }
    const far = feet.filter((box) => box.bottom < 0.45)
    const near = feet.filter((box) => box.bottom > 0.7)
    const mean = (boxes: typeof feet) => boxes.reduce((sum, box) => sum + box.height, 0) / boxes.length
    expect(far.length).toBeGreaterThan(20)
    expect(near.length).toBeGreaterThan(20)
    expect(mean(near)).toBeGreaterThan(1.8 * mean(far))
  })

  test.each(['platform', 'yard'] as const)('are where the truth says, and nowhere else: %s', (name) => {
    const scene = sceneOf(name, 4)
    const empty = emptyPicture(scene)
    let inspected = 0
    for (let second = 0; second < 120; second += 3) {
      const picture = paint(scene, second)
      const { boxes } = scene.truthAt(nanos(second))
      const differs = picture.map((value, index) => (Math.abs(value / (empty[index] ?? 1) - 1) > 0.08 ? 1 : 0))
      for (const box of boxes) {
        if (box.visibleFraction < 0.8) continue
        inspected++
        const share = shareIn(differs, box.x, box.y, box.width, box.height)
        expect(share).toBeGreaterThan(0.25) // a body fills about half of its box; some cloth looks like the ground
      }
      // Outside of the boxes, widened for the shadows beside the feet, the background is as it was (but for shadows of those who are just out of view).
      const outside = differs.filter((_, index) => {
        const [x, y] = [(index % WIDTH) / WIDTH, Math.floor(index / WIDTH) / HEIGHT]
        return !boxes.some(
          (box) =>
            x >= box.x - 0.02 &&
            x <= box.x + 2.2 * box.width + 0.02 &&
            y >= box.y - 0.02 &&
            y <= box.y + 1.08 * box.height + 0.01,
        )
      })
      expect(outside.reduce((sum, value) => sum + value, 0) / outside.length).toBeLessThan(0.005)
    }
    expect(inspected).toBeGreaterThan(30)
  })
})

describe('every scene', () => {
  test.each(SCENE_NAMES)('is a function of its seed and of time: %s', (name) => {
    const [one, again] = [sceneOf(name), sceneOf(name)]
    one.truthAt(nanos(500)) // asking out of order changes nothing
    for (const seconds of [0, 12.5, 400, 3]) {
      expect(one.truthAt(nanos(seconds))).toEqual(again.truthAt(nanos(seconds)))
      expect(paint(one, seconds)).toEqual(paint(again, seconds))
    }
  })

  test('differs with another seed', () => {
    expect(counts(sceneOf('platform', 1), 120)).not.toEqual(counts(sceneOf('platform', 2), 120))
    expect(paint(sceneOf('platform', 1), 0)).not.toEqual(paint(sceneOf('platform', 2), 0))
  })
})

test('dusk takes the light away by ten stops and brings it back', () => {
  const scene = sceneOf('dusk')
  const mean = (seconds: number) => paint(scene, seconds).reduce((sum, value) => sum + value, 0) / (WIDTH * HEIGHT)
  const ratio = mean(0) / mean(120)
  expect(Math.log2(ratio)).toBeGreaterThan(9)
  expect(Math.log2(ratio)).toBeLessThan(11)
  expect(mean(240) / mean(0)).toBeGreaterThan(0.9)
})

test('an empty scene stays as it is', () => {
  const scene = sceneOf('empty')
  expect(counts(scene, 300).every((people) => people === 0)).toBe(true)
  expect(paint(scene, 250)).toEqual(paint(scene, 0))
})

test('a moving object moves, pauses and is where the truth says', () => {
  const scene = sceneOf('moving-object')
  const background = emptyPicture(scene)
  const moving = Array.from({ length: 60 }, (_, second) => scene.truthAt(nanos(second)).boxes.length)
  expect(moving).toContain(0)
  expect(moving).toContain(1)
  const second = Array.from({ length: 60 }, (_, at) => at).find(
    (at) => (scene.truthAt(nanos(at)).boxes[0]?.visibleFraction ?? 0) > 0.999,
  )
  const box = scene.truthAt(nanos(second ?? 0)).boxes[0]
  if (!box || second === undefined) throw new Error('the object is in view at some second')
  const picture = paint(scene, second)
  const differs = picture.map((value, index) => (Math.abs(value / (background[index] ?? 1) - 1) > 0.08 ? 1 : 0))
  expect(shareIn(differs, box.x, box.y, box.width, box.height)).toBeGreaterThan(0.9)
})

test.each(['platform', 'yard', 'empty'] as const)(
  'a metered camera shows a scene neither dark nor burnt out: %s',
  (name) => {
    const scene = sceneOf(name)
    const settings = meteredSettings(IMX219, scene, 0n, 5000)
    const renderer = createFrameRenderer(IMX219, scene, seedFor('meter'))
    const shape = { widthPixels: WIDTH, heightPixels: HEIGHT, format: 'gray8' as const }
    const pixels = renderer.render({ sequence: 1, captureNanos: 0n, settings, celsius: 35, ...shape })
    const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length
    expect(mean).toBeGreaterThan(85)
    expect(mean).toBeLessThan(150)
    expect(pixels.filter((value) => value === 255).length / pixels.length).toBeLessThan(0.03)
  },
)

/** The picture of a moment with nothing in it. */
function emptyPicture(scene: Scene): Float32Array {
  for (let second = 0; second < 600; second += 0.5) {
    if (scene.truthAt(nanos(second)).boxes.length === 0) return paint(scene, second)
  }
  throw new Error('the scene is never empty')
}

function shareIn(differs: Float32Array, x: number, y: number, width: number, height: number): number {
  let sum = 0
  let pixels = 0
  for (let row = Math.ceil(y * HEIGHT); row < Math.floor((y + height) * HEIGHT); row++) {
    for (let column = Math.ceil(x * WIDTH); column < Math.floor((x + width) * WIDTH); column++) {
      sum += differs[row * WIDTH + column] ?? 0
      pixels++
    }
  }
  return sum / pixels
}

describe('backgrounds that are kept', () => {
  const view: View = {
    widthPixels: 160,
    heightPixels: 120,
    window: WHOLE_FIELD,
    channel: 'luma',
    timeNanos: 12_000_000_000n,
    rowSeconds: 0,
    exposureSeconds: 0.01,
  }
  const painted = (planes?: PaintedPlanes, seed = 1) => {
    const plane = new Float32Array(160 * 120)
    createScene('platform', 4 / 3, seedFor(seed, 'scene'), planes).paint(view, plane)
    return plane
  }

  test('are the ones that would be painted, for the same scene alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ocelli-painted-'))
    try {
      mkdirSync(join(folder, 'of-older-sources'))
      const fresh = painted()
      expect(painted(paintedFolder(folder))).toEqual(fresh)
      // Written behind the back of who paints.
      await vi.waitFor(() =>
        expect(readdirSync(folder, { recursive: true }).filter((name) => /f32$/.test(`${name}`))).toHaveLength(1),
      )
      expect(readdirSync(folder)).toHaveLength(1)
      const asked: boolean[] = []
      const spy = (planes: PaintedPlanes): PaintedPlanes => ({
        keep: planes.keep,
        get(key, values) {
          const held = planes.get(key, values)
          asked.push(held !== undefined)
          return held
        },
      })
      expect(painted(spy(paintedFolder(folder)))).toEqual(fresh)
      expect(asked).toEqual([true])
      expect(painted(spy(paintedFolder(folder)), 2)).toEqual(painted(undefined, 2))
      expect(asked).toEqual([true, false])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('a folder that is full or cannot be made keeps nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ocelli-painted-'))
    try {
      const full = paintedFolder(folder, 1000)
      full.keep('one', new Float32Array(1000))
      expect(full.get('one', 1000)).toBeUndefined()
      writeFileSync(join(folder, 'file'), '')
      expect(painted(paintedFolder(join(folder, 'file')))).toEqual(painted())
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
