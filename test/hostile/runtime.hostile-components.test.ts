/** Components and bytes that mean harm, on the host that devices use. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OcelliError } from '@ocelli/schemas/errors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { named, PROBE_IMPORTS, probe, type TestComponent } from '../support/runtime-guests.ts'
import {
  type HostUnderTest,
  measured,
  type Part,
  startInstance,
  until,
  workerHostUnderTest,
} from '../support/runtime-harness.ts'
import { ManualImager } from '../support/runtime-imager.ts'

const LIMITS = { memoryBytes: 8 * 1024 * 1024, callTimeoutMs: 800, outputBytesPerSecond: 100_000 }
/** On top of a deadline: ending the thread, and a machine that is busy with other tests. */
const SLACK_MS = 5000

let under: HostUnderTest
let component: TestComponent
let part: Part
const cacheDirectory = mkdtempSync(join(tmpdir(), 'ocelli-hostile-'))

beforeAll(async () => {
  under = workerHostUnderTest({ cacheDirectory, transpile: { timeoutMs: 20_000 } })
  component = await probe()
  part = { component, imports: PROBE_IMPORTS }
  await under.host.prepare(component.digest, component.wasm)
})
afterAll(async () => {
  await under.close()
  rmSync(cacheDirectory, { recursive: true, force: true })
})

test('a component that loops for ever in on-frame is ended, while its neighbour misses nothing', async () => {
  const neighbourImager = new ManualImager(32, 16)
  const neighbour = await startInstance(under.host, [part], { imager: neighbourImager, mode: 'reads' })
  const imager = new ManualImager(32, 16)
  const spinner = await startInstance(under.host, [part], { imager, mode: 'spins', limits: LIMITS })

  imager.emit()
  const begun = performance.now()
  let frames = 0
  while (spinner.ends.length === 0) {
    neighbourImager.emit()
    frames++
    await until(() => measured(neighbour, 'plane').length === frames && neighbourImager.held === 0)
    expect(performance.now() - begun).toBeLessThan(LIMITS.callTimeoutMs + SLACK_MS)
  }
  expect(performance.now() - begun).toBeGreaterThanOrEqual(LIMITS.callTimeoutMs - 5)
  expect(spinner.ends).toMatchObject([{ kind: 'failed', error: { code: 'instance.deadline' } }])
  expect(frames).toBeGreaterThan(1)
  expect(neighbour.ends).toEqual([])
  expect([imager.subscribers, imager.held]).toEqual([0, 0])
  await neighbour.instance.stop()
})

test('one that loops for ever in a command, in init or while it is stopped is ended too', async () => {
  const imager = new ManualImager(32, 16)
  const running = await startInstance(under.host, [part], { imager, limits: LIMITS })
  await expect(running.instance.command('spin', '', 200)).rejects.toMatchObject({ code: 'command.expired' })
  await until(() => running.ends[0])
  expect(running.ends).toMatchObject([{ kind: 'failed', error: { code: 'instance.deadline' } }])

  const start = startInstance(under.host, [part], { imager, mode: 'init-spins', limits: LIMITS })
  await expect(start).rejects.toMatchObject({ code: 'instance.deadline' })

  const stubborn = await startInstance(under.host, [part], { imager, mode: 'stop-spins', limits: LIMITS })
  const begun = performance.now()
  await stubborn.instance.stop()
  expect(performance.now() - begun).toBeLessThan(2 * LIMITS.callTimeoutMs + SLACK_MS)
  expect(stubborn.ends).toEqual([{ kind: 'stopped' }])
})

test('one that traps on each frame fails each time it is started, and leaves nothing behind', async () => {
  const imager = new ManualImager(32, 16)
  for (let round = 0; round < 5; round++) {
    const running = await startInstance(under.host, [part], { imager, mode: 'traps', limits: LIMITS })
    imager.emit()
    await until(() => running.ends[0])
    expect(running.ends).toMatchObject([{ kind: 'failed', error: { code: 'instance.trap' } }])
    expect([imager.subscribers, imager.held]).toEqual([0, 0])
  }
})

test('one that hands over a list larger than its worker may hold ends, and takes nobody with it', async () => {
  const small = workerHostUnderTest({ cacheDirectory, workerHeapBytes: 16 * 1024 * 1024 })
  try {
    const limits = { memoryBytes: 64 * 1024 * 1024, callTimeoutMs: 20_000, outputBytesPerSecond: 1000 }
    const neighbour = await startInstance(small.host, [part], { imager: new ManualImager(32, 16) })
    const hoarder = await startInstance(small.host, [part], { imager: new ManualImager(32, 16), limits })
    await expect(hoarder.instance.command('hoard', '', 20_000)).rejects.toMatchObject({ code: 'instance.memory' })
    await until(() => hoarder.ends[0])
    expect(hoarder.ends).toMatchObject([{ kind: 'failed', error: { code: 'instance.memory' } }])
    await expect(neighbour.instance.command('echo', 'here', 5000)).resolves.toBe('here')
    await neighbour.instance.stop()
  } finally {
    await small.close()
  }
})

test('stopping while a call is under way, while starting, and twice at once reports one end', async () => {
  const imager = new ManualImager(32, 16)
  const running = await startInstance(under.host, [part], { imager, mode: 'spins', limits: LIMITS })
  imager.emit()
  await Promise.all([running.instance.stop(), running.instance.stop()])
  expect(running.ends).toHaveLength(1)
  expect([imager.subscribers, imager.held]).toEqual([0, 0])

  const other = workerHostUnderTest({ cacheDirectory })
  const starting = startInstance(other.host, [part], { imager })
  const outcome = starting.then(
    () => 'started',
    (error: unknown) => error instanceof OcelliError,
  )
  await other.close()
  expect(await outcome).not.toBe(false)
})

test('a thousand truncated and random inputs are each refused with a code, and a good one is taken after them', async () => {
  const random = mulberry(7)
  const codes = new Map<string, number>()
  const inputs = Array.from({ length: 1000 }, (_, index) => hostileBytes(component.wasm, index, random))
  for (const bytes of inputs) {
    const { digest, wasm } = named(bytes)
    const code = await under.host.prepare(digest, wasm).then(
      () => 'taken',
      (error: unknown) => (error instanceof OcelliError ? error.code : String(error)),
    )
    codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  const allowed = ['component.notWasm', 'component.coreModule', 'component.invalid', 'component.toolFailed']
  expect([...codes.keys()].filter((code) => !allowed.includes(code))).toEqual([])

  const good = workerHostUnderTest()
  try {
    await expect(good.host.prepare(component.digest, component.wasm)).resolves.toEqual({ digest: component.digest })
  } finally {
    await good.close()
  }
  const running = await startInstance(under.host, [part], { imager: new ManualImager(32, 16) })
  await expect(running.instance.command('echo', 'well', 5000)).resolves.toBe('well')
  await running.instance.stop()
}, 120_000)

test('a transpiler that takes too long is killed and named, and the next component is taken', async () => {
  const hasty = workerHostUnderTest({ transpile: { timeoutMs: 5 } })
  try {
    await expect(hasty.host.prepare(component.digest, component.wasm)).rejects.toMatchObject({
      code: 'transpile.timeout',
    })
  } finally {
    await hasty.close()
  }
})

/** Cuts, overwrites or invents bytes; every 50th keeps its outer form, so that it reaches the transpiler. */
function hostileBytes(good: Uint8Array, index: number, random: () => number): Uint8Array {
  const below = (limit: number): number => Math.floor(random() * limit)
  if (index % 50 === 0) {
    const copy = new Uint8Array(good)
    // The first section is a core module or a type section: a run of bytes inside it breaks what it holds.
    for (let count = 0; count < 64; count++) copy[24 + below(good.length / 2)] = below(256)
    return copy
  }
  switch (index % 4) {
    case 0:
      return good.slice(0, 1 + below(good.length - 1))
    case 1:
      return Uint8Array.from({ length: 1 + below(4096) }, () => below(256))
    case 2:
      return Uint8Array.from([...good.subarray(0, 8), ...Array.from({ length: 1 + below(512) }, () => below(256))])
    default: {
      const at = 8 + below(good.length - 9)
      return Uint8Array.from([...good.subarray(0, at), ...good.subarray(at + 1)])
    }
  }
}

/** Seeded numbers from 0 to 1, so that a failure can be repeated. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
