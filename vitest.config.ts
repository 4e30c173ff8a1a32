import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // In the simulation a process may die inside of a write; promises of the dead reject and nobody hears them.
    onUnhandledError: (error) => error.name !== 'StoreCrashed',
  },
})
