import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { registerWorker } from '../../src/store/workers.ts';
import { kontor, makeFolder, startKontor } from '../cli/run-kontor.ts';
import { waitFor } from '../support/wait.ts';
import { ask, type HttpSetup, setupHttp } from './http-setup.ts';
import { openShop } from './shop.ts';

/** What comes back on a socket of our own, to the end. */
function speak({ server }: HttpSetup, text: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}

/** Holds a table, so that whoever reads it waits. */
async function hold({ db }: HttpSetup, table: string) {
  const trx = await db.transaction();
  await trx.raw(`lock table ${table} in access exclusive mode`);
  const isAwaited = async () => (await db.raw(`select 1 from pg_locks where not granted`)).rows.length > 0;
  return { letGo: () => trx.rollback(), awaited: () => waitFor(isAwaited) };
}

describe('an answer', () => {
  it('tells browsers to keep nothing, guess nothing and frame nothing, and carries the id of its request', async () => {
    const { ask } = await setupHttp();
    const { headers } = await ask('GET', '/v1/health', { headers: { 'x-request-id': 'shop.17-a' } });
    expect(headers.get('x-request-id')).toBe('shop.17-a');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('server')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
    for (const given of ['a b', 'x'.repeat(65), '<b>', 'ä']) {
      const answer = await ask('GET', '/v1/health', {
        headers: { 'x-request-id': encodeURIComponent(given) === given ? given : `${given.length}!` },
      });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it.each([
    ['an address that is none', 'GET', '/v1/ordrs', 404, 'NOT_FOUND'],
    ['a method that is none there', 'DELETE', '/v1/orders', 404, 'NOT_FOUND'],
    ['an address that cannot be read', 'GET', '/v1/orders/%zz', 400, 'REQUEST_INVALID'],
  ])('has the one shape of errors for %s', async (_title, method, path, status, code) => {
    const { ask } = await setupHttp();
    expect(await ask(method, path)).toMatchObject({ status, body: { error: { code, message: expect.any(String), details: {} } } });
  });

  it('has it also for what never becomes a request', async () => {
    const setup = await setupHttp();
    const answers = await Promise.all([
      speak(setup, 'nonsense\r\n\r\n'),
      speak(setup, `GET /v1/health HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`),
      speak(setup, 'GET /v1/health HTTP/1.1\r\nhost: x\r\nx-request-id: a\r\n b: c\r\nbad header\r\n\r\n'),
      speak(setup, 'POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
    ]);
    expect(answers.map((answer) => answer.split('\r\n')[0])).toEqual([
      'HTTP/1.1 400 Bad Request',
      'HTTP/1.1 431 Request Header Fields Too Large',
      'HTTP/1.1 400 Bad Request',
      'HTTP/1.1 400 Bad Request',
    ]);
    for (const answer of answers)
      expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { code: 'REQUEST_INVALID' } });
  });

  it('about a defect holds nothing of the machine; the log does, under the same id', async () => {
    const { ask, key, db, log } = await setupHttp();
    const secret = await key('watch', ['runs:read']);
    await db.raw('drop table runs cascade');
    const answer = await ask('GET', '/v1/runs', { key: secret });
    expect(answer).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL', details: {} } } });
    const id = answer.headers.get('x-request-id') ?? '';
    expect(answer.body.error.message).toContain(id);
    expect(answer.text).not.toMatch(/relation|runs|select|at \w+/);
    expect(log).toContainEqual(
      expect.objectContaining({
        level: 'error',
        requestId: id,
        route: '/v1/runs',
        err: expect.objectContaining({ message: expect.stringContaining('does not exist') }),
      }),
    );
  });

  it('about a database that went away asks to come again, and when', async () => {
    const setup = await setupHttp();
    const { ask, key, db, log } = setup;
    const secret = await key('watch', ['runs:read']);
    const { letGo, awaited } = await hold(setup, 'runs');
    const answering = ask('GET', '/v1/runs', { key: secret });
    await awaited();
    await db.raw('select pg_terminate_backend(pid) from pg_locks where not granted');
    const answer = await answering;
    await letGo();
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'DATABASE_UNREACHABLE', details: {} } } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(log).toContainEqual(expect.objectContaining({ level: 'warn', code: 'DATABASE_UNREACHABLE' }));
  });
});

describe('the log', () => {
  it('has one line per request, with the route and the name of the key; no body, key, reference, token or person', async () => {
    const { submit, get, ask, log, secret } = await openShop({ asks: true });
    await submit({ reference: 'REF-77', purchaseOrderNumber: 'PO-77', note: 'NOTE-77', onBehalfOf: 'P-2' });
    await get('/v1/orders/REF-77');
    await get('/v1/approvals?person=P-2');
    await ask('GET', '/decide?token=TOKEN-77');
    await submit({ reference: 'REF-78', account: 'A-77' });
    await waitFor(() => log.filter(({ msg }) => msg === 'request').length === 5);
    expect(log.filter(({ msg }) => msg === 'request')).toMatchObject([
      { method: 'POST', route: '/v1/orders', status: 201, key: 'shop', ms: expect.any(Number), requestId: expect.any(String) },
      { method: 'GET', route: '/v1/orders/:id', status: 200, key: 'shop' },
      { method: 'GET', route: '/v1/approvals', status: 200, key: 'shop' },
      { method: 'GET', route: '/decide', status: 403 },
      { method: 'POST', route: '/v1/orders', status: 422, key: 'shop' },
    ]);
    expect(JSON.stringify(log)).not.toMatch(/(REF|PO|NOTE|TOKEN|A)-7|Greta|Jens|P-2/);
    expect(JSON.stringify(log)).not.toContain(secret.slice(7));
  });
});

describe('health', () => {
  it('says what is well and what needs a look, in numbers, to anybody', async () => {
    const setup = await openShop();
    const { ask, submit, db, clock, server } = setup;
    expect(await ask('GET', '/health')).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        database: { ok: true, migrated: true },
        queue: { ok: true },
        workers: { alive: 0 },
        handoffs: { waiting: 0, standing: 0, oldestWaitingSeconds: null },
      },
    });
    const worker = await registerWorker(db, { host: 'h', pid: 1, backend: 'postgres' });
    await submit();
    clock.now = new Date(clock.now.getTime() + 90_000);
    await waitFor(async () => (await ask('GET', '/v1/health')).body.status === 'ok');
    expect(await ask('GET', '/v1/health')).toMatchObject({
      body: { workers: { alive: 1 }, handoffs: { waiting: 1, oldestWaitingSeconds: 90 } },
    });
    await db.raw(`update handoffs set state = 'parked'`);
    await waitFor(async () => (await ask('GET', '/v1/health')).body.status === 'degraded');
    const { text } = await ask('GET', '/v1/health');
    expect(text).not.toMatch(/postgres:|127\.0\.0\.1|t_http/);
    await worker.stop();
    expect(server.url).toMatch(/^http:/);
  });

  it('is degraded without a queue, since orders are taken all the same', async () => {
    const { ask } = await setupHttp({ queue: { counts: () => Promise.reject(new Error('gone')) } });
    expect(await ask('GET', '/v1/health')).toMatchObject({ status: 200, body: { status: 'degraded', queue: { ok: false } } });
    expect(await ask('GET', '/v1/ready')).toMatchObject({ status: 200 });
  });

  it('is down, and not ready, on a database of another version', async () => {
    const { ask, db } = await setupHttp();
    await db.raw(`insert into kontor_migrations (name) values ('9999-of-the-future')`);
    expect(await ask('GET', '/v1/ready')).toMatchObject({ status: 503, body: { status: 'down', database: { ok: true, migrated: false } } });
    expect(await ask('GET', '/v1/health')).toMatchObject({ status: 200, body: { status: 'down' } });
  });
});

describe('runs', () => {
  it('are asked for with a reason, once, and seen', async () => {
    const { ask, key, queue } = await setupHttp();
    const secret = await key('operations', ['runs:read', 'resync:write']);
    const resync = (body: object) => ask('POST', '/v1/resync', { key: secret, body });
    const request = { connection: 'erp', mode: 'full', reason: 'prices were mended' };
    const entry = (entity: string, isNew: boolean, runId: unknown) => ({ runId, connection: 'erp', entity, mode: 'full', isNew });
    expect(await resync({ ...request, dryRun: true })).toMatchObject({
      status: 200,
      body: { dryRun: true, runs: [entry('account', true, null), entry('contact', true, null)] },
    });
    expect((await ask('GET', '/v1/runs', { key: secret })).body.runs).toEqual([]);

    const asked = await resync(request);
    expect(asked).toMatchObject({ status: 202, body: { dryRun: false, runs: [entry('account', true, '1'), entry('contact', true, '2')] } });
    expect((await resync({ ...request, entity: 'account' })).body.runs).toEqual([entry('account', false, '1')]);
    expect((await resync({ ...request, dryRun: true })).body.runs).toEqual([entry('account', false, '1'), entry('contact', false, '2')]);
    await waitFor(async () => (await queue.counts('pull')).waiting === 2);

    expect(await ask('GET', '/v1/runs?connection=erp&entity=account', { key: secret })).toMatchObject({
      status: 200,
      body: {
        runs: [{ id: '1', state: 'queued', outcome: null, trigger: 'key operations', requestedAt: '2026-11-23T09:00:00.000Z' }],
        next: null,
      },
    });
    expect(await ask('GET', '/v1/runs/1', { key: secret })).toMatchObject({
      status: 200,
      body: { id: '1', reason: 'prices were mended', notices: [] },
    });
    expect(await ask('GET', '/v1/runs/99', { key: secret })).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    expect(await ask('GET', '/v1/runs/1%20or%201', { key: secret })).toMatchObject({
      status: 400,
      body: { error: { code: 'REQUEST_INVALID' } },
    });
  });

  it.each([
    ['an unknown connection', { connection: 'shp', reason: 'x' }, 404, 'CONNECTION_UNKNOWN', 'known: erp, crm'],
    [
      'an entity it does not pull',
      { connection: 'erp', entity: 'price', reason: 'x' },
      404,
      'CONNECTION_UNKNOWN',
      'it pulls: account, contact',
    ],
    ['no reason', { connection: 'erp' }, 400, 'REQUEST_INVALID', 'body.reason'],
    ['an unknown field', { connection: 'erp', reason: 'x', force: true }, 400, 'REQUEST_INVALID', 'force'],
    ['a mode that is none', { connection: 'erp', reason: 'x', mode: 'replay' }, 400, 'REQUEST_INVALID', 'body.mode'],
  ])('are not asked for with %s', async (_title, body, status, code, words) => {
    const { ask, key, rows } = await setupHttp();
    const answer = await ask('POST', '/v1/resync', { key: await key('operations'), body });
    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(answer.body.error.message).toContain(words);
    expect(await rows('select 1 from runs')).toEqual([]);
  });
});

describe('told to stop', () => {
  it('it answers what has been asked, and takes nothing new', async () => {
    const setup = await setupHttp();
    const secret = await setup.key('watch', ['runs:read']);
    const { letGo, awaited } = await hold(setup, 'runs');
    const answering = setup.ask('GET', '/v1/runs', { key: secret });
    await awaited();
    const stopping = setup.server.stop();
    await waitFor(() =>
      setup.ask('GET', '/v1/health').then(
        () => false,
        () => true,
      ),
    );
    await letGo();
    expect(await answering).toMatchObject({ status: 200, body: { runs: [] } });
    expect(await stopping).toBe('drained');
  });

  it('it cuts off what is not answered in time', async () => {
    const setup = await setupHttp();
    const secret = await setup.key('watch', ['runs:read']);
    const { letGo, awaited } = await hold(setup, 'runs');
    const answering = setup.ask('GET', '/v1/runs', { key: secret });
    const cutOff = expect(answering).rejects.toThrow();
    await awaited();
    expect(await setup.server.stop()).toBe('deadline');
    await cutOff;
    await letGo();
  });
});

describe('kontor serve', () => {
  it('serves until it is told to stop, and says so in its log', async () => {
    const { url, key } = await setupHttp();
    const secret = await key('watch', ['runs:read']);
    const cwd = await makeFolder({ 'kontor.yaml': 'http: { port: 0, publicUrl: "https://kontor.example" }\n' });
    const serving = startKontor(['serve'], { cwd, env: { DATABASE_URL: url } });
    const lines = () => serving.stdout().split('\n').filter(Boolean).map((line) => JSON.parse(line)); // biome-ignore format: one chain
    await waitFor(() => lines().some(({ msg }) => msg === 'serving'));
    const { url: address } = lines().find(({ msg }) => msg === 'serving');
    expect(await ask(`${address}/v1/runs`, 'GET', { key: secret })).toMatchObject({ status: 200, body: { runs: [] } });
    expect(await ask(`${address}/v1/ready`, 'GET')).toMatchObject({ status: 200 });
    serving.kill('SIGTERM');
    expect(await serving.ended).toMatchObject({ code: 0, stderr: '' });
    expect(lines().at(-1)).toMatchObject({ msg: 'stopped', outcome: 'drained' });
  });

  it('says which address it cannot have', async () => {
    const { url, server } = await setupHttp();
    const { port } = new URL(server.url);
    const place = { cwd: await makeFolder(), env: { DATABASE_URL: url, KONTOR_HTTP_PORT: port } };
    expect(await kontor(['serve'], place)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`127.0.0.1:${port} is taken by another program; set http.host and http.port`),
    });
  });
});
