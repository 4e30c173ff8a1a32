/** The in-thread host on a virtual clock: what the deterministic simulation relies on. */
import { createCodeLibrary } from '@ocelli/agent/runtime/code/code-library'
import type { ComponentCode } from '@ocelli/agent/runtime/code/component-code'
import { createChildTranspiler } from '@ocelli/agent/runtime/code/transpiler'
import { sourceEntryPoints } from '@ocelli/agent/runtime/entry-points'
import type { InstanceSpec, Output } from '@ocelli/agent/runtime/host'
import { createInThreadHost } from '@ocelli/agent/runtime/in-thread/in-thread-host'
import type { InstanceId } from '@ocelli/schemas/ids'
import { beforeAll, expect, test } from 'vitest'
import { framePuller, PROBE_IMPORTS, probe, type TestComponent } from '../support/runtime-guests.ts'
import { MemoryState } from '../support/runtime-harness.ts'
import { ManualImager } from '../support/runtime-imager.ts'

/** Timers run when the test moves the time; nothing else ever does. */
class VirtualClock {
  nowMs = 0
  readonly timers: { atMs: number; fn: () => void }[] = []

  wallMs = (): number => 1_700_000_000_000 + this.nowMs
  monotonicNanos = (): bigint => BigInt(this.nowMs) * 1_000_000n

  setTimer = (delayMs: number, fn: () => void): (() => void) => {
    const timer = { atMs: this.nowMs + delayMs, fn }
    this.timers.push(timer)
    return () => {
      const index = this.timers.indexOf(timer)
      if (index >= 0) this.timers.splice(index, 1)
    }
  }

  advance(byMs: number): void {
    const until = this.nowMs + byMs
    for (;;) {
      const next = this.timers.filter((timer) => timer.atMs <= until).sort((a, b) => a.atMs - b.atMs)[0]
      if (!next) break
      this.timers.splice(this.timers.indexOf(next), 1)
      this.nowMs = next.atMs
      next.fn()
    }
    this.nowMs = until
  }
}

const codes = new Map<string, ComponentCode>()
let component: TestComponent
let puller: TestComponent

beforeAll(async () => {
  const transpiler = createChildTranspiler({ entryPoints: sourceEntryPoints() })
  component = await probe()
  puller = await framePuller()
  for (const { digest, wasm } of [component, puller]) codes.set(digest, await transpiler.transpile(digest, wasm))
  await transpiler.close()
})

function world(callCostMs: number) {
  const clock = new VirtualClock()
  const code = createCodeLibrary({
    transpile: (digest) => {
      const held = codes.get(digest)
      return held ? Promise.resolve(held) : Promise.reject(new Error('nothing is transpiled in here'))
    },
    close: () => Promise.resolve(),
  })
  let drawn = 0
  const host = createInThreadHost({
    code,
    clock,
    random: { bytes: (_purpose, count) => new Uint8Array(count).fill(drawn++) },
    callCostMs,
  })
  return { clock, host }
}

function spec(given: TestComponent, imports: readonly string[], options: Partial<InstanceSpec>): InstanceSpec {
  return {
    id: 'i-aaaaaaaaaaaaaaaa' as InstanceId,
    role: 'live',
    components: [
      {
        prepared: { digest: given.digest },
        links: imports.map((name) => ({ interface: name, from: 'host' as const })),
      },
    ],
    grants: imports,
    config: {},
    limits: { memoryBytes: 8 * 1024 * 1024, callTimeoutMs: 100, outputBytesPerSecond: 10_000 },
    frames: {},
    intervalMs: 1000,
    state: new MemoryState(),
    ...options,
  }
}

/** Lets everything happen that waits for resolved promises alone: no timer, no thread, no descriptor. */
async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}

test('prepare and start wait for nothing but resolved promises', async () => {
  const { host } = world(0)
  const outputs: Output[] = []
  let running = false
  host
    .prepare(component.digest, component.wasm)
    .then(() =>
      host.start(spec(component, PROBE_IMPORTS, { imager: new ManualImager(16, 8) }), {
        onOutput: (output) => outputs.push(output),
        onEnd: () => {},
      }),
    )
    .then(() => {
      running = true
    })
  await microtasks()
  expect(running).toBe(true)
  expect(outputs).toMatchObject([{ kind: 'log', message: 'init' }])
  await host.close()
})

test('a call keeps the instance busy for its virtual cost: frames are missed, commands wait', async () => {
  const { host, clock } = world(30)
  const imager = new ManualImager(16, 8)
  await host.prepare(component.digest, component.wasm)
  const running = await host.start(spec(component, PROBE_IMPORTS, { imager }), { onOutput: () => {}, onEnd: () => {} })
  imager.emit()
  expect([imager.held, running.usage().framesHandled]).toEqual([1, 1])
  imager.emit()
  const answers: string[] = []
  void running.command('echo', 'late', 1000).then((answer) => answers.push(answer))
  await microtasks()
  expect(answers).toEqual([])
  clock.advance(29)
  expect(imager.held).toBe(1)
  clock.advance(1)
  expect(imager.held).toBe(0)
  clock.advance(30)
  await microtasks()
  expect(answers).toEqual(['late'])
  imager.emit()
  expect(running.usage()).toMatchObject({ framesHandled: 2, framesDropped: 1 })
  await running.stop()
  expect([imager.held, clock.timers.length]).toEqual([0, 0])
})

test('intervals follow the clock port, and nothing is left after the end', async () => {
  const { host, clock } = world(5)
  const outputs: Output[] = []
  const ends: unknown[] = []
  await host.prepare(component.digest, component.wasm)
  const running = await host.start(spec(component, PROBE_IMPORTS, { imager: new ManualImager(16, 8) }), {
    onOutput: (output) => outputs.push(output),
    onEnd: (end) => ends.push(end),
  })
  clock.advance(10_500)
  expect(outputs.filter((output) => output.kind === 'measurement')).toHaveLength(10)
  await running.stop()
  clock.advance(10_000)
  expect(outputs.filter((output) => output.kind === 'measurement')).toHaveLength(10)
  expect([ends, clock.timers]).toEqual([[{ kind: 'stopped' }], []])
})

test('a task that waits for a frame passes virtual time and ends', async () => {
  const { host, clock } = world(0)
  const ends: unknown[] = []
  const imports = ['ocelli:sensing/frames@0.1.0', 'ocelli:sensing/measurements@0.1.0']
  await host.prepare(puller.digest, puller.wasm)
  await host.start(spec(puller, imports, { imager: new ManualImager(16, 8) }), {
    onOutput: () => {},
    onEnd: (end) => ends.push(end),
  })
  clock.advance(1)
  expect(ends).toEqual([{ kind: 'completed', exitCode: 1 }])
  expect(clock.timers).toEqual([])
})

test('what was not prepared on this device is not prepared, even where another holds its code', async () => {
  const { host } = world(0)
  expect(host.isPrepared(component.digest)).toBe(false)
  await host.prepare(component.digest, component.wasm)
  expect(host.isPrepared(component.digest)).toBe(true)
})
