/**
 * Builds the console into `dist`, if anything it is made of changed since the last build: `npm run build:console`.
 * Whether it is fresh is told by a hash over the sources, so the usual start costs some milliseconds.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = import.meta.dirname
const STAMP = join(FOLDER, 'dist', '.inputs')
/** All that the bundle is made of. */
const INPUTS = ['src/**/*', 'public/**/*', 'index.html', 'package.json', 'vite.config.ts']

function inputHash(): string {
  const hash = createHash('sha256')
  const files = INPUTS.flatMap((pattern) => globSync(pattern, { cwd: FOLDER, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) hash.update(`${file.slice(FOLDER.length)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

/** Answers whether anything had to be built. Rejects where a source does not compile. */
export async function buildConsole(): Promise<boolean> {
  const wanted = inputHash()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return false
  process.stderr.write('building the web console; this takes a few seconds …\n')
  await inProduction(async () => {
    const { build } = await import('vite')
    await build({ configFile: join(FOLDER, 'vite.config.ts'), logLevel: 'warn' })
  })
  writeFileSync(STAMP, wanted)
  return true
}

/** Vite takes the mode of whoever calls it, and a test's would bundle React with its checks: twice as large, and slower. */
async function inProduction(act: () => Promise<void>): Promise<void> {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    await act()
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}

if (import.meta.main) {
  try {
    const startMs = performance.now()
    const built = await buildConsole()
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
    process.stderr.write(built ? `console built in ${seconds} s\n` : 'console (unchanged)\n')
  } catch (error) {
    process.stderr.write(`the console could not be built: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
