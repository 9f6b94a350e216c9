import { once } from 'node:events';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait.ts';
import { openClient } from './client.ts';
import { plainDialect } from './plain-dialect.ts';
import { open, setup } from './plain-setup.ts';
import { type AccidentName, type SimAnswer, startSimulator } from './server.ts';
import { World } from './world.ts';

describe('an accident to a write', () => {
  it.each<[AccidentName, { status?: number; broke?: string }, number]>([
    ['request-lost', { broke: 'ECONNRESET' }, 0],
    ['answer-lost', { broke: 'ECONNRESET' }, 1],
    ['half-body', { status: 201, broke: 'ECONNRESET' }, 1],
    ['slow-body', { status: 201 }, 1],
    ['too-many-requests', { status: 429 }, 0],
    ['too-many-requests-date', { status: 429 }, 0],
    ['limit-in-disguise', { status: 403 }, 0],
    ['unavailable', { status: 503 }, 0],
    ['bad-gateway', { status: 502 }, 1],
    ['wrong-content-type', { status: 200 }, 0],
    ['not-json', { status: 200 }, 1],
    ['error-inside', { status: 200 }, 0],
    ['session-expired', { status: 401 }, 0],
    ['moved-clock', { status: 201 }, 1],
  ])('%s: the client sees %o, the ledger has %i', async (name, sees, has) => {
    const { accidents, order, taken } = await setup();
    accidents.next(name, { on: 'write' });
    const { status, broke } = await order();
    expect({ status, broke, taken: taken() }).toEqual({ status: undefined, broke: undefined, ...sees, taken: has });
    expect(accidents.names()).toEqual([name]);
  });

  it('never-ends: some bytes, then silence until the client gives up; the ledger has the order', async () => {
    const { accidents, client, url, token, taken } = await setup();
    accidents.next('never-ends', { on: 'write' });
    const patience = new AbortController();
    const body = JSON.stringify({ reference: 'R-1', soldTo: '1', lines: [] });
    const answer = await fetch(`${url}/orders`, { method: 'POST', headers: { authorization: token }, body, signal: patience.signal });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const { value } = await reader.read();
    expect([answer.status, value?.length]).toEqual([201, Math.floor(Number(answer.headers.get('content-length')) / 2)]);
    let isSilent = true;
    const rest = reader.read().finally(() => {
      isSilent = false;
    });
    for (let turn = 0; turn < 5; turn += 1) await client.get('/accounts');
    expect(isSilent).toBe(true);
    patience.abort();
    await expect(rest).rejects.toThrow('aborted');
    expect(taken()).toBe(1);
  });
});

describe('what the client gets to read', () => {
  it('is the whole answer, in pieces that cut letters, when the body is slow', async () => {
    const { accidents, client } = await setup();
    const { text } = await client.get('/accounts');
    accidents.next('slow-body');
    const slow = await client.get('/accounts');
    expect([slow.text, slow.broke]).toEqual([text, undefined]);
    expect(slow.pieces).toBeGreaterThan(2);
  });

  it('is half of what content-length says when the body breaks', async () => {
    const { accidents, client } = await setup();
    accidents.next('half-body');
    const { text, headers, status } = await client.get('/accounts');
    expect([status, Buffer.byteLength(text)]).toEqual([200, Math.floor(Number(headers?.['content-length']) / 2)]);
  });

  it('is a time to wait, in seconds or as a date by the clock of the system', async () => {
    const { accidents, client, world } = await setup();
    world.moveClock(3_600_000);
    accidents.next('too-many-requests', { retryAfterSeconds: 7 });
    accidents.next('too-many-requests-date', { retryAfterSeconds: 7 });
    const [seconds, date] = [await client.get('/accounts'), await client.get('/accounts')];
    expect(seconds.headers).toMatchObject({ 'retry-after': '7', date: 'Mon, 02 Mar 2026 09:00:00 GMT' });
    expect(date.headers).toMatchObject({ 'retry-after': 'Mon, 02 Mar 2026 09:00:07 GMT', date: 'Mon, 02 Mar 2026 09:00:00 GMT' });
  });

  it.each<[AccidentName, string, RegExp]>([
    ['unavailable', 'text/html; charset=utf-8', /503 Service Unavailable/],
    ['bad-gateway', 'text/html; charset=utf-8', /502 Bad Gateway/],
    ['wrong-content-type', 'text/html; charset=utf-8', /Log in/],
    ['not-json', 'application/json; charset=utf-8', /^<br.*\{"rows"/s],
    ['error-inside', 'application/json; charset=utf-8', /modified in the meanwhile/],
    ['limit-in-disguise', 'application/json; charset=utf-8', /REQUEST_LIMIT_EXCEEDED/],
  ])('is, with %s, %s', async (name, type, text) => {
    const { accidents, client } = await setup();
    accidents.next(name);
    const answer = await client.get('/accounts');
    expect(answer.headers).toMatchObject({ 'content-type': type });
    expect(answer.text).toMatch(text);
  });

  it('is a refusal until it logs in again when its session was forgotten', async () => {
    const { accidents, client, url } = await setup();
    accidents.next('session-expired');
    expect([(await client.get('/accounts')).status, (await client.get('/accounts')).status]).toEqual([401, 401]);
    const { token } = JSON.parse((await client.post('/login', {})).text);
    const again = openClient(url, token);
    open.unshift(() => again.close());
    expect((await again.get('/accounts')).status).toBe(200);
  });

  it('is the right answer by another clock, from then on, when the clock was moved', async () => {
    const { accidents, client, world } = await setup();
    accidents.next('moved-clock', { byMs: -60_000 });
    expect(await client.get('/accounts')).toMatchObject({ status: 200, headers: { date: 'Mon, 02 Mar 2026 07:59:00 GMT' } });
    expect(world.add('account', { name: 'New' }).changedAt).toEqual(new Date('2026-03-02T07:59:00.000Z'));
  });

  it('is nothing at all when an answer without a body breaks in the middle', async () => {
    const bodiless = { ...plainDialect(), handle: () => ({ status: 204 }) };
    const simulator = await startSimulator(bodiless, { world: new World() });
    const client = openClient(simulator.url);
    open.push(() => client.close(), simulator.close);
    simulator.accidents.next('half-body');
    const [broken, whole] = [await client.get('/'), await client.get('/')];
    expect([broken.status, broken.broke, whole.status, whole.text]).toEqual([undefined, 'ECONNRESET', 204, '']);
  });
});

it.each<AccidentName>(['half-body', 'slow-body', 'never-ends'])('does not wait for a client that left just before %s', async (name) => {
  const socket = new Socket();
  const handle = (): SimAnswer => {
    socket.resetAndDestroy();
    return { status: 200, text: 'nobody reads this' };
  };
  const { url, accidents, close } = await startSimulator({ ...plainDialect(), handle }, { world: new World() });
  accidents.next(name);
  socket.connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await once(socket, 'close');
  await expect(close()).resolves.toBeUndefined();
});

it('ends accidents that would never end when it closes', async () => {
  const { accidents, client, close, requests } = await setup();
  accidents.next('never-ends');
  const answer = client.get('/accounts');
  await waitFor(() => requests.at(-1)?.status === 200);
  await close();
  expect(await answer).toMatchObject({ status: 200, broke: 'ECONNRESET' });
});
