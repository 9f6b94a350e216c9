import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineJob } from '../../src/queue/define-job.ts';
import { describeOnBothBackends } from '../support/backends.ts';
import { waitFor } from '../support/wait.ts';
import { expectCounts, gate, jobName, NO_JOBS, useQueues } from './queues.ts';

const payload = z.object({});
const retry = { attempts: 1, firstDelayMs: 10 };

describeOnBothBackends('a worker that ends', (testBackend) => {
  const queues = useQueues(testBackend);

  it('lets running jobs finish within the deadline and takes no other', async () => {
    const { queue, start } = await queues.open();
    const door = gate();
    const finished: string[] = [];
    let started = 0;
    const job = defineJob({
      name: jobName('copy'),
      payload,
      retry,
      async handle(_payload, { signal }) {
        started += 1;
        await door.passed;
        finished.push(signal.aborted ? 'aborted' : 'whole');
        return undefined;
      },
    });
    await queue.addMany(job, [{}, {}]);
    const worker = await start([job], { concurrency: 1, drainMs: 50_000 });
    await waitFor(() => started === 1);
    const stopping = worker.stop();
    door.open();
    expect(await stopping).toBe('drained');
    expect(finished).toEqual(['whole']);
    expect(await queue.counts(job.name)).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 });
  });

  it('interrupts what runs past the deadline; another worker runs it without a lost attempt', async () => {
    const { queue, start } = await queues.open();
    const attempts: number[] = [];
    let interrupted = false;
    const job = defineJob({
      name: jobName('interrupt'),
      payload,
      retry,
      async handle(_payload, { signal, job: { attempt } }) {
        attempts.push(attempt);
        if (attempts.length > 1) return undefined;
        await once(signal, 'abort');
        interrupted = true;
        throw signal.reason;
      },
    });
    await queue.add(job, {});
    const worker = await start([job], { drainMs: 50, graceMs: 50_000 });
    await waitFor(() => attempts.length === 1);
    expect(await worker.stop()).toBe('deadline');
    expect(interrupted).toBe(true);
    expect(await queue.counts(job.name)).toMatchObject({ waiting: 1, active: 0 });
    await start([job]);
    await waitFor(() => attempts.length === 2);
    expect(attempts).toEqual([1, 1]);
  });

  it('gives back the job of a handler that does not listen', async () => {
    const { queue, start } = await queues.open();
    const door = gate();
    let runs = 0;
    const job = defineJob({
      name: jobName('ignore'),
      payload,
      retry,
      async handle() {
        runs += 1;
        if (runs === 1) await door.passed;
        return undefined;
      },
    });
    await queue.add(job, {});
    const worker = await start([job], { drainMs: 50, graceMs: 50 });
    await waitFor(() => runs === 1);
    expect(await worker.stop()).toBe('deadline');
    await start([job]);
    await waitFor(() => runs === 2);
    await expectCounts(queue, job.name, NO_JOBS);
    door.open();
  });

  it('killed in the middle of a job leaves it to another', async () => {
    const { access, queue, start } = await queues.open();
    const name = jobName('survive');
    const ran: number[] = [];
    const job = defineJob({
      name,
      payload,
      retry,
      async handle(_payload, { job: { attempt } }) {
        ran.push(attempt);
        return undefined;
      },
    });
    const victim = fork(path.join(import.meta.dirname, 'fixtures/stuck-worker.mjs'), [JSON.stringify(access), name], { stdio: 'inherit' });
    const exited = once(victim, 'exit');
    // It may speak before we know that our job was added.
    const spoken = Promise.race([once(victim, 'message'), exited]);
    await queue.add(job, {});
    const [message] = await spoken;
    expect(message).toBe('running');
    victim.kill('SIGKILL');
    expect(await exited).toEqual([null, 'SIGKILL']);
    // Long enough that a loaded machine does not lose its own lock and run the job twice.
    await start([job], { lockMs: 4_000 });
    await waitFor(() => ran.length === 1);
    await expectCounts(queue, name, NO_JOBS);
    expect(ran).toEqual([1]);
  });
});
