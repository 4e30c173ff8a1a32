/** One whole life of a fleet from one seed, and the seeds that the tests live through. */
import { scheduleFaults } from './faults.ts'
import type { Fixture } from './fixture.ts'
import { checkRecords, checkSafety, unfinished } from './invariants.ts'
import { withoutRealWorld } from './no-real-world.ts'
import { World } from './world.ts'

/** Virtual time from the end of faults within which all is as wanted: agents repeat what got lost every two minutes. */
const CONVERGE_MS = 150_000
const STEP_MS = 5000

/** Seeds that once failed. */
const KEPT: readonly number[] = []
const FILES = 4

/** The seeds of one of the four test files, which run side by side; `OCELLI_SEED` names one alone. */
export function seedsOf(file: number): readonly number[] {
  const only = process.env.OCELLI_SEED
  if (only !== undefined) return file === 1 ? [Number(only)] : []
  const count = 100 * Number(process.env.OCELLI_RUNS_FACTOR ?? '1')
  const all = [...KEPT, ...Array.from({ length: count }, (_, index) => index + 1)]
  return all.filter((_, index) => index % FILES === file - 1)
}

/** Answers how many records the server holds in the end. Throws with the seed and the way to run it again. */
export async function live(seed: number, fixture: Fixture): Promise<number> {
  const world = await World.create(seed, fixture)
  try {
    return await withoutRealWorld(async () => {
      world.bootServer()
      for (const device of world.devices) device.boot()
      const calmMs = scheduleFaults(world)
      const check = () => checkSafety(world)
      await world.runUntil(calmMs + STEP_MS, check)
      for (let untilMs = calmMs + 2 * STEP_MS; unfinished(world).length > 0; untilMs += STEP_MS) {
        if (untilMs > calmMs + CONVERGE_MS) throw new Error(`not converged:\n${unfinished(world).join('\n')}`)
        await world.runUntil(untilMs, check)
      }
      // All runs: what is put out now must arrive as well.
      await world.runUntil(world.timeline.nowMs + 2 * STEP_MS, check)
      checkRecords(world)
      return world.disk.inspect((state) => state.records.length)
    })
  } catch (error) {
    const story = world.history.slice(-40).join('\n')
    const again = `OCELLI_SEED=${seed} npx vitest run test/simulation/fleet-1.test.ts`
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`seed ${seed} failed: ${why}\nrun it again: ${again}\n${story}`, { cause: error })
  } finally {
    world.crashServer()
    for (const device of world.devices) device.crash()
  }
}
