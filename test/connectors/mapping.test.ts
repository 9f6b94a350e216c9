/** How single values become fields: told as tables of what a cell held and what the draft says. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { bindMapping, compileMapping, type Formats, jsonAccess } from '../../src/connector/mapping/index.ts';

const ISO: Formats = { decimal: '.', group: '', date: 'yyyy-MM-dd', zone: 'UTC' };
const GERMAN: Formats = { decimal: ',', group: '.', date: 'dd.MM.yyyy', zone: 'Europe/Berlin' };
const NEEDED: Record<EntityName, Record<string, Json>> = {
  account: { externalId: { value: 'A-1' }, name: { value: 'Nordwind' }, currency: { value: 'EUR' } },
  contact: { externalId: { value: 'P-1' }, name: { value: 'Ada' }, account: { value: 'A-1' } },
  address: { externalId: { value: 'D-1' }, account: { value: 'A-1' }, role: { value: 'bill_to' } },
  price: { externalId: { value: 'K-1' }, product: { value: '4711' }, unitPrice: { value: '1' }, currency: { value: 'EUR' } },
  stock: { externalId: { value: 'S-1' }, site: { value: 'HL' }, product: { value: '4711' } },
  rate: {
    externalId: { value: 'R-1' },
    fromCurrency: { value: 'USD' },
    toCurrency: { value: 'EUR' },
    validOn: { value: '2026-11-23' },
    rate: { value: '0.9' },
  },
  document: { externalId: { value: 'O-1' }, kind: { value: 'order' }, currency: { value: 'EUR' } },
  documentLine: { externalId: { value: 'L-1' }, document: { value: 'O-1' }, currency: { value: 'EUR' } },
};

/** One field mapped from a record; the value, or the reasons why not. */
function read(entity: EntityName, field: string, how: Json, record: unknown, formats = ISO): unknown {
  const compiled = compileMapping(entity, { ...NEEDED[entity], [field]: how }, formats);
  const mapped = bindMapping(compiled, { access: jsonAccess }).toDraft(record);
  if (mapped.problems) return mapped.problems.map(({ reason }) => reason).join('\n');
  return field === 'externalId' ? mapped.draft.externalId : mapped.draft.values[field];
}

describe('a text', () => {
  it.each([
    ['  Nordwind\u00a0', 'Nordwind'],
    ['two\r\nlines', 'two\nlines'],
    ['Mu\u0308ller', 'Müller'],
    [42, '42'],
    [true, 'true'],
    [{ kind: 'number', text: '00042' }, '00042'],
    ['', null],
    ['   ', null],
    [null, null],
    [undefined, null],
  ])('of %j is %j', (cell, value) => {
    expect(read('account', 'legalName', 'x', { x: cell })).toBe(value);
  });

  it.each([
    ['bell\u0007', /"bell.*control character U\+0007/],
    ['half \ud800', /half a character/],
    [{ a: 1 }, /structure; name the path/],
    [['a', 'b'], /list of 2; name one entry/],
    [9007199254740993000, /too long for a number to be exact/],
    [`${'x'.repeat(60)}\u0001`, /"x{39}…"/],
  ])('of %j is refused', (cell, reason) => {
    expect(read('account', 'legalName', 'x', { x: cell })).toMatch(reason);
  });

  it('may have several lines, a code may not', () => {
    expect(read('account', 'paymentTerms', 'x', { x: 'NET\n30' })).toMatch(/control character U\+000A/);
  });

  it('keeps leading zeros and long ids', () => {
    expect(read('account', 'number', 'x', { x: '00012345678901234567890' })).toBe('00012345678901234567890');
  });
});

describe('money', () => {
  it.each([
    ['1.234,50', 123_450],
    ['1234,5', 123_450],
    ['-0,05', -5],
    ['0,05-', -5],
    ['\u22121,00', -100],
    ['+7', 700],
    [',5', 50],
    ['1.234.567,00', 123_456_700],
    ['1,2000', 120],
    [{ kind: 'number', text: '1234.5' }, 123_450],
    [1234.5, 123_450],
    ['-0', 0],
    ['90.071.992.547.409,91', Number.MAX_SAFE_INTEGER],
  ])('written %j in German is %d minor units of EUR', (cell, minor) => {
    expect(read('account', 'creditLimit', 'x', { x: cell }, GERMAN)).toBe(minor);
  });

  it.each(['1.23,4', '1234.567', '1.2345', '1,', ',', '-', '1,2,3', '.123', '12 000', '1e3', '--1', '-1-', '€ 5', '0x10', '١٢'])(
    'written %j is a problem that says how numbers are declared',
    (cell) => {
      expect(read('account', 'creditLimit', 'x', { x: cell }, GERMAN)).toMatch(
        /not a number with decimal sign ",", thousands separator "\."/,
      );
    },
  );

  it.each([
    ['JPY', '1200', 1200],
    ['KWD', '1.234', 1234],
    ['CLF', '1.2345', 12_345],
    ['MGA', '1.25', 125],
    ['eur', '1.25', 125],
  ])('follows the decimals of %s', (currency, cell, minor) => {
    const spec = { ...NEEDED.account, currency: 'cur', balance: 'x' };
    const mapped = bindMapping(compileMapping('account', spec, ISO), { access: jsonAccess }).toDraft({ cur: currency, x: cell });
    expect(mapped.draft?.values).toMatchObject({ currency: currency.toUpperCase(), balance: minor });
  });

  it('is never rounded, and never inexact', () => {
    expect(read('account', 'creditLimit', 'x', { x: '1.005' })).toMatch(/"1.005" has more decimals than EUR allows \(2\)/);
    expect(read('account', 'creditLimit', 'x', { x: '90071992547409.92' })).toMatch(/too large/);
  });

  it('needs the currency of its record, and an unknown currency is told once', () => {
    const mapper = bindMapping(compileMapping('account', { ...NEEDED.account, currency: 'cur', balance: 'x' }, ISO), {
      access: jsonAccess,
    });
    expect(mapper.toDraft({ cur: '', x: '5' }).problems).toMatchObject([
      { field: 'balance', column: 'x', reason: expect.stringMatching(/no currency/) },
    ]);
    expect(mapper.toDraft({ cur: '€', x: '5' }).problems).toMatchObject([
      { field: 'currency', reason: expect.stringMatching(/not a currency code/) },
    ]);
    expect(mapper.toDraft({ cur: '', x: '' }).draft?.values).toMatchObject({ currency: null, balance: null });
  });

  it('understands every separator that is declared', () => {
    const swiss = { column: 'x', decimal: '.', group: "'" };
    const french = { column: 'x', decimal: ',', group: ' ' };
    expect([read('account', 'balance', swiss, { x: '1’234.50' }), read('account', 'balance', french, { x: '1\u202f234,50' })]).toEqual([
      123_450, 123_450,
    ]);
  });
});

describe('a date', () => {
  it.each([
    ['31.12.2024', '2024-12-31'],
    ['2024-12-31', '2024-12-31'],
    ['2024-12-31T23:30:00Z', '2025-01-01'],
    ['2024-12-31 23:30', '2024-12-31'],
    ['29.02.2024', '2024-02-29'],
    [{ kind: 'date', text: '2024-02-01T00:00:00' }, '2024-02-01'],
  ])('written %j is %s in Berlin', (cell, date) => {
    expect(read('account', 'creditAsOf', 'x', { x: cell }, GERMAN)).toBe(date);
  });

  it.each(['31.02.2024', '2023-02-29', '0000-00-00', '0000-01-05', '2024-13-01', '1.2.2024', '45352', '2024-12-31T25:00:00Z', 'today'])(
    'written %j is refused',
    (cell) => {
      expect(read('account', 'creditAsOf', 'x', { x: cell }, GERMAN)).toMatch(/is not a date written dd\.MM\.yyyy or yyyy-MM-dd/);
    },
  );

  it('may declare its own format and zone', () => {
    const how = { column: 'x', date: 'M/d/yyyy h:mm a ZZZ', zone: 'Asia/Tokyo' };
    expect(read('account', 'creditAsOf', how, { x: '12/31/2024 9:00 PM +0000' }, GERMAN)).toBe('2025-01-01');
  });
});

describe('a word', () => {
  it.each([
    ['address', 'isDefault', 'Ja', true],
    ['address', 'isDefault', 1, true],
    ['address', 'isDefault', false, false],
    ['address', 'isDefault', '', null],
    ['address', 'role', 'Ship-to', 'ship_to'],
    ['account', 'status', 'ON HOLD', 'on_hold'],
    ['address', 'country', 'de', 'DE'],
    ['address', 'country', 'AUT', 'AT'],
    ['address', 'country', 'Österreich', 'AT'],
    ['address', 'country', 'United Kingdom', 'GB'],
    ['account', 'timeZone', 'Europe/Berlin', 'Europe/Berlin'],
    ['account', 'email', 'info@nordwind.example', 'info@nordwind.example'],
    ['address', 'latitude', '53.5', 53.5],
    ['account', 'parent', ' A-0 ', 'A-0'],
    ['account', 'parent', '', null],
  ] as const)('%s.%s of %j is %j', (entity, field, cell, value) => {
    expect(read(entity, field, 'x', { x: cell })).toBe(value);
  });

  it.each([
    ['address', 'isDefault', 'maybe', /neither yes nor no \(for yes: true, yes/],
    ['address', 'role', 'ship', /not one of bill_to, ship_to, pay_to/],
    ['account', 'status', 'activ', /did you mean "active"/],
    ['address', 'country', 'Atlantis', /not a country/],
    ['address', 'country', '__proto__', /not a country/],
    ['account', 'timeZone', '+01:00', /not a time zone/],
    ['account', 'email', 'a@b, c@d', /not one mail address/],
    ['account', 'email', '@nordwind', /not one mail address/],
    ['address', 'latitude', '53,5', /not a number with decimal sign "\."/],
    ['account', 'parent', 'x'.repeat(201), /longer than the 200/],
  ] as const)('%s.%s of %j is refused', (entity, field, cell, reason) => {
    expect(read(entity, field, 'x', { x: cell })).toMatch(reason);
  });

  it('for yes and no may be declared, blank included', () => {
    const how = { column: 'x', true: ['S', 1], false: ['N', null] };
    expect(['s', '1', 'n', ''].map((x) => read('address', 'isDefault', how, { x }))).toEqual([true, true, false, false]);
    expect(read('address', 'isDefault', how, { x: 'ja' })).toMatch(/for yes: S, 1; for no: N, blank/);
  });
});
