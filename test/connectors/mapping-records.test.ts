/** How records become drafts: places, steps, defaults, several problems at once, and files whose columns differ. */
import { describe, expect, it } from 'vitest';
import type { Json, MappingSpec } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { bindMapping, compileMapping, type Formats, jsonAccess, mappingDigest, overlayMapping } from '../../src/connector/mapping/index.ts';

const FORMATS: Formats = { decimal: ',', group: '.', date: 'dd.MM.yyyy', zone: 'Europe/Berlin' };

function mapper(spec: MappingSpec, entity: EntityName = 'account') {
  return bindMapping<unknown>(compileMapping(entity, spec, FORMATS), { access: jsonAccess });
}

/** A file whose rows carry their header, as the spreadsheet connector's do. */
interface Row {
  header: readonly string[];
  cells: readonly unknown[];
}

const file = {
  access: ({ header }: Row) => ({
    shape: header,
    names: header,
    at: (name: string) => (header.includes(name) ? (row: Row) => row.cells[header.indexOf(name)] : undefined),
  }),
  origin: () => ({ file: 'customers.xlsx', sheet: 'Sold-to', row: 7 }),
};

function fileMapper(spec: MappingSpec) {
  return bindMapping<Row>(compileMapping('account', { externalId: 'No', name: 'Name', ...spec }, FORMATS), file);
}

function field(name: string, how: Json, record: object): unknown {
  const { draft, problems } = mapper({ externalId: 'id', name: 'id', [name]: how }).toDraft({ id: 'A-1', ...record });
  return draft ? draft.values[name] : problems.map(({ reason }) => reason).join('\n');
}

describe('the place of a value', () => {
  it.each([
    ['legalName', 'company.name', { company: { name: 'Nordwind' } }, 'Nordwind'],
    ['legalName', 'lines[1]', { lines: ['a', 'b'] }, 'b'],
    ['legalName', 'a.b', { 'a.b': 'exact', a: { b: 'path' } }, 'exact'],
    ['legalName', ['trading', 'legal'], { trading: ' ', legal: 'Nordwind AG' }, 'Nordwind AG'],
    ['legalName', { first: ['trading', { concat: ['a', 'b'], with: ' ' }, { value: 'n/a' }] }, { a: 'Nord', b: '' }, 'Nord'],
    ['legalName', { first: ['trading', { value: 'n/a' }] }, {}, 'n/a'],
    ['legalName', { concat: ['street', { value: 'No.' }, 'no'], with: ' ' }, { street: 'Kai', no: 7 }, 'Kai No. 7'],
    ['industry', { value: 'Trade' }, {}, 'Trade'],
    ['costCentres', { columns: ['a', 'b', 'c'] }, { a: '100', b: '', c: '300' }, ['100', '300']],
    ['costCentres', { column: 'a', split: ';' }, { a: '100; 200;;' }, ['100', '200']],
    ['costCentres', 'a', { a: ['100', 200, null] }, ['100', '200']],
    ['costCentres', 'a', { a: [] }, null],
    ['costCentres', { value: ['100', '200'] }, {}, ['100', '200']],
    ['kind', { expr: 'row["parent"] == "" ? "company" : "location"' }, { parent: 'A-0' }, 'location'],
    ['kind', { expr: 'row["parent"] == "" ? "company" : "location"' }, {}, 'company'],
    ['costCentres', { expr: 'row["a"].split("/")' }, { a: '1/2' }, ['1', '2']],
    ['legalName', { expr: '"x" in row && row.exists(k, row[k] == "hit") ? "yes" : "no"' }, { x: 'hit' }, 'yes'],
    ['creditAsOf', { expr: 'timestamp(row["at"])' }, { at: '2024-12-31T23:30:00Z' }, '2025-01-01'],
  ] as const)('of %s by %j in %j gives %j', (name, how, record, value) => {
    expect(field(name, how as unknown as Json, record)).toEqual(value);
  });

  it('reads an expression that fails as a problem of the record', () => {
    expect(field('legalName', { expr: 'string(int(row["a"]))' }, { a: 'x' })).toMatch(/expression failed: .*guard it/);
  });
});

describe('steps', () => {
  it('run in order: transforms, then the lookup table', () => {
    const how = {
      column: 'x',
      transform: ['upper', { slice: { from: 1, length: 1 } }],
      lookup: { A: 'active', X: 'blocked' },
      else: 'pending',
    };
    expect(['active!', 'xyz', 'q'].map((x) => field('status', how, { x }))).toEqual(['active', 'blocked', 'pending']);
  });

  it('without else name an unknown value and the known ones', () => {
    expect(field('industry', { column: 'x', lookup: { A: 'Trade', '': 'none' } }, { x: 'B' })).toMatch(
      /"B" is not in the lookup table \(A, blank\)/,
    );
    expect(field('industry', { column: 'x', lookup: { A: 'Trade', '': 'none' } }, { x: ' ' })).toBe('none');
    expect(field('industry', { column: 'x', lookup: { A: 'Trade' }, else: 'Other' }, { x: ' ' })).toBeNull();
    expect(field('industry', { column: 'x', lookup: { A: 'Trade' } }, { x: 'constructor' })).toMatch(/not in the lookup table/);
  });

  it('treat every entry of a list alike', () => {
    expect(field('costCentres', { column: 'x', split: ',', transform: { pad: { length: 4, with: '0' } } }, { x: '1, 22' })).toEqual([
      '0001',
      '0022',
    ]);
  });

  it('leave a typed number a number, whatever signs are declared', () => {
    const spec = { externalId: 'id', name: 'id', currency: { value: 'EUR' }, balance: { column: 'x', transform: 'trim' } };
    expect(mapper(spec).toDraft({ id: '1', x: { kind: 'number', text: '1.125' } }).problems?.[0]?.reason).toMatch(/more decimals than EUR/);
    expect(mapper(spec).toDraft({ id: '1', x: { kind: 'number', text: '1.5' } }).draft?.values.balance).toBe(150);
  });
});

describe('a record', () => {
  it('gives its values in the order of the entity, with number and status filled in', () => {
    const spec = { status: 's', attributes: { Segment: 'seg', Area: { value: 'North' } }, name: 'n', externalId: 'id' };
    const { draft } = mapper(spec).toDraft({ id: 7, n: 'Nordwind', seg: 'A' });
    expect(JSON.stringify(draft)).toBe(
      '{"externalId":"7","values":{"name":"Nordwind","number":"7","status":"active","attributes":{"Area":"North","Segment":"A"}}}',
    );
  });

  it('tells all its problems, each with field and column', () => {
    const spec = { externalId: 'id', name: ['n', 'm'], status: 's', creditAsOf: 'd', attributes: { Note: 'note' } };
    expect(mapper(spec).toDraft({ s: '?', d: '32.01.2024', note: '\u0000' }).problems).toEqual([
      { code: 'RECORD_KEY_MISSING', field: 'externalId', column: 'id', reason: expect.stringContaining('blank') },
      { code: 'RECORD_INVALID', field: 'name', column: 'n, m', reason: expect.stringContaining('blank') },
      { code: 'RECORD_INVALID', field: 'status', column: 's', reason: expect.stringContaining('"?"') },
      { code: 'RECORD_INVALID', field: 'creditAsOf', column: 'd', reason: expect.stringContaining('"32.01.2024"') },
      { code: 'RECORD_INVALID', field: 'attributes.Note', column: 'note', reason: expect.stringContaining('U+0000') },
    ]);
  });

  it('has an external id only when every part of it is filled', () => {
    const keyed = mapper(
      { externalId: { concat: ['account', 'role'], with: '/' }, account: 'account', role: { value: 'bill_to' } },
      'address',
    );
    expect([keyed.identify({ account: 'A-1', role: 'R' }), keyed.identify({ account: 'A-1' })]).toEqual(['A-1/R', undefined]);
    expect(keyed.toDraft({ account: 'A-1' }).problems).toMatchObject([{ code: 'RECORD_KEY_MISSING', column: 'account, role' }]);
  });
});

describe('a file', () => {
  it('without a column of the mapping is refused with its name, what is there and the nearest', () => {
    const bind = () => fileMapper({ phone: 'Telephone' }).bindTo({ header: ['No', 'Name', 'Telefone', 'City'], cells: [] });
    expect(bind).toThrow(
      expect.objectContaining({
        code: 'SOURCE_LAYOUT',
        message: expect.stringMatching(
          /customers\.xlsx, sheet "Sold-to": column "Telephone" \(for phone\).*did you mean "Telefone"\?; there are: "No".*"City"/,
        ),
      }),
    );
  });

  it('may lack some alternatives, but not all, and not what an expression reads', () => {
    const row = { header: ['No', 'Name', 'B'], cells: ['1', 'x', 'b'] };
    expect(fileMapper({ phone: ['A', 'B'] }).toDraft(row).draft?.values.phone).toBe('b');
    expect(() => fileMapper({ phone: ['A', 'C'] }).bindTo(row)).toThrow(/"A" \(for phone\).*"C" \(for phone\)/);
    expect(() => fileMapper({ phone: { concat: ['B', 'C'] } }).bindTo(row)).toThrow(/"C"/);
    expect(() => fileMapper({ phone: { expr: 'row["C"]' } }).bindTo(row)).toThrow(/"C"/);
    expect(fileMapper({ phone: { expr: '"C" in row ? row["C"] : row["B"]' } }).toDraft(row).draft?.values.phone).toBe('b');
  });

  it('may lack an optional column, about which the draft then says nothing', () => {
    const lenient = fileMapper({ phone: { column: 'Phone', optional: true } });
    expect(lenient.toDraft({ header: ['No', 'Name'], cells: ['1', 'x'] }).draft?.values).not.toHaveProperty('phone');
    expect(lenient.toDraft({ header: ['No', 'Name', 'Phone'], cells: ['1', 'x', ''] }).draft?.values).toHaveProperty('phone', null);
  });

  it('with its columns in another order is read by their names', () => {
    const one = fileMapper({});
    expect(one.toDraft({ header: ['No', 'Name'], cells: ['1', 'x'] }).draft).toMatchObject({ externalId: '1', values: { name: 'x' } });
    expect(one.toDraft({ header: ['Name', 'No'], cells: ['x', '1'] }).draft).toMatchObject({ externalId: '1', values: { name: 'x' } });
  });
});

describe('a mapping', () => {
  it('has a digest that follows its meaning and not the order of its keys', () => {
    const digest = mappingDigest({ externalId: 'a', name: { column: 'b', decimal: ',' } }, FORMATS);
    expect(mappingDigest({ name: { decimal: ',', column: 'b' }, externalId: 'a' }, FORMATS)).toBe(digest);
    expect(mappingDigest({ externalId: 'a', name: 'b' }, FORMATS)).not.toBe(digest);
    expect(mappingDigest({ externalId: 'a', name: { column: 'b', decimal: ',' } }, { ...FORMATS, zone: 'UTC' })).not.toBe(digest);
  });

  it('overrides the connector field by field, and null takes a field away', () => {
    expect(overlayMapping({ name: 'n', phone: 'p' }, { name: 'x', phone: null })).toEqual({ name: 'x' });
  });

  it('lists the columns it needs, each with its fields', () => {
    const { columns } = compileMapping('account', { externalId: 'No', name: ['Name', 'No'], kind: { expr: 'row["K"]' } }, FORMATS);
    expect(columns).toEqual([
      { name: 'No', fields: ['externalId', 'name'] },
      { name: 'Name', fields: ['name'] },
      { name: 'K', fields: ['kind'] },
    ]);
  });
});
