/** C to a core module: Debian's clang and lld, freestanding, with the header of `wit/c`. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const HEADERS = join(import.meta.dirname, '..', 'c')

/** How C strings are laid out in memory. */
export const C_STRINGS = 'utf8'

/** Compiles `source` (a path relative to `folder`). Throws with clang's messages, or what to install where there is no clang. */
export async function buildC(folder: string, source: string): Promise<Uint8Array> {
  const scratch = mkdtempSync(join(tmpdir(), 'ocelli-c-'))
  const output = join(scratch, 'component.wasm')
  const options = [
    ...['--target=wasm32-unknown-unknown', '-std=c17', '-O2', '-ffreestanding', '-nostdlib', '-Wall', '-Wextra'],
    ...['-Wl,--no-entry', '-Wl,-z,stack-size=65536', '-Wl,--stack-first', '-I', HEADERS],
  ]
  try {
    await promisify(execFile)('clang', [...options, '-o', output, source], { cwd: folder })
    return readFileSync(output)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Error('no clang on this machine: apt-get install clang lld', { cause: error })
    throw error
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
