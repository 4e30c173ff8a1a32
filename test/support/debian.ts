/** What the tests need beyond npm, and the one line that installs it. */
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { footagePath } from './footage.ts'

interface Need {
  /** Debian package. */
  readonly name: string
  readonly present: () => boolean
}

const searchPath = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
const command = (file: string) => () => searchPath.some((folder) => existsSync(join(folder, file)))
const file = (path: string) => () => existsSync(path)

const NEEDS: readonly Need[] = [
  { name: 'ffmpeg', present: command('ffmpeg') },
  { name: 'mosquitto', present: command('mosquitto') },
  { name: 'postgresql', present: hasPostgresServer },
  { name: 'chromium', present: command('chromium') },
  { name: 'clang', present: command('clang') },
  { name: 'lld', present: command('wasm-ld') },
  { name: 'wasi-libc', present: file('/usr/include/wasm32-wasi/stdio.h') },
  { name: 'libclang-rt-14-dev-wasm32', present: hasWasmBuiltins },
  { name: 'qemu-user-static', present: command('qemu-aarch64-static') },
  { name: 'libc6-arm64-cross', present: file('/usr/aarch64-linux-gnu/lib/libc.so.6') },
  { name: 'libstdc++6-arm64-cross', present: file('/usr/aarch64-linux-gnu/lib/libstdc++.so.6') },
  { name: 'libgcc-s1-arm64-cross', present: file('/usr/aarch64-linux-gnu/lib/libgcc_s.so.1') },
  { name: 'python3-gi', present: file('/usr/lib/python3/dist-packages/gi/__init__.py') },
  { name: 'gir1.2-gst-rtsp-server-1.0', present: library('girepository-1.0/GstRtspServer-1.0.typelib') },
  { name: 'gstreamer1.0-plugins-base', present: library('gstreamer-1.0/libgstvideotestsrc.so') },
  { name: 'gstreamer1.0-plugins-good', present: library('gstreamer-1.0/libgstjpeg.so') },
  { name: 'opencv-doc', present: () => footagePath() !== undefined },
]

/** Debian packages that are not there. */
export function missingPackages(): readonly string[] {
  return NEEDS.filter((need) => !need.present()).map((need) => need.name)
}

/** Every package that the tests may need, as README's second command installs them. */
export const ALL_PACKAGES: readonly string[] = NEEDS.map((need) => need.name)

export const installLine = (packages: readonly string[]): string =>
  `sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`

/** A file below the folder of libraries of this machine's architecture. */
function library(path: string): () => boolean {
  return () =>
    readdirSync('/usr/lib').some((folder) => folder.includes('-linux-') && existsSync(join('/usr/lib', folder, path)))
}

function hasPostgresServer(): boolean {
  const root = '/usr/lib/postgresql'
  return existsSync(root) && readdirSync(root).some((version) => existsSync(join(root, version, 'bin/initdb')))
}

function hasWasmBuiltins(): boolean {
  const root = '/usr/lib/llvm-14/lib/clang'
  if (!existsSync(root)) return false
  return readdirSync(root).some((version) => existsSync(join(root, version, 'lib/wasi/libclang_rt.builtins-wasm32.a')))
}

if (import.meta.main) console.log(missingPackages().join(' '))
