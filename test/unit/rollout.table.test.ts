/** SPEC.md and the code say the same: the table of states, and a test for each numbered invariant. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROLLOUT_PHASES } from '@ocelli/schemas/api/rollout'
import { EVENTS, hasEnded, TABLE } from '@ocelli/server/rollout/table'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const spec = readFileSync(join(ROOT, 'server/src/rollout/SPEC.md'), 'utf8')

function tableAfter(marker: string): string[][] {
  const rows = spec
    .slice(spec.indexOf(marker))
    .split('\n')
    .filter((line) => line.startsWith('|'))
  return rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

test('the table of SPEC.md is the table of the code, with every cell filled', () => {
  const [head, , ...rows] = tableAfter('<!-- table')
  expect(head?.slice(1)).toEqual([...ROLLOUT_PHASES])
  expect(rows.map(([event]) => event)).toEqual([...EVENTS])
  for (const [event, ...cells] of rows) {
    const code = ROLLOUT_PHASES.map((phase) => TABLE[phase][event as (typeof EVENTS)[number]])
    expect(cells, event).toEqual(code)
  }
})

test('from every state that has not ended, an end can be reached, and by time alone', () => {
  for (const phase of ROLLOUT_PHASES) {
    if (hasEnded(phase)) continue
    expect(['onDeadline', 'rolledBack'], phase).toContain(TABLE[phase].deadline)
  }
})

test('every numbered invariant is named by a test', () => {
  const numbers = [...spec.slice(spec.indexOf('## Invariants')).matchAll(/^(\d+)\. \*\*/gm)].map(([, number]) =>
    Number(number),
  )
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  const folders = ['test/unit', 'test/property', 'test/integration', 'test/simulation']
  const texts = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => /rollout|fleet-/.test(name))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
  )
  const titles = texts.flatMap((text) =>
    [...text.matchAll(/invariants? ((?:\d+(?:, | and )?)+)/g)].map(([, list]) => list ?? ''),
  )
  const named = new Set(titles.flatMap((list) => list.split(/, | and /).map(Number)))
  for (const number of numbers) expect(named, `invariant ${number}`).toContain(number)
})
