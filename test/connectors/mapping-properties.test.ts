/** What holds for every input, not only for the examples. */
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import type { Json, MappingSpec } from '../../src/connector/contract.ts';
import { ENTITIES, ENTITY_NAMES } from '../../src/connector/entities.ts';
import { bindMapping, checkMapping, compileMapping, type Formats, jsonAccess } from '../../src/connector/mapping/index.ts';

const FORMATS: Formats = { decimal: ',', group: '.', date: 'dd.MM.yyyy', zone: 'Europe/Berlin' };
const source = { access: jsonAccess };

function oneField(field: string, how: Json, formats: Formats, currency = 'EUR') {
  const spec = { externalId: { value: '1' }, name: { value: 'x' }, currency: { value: currency }, [field]: how };
  const mapper = bindMapping<unknown>(compileMapping('account', spec, formats), source);
  return (x: unknown) => mapper.toDraft({ x }).draft?.values[field];
}

describe('an amount', () => {
  it('comes back to the cent, whatever signs it was written with', () => {
    const signs = fc.constantFrom<Pick<Formats, 'decimal' | 'group'>>(
      { decimal: '.', group: '' },
      { decimal: ',', group: '' },
      { decimal: '.', group: ',' },
      { decimal: ',', group: '.' },
      { decimal: ',', group: ' ' },
      { decimal: '.', group: "'" },
    );
    const currency = fc.constantFrom(['JPY', 0] as const, ['EUR', 2] as const, ['KWD', 3] as const);
    const minor = fc.maxSafeInteger();
    fc.assert(
      fc.property(signs, currency, minor, fc.boolean(), ({ decimal, group }, [code, exponent], amount, grouped) => {
        const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
        const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, grouped ? group : '');
        const text = `${amount < 0 ? '-' : ''}${whole}${exponent > 0 ? decimal + digits.slice(-exponent) : ''}`;
        expect(oneField('balance', 'x', { ...FORMATS, decimal, group }, code)(text)).toBe(amount);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a date', () => {
  it('is understood in every format that holds day, month and year, and in ISO beside it', () => {
    const format = fc.constantFrom(
      'dd.MM.yyyy',
      'd.M.yyyy',
      'MM/dd/yyyy',
      'yyyyMMdd',
      'dd-MMM-yyyy',
      'd MMMM yyyy',
      'yyyy/MM/dd HH:mm',
      'ccc dd.MM.yyyy',
    );
    const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(format, day, (date, when) => {
        const civil = DateTime.fromJSDate(when, { zone: 'Europe/Berlin' }).setLocale('en');
        const read = oneField('creditAsOf', { column: 'x', date }, FORMATS);
        expect([read(civil.toFormat(date)), read(civil.toISODate()), read(when.toISOString())]).toEqual(Array(3).fill(civil.toISODate()));
      }),
    );
  });

  it('is accepted in ISO exactly when the calendar has it', () => {
    const read = oneField('creditAsOf', 'x', FORMATS);
    const two = fc.integer({ min: 0, max: 40 }).map((n) => String(n).padStart(2, '0'));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), two, two, (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${month}-${day}`;
        expect(read(text)).toBe(DateTime.fromISO(text, { zone: 'UTC' }).isValid ? text : undefined);
      }),
      { numRuns: 500 },
    );
  });
});

/** Every field of the entity from the column of its name, with every step somewhere. */
function everyField(entity: (typeof ENTITY_NAMES)[number]): MappingSpec {
  const fields = Object.entries(ENTITIES[entity].fields).map(([name, { type }]): [string, Json] => {
    if (type === 'attributes') return [name, { constructor: 'constructor', nested: 'a.b[0].__proto__' }];
    if (type === 'list') return [name, { column: name, split: ';', transform: 'collapse' }];
    if (type === 'text')
      return [name, { first: [name, { concat: ['__proto__', 'toString'], with: '-' }, { expr: `row["${name}"] + row["__proto__"]` }] }];
    return [name, name];
  });
  return Object.fromEntries([['externalId', 'id'], ...fields]);
}

describe('whatever a record holds', () => {
  const names = [...new Set(ENTITY_NAMES.flatMap((entity) => Object.keys(ENTITIES[entity].fields))), 'id', '__proto__', 'constructor', 'a'];
  const typed = fc.record({ kind: fc.constantFrom('number', 'date', 'boolean', 'other'), text: fc.string({ unit: 'binary' }) });
  const value = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), typed, fc.constant(undefined), fc.double(), fc.bigInt());
  const record = fc.array(fc.tuple(fc.constantFrom(...names), value)).map((entries) => Object.fromEntries(entries));

  it.each(ENTITY_NAMES)('mapping of %s never throws, and gives a draft with its id or problems with their fields', (entity) => {
    const spec = everyField(entity);
    expect(checkMapping(entity, spec, FORMATS)).toEqual([]);
    const mapper = bindMapping<unknown>(compileMapping(entity, spec, FORMATS), source);
    const order = Object.keys(ENTITIES[entity].fields);
    fc.assert(
      fc.property(fc.oneof(record, value), (raw) => {
        const id = mapper.identify(raw);
        const { draft, problems } = mapper.toDraft(raw);
        expect(draft ? draft.externalId : (id ?? problems?.[0]?.field)).toBe(id ?? 'externalId');
        expect(problems?.every(({ field, reason }) => field && reason.length < 700) ?? true).toBe(true);
        const keys = Object.keys(draft?.values ?? {});
        expect(keys).toEqual(order.filter((name) => keys.includes(name)));
        expect(({} as Record<string, unknown>).polluted ?? Object.getPrototypeOf(draft?.values ?? {})).toBe(Object.prototype);
      }),
      { numRuns: 400 },
    );
  });

  it('a path leads to own properties only', () => {
    const at = (path: string) => jsonAccess({}).at(path)?.(JSON.parse('{"a":[{"b":1}],"s":"text","__proto__":{"own":2}}'));
    expect(['a[0].b', '__proto__.own', 's'].map(at)).toEqual([1, 2, 'text']);
    expect(['constructor', 'toString', 'a.length', 's.length', 's[0]', 'a[0].__proto__', 'a[1].b', 'a[0', '', '.'].map(at)).toEqual(
      Array(10).fill(undefined),
    );
  });
});

describe('whatever a mapping holds', () => {
  const word = fc.constantFrom(
    'column',
    'first',
    'concat',
    'columns',
    'value',
    'expr',
    'with',
    'transform',
    'lookup',
    'else',
    'optional',
    'split',
    'decimal',
    'group',
    'date',
    'zone',
    'true',
    'false',
  );
  const how = fc.oneof(fc.jsonValue(), fc.dictionary(word, fc.jsonValue()), fc.dictionary(word, fc.string({ unit: 'binary' })));
  const field = fc.constantFrom(...ENTITY_NAMES.flatMap((entity) => Object.keys(ENTITIES[entity].fields)), 'externalId', '__proto__');

  it('checking never throws, and what passes the check can be compiled', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ENTITY_NAMES), fc.array(fc.tuple(field, how)), (entity, entries) => {
        const spec = Object.fromEntries(entries) as MappingSpec;
        const sound = checkMapping(entity, spec, FORMATS).length === 0;
        const compile = () => compileMapping(entity, spec, FORMATS);
        expect(sound ? compile : () => expect(compile).toThrow(/cannot be used/)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});
