import { once } from 'node:events';
import { createServer } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Border } from '../../src/connector/http/border.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import type { HttpRequest } from '../../src/connector/http/types.ts';
import { waitFor } from '../support/wait.ts';
import { type HttpOptions, openHttp } from './open-http.ts';
import { http, type RawRequest, type RawServer, startRawServer } from './raw-server.ts';

const open: RawServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function setup(answer: (request: RawRequest) => void, options: HttpOptions = {}) {
  const server = await startRawServer(answer);
  open.push(server);
  const line = openHttp(server.url, options);
  const fail = (request: HttpRequest) =>
    line.send(request).then(
      () => Promise.reject(new Error('it did not fail')),
      (error: unknown) => error,
    );
  return { ...server, send: line.send, fail };
}

const GET: HttpRequest = { path: 'rows' };
const POST: HttpRequest = { method: 'POST', path: 'orders', json: { reference: 'R-1' } };
const ROWS = JSON.stringify({ rows: Array.from({ length: 50 }, (_, turn) => ({ id: turn, name: 'Müller' })) });
const GOOD = http(200, ROWS);

describe('a connection that breaks', () => {
  /** Good once on every connection; the next request finds it closed without a byte. */
  const goodOnce = ({ socket, turn }: RawRequest) => (turn === 1 ? socket.write(GOOD) : socket.resetAndDestroy());

  it('between two reads is opened again and nobody notices', async () => {
    const { send, requests, connections } = await setup(goodOnce);
    await send(GET);
    expect((await send(GET)).json).toEqual(JSON.parse(ROWS));
    expect([requests.length, connections()]).toEqual([3, 2]);
  });

  it('under a write on a kept connection leaves the outcome unknown, and the write is not sent again', async () => {
    const { send, fail, requests } = await setup(goodOnce);
    await send(GET);
    expect(await fail(POST)).toMatchObject({ code: 'ERP_OUTCOME_UNKNOWN' });
    expect(requests.filter((text) => text.startsWith('POST'))).toHaveLength(1);
  });

  it('is never made: nothing was written, and that is certain', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    closed.close();
    const line = openHttp(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    await expect(line.send(POST)).rejects.toMatchObject({ code: 'ERP_UNREACHABLE', message: expect.stringContaining('ECONNREFUSED') });
  });
});

it('a request that is stopped right before it leaves is not sent, and that is certain', async () => {
  const control = new AbortController();
  const { gates, vault } = memoryBorder();
  const stopping: Border = {
    vault,
    gates: {
      async enter(...asked) {
        const pass = await gates.enter(...asked);
        control.abort();
        return pass;
      },
    },
  };
  const { url, fail, requests } = await setup(({ socket }) => socket.write(GOOD), { border: stopping, signal: control.signal });
  expect(await fail(POST)).toMatchObject({ code: 'SHUTTING_DOWN' });
  // Whatever had left before this one would be there by now.
  await openHttp(url).send(GET);
  expect(requests.map((text) => text.split(' ')[0])).toEqual(['GET']);
});

describe('an answer that is not whole', () => {
  const half = GOOD.subarray(0, GOOD.length - 40);
  const chunked = (body: string) => http(200, body, { 'transfer-encoding': 'chunked' });
  const packed = gzipSync(ROWS);
  const broken: Array<[string, (socket: RawRequest['socket']) => void]> = [
    ['ends before its content-length', (socket) => socket.end(half)],
    ['is reset in the middle', (socket) => socket.write(half, () => socket.resetAndDestroy())],
    ['has a last chunk without an end', (socket) => socket.end(chunked('5\r\n{"row\r\n'))],
    ['has a chunk that is no chunk', (socket) => socket.end(chunked('zz\r\n{"rows":1}\r\n'))],
    ['is half a gzip, of the right length', (socket) => socket.end(http(200, packed.subarray(0, 60), { 'content-encoding': 'gzip' }))],
    [
      'is half a gzip until the connection ends',
      (socket) => socket.end(http(200, packed.subarray(0, 60), { 'content-encoding': 'gzip', connection: 'close' })),
    ],
    ['is half a document until the connection ends', (socket) => socket.end(http(200, ROWS.slice(0, 99), { connection: 'close' }))],
    ['is packed in a way nobody asked for', (socket) => socket.end(http(200, packed, { 'content-encoding': 'zstd' }))],
    ['is empty', (socket) => socket.end(http(200))],
    ['is a login page', (socket) => socket.end(http(200, '<html>Log in</html>', { 'content-type': 'text/html' }))],
    ['ends before it began', (socket) => socket.end()],
    ['is no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  ];

  it.each(broken)('%s: a read is tried again', async (_, breakIt) => {
    let broke = false;
    const { send } = await setup(({ socket }) => {
      if (broke) socket.write(GOOD);
      else breakIt(socket);
      broke = true;
    });
    expect((await send(GET)).json).toEqual(JSON.parse(ROWS));
  });

  it.each(broken.filter(([name]) => name !== 'is empty'))(
    '%s: nobody knows whether a write was carried out, and it is sent once',
    async (_, breakIt) => {
      const { fail, requests } = await setup(({ socket }) => breakIt(socket));
      expect(await fail(POST)).toMatchObject({ code: 'ERP_OUTCOME_UNKNOWN' });
      expect(requests).toHaveLength(1);
    },
  );

  it.each([
    ['says nothing', () => undefined],
    ['drips for ever', ({ socket }: RawRequest) => drip(socket)],
  ])('%s: the deadline holds for the last byte too', async (_, answer) => {
    const { fail, requests } = await setup(answer, { transport: { timeoutMs: 300 } });
    expect(await fail(POST)).toMatchObject({ code: 'ERP_OUTCOME_UNKNOWN', message: expect.stringContaining('0.3 s') });
    expect(requests).toHaveLength(1);
  });

  it('ends with the signal, as stopping and not as a failure of the system', async () => {
    const stop = new AbortController();
    const { fail, requests } = await setup(() => undefined, { signal: stop.signal });
    const failed = fail(GET);
    await waitFor(() => requests.length === 1);
    stop.abort();
    expect(await failed).toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});

function drip(socket: RawRequest['socket']): void {
  socket.write(http(200, '', { 'content-length': '1000000' }));
  const timer = setInterval(() => socket.write(' '), 20);
  socket.on('close', () => clearInterval(timer));
}

describe('an answer', () => {
  it.each([
    ['gzip', gzipSync(ROWS)],
    ['deflate', deflateSync(ROWS)],
    ['deflate', deflateRawSync(ROWS)],
    ['br', brotliCompressSync(ROWS)],
  ])('packed as %s is unpacked', async (encoding, body) => {
    const { send } = await setup(({ socket }) => socket.write(http(200, body, { 'content-encoding': encoding })));
    expect((await send(GET)).json).toEqual(JSON.parse(ROWS));
  });

  it.each([
    ['long', http(200, `"${'x'.repeat(20_000)}"`)],
    ['long, without saying so', http(200, `"${'x'.repeat(20_000)}"`, { connection: 'close' })],
    ['a bomb', http(200, gzipSync(`"${'x'.repeat(5_000_000)}"`), { 'content-encoding': 'gzip' })],
  ])('that is too long (%s) is refused, once', async (_, bytes) => {
    const { fail, requests } = await setup(({ socket }) => socket.end(bytes), { transport: { maxAnswerBytes: 10_000 } });
    expect(await fail(GET)).toMatchObject({ code: 'SOURCE_TOO_LARGE', message: expect.stringContaining('maxAnswerMb') });
    expect(requests).toHaveLength(1);
    expect(await fail(POST)).toMatchObject({ code: 'ERP_OUTCOME_UNKNOWN' });
  });

  it('may begin with a byte order mark, and be in the letters it names', async () => {
    const bodies = [
      http(200, `\ufeff${ROWS}`),
      http(200, Buffer.from('"M\xfcller"', 'latin1'), { 'content-type': 'application/json; charset=ISO-8859-1' }),
    ];
    const { send } = await setup(({ socket }) => socket.write(bodies.shift() ?? GOOD));
    expect((await send(GET)).json).toEqual(JSON.parse(ROWS));
    expect((await send(GET)).json).toBe('Müller');
  });

  it('that points elsewhere is not followed but explained, without the query', async () => {
    const { fail, requests } = await setup(({ socket }) =>
      socket.write(http(302, '', { location: 'https://sso.example.com/in?ticket=abc' })),
    );
    const error = await fail(GET);
    expect(error).toMatchObject({ code: 'ERP_REFUSED', message: expect.stringContaining('https://sso.example.com/in;') });
    expect(requests).toHaveLength(1);
  });

  it('of a write may be empty', async () => {
    const { send } = await setup(({ socket }) => socket.write(http(200)));
    expect(await send(POST)).toMatchObject({ verdict: 'ok', json: undefined });
  });
});

describe('being told to come later', () => {
  it('is waited for when it is soon, for writes too: nothing was carried out', async () => {
    const answers = [http(429, '', { 'retry-after': '0' }), http(201, '{"id":1}')];
    const { send, requests } = await setup(({ socket }) => socket.write(answers.shift() ?? GOOD));
    expect((await send(POST)).status).toBe(201);
    expect(requests).toHaveLength(2);
  });

  it("is the queue's to wait for when it is late, and nothing more is sent until then", async () => {
    const { fail, requests } = await setup(({ socket }) => socket.write(http(429, '', { 'retry-after': '120' })));
    expect(await fail(GET)).toMatchObject({ code: 'ERP_RATE_LIMITED', retryAfterMs: 120_000 });
    expect(await fail(GET)).toMatchObject({ code: 'ERP_RATE_LIMITED' });
    expect(requests).toHaveLength(1);
  });

  it('by a system that is away (503 with Retry-After) is obeyed as well', async () => {
    const { fail, requests } = await setup(({ socket }) => socket.write(http(503, '', { 'retry-after': '120' })));
    expect(await fail(GET)).toMatchObject({ code: 'ERP_UNREACHABLE', retryAfterMs: 120_000 });
    expect(await fail(GET)).toMatchObject({ code: 'ERP_UNREACHABLE', message: expect.stringContaining('120 s') });
    expect(requests).toHaveLength(1);
  });

  it('in an odd way is understood by the table of the system', async () => {
    const rule = {
      status: 403,
      matches: ({ text }: { text: string }) => text.includes('LIMIT'),
      verdict: 'limited',
      retryAfterMs: () => 0,
    } as const;
    const answers = [http(403, '"REQUEST_LIMIT_EXCEEDED"'), GOOD];
    const { send, requests } = await setup(({ socket }) => socket.write(answers.shift() ?? GOOD), { profile: { verdicts: [rule] } });
    await send(GET);
    expect(requests).toHaveLength(2);
  });
});

describe('a request', () => {
  it('keeps its connection for the next', async () => {
    const { send, connections } = await setup(({ socket }) => socket.write(GOOD));
    for (let turn = 0; turn < 5; turn += 1) await send(GET);
    expect(connections()).toBe(1);
  });

  it.each(['a\r\nX-Admin: yes', 'a\nb', 'schlüssel→'])('with %j in a header is not sent, and the value is not repeated', async (value) => {
    const { fail, requests } = await setup(() => undefined, { profile: { login: { kind: 'header', name: 'X-Api-Key', value } } });
    const error = await fail(POST);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/x-api-key/) });
    expect(everythingIn(error)).not.toContain(value);
    expect(requests).toEqual([]);
  });

  it.each(['../admin', 'items/%2e%2e/%2E%2E/x', 'items/../../x'])('for %s does not leave the base address', async (path) => {
    const server = await startRawServer(({ socket }) => socket.write(GOOD));
    open.push(server);
    await expect(openHttp(`${server.url}/api`).send({ path })).rejects.toMatchObject({ code: 'ERP_REFUSED' });
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['a#b', '/api/a%23b'],
    ['//evil.example.com/x', '/api/evil.example.com/x'],
    ['\\\\evil.example.com/x', '/api///evil.example.com/x'],
    ['@evil.example.com/x', '/api/@evil.example.com/x'],
    ['https://evil.example.com:8443/api/next?after=2', '/api/next?after=2'],
    ['http://ann:pw@evil.example.com/api/next', '/api/next'],
  ])('for %s goes to the system itself', async (path, seen) => {
    const server = await startRawServer(({ socket }) => socket.write(GOOD));
    open.push(server);
    const login = { kind: 'basic', user: 'clerk', password: 'pass-word' } as const;
    await openHttp(`${server.url}/api`, { profile: { login } }).send({ path });
    expect(server.requests[0]?.split('\r\n')[0]).toBe(`GET ${seen} HTTP/1.1`);
    expect(server.requests[0]).toContain(Buffer.from('clerk:pass-word').toString('base64'));
  });
});

describe('what a failure shows', () => {
  const login = { kind: 'basic', user: 'clerk', password: 'pass-word' } as const;
  const secret: HttpRequest = {
    method: 'POST',
    path: 'contacts/ann@example.com?q=Dora',
    query: { mail: 'bob@example.com' },
    json: { name: 'Carla' },
  };
  it.each<[string, (request: RawRequest) => void]>([
    ['a broken connection', ({ socket }) => socket.resetAndDestroy()],
    ['half an answer', ({ socket }) => socket.end(GOOD.subarray(0, 150))],
    ['no HTTP', ({ socket }) => socket.end('Carla\r\n')],
    ['an error', ({ socket }) => socket.write(http(500, '{"name":"Carla"}'))],
    ['a refusal', ({ socket }) => socket.write(http(422, '{"name":"Carla"}'))],
    ['a wrong type', ({ socket }) => socket.write(http(200, 'Carla', { 'content-type': 'text/html' }))],
  ])('of %s holds no query, body, secret or person, however deep one looks', async (_, answer) => {
    const { fail } = await setup(answer, { profile: { login } });
    const shown = everythingIn(await fail(secret));
    expect(shown).toContain('contacts/');
    expect(shown).not.toMatch(/ann@|bob@|Dora|Carla|pass-word|Basic|Y2xlcms/);
  });
});

/** Every text that can be reached from a value, with what loggers do not show. */
function everythingIn(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.has(value)) return '';
  seen.add(value);
  return Reflect.ownKeys(value)
    .map((key) => `${String(key)} ${everythingIn(Reflect.get(value, key), seen)}`)
    .join('\n');
}
