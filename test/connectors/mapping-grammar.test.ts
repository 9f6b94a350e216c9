/** What `kontor check` says about a mapping that cannot be used: where, what was found, what is allowed. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { checkMapping, compileMapping, type Formats } from '../../src/connector/mapping/index.ts';

const FORMATS: Formats = { decimal: '.', group: ',', date: 'yyyy-MM-dd', zone: 'UTC' };
const NEEDED = { externalId: 'No', name: 'Name', currency: 'Cur' };

function faults(spec: Record<string, Json>, entity: EntityName = 'account', formats = FORMATS): string[] {
  return checkMapping(entity, spec, formats).map(({ path, message }) => `${path}: ${message}`);
}

describe('a mapping of an account', () => {
  it.each<[string, Json, RegExp]>([
    ['creditLimt', 'x', /^mapping\.creditLimt: is not a field of account; did you mean "creditLimit"\?; known: externalId, name/],
    ['__proto__x', 'x', /is not a field of account; known/],
    ['phone', 2024, /^mapping\.phone: 2024 is not a column; quote the column's name, or write \{ value: 2024 \}/],
    ['phone', '', /"" is not a column; write its name/],
    ['phone', [], /is empty; name at least one column/],
    ['phone', ['A', ['B']], /^mapping\.phone\.1: is a list within a list/],
    ['phone', { first: ['A', { column: 'B', transform: 'digits' }] }, /^mapping\.phone\.first\.1\.transform: .*belongs to the whole field/],
    ['phone', { colum: 'x' }, /^mapping\.phone\.colum: is not known; did you mean "column"\?/],
    ['phone', { transform: 'digits' }, /does not say where the value comes from; write one of column, first, concat/],
    ['phone', { column: 'x', value: 'y' }, /has column and value/],
    ['phone', { column: 7 }, /^mapping\.phone\.column: 7 is not a column; put its name in quotes/],
    ['phone', { concat: 'x' }, /^mapping\.phone\.concat: expected a list/],
    ['phone', { concat: ['x'], with: 1 }, /^mapping\.phone\.with: expected a text, found 1/],
    ['phone', { column: 'x', with: '-' }, /^mapping\.phone\.with: belongs to concat/],
    ['phone', { columns: ['x', 'y'] }, /makes a list, and this field holds one text/],
    ['phone', { value: { a: 1 } }, /^mapping\.phone\.value: is not a constant/],
    [
      'phone',
      { column: 'x', decimal: ',' },
      /^mapping\.phone\.decimal: is for fields that hold money or number or decimal; this one holds text/,
    ],
    ['phone', { column: 'x', split: ';' }, /^mapping\.phone\.split: is for fields that hold list/],
    ['phone', { column: 'x', optional: 'yes' }, /^mapping\.phone\.optional: expected true or false, found "yes"/],
    ['phone', { column: 'x', else: 'y' }, /^mapping\.phone\.else: belongs to lookup/],
    ['phone', { column: 'x', lookup: {} }, /^mapping\.phone\.lookup: expected a table/],
    ['phone', { column: 'x', lookup: { A: ['b'] } }, /^mapping\.phone\.lookup\.A: expected a text/],
    [
      'phone',
      { column: 'x', transform: 'uper' },
      /^mapping\.phone\.transform: "uper" is not a transform; did you mean "upper"\?; known: trim, upper/,
    ],
    ['phone', { column: 'x', transform: ['trim', { pad: { lenght: 8, with: '0' } }] }, /^mapping\.phone\.transform\.1\.pad\.length: /],
    ['phone', { column: 'x', transform: [{ upper: true }] }, /upper takes nothing; write just upper/],
    ['phone', { column: 'x', transform: [{ strip: ' ', append: 'x' }] }, /names several steps at once/],
    ['phone', { column: 'x', transform: ['constructor'] }, /"constructor" is not a transform/],
    ['status', { value: 'actve' }, /^mapping\.status\.value: "actve" is not one of pending, active.*did you mean "active"/],
    ['status', { column: 'x', lookup: { A: 'active', B: 'bloked' } }, /^mapping\.status\.lookup\.B: "bloked" is not one of/],
    ['status', { column: 'x', lookup: { A: 'active' }, else: 'x' }, /^mapping\.status\.else: "x" is not one of/],
    ['creditLimit', { column: 'x', decimal: ';' }, /^mapping\.creditLimit\.decimal: ";" is not a decimal sign; use "\." or ","/],
    ['creditLimit', { column: 'x', group: '.' }, /^mapping\.creditLimit\.group: "\." is the decimal sign already/],
    ['creditAsOf', { column: 'x', date: 'DD.MM.YYYY' }, /^mapping\.creditAsOf\.date: "DD\.MM\.YYYY" is not a date format; years are yyyy/],
    ['creditAsOf', { column: 'x', date: 'MM/yyyy' }, /does not hold day, month and year/],
    ['creditAsOf', { column: 'x', date: 'yyyy-dd-MM' }, /reads ISO dates in another order/],
    ['creditAsOf', { column: 'x', date: 5 }, /^mapping\.creditAsOf\.date: 5 is not a text/],
    ['creditAsOf', { column: 'x', zone: 'Berlin' }, /^mapping\.creditAsOf\.zone: "Berlin" is not a time zone/],
    ['kind', { expr: 'row["P"] = ""' }, /^mapping\.kind\.expr: Unexpected character: =, at character 10/],
    ['kind', { expr: 'row["P"] + 1' }, /^mapping\.kind\.expr: no such overload: string \+ int/],
    ['kind', { expr: 'parent == ""' }, /Unknown variable: parent/],
    ['kind', { expr: 'row["P"] == ""' }, /gives yes\/no, and this field holds a enum/],
    ['kind', { expr: '[row["P"]]' }, /gives a list<string>, and this field holds one enum/],
    ['phone', { expr: 'row["P"].matches("(a+)+$") ? "a" : "b"' }, /`matches` is not offered/],
    ['attributes', 'Region', /^mapping\.attributes: expected names with their columns/],
    ['attributes', { Region: { column: 'x', transform: 'uppr' } }, /^mapping\.attributes\.Region\.transform: "uppr" is not a transform/],
  ])('with %s: %j is told where and why', (field, how, message) => {
    expect(faults({ ...NEEDED, [field]: how })).toContainEqual(expect.stringMatching(message));
  });

  it('tells every fault, not only the first, and stops the start with all of them', () => {
    const spec = { name: { column: 'x', decimal: ',' }, phone: 1, status: { value: '?' } };
    const paths = checkMapping('account', spec, FORMATS).map(({ path }) => path);
    expect(paths).toEqual(['mapping.externalId', 'mapping.name.decimal', 'mapping.status.value', 'mapping.phone']);
    expect(() => compileMapping('account', spec, FORMATS)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/mapping\.externalId: .*\n.*\n.*\nmapping\.phone: /),
      }),
    );
  });

  it('needs the required fields, and a currency for money', () => {
    expect(faults({ creditLimit: 'x' })).toEqual([
      'mapping.externalId: is missing; name the column that tells one account from another',
      'mapping.name: is missing; every account needs it (name as printed on documents)',
      'mapping.creditLimit: is money, and no currency is mapped; add `currency: COLUMN`, or `currency: { value: EUR }`',
    ]);
  });

  it('needs sound formats of the connection', () => {
    expect(faults(NEEDED, 'account', { ...FORMATS, group: '.', zone: 'Mars' })).toEqual([
      expect.stringMatching(/^formats\.group: /),
      expect.stringMatching(/^formats\.zone: /),
    ]);
  });

  it('may name an attribute __proto__ in vain', () => {
    const attributes = JSON.parse('{"__proto__": "x"}');
    expect(faults({ ...NEEDED, attributes })).toEqual([expect.stringMatching(/^mapping\.attributes\.__proto__: cannot be the name/)]);
  });

  it('drops the separator of the connection where a field turns the signs around', () => {
    expect(faults({ ...NEEDED, creditLimit: { column: 'x', decimal: ',' } })).toEqual([]);
  });

  it('takes a field set to null for not mapped', () => {
    expect(faults({ ...NEEDED, phone: null })).toEqual([]);
    expect(faults({ ...NEEDED, name: null })).toEqual([expect.stringMatching(/^mapping\.name: is missing/)]);
  });
});
