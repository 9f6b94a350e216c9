import { expect, it } from 'vitest';
import { beat, liveWorkers, registerWorker } from '../../src/store/workers.ts';
import { createTestDatabase } from '../support/database.ts';

it('shows the workers that were seen lately and no others', async () => {
  const { db } = await createTestDatabase();
  const first = await registerWorker(db, { host: 'one', pid: 1, backend: 'redis' });
  const second = await registerWorker(db, { host: 'two', pid: 2, backend: 'redis' });
  expect((await liveWorkers(db)).map(({ host, pid }) => ({ host, pid }))).toEqual([
    { host: 'one', pid: 1 },
    { host: 'two', pid: 2 },
  ]);

  await db('workers')
    .where({ id: first.id })
    .update({ seen_at: db.raw("clock_timestamp() - interval '31 seconds'") });
  expect((await liveWorkers(db)).map(({ host }) => host)).toEqual(['two']);
  await beat(db, { id: first.id, host: 'one', pid: 1, backend: 'redis' });
  expect((await liveWorkers(db)).map(({ host }) => host)).toEqual(['one', 'two']);

  await first.stop();
  await second.stop();
  expect(await liveWorkers(db)).toEqual([]);
});

it('forgets workers that died a day ago', async () => {
  const { db } = await createTestDatabase();
  const dead = await registerWorker(db, { host: 'dead', pid: 1, backend: 'postgres' });
  await db('workers').update({ seen_at: db.raw("clock_timestamp() - interval '2 days'") });
  const alive = await registerWorker(db, { host: 'alive', pid: 2, backend: 'postgres' });
  expect(await db('workers').pluck('host')).toEqual(['alive']);
  await dead.stop();
  await alive.stop();
});
