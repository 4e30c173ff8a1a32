/** One run of ffmpeg or ffprobe: how it is called, and its answer. Addresses with credentials never reach a command line. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { OcelliError } from '@ocelli/schemas/errors'
import type { CameraSource } from './camera-source.ts'
import { hasCredentials, redact } from './redact.ts'
import type { Size } from './scale.ts'

export interface Probed extends Size {
  readonly frameRateMillihertz: number
  readonly colour: 'mono' | 'colour'
}

export interface FfmpegPaths {
  readonly ffmpeg: string
  readonly ffprobe: string
}

export const FFMPEG_ON_PATH: FfmpegPaths = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' }

/** Longest silence of a network camera, in the unit of ffmpeg's `timeout` option. */
const TIMEOUT_MICROS = '10000000'
const PROTOCOLS = 'file,pipe,fd,rtsp,rtsps,rtp,udp,tcp,tls,http,https,crypto'

/** How to open a source: options, and the list to hand over by a pipe where the address must not be seen. */
export function inputOf(source: CameraSource): { readonly options: readonly string[]; readonly list?: string } {
  if (source.kind === 'v4l2') return { options: ['-f', 'v4l2', '-i', source.input] }
  if (source.kind === 'file') return { options: ['-i', source.input] }
  const rtsp = source.input.startsWith('rtsp')
  if (!hasCredentials(source.input)) {
    const transport = rtsp ? ['-rtsp_transport', 'tcp', '-timeout', TIMEOUT_MICROS] : []
    return { options: [...transport, '-i', source.input] }
  }
  // Any user of the machine can read command lines: the address goes through a pipe, as a list of one file.
  const quoted = source.input.replaceAll("'", "'\\''")
  const options = rtsp ? `option rtsp_transport tcp\noption timeout ${TIMEOUT_MICROS}\n` : ''
  return {
    options: ['-f', 'concat', '-safe', '0', '-protocol_whitelist', PROTOCOLS, '-i', 'pipe:3'],
    list: `ffconcat version 1.0\nfile '${quoted}'\n${options}`,
  }
}

/** Starts ffmpeg so that it writes whole planes of 8-bit luma, at the pace of the camera, to its standard output. */
export function startFfmpeg(paths: FfmpegPaths, source: CameraSource, size: Size): ChildProcess {
  const { options, list } = inputOf(source)
  // A recording plays at its own pace, again and again; a camera has a pace of its own.
  const pace = source.kind === 'file' ? ['-re', '-stream_loop', '-1'] : []
  const output = ['-an', '-sn', '-dn', '-fps_mode', 'passthrough', '-s', `${size.widthPixels}x${size.heightPixels}`]
  const format = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-']
  return launch(
    paths.ffmpeg,
    ['-hide_banner', '-nostdin', '-loglevel', 'error', ...pace, ...options, ...output, ...format],
    list,
  )
}

/** Asks what a source delivers. Rejects with `imager.missing` where it cannot be opened. */
export function probe(paths: FfmpegPaths, source: CameraSource, timeoutMs: number): Promise<Probed> {
  const { options, list } = inputOf(source)
  const entries = 'stream=width,height,avg_frame_rate,r_frame_rate,pix_fmt'
  const child = launch(
    paths.ffprobe,
    ['-v', 'error', '-select_streams', 'v:0', '-show_entries', entries, '-of', 'json', ...options],
    list,
  )
  return new Promise((resolve, reject) => {
    let answer = ''
    let complaint = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      answer += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-1000)
    })
    const fail = (why: string) =>
      reject(
        new OcelliError(
          'imager.missing',
          `${source.kind} camera ${source.id} (${redact(source.input)}): ${redact(why).trim()}`,
        ),
      )
    child.on('error', (error) => {
      clearTimeout(timer)
      fail(`${paths.ffprobe} cannot be started: ${error.message}`)
    })
    child.on('close', () => {
      clearTimeout(timer)
      const probed = readProbe(answer)
      if (probed) resolve(probed)
      else fail(complaint || `no answer within ${timeoutMs} ms`)
    })
  })
}

function launch(command: string, args: readonly string[], list: string | undefined): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', list === undefined ? 'ignore' : 'pipe'] })
  if (list !== undefined) {
    const pipe = child.stdio[3] as Writable | null | undefined
    // One that ends before it has read its list says why on its standard error.
    pipe?.on('error', () => {})
    pipe?.end(list)
  }
  return child
}

/** Where a camera does not say how fast it is. */
const FALLBACK_MILLIHERTZ = 30_000

function readProbe(text: string): Probed | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const stream = firstStream(json)
  if (stream === undefined) return undefined
  const { width, height } = stream
  if (typeof width !== 'number' || typeof height !== 'number' || width < 1 || height < 1) return undefined
  const rate = rateOf(stream.avg_frame_rate) ?? rateOf(stream.r_frame_rate) ?? FALLBACK_MILLIHERTZ
  const colour = typeof stream.pix_fmt === 'string' && stream.pix_fmt.startsWith('gray') ? 'mono' : 'colour'
  return { widthPixels: width, heightPixels: height, frameRateMillihertz: rate, colour }
}

function firstStream(json: unknown): Record<string, unknown> | undefined {
  if (typeof json !== 'object' || json === null || !('streams' in json) || !Array.isArray(json.streams))
    return undefined
  const [stream] = json.streams as unknown[]
  return typeof stream === 'object' && stream !== null ? { ...stream } : undefined
}

/** `30000/1001` in millihertz. */
function rateOf(text: unknown): number | undefined {
  const match = typeof text === 'string' ? /^(\d+)\/(\d+)$/.exec(text) : null
  if (!match || Number(match[2]) === 0 || Number(match[1]) === 0) return undefined
  return Math.min(Math.round((Number(match[1]) * 1000) / Number(match[2])), 1_000_000)
}
