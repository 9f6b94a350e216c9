/** What all connectors that speak OData share: literals, filters, addresses, stamps, answers, errors. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Http, HttpRequest } from '../../src/connector/http/types.ts';
import { judge } from '../../src/connector/http/verdicts.ts';
import {
  allOf,
  anyOf,
  behind,
  civilDate,
  compare,
  entityPath,
  isoInstant,
  jsonDate,
  literal,
  msOf,
  nextOf,
  ODATA_VERDICTS,
  odataPath,
  pageOf,
  plainRow,
  readPage,
  secondsOf,
} from '../../src/connector/odata/index.ts';

describe('literals', () => {
  it.each([
    ['string', "O'Neill", "'O''Neill'", "'O''Neill'"],
    ['guid', 'a0000001-0000-4000-8000-00000000002a', "guid'a0000001-0000-4000-8000-00000000002a'", 'a0000001-0000-4000-8000-00000000002a'],
    ['integer', '-5', '-5', '-5'],
    ['decimal', '12.50', '12.50M', '12.50'],
    ['boolean', 'true', 'true', 'true'],
    ['date', '2026-11-10', "datetime'2026-11-10T00:00:00'", '2026-11-10'],
    ['datetime', '2026-11-10T08:09:00', "datetime'2026-11-10T08:09:00'", '2026-11-10T08:09:00Z'],
    ['instant', '2026-11-10T08:09:00.5Z', "datetimeoffset'2026-11-10T08:09:00.5Z'", '2026-11-10T08:09:00.5Z'],
    ['time', '08:09:00', "time'PT08H09M00S'", '08:09:00'],
  ] as const)('%s %s is written as each version wants it', (type, value, v2, v4) => {
    expect([literal(2, type, value), literal(4, type, value)]).toEqual([v2, v4]);
  });

  it('lets no value of another form into a filter', () => {
    expect(() => literal(4, 'integer', "1 or Name ne ''")).toThrow(RangeError);
    expect(() => literal(2, 'date', "2026-11-10' or 1 eq 1")).toThrow(RangeError);
  });

  it('never ends a text early, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const inside = literal(2, 'string', text).slice(1, -1);
        expect(inside.replaceAll("''", '')).not.toContain("'");
        expect(inside.replaceAll("''", "'")).toBe(text);
      }),
    );
  });
});

describe('filters and addresses', () => {
  it('brackets what is joined otherwise, and nothing else', () => {
    const either = anyOf(compare('A', 'gt', '1'), undefined, compare('B', 'eq', "'x and y'"));
    expect(allOf(either, compare('C', 'ne', "''"))).toBe("(A gt 1 or B eq 'x and y') and C ne ''");
    expect(allOf(undefined, compare('B', 'eq', "'x or y'"))).toBe("B eq 'x or y'");
    expect(allOf(undefined)).toBeUndefined();
  });

  it('finds the rows behind a key of several parts', () => {
    const keys = [
      { name: 'A', literal: '1' },
      { name: 'B', literal: '2' },
    ];
    expect(behind(keys)).toBe('A gt 1 or (A eq 1 and B gt 2)');
  });

  it('escapes what an address cannot hold, and writes a blank as %20', () => {
    const path = odataPath(2, 'Set', { filter: "Name eq 'R&D + 50%'", top: 5, count: true, also: { 'sap-client': '100' } });
    expect(path).toBe("Set?$filter=Name%20eq%20'R%26D%20%2B%2050%25'&$top=5&$inlinecount=allpages&sap-client=100");
    expect(odataPath(4, 'Set', { select: ['A', 'B'], count: true })).toBe('Set?$select=A%2CB&$count=true');
    expect(odataPath(4, 'Set')).toBe('Set');
    expect(entityPath('Set', literal(2, 'string', 'a/b'))).toBe("Set('a%2Fb')");
    expect(entityPath('Set', { A: "'x'", B: '2' })).toBe("Set(A='x',B=2)");
  });

  it('follows links of every form', () => {
    expect(nextOf('/v4/S/Set?x=1', 'Set?$skiptoken=2')).toBe('/v4/S/Set?$skiptoken=2');
    expect(nextOf('Set', 'http://localhost:1/Set?$skiptoken=2')).toBe('http://localhost:1/Set?$skiptoken=2');
    expect(nextOf('Set', '/v4/S/Set?$skiptoken=2')).toBe('https://server.invalid/v4/S/Set?$skiptoken=2');
    expect(nextOf('Set', null)).toBeNull();
  });
});

describe('stamps', () => {
  it('reads both versions, with the offset that only tells where a stamp was written', () => {
    expect(isoInstant('/Date(1794268800000)/')).toBe('2026-11-10T00:00:00.000Z');
    expect(isoInstant('/Date(1794268800000+0060)/')).toBe('2026-11-10T00:00:00.000Z');
    expect(isoInstant('2026-11-10T01:00:00+01:00')).toBe('2026-11-10T00:00:00.000Z');
    expect([civilDate('2026-11-10'), civilDate('/Date(1794268800000)/')]).toEqual(['2026-11-10', '2026-11-10']);
    expect([secondsOf('PT08H09M01S'), secondsOf('08:09:01'), secondsOf('PT8H')]).toEqual([29_341, 29_341, 28_800]);
  });

  it('takes everything else for none', () => {
    expect([msOf('0000-00-00'), msOf(''), msOf(null), msOf(12), msOf('soon'), secondsOf('8 o clock')]).toEqual(Array(6).fill(null));
    expect(civilDate('/Date(253402300799000)/')).toBe('9999-12-31');
    expect(civilDate('/Date(99999999999999999)/')).toBeNull();
  });

  it('gives back the date that a body carried', () => {
    expect([civilDate(jsonDate(2, '2026-11-10')), civilDate(jsonDate(4, '2026-11-10'))]).toEqual(['2026-11-10', '2026-11-10']);
  });
});

describe('answers', () => {
  it('reads pages of both versions', () => {
    const v2 = { d: { results: [{ A: 1 }], __count: '12', __next: 'http://h/S?$skiptoken=1' } };
    expect(pageOf(v2, 'S')).toEqual({ rows: [{ A: 1 }], strange: [], size: 1, next: 'http://h/S?$skiptoken=1', count: 12 });
    const v4 = { value: [{ A: 1 }], '@odata.count': 12, '@odata.nextLink': 'S?$skiptoken=1' };
    expect(pageOf(v4, 'S')).toEqual({ rows: [{ A: 1 }], strange: [], size: 1, next: 'S?$skiptoken=1', count: 12 });
    expect(pageOf({ d: [{ A: 1 }] }, 'S').rows).toEqual([{ A: 1 }]);
    expect(pageOf({ value: [null, { A: 1 }, 'x'] }, 'S')).toMatchObject({ rows: [{ A: 1 }], strange: [null, 'x'] });
  });

  it.each([{}, { d: {} }, { value: {} }, [], null, { error: { message: 'x' } }])('takes %j for no page, not for an empty one', (json) => {
    expect(() => pageOf(json, 'S')).toThrow(expect.objectContaining({ code: 'ERP_ANSWER_UNUSABLE' }));
  });

  it('leaves the wrapping behind', () => {
    const row = {
      A: 'x',
      __metadata: { uri: 'u' },
      to_B: { __deferred: { uri: 'u' } },
      to_C: { results: [{ D: 1, __metadata: {} }] },
      to_E: { F: 2 },
    };
    expect(plainRow(row, () => undefined)).toEqual({ A: 'x', to_C: [{ D: 1 }], to_E: { F: 2 } });
    expect(plainRow({ '@odata.etag': 'w', A: 1, B: null }, () => undefined)).toEqual({ A: 1, B: null });
  });

  it('fetches what the server cut out of an expansion, also inside of what it fetched', async () => {
    const pages: Record<string, unknown> = {
      'S?$top=1': { d: { results: [{ to_B: { results: [{ N: 1 }], __next: 'http://h/B?t=1' } }] } },
      'http://h/B?t=1': { d: { results: [{ N: 2, to_C: { results: [], __next: 'http://h/C?t=1' } }], __next: 'http://h/B?t=2' } },
      'http://h/B?t=2': { d: { results: [{ N: 3 }] } },
      'http://h/C?t=1': { d: { results: [{ M: 4 }] } },
    };
    const http: Http = {
      send: async ({ path }: HttpRequest) => ({ status: 200, headers: {}, json: pages[path], text: '', serverAt: null, verdict: 'ok' }),
    };
    const { rows } = await readPage(http, 'S?$top=1');
    expect(rows).toEqual([{ to_B: [{ N: 1 }, { N: 2, to_C: [{ M: 4 }] }, { N: 3 }] }]);
  });
});

describe('errors', () => {
  const answer = (status: number, json: unknown) => ({ status, json, headers: {}, text: '', serverAt: null });
  const v2 = {
    error: {
      code: 'V1/042',
      message: { lang: 'en', value: 'Sold-to party is missing' },
      innererror: { errordetails: [{ message: 'Sold-to party is missing' }, { message: 'Enter one' }] },
    },
  };

  it('carry the words of either version', () => {
    const now = new Date(0);
    expect(judge(answer(400, v2), ODATA_VERDICTS, now)).toMatchObject({
      verdict: 'refused',
      words: 'V1/042 Sold-to party is missing; Enter one',
    });
    expect(judge(answer(404, { error: { code: 'x', message: 'y', details: [{ message: 'z' }] } }), ODATA_VERDICTS, now)).toMatchObject({
      verdict: 'missing',
      words: 'x y; z',
    });
  });

  it('are errors with a good status too', () => {
    expect(judge(answer(200, v2), ODATA_VERDICTS, new Date(0)).verdict).toBe('unavailable');
    expect(judge(answer(200, { value: [] }), ODATA_VERDICTS, new Date(0)).verdict).toBe('ok');
  });
});
