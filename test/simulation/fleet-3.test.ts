/** The server core and twenty agents under faults: a quarter of the seeds. `OCELLI_SEED=<n>` runs one alone. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, makeFixture } from './fixture.ts'
import { live, seedsOf } from './life.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await makeFixture()
}, 120_000)
afterAll(() => fixture.close())

test.each(seedsOf(3))(
  'seed %i: safe throughout, rollout invariants 1, 2, 3, 4 and 5 too, converged in the end, nothing lost',
  async (seed) => {
    expect(await live(seed, fixture)).toBeGreaterThan(50)
  },
  120_000,
)
