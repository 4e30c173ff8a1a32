/** Runs people-count, linked to blob-detector, over the recorded footage. */
import { spawn } from 'node:child_process'
import { requireFootage } from './footage.ts'
import { buildSample } from './wit-build.ts'
import { createTestHost } from './wit-host.ts'

/** The recording's own frame rate. */
const RECORDED_FRAMES_PER_SECOND = 10

/** Plays every `everyFrames`-th frame of the recording at a size through the two components: people by number of the recorded frame. */
export async function countPeople(options: {
  width: number
  height: number
  everyFrames: number
}): Promise<ReadonlyMap<number, number>> {
  const { width, height, everyFrames } = options
  const host = createTestHost()
  const [detector, counter] = [await buildSample('blob-detector'), await buildSample('people-count')]
  const provider = await host.instantiate('blob-detector', detector.component)
  const exports = await host.instantiate('people-count', counter.component, {
    'ocelli:sensing/detector': provider['ocelli:sensing/detector@0.1.0'] ?? {},
  })
  let sequence = 0
  for await (const luma of lumaFrames(width, height, everyFrames)) {
    const captureTimeNanos = BigInt(Math.round((sequence / RECORDED_FRAMES_PER_SECOND) * 1e9))
    host.onFrame(exports, { sequence, captureTimeNanos, width, height, luma })
    sequence += everyFrames
  }
  return new Map(
    host.outputs.flatMap(({ kind, value, sequence: at }) =>
      kind === 'measurement' && value.name === 'people' ? [[at, Number(value.value)] as const] : [],
    ),
  )
}

/** Frames of the recording as luma, one byte a pixel. */
async function* lumaFrames(width: number, height: number, everyFrames: number): AsyncGenerator<Uint8Array> {
  const filter = `select=not(mod(n\\,${everyFrames})),scale=${width}:${height}:flags=area`
  const ffmpeg = spawn(
    'ffmpeg',
    ['-v', 'error', '-i', requireFootage(), '-vf', filter, '-vsync', '0', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const size = width * height
  let frame = new Uint8Array(size)
  let filled = 0
  for await (const chunk of ffmpeg.stdout) {
    const bytes: Uint8Array = chunk
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + size - filled)
      frame.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < size) continue
      yield frame
      frame = new Uint8Array(size)
      filled = 0
    }
  }
}
