/**
 * `npm test`: says at once which Debian packages are missing, builds what tests need, runs all tests and ends with a
 * line `N passed, N failed`. `--long` multiplies the counts of random tests.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installLine, missingPackages } from './support/debian.ts'

interface Summary {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
  readonly success: boolean
}

const root = join(import.meta.dirname, '..')
const long = process.argv.includes('--long')

const missing = missingPackages()
if (missing.length > 0) {
  console.error(`The tests need Debian packages that are not here. Install them:\n\n  ${installLine(missing)}\n`)
  process.exit(1)
}

run(process.execPath, ['wit/toolchain/build-components.ts'])
run(process.execPath, ['server/console/build.ts'])

const folder = mkdtempSync(join(tmpdir(), 'ocelli-test-'))
const report = join(folder, 'report.json')
const vitest = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...(long ? { OCELLI_RUNS_FACTOR: '20' } : {}) } },
)
const summary = JSON.parse(readFileSync(report, 'utf8')) as Summary
rmSync(folder, { recursive: true })

// A file that fails to load has no test to count: it counts as one.
const failed =
  summary.numFailedTests || (summary.success && vitest.status === 0 ? 0 : Math.max(1, summary.numFailedTestSuites))
console.log(`${summary.numPassedTests} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (done.status !== 0) {
    console.error(`failed: ${args.join(' ')}`)
    console.log('0 passed, 1 failed')
    process.exit(1)
  }
}
