/** Details of the generic REST connector: declarations that cannot be right, odd answers, records that move from page to page. */
import { afterEach, describe, expect, it } from 'vitest';
import { rest } from '../../connectors/rest/index.ts';
import { linkIn, nextLink } from '../../connectors/rest/links.ts';
import { nextPlace, requestFor } from '../../connectors/rest/paging.ts';
import { readOptions } from '../../connectors/rest/read-options.ts';
import { wordsOf } from '../../connectors/rest/verdicts.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { openSession } from '../../src/connector/open-session.ts';
import { grainOf, readStamp, stampFormatFault, writeStamp, zoneSlackOf } from '../../src/connector/stamp-format.ts';
import type { SimAnswer, SimRequest } from '../simulator/dialect.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { World } from '../simulator/world.ts';

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

type Answering = (query: URLSearchParams, request: SimRequest) => SimAnswer;

/** Reads to the end from a system that answers like this; pages as lists of ids. */
async function read(answering: Answering, options: Record<string, unknown>) {
  simulator = await startSimulator(
    {
      name: 'rest',
      isWrite: () => false,
      handle: (request) => answering(request.query, request),
      errorInside: () => ({ status: 200, json: {} }),
      expireSessions: () => undefined,
      settings: (url) => ({ url, pageSize: 4, query: { tenant: 'A&B' } }),
    },
    { world: new World() },
  );
  const config = rest.config.parse(simulator.settings);
  const request = { connection: 'unknown', config, baseFolder: '.', signal: new AbortController().signal, now: () => new Date(0) };
  const session = openSession(rest, request, memoryBorder());
  const source = rest.sources.account;
  const pages: unknown[][] = [];
  for await (const { records } of source?.read(session, readOptions.parse({ path: 'rows', id: 'id', ...options }), null) ?? [])
    pages.push((records as { id: unknown }[]).map(({ id }) => id));
  return pages;
}

const rowsOf = (ids: readonly number[]) => ({ status: 200, json: ids.map((id) => ({ id })) });
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

describe('records that move to a page read before', () => {
  const without = (gone: readonly number[], ids: number[]) => ids.filter((id) => !gone.includes(id));

  it.each([[[1, 2]], [[8]], [[4, 5, 6, 7, 8]], [[1, 2, 3, 4, 5, 6, 7, 8]]])(
    'are found by their position although %j went',
    async (gone) => {
      let asked = 0;
      const pages = await read(
        (query) => {
          const start = Number(query.get('start'));
          asked += 1;
          const rows = asked > 2 ? without(gone, numbers(20)) : numbers(20);
          return rowsOf(rows.slice(start, start + 4));
        },
        { paging: { by: 'offset', param: 'start', size: 'rows' } },
      );
      expect(pages.flat()).toEqual(expect.arrayContaining(without(gone, numbers(20))));
    },
  );

  it.each([[[1, 2]], [[8]], [[4, 5, 6, 7, 8]], [[1, 2, 3, 4, 5, 6, 7, 8]]])(
    'are found by the number of their page although %j went',
    async (gone) => {
      let asked = 0;
      const pages = await read(
        (query) => {
          const page = Number(query.get('page'));
          asked += 1;
          const rows = asked > 3 ? without(gone, numbers(20)) : numbers(20);
          return rowsOf(rows.slice(page * 4, page * 4 + 4));
        },
        { paging: { by: 'page', param: 'page', first: 0, size: 'size' } },
      );
      expect(pages.flat()).toEqual(expect.arrayContaining(without(gone, numbers(20))));
    },
  );
});

describe('a declaration that cannot be right', () => {
  it.each([
    [{ by: 'page', param: 'p' }, 'however often `p` is moved on'],
    [{ by: 'offset', param: 'o' }, 'however often `o` is moved on'],
    [{ by: 'keyset', param: 'after' }, 'however often `after` is moved on'],
  ])('never reads for ever: %j', async (paging, words) => {
    await expect(read(() => rowsOf([1, 2, 3]), { paging })).rejects.toMatchObject({
      code: 'ERP_ANSWER_UNUSABLE',
      message: expect.stringContaining(words),
    });
  });

  it('is named where the list is missing, and where a token is none', async () => {
    await expect(read(() => ({ status: 200, json: { items: [] } }), { paging: { by: 'none' }, records: 'data' })).rejects.toThrow(
      'no list at "data"',
    );
    await simulator?.close();
    const answer = { status: 200, json: { data: [{ id: 1 }], next: { a: 1 } } };
    await expect(read(() => answer, { records: 'data', paging: { by: 'cursor', at: 'next', param: 'c' } })).rejects.toThrow(
      'than a token at "next"',
    );
  });

  it.each([
    [{ paging: { by: 'keyset', param: 'a' }, id: ['a', 'b'] }, 'id of one part'],
    [{ paging: { by: 'none' }, changed: { param: 'a', field: 'b', format: 'soon' } }, 'must be iso'],
    [{ paging: { by: 'none' }, changed: { param: 'a', field: 'b', zone: '+01:00' } }, 'must be a zone'],
    [{ paging: { by: 'none' }, changed: { param: 'a', field: 'b', value: 'ge' } }, '{since}'],
  ])('is refused before any call: %j', (options, words) => {
    const result = readOptions.safeParse({ path: 'rows', id: 'id', ...options });
    expect(result.error?.issues.map(({ message }) => message).join()).toContain(words);
  });

  it.each([
    [{ user: 'a' }, 'user and password belong together'],
    [{ user: 'a', password: 'b', apiKey: { value: 'c' } }, 'exclude each other'],
  ])('takes one way to log in: %j', (login, message) => {
    const result = rest.config.safeParse({ url: 'https://example.com', ...login });
    expect(result.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });
});

describe('answers', () => {
  it('may say "nothing" by 204, and each request carries the declared parameters', async () => {
    const tenants: unknown[] = [];
    const pages = await read(
      (query) => {
        tenants.push(query.get('tenant'));
        return { status: 204 };
      },
      { paging: { by: 'none' }, query: { order: 'id' } },
    );
    expect([pages, tenants]).toEqual([[[]], ['A&B']]);
  });

  it.each([
    ['</x?page=2>; rel="next"', '/x?page=2'],
    ['<https://h/a,b>; rel=prev, <https://h/c>; title="x, y"; rel="last next"', 'https://h/c'],
    ['<https://h/a>; rel="nextish"', undefined],
    [undefined, undefined],
  ])('tell the next page in a header: %s', (header, target) => expect(linkIn(header)).toBe(target));

  it('tell the next page in every form an address has', () => {
    const asked = { path: 'v1/rows', query: { a: 'b c' } };
    const link = (told: unknown) => nextLink('v1/rows', { url: 'https://erp.example.com/api', query: {} }, asked, told)?.link ?? null;
    expect(link('?page=2')).toBe('https://erp.example.com/api/v1/rows?page=2');
    expect(link('/other/rows?page=2')).toBe('https://erp.example.com/other/rows?page=2');
    expect(link('http://inner:8080/api/v1/rows?page=2')).toBe('http://inner:8080/api/v1/rows?page=2');
    expect([link(null), link(''), link(false)]).toEqual([null, null, null]);
    expect(() => link('?a=b+c')).toThrow('names itself');
  });

  it('tell the next page together with a key, which is left out of what is kept and goes with the next request', () => {
    const config = rest.config.parse({ url: 'https://erp.example.com/api', query: { key: 's3cret', v: '2' } });
    const page = { list: [{ id: 1 }], ids: ['1'], answer: { json: { next: '?page=2&key=s3cret' }, headers: {} } } as never;
    const options = readOptions.parse({ path: 'rows', id: 'id', paging: { by: 'link', at: 'next' } });
    const next = nextPlace(options, config, page, null, requestFor(options, config, config.query, null));
    expect(JSON.stringify(next)).not.toContain('s3cret');
    expect(requestFor(options, config, config.query, next)).toEqual({
      path: 'https://erp.example.com/api/rows?page=2',
      query: { key: 's3cret' },
    });
    expect(() => nextPlace(options, config, page, next, requestFor(options, config, config.query, next))).toThrow('names itself');
  });

  it('tell the next page in no other form', () => {
    const link = (told: unknown) => nextLink('v1/rows', { url: 'https://erp.example.com/api', query: {} }, { path: 'v1/rows' }, told);
    expect(() => link(7)).toThrow('something else than an address');
  });

  it.each([
    [{ error: { message: 'No licence' } }, 'No licence'],
    [{ errors: [{ detail: 'Unknown field' }] }, 'Unknown field'],
    [{ title: 'Bad Request', status: 400 }, 'Bad Request'],
    [{ error: 'invalid_scope' }, 'invalid_scope'],
    ['a text', undefined],
    [{ rows: [] }, undefined],
  ])('carry the words of the system where such words stand: %j', (json, words) => expect(wordsOf({ json })).toBe(words));
});

describe('stamps', () => {
  const at = new Date('2026-07-01T06:30:15.750Z');
  it.each([
    ['iso', 'UTC', '2026-07-01T06:30:15.750Z', 1],
    ['iso-seconds', 'UTC', '2026-07-01T06:30:15Z', 1_000],
    ['seconds', 'UTC', '1782887415', 1_000],
    ['milliseconds', 'UTC', '1782887415750', 1],
    ['yyyy-MM-dd HH:mm:ss', 'Europe/Berlin', '2026-07-01 08:30:15', 1_000],
    ['dd.MM.yyyy HH:mm', 'America/New_York', '01.07.2026 02:30', 60_000],
    ['yyyyMMdd', 'UTC', '20260701', 86_400_000],
  ])('%s in %s are written %s, cut to their grain, and read again', (format, zone, text, grain) => {
    expect([writeStamp(at, { format, zone }), grainOf(format), stampFormatFault(format)]).toEqual([text, grain, undefined]);
    expect(readStamp(text, { format, zone })?.getTime()).toBe(Math.floor(at.getTime() / grain) * grain);
  });

  it('understands ISO with an offset beside every pattern, and takes nonsense for none', () => {
    const format = { format: 'dd.MM.yyyy', zone: 'Europe/Berlin' };
    expect(readStamp('2026-07-01T08:30:15.75+02:00', format)).toEqual(at);
    expect(readStamp('2026-07-01 06:30:15.75+00', format)).toEqual(at);
    expect(['', 'soon', null, 5, '0000-00-00', '32.01.2026'].map((value) => readStamp(value, format))).toEqual(Array(6).fill(null));
    expect([readStamp('x', { format: 'seconds', zone: 'UTC' }), readStamp(1e30, { format: 'seconds', zone: 'UTC' })]).toEqual([null, null]);
  });

  it('allows for the hour that comes twice only where civil time is shown', () => {
    const berlin = 'Europe/Berlin';
    expect(['seconds', 'iso', 'yyyy-MM-dd HH:mm:ss'].map((format) => zoneSlackOf({ format, zone: berlin }))).toEqual([0, 0, 3_600_000]);
    expect(zoneSlackOf({ format: 'yyyy-MM-dd HH:mm:ss', zone: 'UTC' })).toBe(0);
  });
});
