/** Where a Debian package is missing, the test command says so at once, with the line that installs it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('a missing Debian package ends the test command within 5 s, with the line that installs it', () => {
  const startMs = performance.now()
  // Commands are looked for on the search path: an empty one hides them.
  const done = spawnSync(process.execPath, [join(import.meta.dirname, '../run.ts')], {
    env: { ...process.env, PATH: '/nowhere' },
    encoding: 'utf8',
  })
  expect(done.status).toBe(1)
  expect(done.stderr).toMatch(/sudo apt-get install -y --no-install-recommends .*\bffmpeg\b.*\bclang\b/)
  expect(performance.now() - startMs).toBeLessThan(5000)
})
