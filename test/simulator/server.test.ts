import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { waitFor } from '../support/wait.ts';
import { openClient } from './client.ts';
import { plainDialect } from './plain-dialect.ts';
import { type Dialect, Refusal, type SimAnswer, startSimulator } from './server.ts';
import { type Clock, World } from './world.ts';

const open: Array<() => Promise<void> | void> = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A system that says the same to everything. */
function saying(handle: Dialect['handle']): Dialect {
  return { ...plainDialect(), handle };
}

async function start(dialect: Dialect, { world = new World(), pageSize = 50, latencyMs = 0 } = {}) {
  const simulator = await startSimulator(dialect, { world, pageSize, latencyMs });
  const client = openClient(simulator.url);
  open.push(() => client.close());
  return { ...simulator, client };
}

it('serves five thousand accounts page by page, each once, on one connection', async () => {
  const world = new World().seed({ accounts: 5_000 });
  const { client, url, close } = await start(plainDialect(), { world, pageSize: 200 });
  open.push(close);
  const { token } = JSON.parse((await client.post('/login', {})).text);
  const reader = openClient(url, token);
  open.unshift(() => reader.close());
  const ids: string[] = [];
  for (let path: string | null = '/accounts'; path !== null; ) {
    const { rows, next } = JSON.parse((await reader.get(path)).text) as { rows: { id: string }[]; next: string | null };
    ids.push(...rows.map(({ id }) => id));
    path = next?.slice(url.length) ?? null;
  }
  expect([ids.length, new Set(ids).size, reader.connections]).toEqual([5_000, 5_000, 1]);
});

it('tells the dialect what came, byte by byte, and the client what it said', async () => {
  const seen: unknown[] = [];
  const dialect = saying((request) => {
    seen.push([
      request.method,
      request.path,
      request.query.get('$filter'),
      request.query.get('y'),
      request.body.toString(),
      request.headers.authorization,
    ]);
    return { status: 207, headers: { 'Content-Type': 'text/csv', 'set-cookie': ['a=1', 'b=2'] }, text: 'ä;b' };
  });
  const { url, requests, settings, close } = await start(dialect);
  open.push(close);
  const member = openClient(url, 'secret');
  open.unshift(() => member.close());
  const answer = await member.post("/o('A%20B')?$filter=x%20eq%20'%3F'&y=?", { a: 1 });
  expect(seen).toEqual([['POST', "/o('A%20B')", "x eq '?'", '?', '{"a":1}', 'secret']]);
  expect(answer).toMatchObject({
    status: 207,
    text: 'ä;b',
    headers: { 'content-type': 'text/csv', 'content-length': '4', 'set-cookie': ['a=1', 'b=2'] },
  });
  expect(requests).toMatchObject([
    { method: 'POST', path: "/o('A%20B')", query: '$filter=x%20eq%20%27%3F%27&y=?', on: 'read', status: 207 },
  ]);
  expect(settings).toEqual({ url });
});

it('answers what a dialect refuses, and 400 where it asks for JSON that is none', async () => {
  const dialect = saying((request) => {
    if (request.method === 'GET') throw new Refusal({ status: 423, json: { locked: true } });
    return { status: 200, json: request.json() };
  });
  const { client, url, close } = await start({ ...dialect, isWrite: (request) => request.json() !== null });
  open.push(close);
  expect(await client.get('/')).toMatchObject({ status: 423, text: '{"locked":true}' });
  expect(await client.post('/', [1])).toMatchObject({ status: 200, text: '[1]' });
  expect((await fetch(url, { method: 'POST', body: '{' })).status).toBe(400);
});

it('does not hide a bug of a dialect: 500 at once, and an error when it closes', async () => {
  const { client, close } = await start(
    saying(() => {
      throw new TypeError('no such column');
    }),
  );
  expect(await client.get('/')).toMatchObject({ status: 500, text: expect.stringContaining('no such column') });
  await expect(close()).rejects.toThrow('The dialect plain has a bug: TypeError: no such column');
});

it('counts how many requests it answers at once, and answers none of them before the latency is over', async () => {
  const { url, requests, close } = await start(
    saying(() => ({ status: 200, text: 'done' })),
    { latencyMs: 3_600_000 },
  );
  const answers = Promise.allSettled([1, 2, 3].map(() => fetch(url)));
  await waitFor(() => requests.length === 3);
  expect(requests.map(({ atOnce }) => atOnce).toSorted()).toEqual([1, 2, 3]);
  await close();
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});

it('never hears of a request whose client left in the middle of it', async () => {
  const { client, url, requests, close } = await start(saying(() => ({ status: 200, text: 'done' })));
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 10\r\n\r\n12345');
  // The server asks for the rest: it is reading the request.
  await once(socket, 'data');
  socket.destroy();
  await client.get('/next');
  await close();
  expect(requests.map(({ path }) => path)).toEqual(['/next']);
});

it('lets a client leave before its answer', async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { url, requests, world, close } = await start(
    saying(async (_, ledger): Promise<SimAnswer> => {
      await gate;
      ledger.add('account', { name: 'Afterwards' });
      return { status: 200, text: 'x'.repeat(1_000_000) };
    }),
  );
  const patience = new AbortController();
  const answer = fetch(url, { signal: patience.signal });
  await waitFor(() => requests.length === 1);
  patience.abort();
  await expect(answer).rejects.toThrow('aborted');
  release();
  await waitFor(() => world.count('account') === 1);
  await expect(close()).resolves.toBeUndefined();
});

it('has the date of its own clock', async () => {
  const clock: Clock = { now: () => new Date('2026-10-25T01:30:00Z'), tick: () => undefined };
  const { client, close } = await start(
    saying(() => ({ status: 200, json: {} })),
    { world: new World({ clock, clockSkewMs: -45_000 }) },
  );
  open.push(close);
  expect((await client.get('/')).headers?.date).toBe('Sun, 25 Oct 2026 01:29:15 GMT');
});
