import { expect, it } from 'vitest';
import { z } from 'zod';
import { RetryLaterError } from '../../src/errors.ts';
import { defineJob } from '../../src/queue/define-job.ts';
import { describeOnBothBackends } from '../support/backends.ts';
import { waitFor } from '../support/wait.ts';
import { expectCounts, gate, jobName, NO_JOBS, useQueues } from './queues.ts';

const payload = z.object({ orderId: z.string() });
const retry = { attempts: 3, firstDelayMs: 40 };
const dedupe = ({ orderId }: { orderId: string }) => orderId;

describeOnBothBackends('deduplication', (testBackend) => {
  const queues = useQueues(testBackend);

  it('makes jobs with the same key one while they wait, and leaves other keys alone', async () => {
    const { queue, start } = await queues.open();
    const seen: string[] = [];
    const job = defineJob({
      name: jobName('push-order'),
      payload,
      retry,
      dedupe,
      async handle({ orderId }) {
        seen.push(orderId);
        return undefined;
      },
    });
    for (const orderId of ['A', 'A', 'B', 'A']) await queue.add(job, { orderId });
    await queue.addMany(job, [{ orderId: 'B' }, { orderId: 'C' }]);
    await start([job]);
    await waitFor(() => seen.length >= 3);
    await expectCounts(queue, job.name, NO_JOBS);
    expect(seen.sort()).toEqual(['A', 'B', 'C']);
  });

  it('runs once more when woken during the run, however often, and never beside itself', async () => {
    const { queue, start } = await queues.open();
    const door = gate();
    let runs = 0;
    let atOnce = 0;
    let most = 0;
    const job = defineJob({
      name: jobName('pull-orders'),
      payload,
      retry,
      dedupe,
      async handle() {
        runs += 1;
        atOnce += 1;
        most = Math.max(most, atOnce);
        await door.passed;
        atOnce -= 1;
        return undefined;
      },
    });
    await queue.add(job, { orderId: 'A' });
    const worker = await start([job]);
    await waitFor(() => runs === 1);
    for (let n = 0; n < 3; n += 1) await queue.add(job, { orderId: 'A' });
    door.open();
    await waitFor(() => runs === 2);
    await expectCounts(queue, job.name, NO_JOBS);
    expect(await worker.stop()).toBe('drained');
    expect({ runs, most }).toEqual({ runs: 2, most: 1 });
  });

  it('does not lose what wakes it during a run that fails', async () => {
    const { queue, start } = await queues.open();
    const door = gate();
    let runs = 0;
    const job = defineJob({
      name: jobName('pull-late'),
      payload,
      retry: { attempts: 1, firstDelayMs: 10 },
      dedupe,
      async handle() {
        runs += 1;
        await door.passed;
        if (runs === 1) throw new RetryLaterError('DATABASE_UNREACHABLE', 'gone');
        return undefined;
      },
    });
    await queue.add(job, { orderId: 'A' });
    await start([job]);
    await waitFor(() => runs === 1);
    await queue.add(job, { orderId: 'A' });
    door.open();
    await waitFor(() => runs === 2);
    await expectCounts(queue, job.name, { ...NO_JOBS, failed: 1 });
    expect(runs).toBe(2);
  });

  it('lets the key go when the job is done, and when it has failed and is kept', async () => {
    const { queue, start } = await queues.open();
    let runs = 0;
    const job = defineJob({
      name: jobName('pull-again'),
      payload,
      retry: { attempts: 1, firstDelayMs: 10 },
      dedupe,
      async handle() {
        runs += 1;
        if (runs === 2) throw new RetryLaterError('DATABASE_UNREACHABLE', 'gone');
        return undefined;
      },
    });
    await start([job]);
    await queue.add(job, { orderId: 'A' });
    await waitFor(async () => runs === 1 && (await queue.counts(job.name)).active === 0);
    await queue.add(job, { orderId: 'A' });
    await waitFor(async () => (await queue.counts(job.name)).failed === 1);
    await queue.add(job, { orderId: 'A' });
    await waitFor(() => runs === 3);
    await expectCounts(queue, job.name, { ...NO_JOBS, failed: 1 });
    expect(runs).toBe(3);
  });
});
