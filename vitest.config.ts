import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'connectors/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/drop-databases.ts'],
    expect: { requireAssertions: true },
    pool: 'forks',
    // Beside the tests run a PostgreSQL, perhaps a Redis, and the processes and threads that the tests start.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 60_000,
  },
});
