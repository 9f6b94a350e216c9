import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { byClock } from '../../jobs/by-clock.ts';
import { defineJob, type Job, type JobContext } from '../../src/queue/define-job.ts';
import { acceptClock } from '../../src/store/clock-mark.ts';
import type { Database } from '../../src/store/database.ts';
import { createTestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait.ts';
import { jobName, openQueues } from './queues.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Context = JobContext & { readonly db: Database };

/** A worker with one job, on a clock that the test holds. */
async function working({ everyMs }: { everyMs?: number }) {
  const { db, url } = await createTestDatabase();
  const { queue, log, start } = await openQueues({ kind: 'postgres', url }, closers);
  let clock = new Date('2026-03-31T20:00:00Z');
  const looks: string[] = [];
  const job = defineJob({
    name: jobName('look'),
    payload: z.object({}),
    retry: { attempts: 1, firstDelayMs: 10 },
    ...(everyMs !== undefined && { everyMs }),
    async handle(_payload, { now }: Context) {
      looks.push(now().toISOString());
      return undefined;
    },
  });
  const guarded: Job<unknown, Context> = byClock<Context>(job);
  await start([guarded], { now: () => clock, context: (base: JobContext): Context => ({ ...base, db }) });
  const lastLook = () => looks.at(-1)?.slice(0, 16);
  const refusals = () => log.filter(({ facts }) => (facts.err as { code?: string } | undefined)?.code === 'CLOCK_BEHIND');
  return { db, queue, job, looks, refusals, setClock: (to: string) => { clock = new Date(to); }, isLookedAt: (at: string) => waitFor(() => lastLook() === at) }; // biome-ignore format: one look
}

describe('jobs that wake themselves, and a clock', () => {
  it('that is put back: they do nothing by it and say so, and go on when it is set', async () => {
    const { db, looks, setClock, isLookedAt, refusals } = await working({ everyMs: 50 });
    await isLookedAt('2026-03-31T20:00');
    setClock('2026-03-31T22:10:00Z');
    await isLookedAt('2026-03-31T22:10');
    // The one that looked may have asked about the clock a moment before it was set.
    await waitFor(() =>
      db('clock_mark')
        .where({ at: new Date('2026-03-31T22:10:00Z') })
        .first(),
    );

    setClock('2026-03-31T22:04:00Z');
    await waitFor(() => refusals().length > 1);
    const before = looks.length;
    await waitFor(() => refusals().length > 4);
    expect(looks).toHaveLength(before);
    expect(refusals()[0]).toMatchObject({ level: 'warn', facts: { err: { message: expect.stringContaining('says 2026-03-31T22:04:00.000Z, and jobs have looked at 2026-03-31T22:10:00.000Z already') } } }); // biome-ignore format: one look
    setClock('2026-03-31T22:11:00Z');
    await isLookedAt('2026-03-31T22:11');
  });

  it('that is a little behind that of another worker: they go on', async () => {
    const { setClock, isLookedAt, refusals } = await working({ everyMs: 50 });
    await isLookedAt('2026-03-31T20:00');
    setClock('2026-03-31T19:56:00Z');
    await isLookedAt('2026-03-31T19:56');
    expect(refusals()).toEqual([]);
  });

  it('that had run ahead by mistake: they go on once it is accepted', async () => {
    const { db, setClock, isLookedAt, refusals } = await working({ everyMs: 50 });
    setClock('2036-03-31T20:00:00Z');
    await waitFor(() =>
      db('clock_mark')
        .where({ at: new Date('2036-03-31T20:00:00Z') })
        .first(),
    );
    setClock('2026-03-31T20:01:00Z');
    await waitFor(() => refusals().length > 0);
    await acceptClock(db, new Date('2026-03-31T20:01:00Z'));
    expect(await isLookedAt('2026-03-31T20:01')).toBe(true);
  });

  it('matter to no job that is put on the queue', async () => {
    const { db, queue, job, isLookedAt } = await working({});
    await acceptClock(db, new Date('2036-03-31T20:00:00Z'));
    await queue.add(job, {});
    expect(await isLookedAt('2026-03-31T20:00')).toBe(true);
  });
});
