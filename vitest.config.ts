import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'connectors/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/drop-databases.ts'],
    expect: { requireAssertions: true },
    pool: 'forks',
    // Beside the tests run a PostgreSQL, perhaps a Redis, and the processes and threads that the tests start; a third file uses the time in
    // which others wait for them.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // CI must not refuse a change for a race of an older test; `.ci/run` names every test that needed its second attempt.
    retry: process.env.CI ? 1 : 0,
    // They end what hangs and judge nothing: a loaded machine needs several times what an idle one does.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
});
