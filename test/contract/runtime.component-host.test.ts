/** What every component host does, whatever it runs components in. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  detectorClient,
  detectorProvider,
  framePuller,
  named,
  PROBE_IMPORTS,
  probe,
  type TestComponent,
  wasiProgram,
} from '../support/runtime-guests.ts'
import {
  type HostUnderTest,
  inThreadHostUnderTest,
  logged,
  MemoryState,
  measured,
  type Part,
  startInstance,
  until,
  workerHostUnderTest,
} from '../support/runtime-harness.ts'
import { checksum, cut, ManualImager } from '../support/runtime-imager.ts'

const DETECTOR = 'ocelli:sensing/detector@0.1.0'
const FRAMES = 'ocelli:sensing/frames@0.1.0'
const MEASUREMENTS = 'ocelli:sensing/measurements@0.1.0'
const DETECTIONS = 'ocelli:sensing/detections@0.1.0'

const adapters: [string, (cacheDirectory?: string) => HostUnderTest][] = [
  ['one worker per instance', (cache) => workerHostUnderTest(cache === undefined ? {} : { cacheDirectory: cache })],
  ['in-thread', (cache) => inThreadHostUnderTest(cache)],
]

/** Code made once for both adapters. */
const cacheDirectory = mkdtempSync(join(tmpdir(), 'ocelli-code-'))
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }))

describe.each(adapters)('component host: %s', (_name, make) => {
  let under: HostUnderTest
  let probeComponent: TestComponent
  const probePart = (): Part => ({ component: probeComponent, imports: PROBE_IMPORTS })

  beforeAll(async () => {
    under = make(cacheDirectory)
    probeComponent = await probe()
    await under.host.prepare(probeComponent.digest, probeComponent.wasm)
  })
  afterAll(() => under.close())

  test('prepares once, knows what it prepared, and forgets what is no longer needed', async () => {
    const other = make()
    try {
      expect(other.host.isPrepared(probeComponent.digest)).toBe(false)
      await other.host.prepare(probeComponent.digest, probeComponent.wasm)
      expect(other.host.isPrepared(probeComponent.digest)).toBe(true)
      other.host.prune(new Set())
      expect(other.host.isPrepared(probeComponent.digest)).toBe(false)
    } finally {
      await other.close()
    }
  })

  test('starts with init, ends with stop, and reports one end', async () => {
    const imager = new ManualImager(16, 8)
    const running = await startInstance(under.host, [probePart()], { imager })
    expect(running.instance.exports).toEqual({ frame: true, interval: true, command: true, task: false })
    expect(imager.subscribers).toBe(1)
    await running.instance.stop()
    await running.instance.stop()
    expect(logged(running, 'probe')).toEqual(['init', 'stop'])
    expect(running.ends).toEqual([{ kind: 'stopped' }])
    expect(imager.subscribers).toBe(0)
  })

  test.each([
    ['of its own', false],
    ['that is shared', true],
  ])('hands over every pixel of every frame, from memory %s, and only when it is asked', async (_memory, shares) => {
    const imager = new ManualImager(64, 48)
    imager.sharesMemory = shares
    const running = await startInstance(under.host, [probePart()], { imager, mode: 'reads' })
    const expected: number[] = []
    for (let frame = 0; frame < 20; frame++) {
      expected.push(checksum(imager.emit()))
      await until(() => measured(running, 'plane').length === expected.length && imager.held === 0)
    }
    expect(measured(running, 'plane')).toEqual(expected)
    expect(imager.renders).toBe(20)
    expect(running.instance.usage()).toMatchObject({ framesHandled: 20, framesDropped: 0 })
    await running.instance.stop()

    const blind = new ManualImager(64, 48)
    const idle = await startInstance(under.host, [probePart()], { imager: blind, mode: 'info' })
    blind.emit()
    await until(() => measured(idle, 'rate').length === 1)
    expect(blind.renders).toBe(0)
    await idle.instance.stop()
  })

  test('tells what is known of a frame and stamps records with it', async () => {
    const imager = new ManualImager(64, 48)
    const running = await startInstance(under.host, [probePart()], { imager, mode: 'info' })
    imager.emit()
    await until(() => measured(running, 'rate').length === 1)
    const values = ['width', 'height', 'sequence', 'capture', 'format', 'dropped', 'exposure', 'gain', 'rate']
    expect(values.map((name) => measured(running, name)[0])).toEqual([64, 48, 0, 5_000_000, 0, 0, 10_000, 6, 30_000])
    const record = running.outputs.find((output) => output.kind === 'measurement')
    expect(record?.stamp).toEqual({ imager: 'cam0', frame: 0, captureMicros: 5000 })
    await running.instance.stop()
  })

  test('gives every second pixel of a region, and refuses one outside of the frame', async () => {
    const imager = new ManualImager(64, 48)
    const running = await startInstance(under.host, [probePart()], { imager, mode: 'region' })
    const plane = imager.emit()
    await until(() => measured(running, 'outside').length === 1)
    const region = cut(plane, 64, { x: 3, y: 2, width: 8, height: 5 }, 2)
    expect(measured(running, 'region')).toEqual([checksum(region)])
    expect(measured(running, 'length')).toEqual([region.length])
    expect(measured(running, 'outside')).toEqual([1])
    await running.instance.stop()
  })

  test('sets the imager and refuses a value out of range', async () => {
    const imager = new ManualImager(16, 8)
    const running = await startInstance(under.host, [probePart()], { imager, mode: 'exposes' })
    imager.emit()
    await until(() => measured(running, 'refused').length === 1)
    expect(imager.settings.exposureMicros).toBe(5000)
    expect(measured(running, 'exposed')).toEqual([5000])
    expect(measured(running, 'refused')).toEqual([1])
    await running.instance.stop()
  })

  test('lets a picture out as JPEG', async () => {
    const imager = new ManualImager(64, 48)
    const running = await startInstance(under.host, [probePart()], { imager, mode: 'image' })
    imager.emit()
    const image = await until(() => running.outputs.find((output) => output.kind === 'image'))
    expect(image.name).toBe('view')
    expect([...image.jpeg.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff])
    await until(() => measured(running, 'bytes').length === 1)
    expect(measured(running, 'bytes')).toEqual([image.jpeg.length])
    await running.instance.stop()
  })

  test('logs what a handler answers as an error and goes on', async () => {
    const imager = new ManualImager(16, 8)
    const running = await startInstance(under.host, [probePart()], { imager, mode: 'errs' })
    for (let frame = 1; frame <= 2; frame++) {
      imager.emit()
      await until(() => logged(running, 'on-frame').length === frame && imager.held === 0)
    }
    expect(logged(running, 'on-frame')).toEqual(['too dark', 'too dark'])
    expect(running.ends).toEqual([])
    await running.instance.stop()
  })

  test('calls the interval handler by the clock', async () => {
    const imager = new ManualImager(16, 8)
    const running = await startInstance(under.host, [probePart()], { imager, intervalMs: 10 })
    await until(() => measured(running, 'tick').length >= 3)
    await running.instance.stop()
  })

  test('answers commands, and says in a code why it does not', async () => {
    const imager = new ManualImager(16, 8)
    const { instance } = await startInstance(under.host, [probePart()], { imager })
    await expect(instance.command('echo', 'äöü', 5000)).resolves.toBe('äöü')
    await expect(instance.command('none', '', 5000)).rejects.toMatchObject({ code: 'command.unsupported' })
    await expect(instance.command('refuse', '', 5000)).rejects.toMatchObject({ code: 'command.failed' })
    await expect(instance.command('alarm', '', 5000)).resolves.toBe('refused')
    await instance.stop()
    await expect(instance.command('echo', '', 5000)).rejects.toMatchObject({ code: 'command.failed' })
  })

  test('keeps state over a restart', async () => {
    const imager = new ManualImager(16, 8)
    const state = new MemoryState()
    const first = await startInstance(under.host, [probePart()], { imager, state })
    await expect(first.instance.command('remember', 'four', 5000)).resolves.toBe('kept')
    await first.instance.stop()
    const second = await startInstance(under.host, [probePart()], { imager, state })
    await expect(second.instance.command('recall', '', 5000)).resolves.toBe('four')
    await second.instance.stop()
  })

  test('holds output to its budget and says so once', async () => {
    const imager = new ManualImager(16, 8)
    const running = await startInstance(under.host, [probePart()], {
      imager,
      limits: { memoryBytes: 16 * 1024 * 1024, callTimeoutMs: 5000, outputBytesPerSecond: 1000 },
    })
    const taken = Number(await running.instance.command('flood', '', 5000))
    expect(measured(running, 'flood').length).toBe(taken)
    // Ten seconds of budget: each record takes more than 100 bytes, stamp included.
    expect(taken).toBeGreaterThan(20)
    expect(taken).toBeLessThan(100)
    expect(running.instance.usage().outputDroppedBytes).toBeGreaterThan((2000 - taken) * 100)
    expect(logged(running, 'host')).toHaveLength(1)
    await running.instance.stop()
  })

  test('a component that traps fails with the place, once, and its imager is free', async () => {
    const imager = new ManualImager(16, 8)
    const running = await startInstance(under.host, [probePart()], { imager, mode: 'traps' })
    imager.emit()
    const end = await until(() => running.ends[0])
    expect(end).toMatchObject({ kind: 'failed', error: { code: 'instance.trap' } })
    expect(end.kind === 'failed' && end.error.message).toMatch(
      /^on-frame trapped: .*unreachable.* in function \[\d+\] at 0x/,
    )
    expect(imager.subscribers).toBe(0)
    expect(imager.held).toBe(0)
    imager.emit()
    await running.instance.stop()
    expect(running.ends).toHaveLength(1)
  })

  test('a component that takes memory without end stays below its limit and fails with instance.memory', async () => {
    const imager = new ManualImager(16, 8)
    const memoryBytes = 8 * 1024 * 1024
    const running = await startInstance(under.host, [probePart()], {
      imager,
      limits: { memoryBytes, callTimeoutMs: 5000, outputBytesPerSecond: 1000 },
    })
    await expect(running.instance.command('bomb', '', 5000)).rejects.toMatchObject({ code: 'instance.memory' })
    await until(() => running.ends[0])
    expect(running.ends).toMatchObject([{ kind: 'failed', error: { code: 'instance.memory' } }])
    const used = running.instance.usage().memoryBytes
    expect(used).toBeLessThanOrEqual(memoryBytes)
    expect(used).toBeGreaterThan(memoryBytes - 2 * 65_536)
  })

  test.each([
    ['init-fails', 'instance.init', /the lens is on/],
    ['init-traps', 'instance.trap', /lifecycle\.init trapped/],
  ])('refuses to start in mode %s with %s', async (mode, code, message) => {
    const imager = new ManualImager(16, 8)
    const start = startInstance(under.host, [probePart()], { imager, mode })
    await expect(start).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(imager.subscribers).toBe(0)
  })

  test('refuses what cannot be linked, was not granted, or has no imager, and runs nothing', async () => {
    const imager = new ManualImager(16, 8)
    const unlinked = { component: probeComponent, imports: PROBE_IMPORTS.filter((name) => !name.includes('/events')) }
    await expect(startInstance(under.host, [unlinked], { imager })).rejects.toMatchObject({
      code: 'link.missing',
      message: expect.stringContaining('ocelli:sensing/events@0.1.0'),
    })
    const grants = PROBE_IMPORTS.filter((name) => !name.includes('/images'))
    await expect(startInstance(under.host, [probePart()], { imager, grants })).rejects.toMatchObject({
      code: 'grant.missing',
      message: 'Not granted: ocelli:sensing/images@0.1.0',
    })
    await expect(startInstance(under.host, [probePart()])).rejects.toMatchObject({ code: 'imager.missing' })
    const limits = { memoryBytes: 65_536, callTimeoutMs: 5000, outputBytesPerSecond: 1000 }
    await expect(startInstance(under.host, [probePart()], { imager, limits })).rejects.toMatchObject({
      code: 'instance.memory',
    })
  })

  test('refuses to start on an imager that is closed, and leaves nothing behind', async () => {
    const imager = new ManualImager(16, 8)
    imager.subscribe = () => {
      throw new Error('closed')
    }
    const start = startInstance(under.host, [probePart()], { imager })
    await expect(start).rejects.toMatchObject({ code: 'imager.missing', message: expect.stringContaining('closed') })
  })

  test('links a provider: a borrowed frame passes through, its answer and its errors come back', async () => {
    const imager = new ManualImager(64, 48)
    const parts: Part[] = [
      { component: await detectorClient(), imports: [[DETECTOR, 1], MEASUREMENTS, DETECTIONS] },
      { component: await detectorProvider(), imports: [FRAMES] },
    ]
    const running = await startInstance(under.host, parts, { imager })
    imager.emit((x, y) => (y === 0 ? x + 1 : 0))
    await until(() => running.outputs.some((output) => output.kind === 'detections') && imager.held === 0)
    expect(running.outputs.find((output) => output.kind === 'detections')).toEqual({
      kind: 'detections',
      frameWidthPixels: 64,
      frameHeightPixels: 48,
      boxes: [{ class: 'thing', score: 0.5, x: 10, y: 1, width: 2, height: 3 }],
      stamp: { imager: 'cam0', frame: 0, captureMicros: 5000 },
    })
    imager.emit(() => 255)
    await until(() => measured(running, 'error').length === 1 && imager.held === 0)
    expect(measured(running, 'error')).toEqual([0])
    imager.emit(() => 254)
    await until(() => running.ends[0])
    expect(running.ends).toMatchObject([{ kind: 'failed', error: { code: 'instance.trap' } }])
  })

  test('hands on what the sensor itself detected', async () => {
    const imager = new ManualImager(64, 48)
    imager.inference = {
      valid: true,
      detections: [{ class: 'person', score: 0.25, box: { x: 5, y: 6, width: 7, height: 8 } }],
    }
    const part: Part = { component: await detectorClient(), imports: [DETECTOR, MEASUREMENTS, DETECTIONS] }
    const running = await startInstance(under.host, [part], { imager })
    imager.emit()
    await until(() => running.outputs.some((output) => output.kind === 'detections') && imager.held === 0)
    expect(measured(running, 'found')).toEqual([1])
    expect(measured(running, 'x')).toEqual([5])
    expect(measured(running, 'score')).toEqual([0.25])
    imager.inference = { valid: false, detections: [] }
    imager.emit()
    await until(() => measured(running, 'error').length === 1)
    expect(measured(running, 'error')).toEqual([2])
    expect(imager.renders).toBe(0)
    await running.instance.stop()
  })

  test('runs a C program of another toolchain closed: its output is the log, its exit code the end', async () => {
    const program = await wasiProgram(`
      #include <stdio.h>
      #include <stdlib.h>
      #include <dirent.h>
      #include <fcntl.h>
      #include <time.h>
      extern char **environ;
      int main(int argc, char **argv) {
        int variables = 0;
        while (environ && environ[variables]) variables++;
        printf("%d arguments, %d variables\\n", argc, variables);
        printf("input %d, directory %s, file %d\\n", getchar(), opendir("/") ? "open" : "closed", open("/etc/passwd", O_RDONLY));
        struct timespec now;
        printf("clock %d\\n", clock_gettime(CLOCK_MONOTONIC, &now));
        fprintf(stderr, "no way\\nout");
        exit(3);
      }`)
    const running = await startInstance(under.host, [{ component: program, imports: [] }])
    await until(() => running.ends[0])
    expect(logged(running, 'stdout')).toEqual([
      '0 arguments, 0 variables',
      'input -1, directory closed, file -1',
      'clock 0',
    ])
    expect(logged(running, 'stderr')).toEqual(['no way', 'out'])
    // wasi:cli/exit knows success and failure alone.
    expect(running.ends).toEqual([{ kind: 'completed', exitCode: 1 }])
    expect(running.instance.exports.task).toBe(true)
  })

  test('ends a task that returns with its exit code', async () => {
    const program = await wasiProgram('#include <stdio.h>\nint main(void) { puts("done"); return 0; }')
    const running = await startInstance(under.host, [{ component: program, imports: [] }])
    await until(() => running.ends[0])
    expect(running.ends).toEqual([{ kind: 'completed', exitCode: 0 }])
    expect(logged(running, 'stdout')).toEqual(['done'])
  })

  test('refuses what is no component and is none the worse for it', async () => {
    const refused = async (bytes: Uint8Array): Promise<string> => {
      const { digest, wasm } = named(bytes)
      return under.host.prepare(digest, wasm).then(
        () => 'taken',
        (error) => error.code,
      )
    }
    expect(await refused(Buffer.from('(component)'))).toBe('component.notWasm')
    expect(await refused(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))).toBe('component.coreModule')
    expect(await refused(probeComponent.wasm.subarray(0, 5000))).toBe('component.invalid')
    expect(await refused(new Uint8Array(33 * 1024 * 1024))).toBe('component.tooLarge')
    const program = await wasiProgram('int main(void) { return 0; }')
    const digest = named(new Uint8Array(1)).digest
    await expect(under.host.prepare(digest, program.wasm)).rejects.toMatchObject({ code: 'artifact.digest' })
    await expect(under.host.prepare(program.digest, program.wasm)).resolves.toEqual({ digest: program.digest })
  })
})

describe('component host: one worker per instance', () => {
  test('a task pulls frames and ends well', async () => {
    const under = workerHostUnderTest({ cacheDirectory })
    try {
      const imager = new ManualImager(32, 16)
      const part: Part = { component: await framePuller(), imports: [FRAMES, MEASUREMENTS] }
      const running = await startInstance(under.host, [part], { imager })
      const emitted: number[] = []
      // A frame that nobody pulls within a frame's time is let go: on a busy machine the task may be late for one.
      await until(() => {
        if (imager.held === 0) emitted.push(imager.emit().reduce((sum, byte) => sum + byte, 0))
        return running.ends[0]
      })
      const pulled = measured(running, 'sum')
      expect(pulled).toHaveLength(3)
      // In the order in which they were emitted, with gaps.
      let from = 0
      for (const sum of pulled) {
        const at = emitted.indexOf(sum, from)
        expect(at).toBeGreaterThanOrEqual(from)
        from = at + 1
      }
      expect(running.ends).toEqual([{ kind: 'completed', exitCode: 0 }])
      expect(imager.subscribers).toBe(0)
    } finally {
      await under.close()
    }
  })
})
