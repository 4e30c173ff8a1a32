import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMPONENTS_FOLDER } from '../../wit/toolchain/build-components.ts'
import { buildSample } from '../support/wit-build.ts'
import { countPeople } from '../support/wit-footage-run.ts'
import { createTestHost } from '../support/wit-host.ts'
import { renderScene, type SceneOptions } from '../support/wit-scene.ts'
import { agreement } from '../support/wit-statistics.ts'

const EXPECTED = join(COMPONENTS_FOLDER, 'people-count', 'expected')

/** The people of each annotated frame. */
function annotation(): Map<number, number> {
  const { people }: { people: Record<string, number> } = JSON.parse(
    readFileSync(join(EXPECTED, 'annotation.json'), 'utf8'),
  )
  return new Map(Object.entries(people).map(([frame, count]) => [Number(frame), count]))
}

/** Pairs of counted and annotated people for the frames that have both. */
function annotated(counts: ReadonlyMap<number, number>): [number, number][] {
  return [...annotation()].flatMap(([frame, truth]) => {
    const found = counts.get(frame)
    return found === undefined ? [] : [[found, truth] as [number, number]]
  })
}

describe('people-count with blob-detector on recorded footage', () => {
  test('follows the annotation and gives the expected counts at 384 x 288 and 5 frames a second', async () => {
    const counts = await countPeople({ width: 384, height: 288, everyFrames: 2 })
    expectToFollow(counts)
    const file = join(EXPECTED, 'pedestrians-384x288-5fps.json')
    const found = { people: Object.fromEntries(counts) }
    if (process.env.OCELLI_WRITE_EXPECTED === '1') writeFileSync(file, `${JSON.stringify(found)}\n`)
    expect(found).toEqual(JSON.parse(readFileSync(file, 'utf8')))
  }, 120_000)

  test('follows the annotation at 768 x 576 and 2 frames a second', async () => {
    expectToFollow(await countPeople({ width: 768, height: 576, everyFrames: 5 }))
  }, 120_000)
})

/** The best constant has an error of 1.0 people a frame on this recording, a published pedestrian detector 0.66. */
function expectToFollow(counts: ReadonlyMap<number, number>): void {
  const pairs = annotated(counts)
  expect(pairs.length).toBeGreaterThanOrEqual(38)
  const { meanAbsoluteError, correlation } = agreement(pairs)
  expect(meanAbsoluteError).toBeLessThan(0.66)
  expect(correlation).toBeGreaterThan(0.8)
}

const SCENE = { width: 320, height: 240, seconds: 45, mostPeople: 5, personHeights: [0.1, 0.25] } as const
/** Each kind of scene is played with several seeds, so that one lucky crowd decides nothing. */
const SEEDS = [11, 12]

describe('people-count with blob-detector on synthetic scenes', () => {
  test.each([
    { ...SCENE, name: 'slow', framesPerSecond: 2, noise: 4 },
    { ...SCENE, name: 'noisy', framesPerSecond: 4, noise: 12 },
    { ...SCENE, name: 'without perspective', framesPerSecond: 3, noise: 6, personHeights: [0.2, 0.2] as const },
  ])(
    'follows the truth in scenes that are $name',
    async (scene) => {
      const pairs: (readonly [number, number])[] = []
      for (const seed of SEEDS) pairs.push(...(await countScene({ ...scene, seed })))
      // It says nothing while it learns the scene, and that takes 3 seconds at most.
      expect(pairs.length).toBeGreaterThanOrEqual(SEEDS.length * 42 * scene.framesPerSecond)
      const { meanAbsoluteError, correlation } = agreement(pairs)
      expect(correlation).toBeGreaterThan(0.9)
      expect(meanAbsoluteError).toBeLessThan(0.4)
    },
    60_000,
  )
})

/** Counted and true people of each frame. */
async function countScene(scene: SceneOptions): Promise<(readonly [number, number])[]> {
  const host = createTestHost()
  const provider = await host.instantiate('blob-detector', (await buildSample('blob-detector')).component)
  const exports = await host.instantiate('people-count', (await buildSample('people-count')).component, {
    'ocelli:sensing/detector': provider['ocelli:sensing/detector@0.1.0'] ?? {},
  })
  const truth = new Map<number, number>()
  for (const frame of renderScene(scene)) {
    truth.set(frame.sequence, frame.people)
    host.onFrame(exports, { ...frame, width: scene.width, height: scene.height })
  }
  return host.outputs.flatMap(({ kind, sequence, value }) =>
    kind === 'measurement' ? [[Number(value.value), truth.get(sequence) ?? 0] as const] : [],
  )
}

describe('people-count', () => {
  const person = { class: 'person', score: 0.9, box: { x: 1, y: 1, width: 4, height: 9 } }
  const frame = { width: 16, height: 12, luma: new Uint8Array(16 * 12) }

  /** Runs the component with a detector that answers as told, one answer a frame, a second apart. */
  async function run(answers: (() => unknown)[], config: Record<string, string>) {
    const host = createTestHost({ config })
    let next = 0
    const detector = { detect: () => answers[next++]?.() }
    const exports = await host.instantiate('people-count', (await buildSample('people-count')).component, {
      'ocelli:sensing/detector': detector,
    })
    const onFrame = (sequence: number) =>
      host.onFrame(exports, { ...frame, sequence, captureTimeNanos: BigInt(sequence) * 1_000_000_000n })
    return { host, onFrame }
  }

  test('tells once when the limit is reached and once when it is left', async () => {
    const crowd = (count: number) => () => Array.from({ length: count }, () => person)
    const answers = [crowd(1), crowd(3), crowd(4), crowd(2)]
    const { host, onFrame } = await run(answers, { limit: '3' })
    for (let i = 0; i < answers.length; i++) onFrame(i)
    expect(host.values('people')).toEqual([1, 3, 4, 2])
    const events = host.outputs.filter(({ kind }) => kind === 'event')
    expect(events.map(({ sequence, value }) => [sequence, value.kind, value.severity])).toEqual([
      [1, 'people-limit-reached', 'warning'],
      [3, 'people-limit-left', 'info'],
    ])
  })

  test('leaves out what is no person and what is not sure enough', async () => {
    const dog = { ...person, class: 'dog' }
    const shadow = { ...person, score: 0.2 }
    const { host, onFrame } = await run([() => [person, dog, shadow]], {})
    onFrame(0)
    expect(host.values('people')).toEqual([1])
    const boxes = host.outputs.find(({ kind }) => kind === 'detections')
    expect(boxes?.value).toEqual({
      frameWidth: 16,
      frameHeight: 12,
      detections: [{ ...person, score: Math.fround(0.9) }],
    })
  })

  test('publishes nothing while the detector learns, and passes on its failure', async () => {
    const fail = (payload: unknown) => () => {
      throw { payload }
    }
    const answers = [
      fail({ tag: 'not-ready' }),
      fail({ tag: 'invalid-output' }),
      fail({ tag: 'failed', val: 'lens cap' }),
    ]
    const { host, onFrame } = await run(answers, {})
    onFrame(0)
    onFrame(1)
    expect(() => onFrame(2)).toThrow('lens cap')
    expect(host.outputs).toEqual([])
  })
})
