import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../src/cli/csv.ts';
import { drawPut } from '../../src/cli/draw-budgets.ts';
import { drawHandoffs } from '../../src/cli/draw-handoffs.ts';
import { sayExpected } from '../../src/cli/draw-order.ts';
import { countOf, formatDecimal, formatMoney, formatPrice } from '../../src/cli/format.ts';
import { drawTable } from '../../src/cli/table.ts';
import { plain, widthOf } from '../../src/cli/terminal.ts';
import { sayDuration } from '../../src/domain/budgets/duration.ts';
import { sayPeriodRule } from '../../src/domain/budgets/period-rule.ts';

const paint = pc.createColors(false);
const columns = [
  { title: 'number', least: 6 },
  { title: 'name', least: 8 },
  { title: 'read', align: 'right' as const },
];
const rows = [
  ['A-1', 'Hansa Kontor für Seehandel', '12'],
  ['A-2', '東京商事', '3,000'],
];

describe('tables', () => {
  it('align what is seen, wide characters included', () => {
    expect(drawTable(columns, rows, { isTTY: false, width: Number.POSITIVE_INFINITY, paint })).toEqual([
      'number  name                         read',
      'A-1     Hansa Kontor für Seehandel     12',
      'A-2     東京商事                    3,000',
    ]);
  });

  it('are cut to the terminal, and become blocks where even that does not fit', () => {
    const cut = drawTable(columns, rows, { isTTY: true, width: 30, paint });
    expect(cut.map(widthOf).every((width) => width <= 30)).toBe(true);
    expect(cut[1]).toContain('Hansa Kontor f…');
    expect(drawTable(columns, rows, { isTTY: true, width: 20, paint }).slice(0, 3)).toEqual([
      'number: A-1',
      'name: Hansa Kontor für Seehandel',
      'read: 12',
    ]);
  });
});

describe('foreign text', () => {
  it.each([
    ['\u001b[2Jgone', '�[2Jgone'],
    ['two\r\nlines', 'two lines'],
    ['left\u202eright', 'left�right'],
    [null, ''],
  ])('cannot move the cursor or turn the line around: %j', (given, shown) => {
    expect(plain(given)).toBe(shown);
  });
});

describe('exported cells', () => {
  it.each([
    ['=cmd|/c calc', `"'=cmd|/c calc"`],
    ['+49 40 123', `"'+49 40 123"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1+1', `"'\t=1+1"`],
    [' =1+1', `"' =1+1"`],
    ['＝1+1', `"'＝1+1"`],
    ['007', '007'],
    ['a "b", c', '"a ""b"", c"'],
    ['two\nlines', '"two\nlines"'],
  ])('stay texts: %j', (given, cell) => {
    expect(csvLine([given])).toBe(`${cell}\r\n`);
  });

  it('leave our own numbers numbers', () => {
    expect(csvLine([-5, null, undefined, 7])).toBe('-5,,,7\r\n');
  });
});

describe('counts', () => {
  it('tell one as one, and everything else as several', () => {
    expect([0, 1, 12_345].map((count) => countOf(count, 'order'))).toEqual(['0 orders', '1 order', '12,345 orders']);
    expect([...drawPut({ created: ['A'], changed: [], unchanged: [] })]).toEqual(['1 budget is new, 0 changed, 0 unchanged']);
    expect([...drawPut({ created: [], changed: ['A'], unchanged: [] })]).toEqual(['0 budgets are new, 1 changed, 0 unchanged']);
    expect([sayDuration({ days: 1 }), sayDuration({ businessDays: 5 })]).toEqual(['1 day', '5 business days']);
    const period = { key: 'P1', startOn: '2026-01-01', endOn: '2026-02-01' };
    expect(sayPeriodRule({ kind: 'list', periods: [period] })).toBe('1 listed period');
    expect(sayExpected({ at: new Date(0), basis: 'history', decisions: 1 })).toContain('as 1 decision before it was');
  });
});

describe('money', () => {
  it.each([
    [4850000, 'EUR', /48[.,]500[.,]00/],
    ['-5', 'EUR', /-.*0[.,]05/],
    ['1500', 'JPY', /1[.,]500$|1[.,]500\b/],
    ['1234', 'KWD', /1[.,]234/],
    ['9007199254740993', 'EUR', /90[.,]071[.,]992[.,]547[.,]409[.,]93/],
  ])('shows %s %s exactly', (minor, currency, shown) => {
    expect(formatMoney(minor, currency)).toMatch(shown);
    expect(formatMoney(minor, currency)).toContain(currency);
  });

  it('without a currency says so', () => {
    expect(formatMoney('100', null)).toBe('100 (minor units, currency unknown)');
  });
});

describe('decimals', () => {
  it.each([
    ['1234567.0125', undefined, '1,234,567.0125'],
    ['-0.5', undefined, '-0.5'],
    ['12345678901234567890.123', undefined, '12,345,678,901,234,567,890.123'],
    ['0.10000000000000000001', 'EUR', 'EUR 0.10000000000000000001'],
    ['0.100000000000000000001', 'EUR', 'EUR 0.100000000000000000001'],
    ['7.5', 'EUR', 'EUR 7.50'],
    ['7.5', 'JPY', 'JPY 7.5'],
    [null, 'EUR', ''],
  ])('shows %s %s exactly', (text, currency, shown) => {
    expect(formatDecimal(text, currency)).toBe(shown);
  });

  it('says how many units a price is for where it is not one', () => {
    const price = { unitPrice: '3.75', currency: 'EUR' };
    expect(formatPrice({ ...price, perQuantity: '100', unit: 'PCE' })).toBe('EUR 3.75 per 100 PCE');
    expect(formatPrice({ ...price, perQuantity: '1', unit: 'PCE' })).toBe('EUR 3.75 per PCE');
    expect(formatPrice({ ...price, perQuantity: '1', unit: null })).toBe('EUR 3.75');
  });
});

it('says of a hand-off that has nowhere to go why it waits', () => {
  const waiting = { id: '7', orderId: '7', externalKey: 'KO-7', account: 'Hansa', kind: 'create', state: 'pending' } as const;
  const item = {
    ...waiting,
    connection: null,
    code: null,
    reason: null,
    attempts: 0,
    erpNumber: null,
    createdAt: new Date(0),
    notBefore: null,
  };
  const drawn = drawHandoffs(
    { handoffs: [item, { ...item, connection: 'erp' }], next: null, counts: { pending: 2 } },
    { isTTY: false, width: Number.POSITIVE_INFINITY, paint },
  );
  const [, first, second] = [...drawn];
  expect(first).toMatch(/ kontor\.yaml names no connection that orders go to$/);
  expect(second).not.toContain('no connection');
});
