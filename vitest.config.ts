import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { SlowFirst } from './test/slow-first.ts'

/** Files at once beyond this would want more memory than test machines have. */
const MAX_WORKERS = 6

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    // Bounds against a hang, not of speed: a loaded machine takes many times what an idle one does.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // More than the processors: a test of a whole installation waits half of its time.
    maxWorkers: Math.min(availableParallelism() + 2, MAX_WORKERS),
    sequence: { sequencer: SlowFirst },
    // In the simulation a process may die inside of a write; promises of the dead reject and nobody hears them.
    onUnhandledError: (error) => error.name !== 'StoreCrashed',
  },
})
