import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    // Bounds against a hang, not of speed: a loaded machine takes many times what an idle one does.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
    // In the simulation a process may die inside of a write; promises of the dead reject and nobody hears them.
    onUnhandledError: (error) => error.name !== 'StoreCrashed',
  },
})
