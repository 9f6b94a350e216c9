import { beforeAll, expect, it, vi } from 'vitest';
import { assertHeld, type Lease, withLease } from '../../src/store/leases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait.ts';
import { gate } from './queues.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});

const expire = (name: string) =>
  database
    .db('leases')
    .where({ name })
    .update({ expires_at: database.db.raw("clock_timestamp() - interval '1 second'") });

/** Its holder may renew the lease between our two statements; then they are repeated. */
async function takeOver(name: string, work: (lease: Lease) => Promise<void>): Promise<void> {
  let taken: Promise<void> | undefined;
  await waitFor(async () => {
    await expire(name);
    const door = gate();
    const attempt = withLease(database.db, { name, holder: 'heir', ttlMs: 10_000 }, async (lease) => {
      door.open();
      await work(lease);
    });
    // Whatever the work throws is told by `taken`, not taken for a reason to try again.
    await Promise.race([door.passed, attempt]);
    taken = attempt;
    return true;
  });
  await taken;
}

it('keeps others out while it is held, and names the holder', async () => {
  const { db } = database;
  await withLease(db, { name: 'pull crm/account', holder: 'run 7', ttlMs: 10_000 }, async () => {
    const second = withLease(db, { name: 'pull crm/account', holder: 'run 8', ttlMs: 10_000 }, async () => 'in');
    await expect(second).rejects.toMatchObject({
      code: 'ALREADY_RUNNING',
      message: expect.stringContaining('run 7'),
      retryAfterMs: 10_000,
    });
    await withLease(db, { name: 'pull erp/account', holder: 'run 9', ttlMs: 10_000 }, async () => 'another name is free');
  });
  expect(await withLease(db, { name: 'pull crm/account', holder: 'run 8', ttlMs: 10_000 }, async () => 'in')).toBe('in');
});

it('goes to exactly one of many that ask at once', async () => {
  const { db } = database;
  const door = gate();
  let refused = 0;
  const asked = Array.from({ length: 6 }, (_, n) =>
    withLease(db, { name: 'race', holder: `w${n}`, ttlMs: 10_000 }, () => door.passed).catch(() => {
      refused += 1;
    }),
  );
  await waitFor(() => refused === 5);
  door.open();
  await Promise.all(asked);
  expect(refused).toBe(5);
});

it('raises its fence with every taking and never lowers it', async () => {
  const { db } = database;
  const fences: string[] = [];
  for (let n = 0; n < 3; n += 1)
    await withLease(db, { name: 'fence', holder: 'w', ttlMs: 10_000 }, async ({ fence }) => void fences.push(fence));
  expect(fences).toEqual(['1', '2', '3']);
});

it('is released when its work fails', async () => {
  const { db } = database;
  const failing = withLease(db, { name: 'fails', holder: 'w1', ttlMs: 10_000 }, () => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  expect(await withLease(db, { name: 'fails', holder: 'w2', ttlMs: 10_000 }, async () => 'in')).toBe('in');
});

it('is renewed for as long as the work takes', async () => {
  const { db } = database;
  await withLease(db, { name: 'long', holder: 'w1', ttlMs: 300 }, async ({ fence }) => {
    const first = await db('leases').where({ name: 'long' }).first('expires_at');
    await waitFor(
      async () => (await db('leases').where({ name: 'long' }).first('expires_at')).expires_at.getTime() > first.expires_at.getTime() + 300,
    );
    await db.transaction((trx) => assertHeld(trx, { name: 'long', fence }));
  });
  expect((await db('leases').where({ name: 'long' }).first()).fence).toBe('1');
});

it('of a worker that is gone is taken over when it has expired', async () => {
  const { db } = database;
  await db('leases').insert({ name: 'dead', holder: 'killed', fence: 41, expires_at: db.raw("clock_timestamp() + interval '1 hour'") });
  await expect(withLease(db, { name: 'dead', holder: 'w2', ttlMs: 1_000 }, async () => 'in')).rejects.toMatchObject({
    code: 'ALREADY_RUNNING',
  });
  await expire('dead');
  expect(await withLease(db, { name: 'dead', holder: 'w2', ttlMs: 1_000 }, async ({ fence }) => fence)).toBe('42');
});

it('fences out a worker that wakes after its lease was taken over', async () => {
  const { db } = database;
  const zombie = withLease(db, { name: 'zombie', holder: 'sleeper', ttlMs: 600 }, async (lease) => {
    await takeOver('zombie', async (heir) => {
      await expect(db.transaction((trx) => assertHeld(trx, lease))).rejects.toMatchObject({ code: 'LEASE_LOST' });
      await db.transaction((trx) => assertHeld(trx, heir));
      await waitFor(() => lease.signal.aborted);
    });
    throw lease.signal.reason;
  });
  await expect(zombie).rejects.toMatchObject({ code: 'LEASE_LOST' });
});

it('cannot be taken over while a transaction under it is open', async () => {
  const { db } = database;
  const order: string[] = [];
  await withLease(db, { name: 'open', holder: 'writer', ttlMs: 60_000 }, async (lease) => {
    await expire('open');
    const door = gate();
    const writing = db.transaction(async (trx) => {
      await assertHeld(trx, lease);
      door.open();
      await waitFor(
        async () =>
          (await db('pg_stat_activity').where({ wait_event_type: 'Lock', datname: database.name }).whereLike('query', '%leases%')).length >
          0,
      );
      order.push('written');
    });
    await door.passed;
    await withLease(db, { name: 'open', holder: 'heir', ttlMs: 10_000 }, async () => void order.push('taken over'));
    await writing;
  });
  expect(order).toEqual(['written', 'taken over']);
});

it('does not believe the clock of a worker', async () => {
  const { db } = database;
  await withLease(db, { name: 'clock', holder: 'w1', ttlMs: 10_000 }, async () => {
    vi.useFakeTimers({ now: new Date('2099-01-01'), toFake: ['Date'] });
    try {
      const early = withLease(db, { name: 'clock', holder: 'from the future', ttlMs: 10_000 }, async () => 'in');
      await expect(early).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    } finally {
      vi.useRealTimers();
    }
  });
});

it('stops its work when asked to from outside', async () => {
  const { db } = database;
  const stop = new AbortController();
  const work = withLease(db, { name: 'asked', holder: 'w1', ttlMs: 10_000, signal: stop.signal }, async ({ signal }) => {
    stop.abort();
    return signal.aborted;
  });
  expect(await work).toBe(true);
});
