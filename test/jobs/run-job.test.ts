import { expect, it } from 'vitest';
import { z } from 'zod';
import { NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';
import { backoffMs } from '../../src/queue/backoff.ts';
import { defineJob } from '../../src/queue/define-job.ts';
import { describeOnBothBackends } from '../support/backends.ts';
import { waitFor } from '../support/wait.ts';
import { expectCounts, jobName, NO_JOBS, useQueues } from './queues.ts';

const payload = z.object({ letterId: z.string() });
const retry = { attempts: 3, firstDelayMs: 40 };

describeOnBothBackends('a job', (testBackend) => {
  const queues = useQueues(testBackend);

  it('runs once with its payload, its clock and its number', async () => {
    const { queue, start, log } = await queues.open();
    const seen: object[] = [];
    const job = defineJob({
      name: jobName('send-letter'),
      payload,
      retry,
      async handle({ letterId }, { now, job: { id, attempt } }) {
        seen.push({ letterId, at: now().toISOString(), id, attempt });
        return { letterId };
      },
    });
    const id = await queue.add(job, { letterId: 'L1' });
    const worker = await start([job], { now: () => new Date('2026-03-01T00:00:00Z') });
    const done = await waitFor(() => log.find(({ message }) => message === 'job done'));
    expect(await worker.stop()).toBe('drained');
    expect(seen).toEqual([{ letterId: 'L1', at: '2026-03-01T00:00:00.000Z', id, attempt: 1 }]);
    expect(done).toMatchObject({ level: 'info', facts: { job: job.name, letterId: 'L1', attempt: 1 } });
  });

  it('runs every one of many added at once', async () => {
    const { queue, start } = await queues.open();
    const seen = new Set<string>();
    const job = defineJob({
      name: jobName('send-letters'),
      payload,
      retry,
      async handle({ letterId }) {
        seen.add(letterId);
        return undefined;
      },
    });
    await queue.addMany(
      job,
      Array.from({ length: 1_200 }, (_, n) => ({ letterId: `L${n}` })),
    );
    await start([job], { concurrency: 50 });
    await waitFor(() => seen.size === 1_200);
    await expectCounts(queue, job.name, NO_JOBS);
  });

  it('is tried again with growing delays, then has failed', async () => {
    const { queue, start } = await queues.open();
    const triedAt: number[] = [];
    const job = defineJob({
      name: jobName('retry-letter'),
      payload,
      retry: { attempts: 3, firstDelayMs: 200 },
      async handle() {
        triedAt.push(performance.now());
        throw new RetryLaterError('DATABASE_UNREACHABLE', 'not now');
      },
    });
    await queue.add(job, { letterId: 'L1' });
    await start([job]);
    await expectCounts(queue, job.name, { ...NO_JOBS, failed: 1 });
    const [first = 0, second = 0, third = 0, ...more] = triedAt;
    expect(more).toEqual([]);
    expect(second - first).toBeGreaterThanOrEqual(99);
    expect(third - second).toBeGreaterThanOrEqual(199);
  });

  it('postponed by RetryLaterError with a time spends no attempt', async () => {
    const { queue, start, log } = await queues.open();
    const attempts: number[] = [];
    const job = defineJob({
      name: jobName('wait-for-quota'),
      payload,
      retry: { attempts: 1, firstDelayMs: 10 },
      async handle(_payload, { job: { attempt } }) {
        attempts.push(attempt);
        if (attempts.length < 4) throw new RetryLaterError('SOURCE_NOT_READY', 'quota used up', { retryAfterMs: 30 });
        return undefined;
      },
    });
    await queue.add(job, { letterId: 'L1' });
    await start([job]);
    await waitFor(() => log.find(({ message }) => message === 'job done'));
    expect(attempts).toEqual([1, 1, 1, 1]);
    await expectCounts(queue, job.name, NO_JOBS);
    expect(attempts).toHaveLength(4);
  });

  it('postponed more often than its patience allows spends attempts and ends', async () => {
    const { queue, start } = await queues.open();
    const attempts: number[] = [];
    const job = defineJob({
      name: jobName('wait-for-ever'),
      payload,
      retry: { attempts: 2, firstDelayMs: 10, patience: { delays: 2, totalMs: 60_000 } },
      async handle(_payload, { job: { attempt } }) {
        attempts.push(attempt);
        throw new RetryLaterError('SOURCE_NOT_READY', 'quota used up', { retryAfterMs: 20 });
      },
    });
    await queue.add(job, { letterId: 'L1' });
    await start([job]);
    await expectCounts(queue, job.name, { ...NO_JOBS, failed: 1 });
    expect(attempts).toEqual([1, 1, 1, 2]);
  });

  it('that only a person can help fails at once', async () => {
    const { queue, start, log } = await queues.open();
    let tries = 0;
    const job = defineJob({
      name: jobName('ask-operator'),
      payload,
      retry: { attempts: 5, firstDelayMs: 10 },
      async handle() {
        tries += 1;
        throw new NeedsOperatorError('CONFIG_INVALID', 'the address is wrong');
      },
    });
    await queue.add(job, { letterId: 'L1' });
    await start([job]);
    const ended = await waitFor(() => log.find(({ message }) => message === 'job failed for good'));
    expect(ended.facts).toMatchObject({ reason: 'CONFIG_INVALID: the address is wrong' });
    await expectCounts(queue, job.name, { ...NO_JOBS, failed: 1 });
    expect(tries).toBe(1);
  });

  it('with a defect is tried a few times and logged as an error', async () => {
    const { queue, start, log } = await queues.open();
    const job = defineJob({
      name: jobName('stumble'),
      payload,
      retry: { attempts: 20, firstDelayMs: 10 },
      async handle() {
        throw new TypeError('undefined is not a function');
      },
    });
    await queue.add(job, { letterId: 'L1' });
    await start([job]);
    await expectCounts(queue, job.name, { ...NO_JOBS, failed: 1 });
    expect(log.filter(({ level }) => level === 'error')).toHaveLength(3);
  });

  it('whose payload cannot be read fails at once and never reaches its handler', async () => {
    const { queue, start, log } = await queues.open();
    let handled = false;
    const name = jobName('read-letter');
    const old = defineJob({ name, payload: z.object({ id: z.number() }), retry, handle: async () => undefined });
    const current = defineJob({
      name,
      payload,
      retry,
      async handle() {
        handled = true;
        return undefined;
      },
    });
    await queue.add(old, { id: 7 });
    await start([current]);
    await expectCounts(queue, name, { ...NO_JOBS, failed: 1 });
    expect(handled).toBe(false);
    expect(log.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('is refused when it carries data instead of ids', async () => {
    const { queue } = await queues.open();
    const job = defineJob({ name: jobName('heavy'), payload, retry, handle: async () => undefined });
    await expect(queue.add(job, { letterId: 'x'.repeat(10_000) })).rejects.toThrow(/size/i);
  });

  it('that wakes itself runs without being added, once per interval with two workers', async () => {
    const { start } = await queues.open();
    const startedAt = performance.now();
    const ranAt: number[] = [];
    const job = defineJob({
      name: jobName('look-around'),
      payload: z.object({}),
      retry,
      everyMs: 300,
      async handle() {
        ranAt.push(performance.now());
        return undefined;
      },
    });
    await Promise.all([start([job]), start([job])]);
    await waitFor(() => ranAt.length >= 4);
    // Counted from before the first ring: a run may start late, and the next one in time, but none before its ring.
    expect((ranAt[3] ?? 0) - startedAt).toBeGreaterThanOrEqual(3 * 300 * 0.8);
  });

  it('that wakes itself is woken once in an interval, however many workers ring', async () => {
    const { queue, start } = await queues.open();
    let runs = 0;
    const job = defineJob({
      name: jobName('look-once'),
      payload: z.object({}),
      retry,
      everyMs: 3_600_000,
      async handle() {
        runs += 1;
        return undefined;
      },
    });
    await Promise.all([start([job]), start([job]), start([job])]);
    for (let ring = 0; ring < 3; ring += 1) await queue.addRepeated(job, {}, 3_600_000);
    // Added by hand, behind every ring: when it has run, all that rang has.
    await queue.add(job, {});
    await waitFor(() => runs >= 2);
    await expectCounts(queue, job.name, NO_JOBS);
    expect(runs).toBe(2);
  });
});

it('delays double up to the longest, with half of each left to chance', () => {
  const policy = { attempts: 9, firstDelayMs: 1_000, maxDelayMs: 5_000 };
  const shortest = [1, 2, 3, 4, 40].map((made) => backoffMs(policy, made, undefined, () => 0));
  const longest = [1, 2, 3, 4, 40].map((made) => backoffMs(policy, made, undefined, () => 1));
  expect(shortest).toEqual([500, 1_000, 2_000, 2_500, 2_500]);
  expect(longest).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
});

it('a delay is never shorter than the other side asked for', () => {
  const busy = new RetryLaterError('SOURCE_NOT_READY', 'busy', { retryAfterMs: 90_000 });
  expect(backoffMs({ attempts: 3, firstDelayMs: 100 }, 1, busy)).toBe(90_000);
});
