/** Cameras behind ffmpeg: real footage in real time, several consumers, hot-plug, and credentials that show nowhere. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machineClock, machineRandom } from '@ocelli/agent/capability/machine'
import { addCameras, cameraFilePath } from '@ocelli/agent/imager/camera-file'
import { parseCamera } from '@ocelli/agent/imager/camera-source'
import { type FfmpegBankOptions, openFfmpegBank } from '@ocelli/agent/imager/ffmpeg-bank'
import { FFMPEG_ON_PATH } from '@ocelli/agent/imager/ffmpeg-process'
import type { CapturedFrame, Imager, ImagerBank, StreamRequest } from '@ocelli/agent/imager/imager'
import { afterEach, expect, test, vi } from 'vitest'
import { requireFootage } from '../support/footage.ts'
import { startRtspCamera } from '../support/rtsp-camera.ts'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'ocelli-ffmpeg-'))
  cleanups.push(() => rmSync(path, { recursive: true }))
  return path
}

async function openBank(options: Partial<FfmpegBankOptions> & { dataDir: string }): Promise<{
  bank: ImagerBank
  lines: string[]
}> {
  const lines: string[] = []
  const bank = await openFfmpegBank({
    paths: FFMPEG_ON_PATH,
    clock: machineClock(),
    random: machineRandom(),
    log: (level, message) => void lines.push(`${level} ${message}`),
    videoFolders: { dev: join(options.dataDir, 'dev'), sys: join(options.dataDir, 'sys') },
    ...options,
  })
  cleanups.push(() => bank.close())
  return { bank, lines }
}

function only(bank: ImagerBank): Imager {
  const [imager] = bank.list()
  if (imager === undefined) throw new Error('no imager')
  return imager
}

/** Subscribes and keeps what comes; frames are let go at once unless `hold`. */
function watch(imager: Imager, request: StreamRequest, hold = false) {
  const seen = { frames: [] as CapturedFrame[], dropped: 0, interrupted: [] as string[], bytes: new Uint8Array() }
  const subscription = imager.subscribe(request, {
    onFrame(frame, dropped) {
      seen.frames.push(frame)
      seen.dropped += dropped
      seen.bytes = frame.read().slice()
      if (!hold) frame.release()
    },
    onInterrupted: (reason) => void seen.interrupted.push(reason),
  })
  cleanups.push(() => subscription.close())
  return { seen, subscription }
}

const eventually = (check: () => void, timeout = 60_000) => vi.waitFor(check, { timeout, interval: 50 })

test('a recording is a camera: its size and rate are found, its frames come at its own pace', async () => {
  const { bank } = await openBank({ dataDir: folder(), cameras: [parseCamera(`file:${requireFootage()}`)] })
  const imager = only(bank)
  expect(imager.facts).toMatchObject({
    driver: 'ffmpeg',
    widthPixels: 768,
    heightPixels: 576,
    maxFrameRateMillihertz: 10_000,
    formats: ['gray8'],
    controllable: false,
  })
  const startMs = performance.now()
  const { seen } = watch(imager, {})
  await eventually(() => expect(seen.frames.at(-1)?.sequence ?? 0).toBeGreaterThanOrEqual(30))
  // Ten a second, of which a second may come at once; decoding alone is done with all of them in that time. A busy
  // machine takes longer, never less.
  expect(performance.now() - startMs).toBeGreaterThan(2000)
  expect(seen.bytes.byteLength).toBe(768 * 576)
  // A picture, not a plane of one value.
  expect(new Set(seen.bytes).size).toBeGreaterThan(50)
})

test('each consumer gets its own rate and size, and one that holds its frame costs the others nothing', async () => {
  const { bank } = await openBank({ dataDir: folder(), cameras: [parseCamera(`file:${requireFootage()}`)] })
  const imager = only(bank)
  const whole = watch(imager, {})
  const small = watch(imager, { widthPixels: 384, frameRateMillihertz: 2000 })
  const stuck = watch(imager, {}, true)
  await eventually(() => expect(whole.seen.frames.length).toBeGreaterThanOrEqual(20))
  await eventually(() => expect(small.seen.frames.length).toBeGreaterThanOrEqual(3))
  // A fifth of the camera's frames; on a busy machine both come in bursts.
  expect(small.seen.frames.length).toBeLessThanOrEqual(whole.seen.frames.length / 2)
  expect(small.seen.frames[0]).toMatchObject({ widthPixels: 384, heightPixels: 288 })
  expect(small.seen.bytes.byteLength).toBe(384 * 288)
  expect(stuck.seen.frames).toHaveLength(1)
  stuck.seen.frames[0]?.release()
  await eventually(() => expect(stuck.seen.frames).toHaveLength(2))
  expect(stuck.seen.dropped).toBeGreaterThan(5)
})

test('ffmpeg runs only while somebody watches, and is started again when it dies', async () => {
  const path = join(folder(), 'camera.avi')
  copyFileSync(requireFootage(), path)
  const { bank } = await openBank({ dataDir: folder(), cameras: [parseCamera(`file:${path}`)] })
  expect(childrenPlaying(path)).toEqual([])
  const { seen, subscription } = watch(only(bank), {})
  await eventually(() => expect(seen.frames.length).toBeGreaterThan(2))
  const [pid] = childrenPlaying(path)
  if (pid === undefined) throw new Error('no ffmpeg')
  process.kill(pid, 'SIGKILL')
  await eventually(() => expect(seen.interrupted).toHaveLength(1))
  const before = seen.frames.length
  const sequence = seen.frames.at(-1)?.sequence ?? 0
  await eventually(() => expect(seen.frames.length).toBeGreaterThan(before))
  expect(seen.frames.at(-1)?.sequence).toBeGreaterThan(sequence)
  subscription.close()
  await eventually(() => expect(childrenPlaying(path)).toEqual([]))
})

test('cameras come and go with their file and with the configuration', async () => {
  const dataDir = folder()
  const path = join(folder(), 'yard.avi')
  const { bank } = await openBank({ dataDir })
  let changes = 0
  bank.onChange(() => void changes++)
  expect(bank.list()).toEqual([])
  addCameras(dataDir, [`file:${path}`])
  expect(statSync(cameraFilePath(dataDir)).mode & 0o777).toBe(0o600)
  copyFileSync(requireFootage(), path)
  await eventually(() => expect(bank.list().map(({ facts }) => facts.id)).toEqual(['yard']), 30_000)
  const { seen } = watch(only(bank), {})
  rmSync(path)
  await eventually(() => expect(bank.list()).toEqual([]), 30_000)
  expect(changes).toBe(2)
  expect(seen.interrupted.at(-1)).toBe('the imager was closed')
})

test('credentials of a network camera show in no command line, log or error', async () => {
  const footage = readFileSync(requireFootage())
  const authorizations: (string | undefined)[] = []
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization)
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end()
      return
    }
    response.writeHead(200, { 'content-type': 'video/x-msvideo', 'content-length': footage.byteLength }).end(footage)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => void server.close())
  cleanups.push(() => server.closeAllConnections())
  const { port } = server.address() as AddressInfo
  const secret = 'hunter2secret'
  const { bank, lines } = await openBank({
    dataDir: folder(),
    cameras: [
      parseCamera(`http://eye:${secret}@127.0.0.1:${port}/yard.avi`),
      parseCamera(`rtsp://eye:${secret}@127.0.0.1:1/nobody`),
    ],
  })
  const imager = only(bank)
  expect(imager.facts.id).toBe('127.0.0.1-yard.avi')
  const { seen } = watch(imager, {})
  await eventually(() => {
    expect(allCommandLines()).not.toContain(secret)
    expect(seen.frames.length).toBeGreaterThan(2)
  })
  expect(authorizations).toContain(`Basic ${btoa(`eye:${secret}`)}`)
  expect(lines.join('\n')).toContain('imager.missing')
  expect(lines.join('\n')).toContain('rtsp://***@127.0.0.1:1/nobody')
  expect(lines.join('\n') + JSON.stringify(imager.facts)).not.toContain(secret)
})

test('a network camera is found, delivers at its own size and rate, and is taken again after its plug was pulled', async () => {
  const size = { widthPixels: 320, heightPixels: 240, framesPerSecond: 10 }
  const camera = await startRtspCamera({ user: 'eye', password: 'o2m9', ...size })
  cleanups.push(() => camera.kill())
  const { bank, lines } = await openBank({ dataDir: folder(), cameras: [parseCamera(camera.url)] })
  await eventually(() => expect(bank.list()).toHaveLength(1))
  const imager = only(bank)
  expect(imager.facts).toMatchObject({ driver: 'ffmpeg', widthPixels: 320, heightPixels: 240 })
  expect(imager.facts.maxFrameRateMillihertz).toBe(10_000)

  const { seen } = watch(imager, {})
  await eventually(() => expect(seen.frames.length).toBeGreaterThanOrEqual(10))
  // The picture is a white ball that moves on black.
  expect(seen.bytes).toHaveLength(320 * 240)
  expect(Math.max(...seen.bytes)).toBeGreaterThan(200)
  expect(seen.bytes.filter((value) => value < 50).length).toBeGreaterThan((320 * 240) / 2)

  await camera.kill()
  await eventually(() => expect(seen.interrupted.length).toBeGreaterThan(0), 30_000)
  const again = await startRtspCamera({ user: 'eye', password: 'o2m9', ...size, port: camera.port })
  cleanups.push(() => again.kill())
  const before = seen.frames.length
  await eventually(() => expect(seen.frames.length).toBeGreaterThan(before + 5), 60_000)
  expect(lines.join('\n')).not.toContain('o2m9')
}, 120_000)

test('a network camera that refuses the password is not offered, and the password is not said', async () => {
  const size = { widthPixels: 320, heightPixels: 240, framesPerSecond: 10 }
  const camera = await startRtspCamera({ user: 'eye', password: 'o2m9', ...size })
  cleanups.push(() => camera.kill())
  const wrong = camera.url.replace('o2m9', 'gu3ss')
  const { bank, lines } = await openBank({ dataDir: folder(), cameras: [parseCamera(wrong)] })
  await eventually(() => expect(lines.join('\n')).toContain('401 Unauthorized'))
  expect(bank.list()).toEqual([])
  expect(lines.join('\n')).not.toContain('gu3ss')
})

/** Command lines of every process of this machine. */
function allCommandLines(): string {
  return commandLines()
    .map(({ text }) => text)
    .join('\n')
}

function commandLines(): { pid: number; text: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      return [{ pid: Number(name), text: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
    } catch {
      return []
    }
  })
}

const childrenPlaying = (path: string): number[] =>
  commandLines()
    .filter(({ text }) => text.startsWith('ffmpeg') && text.includes(path))
    .map(({ pid }) => pid)
