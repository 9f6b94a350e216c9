/** Workers that know each other only by the database: a border each, on a pool each. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Border, Closed, Pass } from '../../src/connector/http/border.ts';
import { databaseBorder } from '../../src/store/border.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait.ts';
import { openHttp } from './open-http.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});

const closers: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function openWorker(clock: { now?(): number } = {}): Promise<Border & { db: Database }> {
  const db = await openDatabase(database.url);
  closers.push(() => db.destroy());
  return { ...databaseBorder(db, clock), db };
}

const LONG_MS = 600_000;

function entered(entry: Pass | Closed): Pass {
  if ('closedForMs' in entry) throw new Error(`the gate is closed: ${entry.why}`);
  return entry;
}

/** Answers when `atOnce` requests are there, or fewer are left to come. */
async function startCounter({ atOnce = 1, expected = 1 }: { atOnce?: number; expected?: number } = {}) {
  const log = { most: 0, count: 0, lastAtMs: 0, url: '' };
  let underWay: Array<() => void> = [];
  const server = createServer((_incoming, outgoing) => {
    log.count += 1;
    log.lastAtMs = performance.now();
    underWay.push(() => outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    log.most = Math.max(log.most, underWay.length);
    if (underWay.length < atOnce && log.count < expected) return;
    const answers = underWay;
    underWay = [];
    for (const answer of answers) answer();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  log.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return log;
}

describe('workers that share a credential', () => {
  it('share its turns: no two are the same, none is left out', async () => {
    const clock = { now: () => 1_000_000 };
    const workers = [await openWorker(clock), await openWorker(clock), await openWorker(clock)];
    const limits = { requestsPerMinute: 600 };
    const entries = await Promise.all(
      Array.from({ length: 30 }, (_, turn) => workers[turn % workers.length]?.gates.enter('turns', limits, LONG_MS)),
    );
    const waits = entries.map((entry) => entry && entered(entry).waitMs).sort((one, other) => (one ?? 0) - (other ?? 0));
    expect(waits).toEqual(Array.from({ length: 30 }, (_, turn) => turn * 100));
  });

  it('send no faster together than is declared', async () => {
    const counter = await startCounter();
    const workers = [await openWorker(), await openWorker()];
    const connection = 'paced';
    const lines = workers.map((border) =>
      openHttp(counter.url, { border, connection, transport: { limits: { requestsPerMinute: 1_200 } } }),
    );
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: 21 }, (_, turn) => lines[turn % 2]?.send({ path: 'data' })));
    // Twenty pauses of 50 ms; however slow the machine is, the last one cannot have come sooner.
    expect(counter.lastAtMs - startedMs).toBeGreaterThan(900);
    expect(counter.count).toBe(21);
  });

  it('have no more requests under way together than is declared, and as many', async () => {
    const counter = await startCounter({ atOnce: 3, expected: 24 });
    const workers = [await openWorker(), await openWorker()];
    const lines = workers.map((border) =>
      openHttp(counter.url, { border, connection: 'counted', transport: { limits: { concurrency: 3 } } }),
    );
    await Promise.all(Array.from({ length: 24 }, (_, turn) => lines[turn % 2]?.send({ path: 'data' })));
    expect(counter).toMatchObject({ most: 3, count: 24 });
    expect(await workers[0]?.db('rate_permits').where({ credential: 'counted' })).toEqual([]);
  });

  it('hear within a second that one of them was limited', async () => {
    const clock = { now: () => 1_000_000 };
    const [one, other] = [await openWorker(clock), await openWorker(clock)];
    const pass = entered(await one.gates.enter('limited', {}, LONG_MS));
    entered(await other.gates.enter('limited', {}, LONG_MS));
    await pass.leave({ kind: 'limited', retryAfterMs: 60_000 });
    expect(await one.gates.enter('limited', {}, LONG_MS)).toEqual({ closedForMs: 60_000, why: 'limited' });
    const heard = await waitFor(async () => {
      const entry = await other.gates.enter('limited', {}, LONG_MS);
      return 'closedForMs' in entry && entry;
    });
    expect(heard).toEqual({ closedForMs: 60_000, why: 'limited' });
  });

  it('count failures together, and one success of any of them opens the gate to all', async () => {
    let atMs = 1_000_000;
    const clock = { now: () => atMs };
    const [one, other] = [await openWorker(clock), await openWorker(clock)];
    for (const { gates } of [one, other, one, other, one]) {
      await entered(await gates.enter('failing', {}, LONG_MS)).leave({ kind: 'failed', retryAfterMs: undefined });
    }
    const closed = await one.gates.enter('failing', {}, LONG_MS);
    expect(closed).toMatchObject({ why: 'failing' });
    atMs += 5_000;
    const probe = entered(await one.gates.enter('failing', {}, LONG_MS));
    expect(await one.gates.enter('failing', {}, LONG_MS)).toMatchObject({ why: 'failing' });
    await probe.leave({ kind: 'good' });
    await waitFor(async () => !('closedForMs' in (await other.gates.enter('failing', {}, LONG_MS))));
  });

  it('take over the permit of one that died, and not before it runs out', async () => {
    const [dead, alive] = [await openWorker(), await openWorker()];
    entered(await dead.gates.enter('died', { concurrency: 1 }, LONG_MS));
    expect(await alive.gates.enter('died', { concurrency: 1 }, LONG_MS)).toMatchObject({ why: 'full' });
    await alive
      .db('rate_permits')
      .where({ credential: 'died' })
      .update({ expires_at: alive.db.raw('clock_timestamp()') });
    await waitFor(async () => !('closedForMs' in (await alive.gates.enter('died', { concurrency: 1 }, LONG_MS))));
  });

  it('do not both get a permit that both saw free', async () => {
    const [first, second] = [await openWorker(), await openWorker()];
    const taking = await first.db.transaction();
    await taking('rate_permits').insert({
      credential: 'raced',
      seat: 1,
      holder: randomUUID(),
      expires_at: taking.raw("clock_timestamp() + interval '1 hour'"),
    });
    const entry = second.gates.enter('raced', { concurrency: 1 }, LONG_MS);
    // It has seen the seat free, and waits for who was quicker.
    await waitFor(async () => {
      const { rows } = await first.db.raw(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%rate_permits%'",
      );
      return rows.length > 0;
    });
    await taking.commit();
    expect(await entry).toMatchObject({ why: 'full' });
  });

  it('keep a permit that another took over, when the first holder wakes up and gives back its own', async () => {
    const [sleeper, awake] = [await openWorker(), await openWorker()];
    const old = entered(await sleeper.gates.enter('slept', { concurrency: 1 }, 1));
    await waitFor(async () => !('closedForMs' in (await awake.gates.enter('slept', { concurrency: 1 }, LONG_MS))));
    await old.leave({ kind: 'good' });
    expect(await awake.db('rate_permits').where({ credential: 'slept' })).toHaveLength(1);
  });

  it('ask the database hardly ever when nothing is limited', async () => {
    const { gates, db } = await openWorker();
    let statements = 0;
    db.on('query', () => {
      statements += 1;
    });
    for (let turn = 0; turn < 500; turn += 1) await entered(await gates.enter('free', {}, LONG_MS)).leave({ kind: 'good' });
    expect(statements).toBeLessThan(25);
    expect(await db('rate_gates').where({ credential: 'free' })).toEqual([]);
  });
});
