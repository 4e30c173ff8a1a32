/** Cameras that the kernel announces (Video4Linux), under ids that survive a reboot and another order of plugging in. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { CameraSource } from './camera-source.ts'
import { parseCamera } from './camera-source.ts'

export interface VideoFolders {
  readonly dev: string
  readonly sys: string
}

export const VIDEO_FOLDERS: VideoFolders = { dev: '/dev', sys: '/sys/class/video4linux' }

/** Nodes of the Raspberry Pi that convert pictures and capture none. */
const NO_CAMERAS = /^(bcm2835-(codec|isp)|rpi-?hevc|rpivid|pispbe|unicam|rp1-cfe)/

/** The capture devices of this moment. */
export function videoDevices(folders: VideoFolders = VIDEO_FOLDERS): CameraSource[] {
  if (!existsSync(folders.sys)) return []
  const stable = stableNames(folders.dev)
  return readdirSync(folders.sys)
    .filter((node) => node.startsWith('video') && isCapture(folders.sys, node))
    .sort()
    .flatMap((node) => {
      const path = join(folders.dev, node)
      return existsSync(path) ? [{ ...parseCamera(`/dev/${node}`, idText(stable.get(node) ?? node)), input: path }] : []
    })
}

/** A camera has further nodes for its metadata: the first is the one with pictures. */
function isCapture(sys: string, node: string): boolean {
  const name = read(join(sys, node, 'name'))
  return read(join(sys, node, 'index')) === '0' && !NO_CAMERAS.test(name)
}

/** udev's names: by serial number where the camera has one, else by the port that it is plugged into. */
function stableNames(dev: string): Map<string, string> {
  const names = new Map<string, string>()
  for (const kind of ['by-path', 'by-id']) {
    const folder = join(dev, 'v4l', kind)
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder)) names.set(basename(realpathSync(join(folder, name))), name)
  }
  return names
}

const idText = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(-64)
    .replace(/^[^A-Za-z0-9]+/, '')

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
