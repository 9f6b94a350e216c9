/** Runs around every test file: its databases go when it passed and stay to be looked at when it failed. */
import { afterAll, type RunnerTask } from 'vitest';
import { endTestDatabases } from './made-databases.ts';

// biome-ignore lint/correctness/noEmptyPattern: vitest reads the parameter's text and accepts nothing else
afterAll(async ({}, suite) => {
  await endTestDatabases(!hasFailed(suite));
});

function hasFailed(task: Pick<RunnerTask, 'result'> & { tasks?: RunnerTask[] }): boolean {
  return task.result?.state === 'fail' || (task.result?.errors?.length ?? 0) > 0 || (task.tasks ?? []).some(hasFailed);
}
