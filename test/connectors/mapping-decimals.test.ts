/** Exact decimals: the digits that stand in the source are the digits that are stored. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/connector/contract.ts';
import { bindMapping, checkMapping, compileMapping, type Formats, jsonAccess } from '../../src/connector/mapping/index.ts';

const ISO: Formats = { decimal: '.', group: '', date: 'yyyy-MM-dd', zone: 'UTC' };
const GERMAN: Formats = { ...ISO, decimal: ',', group: '.' };
const NEEDED = { externalId: { value: 'K-1' }, product: { value: '4711' }, unitPrice: { value: '1' }, currency: { value: 'EUR' } };

/** A field of a price: its value, or the reason why not. */
function read(field: string, cell: unknown, formats = ISO, how: Json = 'x'): unknown {
  const compiled = compileMapping('price', { ...NEEDED, [field]: how }, formats);
  const { draft, problems } = bindMapping<unknown>(compiled, { access: jsonAccess }).toDraft({ x: cell });
  return draft ? draft.values[field] : problems?.map(({ reason }) => reason).join('\n');
}

describe('a decimal', () => {
  it.each([
    ['0.0125', '0.0125'],
    ['007.50', '7.5'],
    ['.5', '0.5'],
    ['-0.00', '0'],
    ['12-', '-12'],
    ['+3', '3'],
    ['100', '100'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['12345678901234567890.123', '12345678901234567890.123'],
    [0.0125, '0.0125'],
    [-0, '0'],
    [1e-7, '0.0000001'],
    [{ kind: 'number', text: '2.5E+3' }, '2500'],
    [{ kind: 'number', text: '1234.50' }, '1234.5'],
  ])('of %j is %j', (cell, value) => {
    expect(read('unitPrice', cell)).toBe(value);
  });

  it('is written with the declared signs where it is a text, and only there', () => {
    expect(read('unitPrice', '1.234,50', GERMAN)).toBe('1234.5');
    expect(read('unitPrice', 1234.5, GERMAN)).toBe('1234.5');
    expect(read('unitPrice', { kind: 'number', text: '1234.5' }, GERMAN)).toBe('1234.5');
    expect(read('unitPrice', '1,5', ISO, { column: 'x', decimal: ',' })).toBe('1.5');
  });

  it.each([
    ['1e3', /"1e3" is not a number with decimal sign/],
    ['1,5', /is not a number/],
    ['on request', /"on request" is not a number/],
    [{ kind: 'number', text: '1e' }, /is not a number/],
    [{ kind: 'number', text: '1e-300' }, /more than 40 digits/],
    ['9'.repeat(41), /more than 40 digits before or after its decimal sign/],
    [`0.${'0'.repeat(40)}1`, /more than 40 digits/],
    [Number.NaN, /NaN is not a number/],
    ['', /is blank, and every record needs it/],
  ])('of %j is refused', (cell, reason) => {
    expect(read('unitPrice', cell)).toMatch(reason);
  });

  it('may be negative, but nothing is priced by less than something', () => {
    expect(read('unitPrice', '-2.50')).toBe('-2.5');
    expect(read('perQuantity', '0,00', GERMAN)).toMatch(/"0,00" is not more than zero; correct it, or take it for blank/);
    expect(read('perQuantity', '-100')).toMatch(/not more than zero/);
    expect(read('perQuantity', '0', ISO, { column: 'x', transform: { blank: '0' } })).toBe('1');
    expect(['', '100.0'].map((cell) => read('perQuantity', cell))).toEqual(['1', '100']);
  });

  it('is checked where it is a constant', () => {
    expect(checkMapping('price', { ...NEEDED, minQuantity: { value: 'ten' } }, ISO)).toMatchObject([{ path: 'mapping.minQuantity.value' }]);
    expect(checkMapping('price', { ...NEEDED, validFrom: { column: 'x', decimal: ',' } }, ISO)).toMatchObject([
      { message: expect.stringContaining('money or number or decimal') },
    ]);
  });
});

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 40 });

describe('whatever is written', () => {
  it('comes back digit for digit, with any sign, any separators and any idle zeros', () => {
    const signs = fc.constantFrom(
      ISO,
      GERMAN,
      { ...ISO, group: ',' } as const,
      { ...GERMAN, group: ' ' } as const,
      {
        ...ISO,
        group: "'",
      } as const,
    );
    fc.assert(
      fc.property(
        signs,
        fc.bigInt({ min: 0n, max: 10n ** 40n - 1n }),
        digits,
        fc.boolean(),
        fc.nat(3),
        (formats, whole, after, negative, zeros) => {
          const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, formats.group);
          const written = `${negative ? '-' : ''}${grouped}${formats.decimal}${after}${'0'.repeat(zeros)}`;
          const fraction = after.replace(/0+$/, '');
          const value = `${whole}${fraction && `.${fraction}`}`;
          expect(read('unitPrice', written, formats)).toBe(negative && value !== '0' ? `-${value}` : value);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('has one form: reading it again changes nothing', () => {
    const written = fc.tuple(fc.constantFrom('', '-', '+'), digits, digits).map(([sign, whole, after]) => `${sign}${whole}.${after}`);
    fc.assert(
      fc.property(written, (text) => {
        const once = String(read('unitPrice', text));
        expect(once).toMatch(/^(0|-?(0|[1-9]\d*)\.\d*[1-9]|-?[1-9]\d*)$/);
        expect(read('unitPrice', once)).toBe(once);
      }),
    );
  });

  it('is the number JSON held, however JavaScript writes it', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).filter((n) => n === 0 || Math.abs(n) > 1e-20);
    fc.assert(
      fc.property(double, (number) => {
        const text = String(read('unitPrice', number));
        expect(text).not.toMatch(/e/i);
        expect(Number(text)).toBe(number + 0);
      }),
      { numRuns: 500 },
    );
  });
});
