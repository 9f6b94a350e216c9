/** The guard at the end of a run: a process of ours that still runs is a defect, and the run fails for it. */
import { readdirSync, readFileSync } from 'node:fs';
import { waitFor } from './wait.ts';

/** Every process started below us inherits KONTOR_TEST_RUN. Seen on Linux only; elsewhere other processes are not ours to read. */
export async function endLeftovers(run: string): Promise<void> {
  if (process.platform !== 'linux') return;
  await waitFor(() => findLeftovers(run).length === 0, { timeoutMs: 30_000 }).catch(() => {
    const left = findLeftovers(run);
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    // Vitest prints what a teardown throws, and calls the run a success.
    process.exitCode = 1;
    throw new Error(`Left running by the tests, and killed now:\n${left.map(({ pid, command }) => `  ${pid} ${command}`).join('\n')}`);
  });
}

function findLeftovers(run: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), command: readProc(name, 'cmdline'), environment: readProc(name, 'environ') }))
    .filter(({ environment }) => environment.includes(`KONTOR_TEST_RUN=${run}`))
    .filter(({ command }) => !command.includes('vitest'));
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
