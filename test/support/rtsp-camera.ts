/** A network camera: GStreamer's RTSP server in a process of its own, behind a password. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface RtspCamera {
  /** Address with user and password. */
  readonly url: string
  readonly port: number
  /** Ends as a camera does whose plug is pulled. */
  kill(): Promise<void>
}

/** Debian's own Python, which has GStreamer's bindings; another one on the path has not. */
const PYTHON = '/usr/bin/python3'

export async function startRtspCamera(options: {
  readonly user: string
  readonly password: string
  readonly widthPixels: number
  readonly heightPixels: number
  readonly framesPerSecond: number
  /** A free one where absent. */
  readonly port?: number
}): Promise<RtspCamera> {
  const { user, password, widthPixels, heightPixels, framesPerSecond, port = 0 } = options
  const args = [user, password, widthPixels, heightPixels, framesPerSecond, port].map(String)
  const child = spawn(PYTHON, [join(import.meta.dirname, 'rtsp-server.py'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const listening = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
    child.once('close', (code) => reject(new Error(`the RTSP server ended with ${code}: ${said}`)))
  })
  return {
    url: `rtsp://${user}:${password}@127.0.0.1:${listening}/yard`,
    port: listening,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
