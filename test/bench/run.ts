/**
 * `npm run bench`: each figure as a ratio to a named baseline of the same run. Nothing here asserts a speed; a wrong
 * result (say, two matchers that disagree) throws. `npm run bench -- scheduler ingest` runs some; what begins with `--` is
 * for the benchmarks themselves.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { table } from '../../server/cli/format/table.ts'

export interface BenchResult {
  /** What was done, and what of it was real. */
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly baseline: { readonly name: string; readonly value: number }
  /** How many times better than the baseline; above 1 is better. */
  readonly ratio: number
  readonly note?: string
}

interface BenchModule {
  run(): Promise<readonly BenchResult[]>
}

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)))
  .sort()

for (const file of files) {
  process.stderr.write(`${file} …\n`)
  const module = (await import(join(import.meta.dirname, file))) as BenchModule
  const results = await module.run()
  const text = table(results, [
    { title: 'WHAT', value: (row) => row.name },
    { title: 'VALUE', value: (row) => `${digits(row.value)} ${row.unit}`, align: 'right' },
    { title: 'BASELINE', value: (row) => `${row.baseline.name}: ${digits(row.baseline.value)} ${row.unit}` },
    { title: 'BETTER', value: (row) => `${row.ratio.toFixed(2)} x`, align: 'right' },
    { title: 'NOTE', value: (row) => row.note },
  ])
  process.stdout.write(`${text}\n\n`)
}

function digits(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)
}
