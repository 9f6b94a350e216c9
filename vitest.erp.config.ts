/** The long proofs, against real systems: `npm run test:erp`. ERP_ONLY=tryton takes only some of them. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/erp/**/*.erp.ts'],
    passWithNoTests: true,
    globalSetup: ['test/erp/global-setup.ts'],
    setupFiles: ['test/support/drop-databases.ts'],
    expect: { requireAssertions: true },
    pool: 'forks',
    // One real system at a time: it is a program of its own that needs the machine.
    maxWorkers: 1,
    // As in vitest.config.ts: what needed a second try is named by .ci/run.
    retry: process.env.CI ? 1 : 0,
    // Real systems take their time, and a loaded machine several times that; it ends what hangs and judges nothing.
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    teardownTimeout: 60_000,
  },
});
