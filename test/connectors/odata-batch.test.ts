/** Several reads in one `$batch`: what is sent, and that half an answer is never taken for a whole one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../src/connector/http/types.ts';
import { answersIn, MOST_PARTS } from '../../src/connector/odata/batch.ts';
import { askInBatches, ODATA_VERDICTS, readAllOf, readPage } from '../../src/connector/odata/index.ts';

const TYPE = 'multipart/mixed; boundary=AAD1';

function part(json: unknown, { status = 200, length }: { status?: number; length?: number } = {}): string {
  const body = JSON.stringify(json);
  const inner = `HTTP/1.1 ${status} Said\r\nContent-Type: application/json\r\nContent-Length: ${length ?? Buffer.byteLength(body)}\r\n\r\n${body}`;
  return `--AAD1\r\nContent-Type: application/http\r\nContent-Length: ${Buffer.byteLength(inner)}\r\ncontent-transfer-encoding: binary\r\n\r\n${inner}\r\n`;
}

const document = (...parts: string[]): string => `${parts.join('')}--AAD1--\r\n`;
const read = (text: string, type = TYPE) => answersIn({ headers: { 'content-type': type }, text }, 'S/$batch?sap-client=100');
const UNUSABLE = expect.objectContaining({ name: 'RetryLaterError', code: 'ERP_ANSWER_UNUSABLE' });

describe('the answer to a batch', () => {
  it('gives every part with its status, in order, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), { minLength: 1 }), (bodies) => {
        const text = document(...bodies.map((body) => part({ d: body, odd: '\r\n--AAD1--\r\n' })));
        expect(read(text).map(({ json }) => json)).toEqual(bodies.map((body) => ({ d: body, odd: '\r\n--AAD1--\r\n' })));
      }),
    );
    expect(read(document(part({}, { status: 404 }), part({}))).map(({ status }) => status)).toEqual([404, 200]);
  });

  it('may have bare line ends, a preamble, a quoted boundary, and parts without a body', () => {
    const bare = `hello\n--a b\nContent-Type: application/http\n\nHTTP/1.1 204 No Content\nDataServiceVersion: 2.0\n--a b\nContent-Type: application/http\n\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n{"d":1}\n--a b--`;
    expect(read(bare, 'multipart/mixed;charset=utf-8;boundary="a b"')).toMatchObject([
      { status: 204, text: '', json: undefined, headers: { dataserviceversion: '2.0' } },
      { status: 200, json: { d: 1 } },
    ]);
  });

  it('counts lengths in bytes, and empty lines behind a body as nothing', () => {
    const body = JSON.stringify({ name: 'Käthe 😀' });
    const padded = part({ name: 'Käthe 😀' }).replace(body, `${body}\r\n\r\n`);
    expect(read(document(part({ name: 'Käthe 😀' }), padded)).map(({ text }) => text)).toEqual([body, body]);
  });

  it('that was cut anywhere is none', () => {
    const whole = document(part({ d: { results: [{ A: 'ä' }] } }), part({ d: { results: [] } }));
    const end = whole.lastIndexOf('--AAD1--') + '--AAD1--'.length;
    for (let length = 0; length < end; length += 1) expect(() => read(whole.slice(0, length)), whole.slice(0, length)).toThrow(UNUSABLE);
    expect(read(whole.slice(0, end))).toHaveLength(2);
  });

  it.each([
    ['another boundary', document(part({})), 'multipart/mixed; boundary=BBB'],
    ['a boundary that only begins alike', document(part({})), 'multipart/mixed; boundary=AAD'],
    ['no boundary', document(part({})), 'multipart/mixed'],
    ['another type', '<html>log in</html>', 'text/html'],
    ['a body that is too short', document(part({ d: 1 }, { length: 99 })), TYPE],
    ['a body that is too long', document(part({ d: 1 }, { length: 3 })), TYPE],
    ['a length counted in characters', document(part({ d: 'ä' }, { length: 9 })), TYPE],
    ['a length that is none', document(part({ d: 1 }).replace('Content-Length: 7\r', 'Content-Length: x\r')), TYPE],
    ['a part that is no HTTP', document(part({}).replace('application/http', 'text/plain')), TYPE],
    ['a part without a status', document(part({}).replace('HTTP/1.1 200', 'HTTP/1.1 good')), TYPE],
    ['a header that is none', document(part({}).replace('Content-Type: application/json', 'what is this')), TYPE],
    ['an answer to changes', document(part({}).replace('application/http', 'multipart/mixed; boundary=c')), TYPE],
    ['nothing at all', '', TYPE],
  ])('with %s is none', (_, text, type) => {
    expect(() => read(text, type)).toThrow(UNUSABLE);
    expect(() => read(text, type)).toThrow(/^S\/\$batch: /);
  });
});

/** A service whose batches are answered part by part; `single` is what it says to one request alone. */
function serviceOf(single: (path: string) => unknown, inBatch: (path: string) => string = (path) => part(single(path))) {
  const requests: HttpRequest[] = [];
  const http = {
    async send(request: HttpRequest): Promise<HttpAnswer> {
      requests.push(request);
      const answer = { status: 200, headers: {}, text: '', serverAt: null, verdict: 'ok' as const };
      if (request.method !== 'POST') return { ...answer, json: single(request.path) };
      const asked = [...(request.body ?? '').matchAll(/^GET (\S+) HTTP\/1\.1\r$/gm)].map(([, path = '']) => path);
      return { ...answer, headers: { 'content-type': TYPE }, json: undefined, text: document(...asked.map(inBatch)) };
    },
  };
  const ask = askInBatches(http, {
    root: 'sap/S',
    path: 'sap/S/$batch?sap-client=100',
    verdicts: ODATA_VERDICTS,
    now: () => new Date(0),
  });
  return { http, requests, ask };
}

const fails = (): never => {
  throw new Error('as alone');
};

describe('reads in a batch', () => {
  it('go as one request, relative to their service, with escaped addresses', async () => {
    const { ask, requests } = serviceOf((path) => ({ path }));
    const link = "http://localhost:8000/sap/opu/sap/S/Set('1')/to_B?$skiptoken=a b\r\nX: y";
    expect(await ask(["sap/S/Set?$filter=A%20eq%20'x'&sap-client=100", link])).toEqual([
      { path: 'Set?$filter=A%20eq%20%27x%27&sap-client=100' },
      { path: "Set('1')/to_B?$skiptoken=a%20bX:%20y" },
    ]);
    expect(requests).toMatchObject([
      { method: 'POST', effect: 'read', path: 'sap/S/$batch?sap-client=100', headers: { prefer: 'odata.continue-on-error' } },
    ]);
    expect(requests[0]?.body).toMatch(/^--kontor-batch\r\n(?:.+\r\n|\r\n)*--kontor-batch--\r\n$/);
  });

  it('go one by one when there is one only, or when one is of another service', async () => {
    const { ask, requests } = serviceOf((path) => ({ path }));
    await ask(['sap/S/Set']);
    await ask(['sap/S/Set', 'sap/T/Set']);
    expect(requests.map(({ method, path }) => [method, path])).toEqual(
      ['sap/S/Set', 'sap/S/Set', 'sap/T/Set'].map((path) => [undefined, path]),
    );
  });

  it('are spread over several batches when they are many', async () => {
    const { ask, requests } = serviceOf((path) => path);
    const sets = Array.from({ length: 2 * MOST_PARTS + 1 }, (_, place) => `Set${place}`);
    expect(await ask(sets.map((set) => `sap/S/${set}`))).toEqual(sets);
    expect(requests.map(({ body = '' }) => body.split('GET ').length - 1)).toEqual([MOST_PARTS, MOST_PARTS, 1]);
  });

  it.each([
    ['was refused', part({ error: { code: 'x', message: 'no' } }, { status: 403 })],
    ['was begun as good and then failed', part({ error: { code: 'x', message: 'no' } })],
    ['is a page of something in between', part('x').replace('application/json', 'text/html')],
    ['is no JSON', part('x').replace('"x"', '{"d')],
  ])('of which one %s: that one is asked for alone, and what that comes to counts', async (_, bad) => {
    const good = serviceOf(
      (path) => ({ path }),
      (path) => (path === 'B' ? bad : part({ path })),
    );
    expect(await good.ask(['sap/S/A', 'sap/S/B', 'sap/S/C'])).toEqual([{ path: 'A' }, { path: 'sap/S/B' }, { path: 'C' }]);
    expect(good.requests.map(({ path }) => path)).toEqual(['sap/S/$batch?sap-client=100', 'sap/S/B']);
    const failing = serviceOf(fails, (path) => (path === 'B' ? bad : part({ path })));
    await expect(failing.ask(['sap/S/A', 'sap/S/B']).then(() => 'good')).rejects.toThrow('as alone');
  });

  it.each([
    ['fewer', (path: string) => (path === 'A' ? part({ path }) : '')],
    ['more', (path: string) => part({ path }) + part({ path })],
  ])('whose answer has %s parts than were asked for cannot be used', async (_, inBatch) => {
    const { ask } = serviceOf((path) => ({ path }), inBatch);
    await expect(ask(['sap/S/A', 'sap/S/B'])).rejects.toMatchObject({ code: 'ERP_ANSWER_UNUSABLE' });
  });

  it('that stopped at the first failure say what failed', async () => {
    const stopped = (path: string) => (path === 'A' ? part({ error: { code: 'x', message: 'no' } }, { status: 400 }) : '');
    const { ask } = serviceOf(fails, stopped);
    await expect(ask(['sap/S/A', 'sap/S/B'])).rejects.toThrow('as alone');
  });

  it('follow the pages of several sets together, and what was cut out of their rows', async () => {
    const pages: Record<string, unknown> = {
      'sap/S/A': { d: { results: [{ N: 1, to_B: { results: [], __next: 'http://h/sap/S/B?t=1' } }], __next: 'http://h/sap/S/A?t=1' } },
      'sap/S/C': { d: { results: [{ N: 3, to_B: { results: [{ M: 1 }], __next: 'http://h/sap/S/B?t=2' } }] } },
      'A?t=1': { d: { results: [{ N: 2 }] } },
      'B?t=1': { d: { results: [{ M: 2 }] } },
      'B?t=2': { d: { results: [{ M: 3 }] } },
    };
    const pageAt = (path: string) => pages[path] ?? pages[`sap/S/${path}`] ?? pages[path.replace('http://h/sap/S/', '')];
    const { http, ask, requests } = serviceOf(pageAt);
    expect(await readAllOf(ask, ['sap/S/A', 'sap/S/C'])).toEqual([
      { N: 1, to_B: [{ M: 2 }] },
      { N: 2 },
      { N: 3, to_B: [{ M: 1 }, { M: 3 }] },
    ]);
    const { rows } = await readPage(http, 'sap/S/C', {}, ask);
    expect(rows).toEqual([{ N: 3, to_B: [{ M: 1 }, { M: 3 }] }]);
    expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});
