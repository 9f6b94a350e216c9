/** docs/mapping.md is what operators write by: its table is the code's, and its examples run. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Json, MappingSpec } from '../../src/connector/contract.ts';
import { ENTITIES, ENTITY_NAMES, type EntityName } from '../../src/connector/entities.ts';
import { bindMapping, checkMapping, compileMapping, type Formats, jsonAccess, TRANSFORMS } from '../../src/connector/mapping/index.ts';
import { OPTIONS } from '../../src/connector/mapping/parse-rule.ts';

const PAGE = readFileSync(new URL('../../docs/mapping.md', import.meta.url), 'utf8');
const FORMATS: Formats = { decimal: '.', group: '', date: 'yyyy-MM-dd', zone: 'UTC' };
const NEEDED: Record<EntityName, Record<string, Json>> = {
  account: { externalId: 'id', name: 'id', currency: { value: 'EUR' } },
  contact: { externalId: 'id', name: 'id', account: 'id' },
  address: { externalId: 'id', account: 'id', role: { value: 'bill_to' } },
  price: { externalId: 'id', product: 'id', unitPrice: { value: '1' }, currency: { value: 'EUR' } },
  stock: { externalId: 'id', site: 'id', product: 'id' },
  rate: {
    externalId: 'id',
    fromCurrency: { value: 'USD' },
    toCurrency: { value: 'EUR' },
    validOn: { value: '2026-11-23' },
    rate: { value: '1' },
  },
  document: { externalId: 'id', kind: { value: 'order' } },
  documentLine: { externalId: 'id', document: 'id' },
};

/** The entity that has this field. */
function entityOf(field: string): EntityName {
  return ENTITY_NAMES.find((entity) => Object.hasOwn(ENTITIES[entity].fields, field)) ?? 'account';
}

function toDraft(entity: EntityName, spec: MappingSpec, record: object, formats = FORMATS) {
  return bindMapping<unknown>(compileMapping(entity, spec, formats), { access: jsonAccess }).toDraft(record);
}

/** Every `field: ...` that the page shows in a table, as YAML. */
const inTables = [...PAGE.matchAll(/`(\w+: [^`]+)`/g)].map(([, text = '']) => parse(text) as Record<string, Json>);
const blocks = [...PAGE.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => parse(text));

describe('the guide to the mapping language', () => {
  it('lists every transform as the code has it', () => {
    const cell = (text: string) => (text === '' ? '(blank)' : `\`${text}\``);
    const rows = Object.entries(TRANSFORMS).map(
      ([
        name,
        {
          about,
          example: [written, from, to],
        },
      ]) => `| \`${name}\` | ${about} | \`${written}\` | ${cell(from)} | ${cell(to)} |`,
    );
    const section = PAGE.slice(PAGE.indexOf('## Transforms'), PAGE.indexOf('## Expressions'));
    expect(section.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
  });

  it.each(Object.values(TRANSFORMS).map(({ example }) => example))('%s makes %j into %j', (written, from, to) => {
    const spec = { ...NEEDED.account, phone: { column: 'x', transform: parse(written) } };
    expect(toDraft('account', spec, { id: '1', x: from }).draft?.values.phone).toBe(to || null);
  });

  it('explains every option', () => {
    const shown = new Set(
      [...inTables, ...blocks].flatMap(function keys(value: Json): string[] {
        if (typeof value !== 'object' || value === null) return [];
        return Array.isArray(value) ? value.flatMap(keys) : [...Object.keys(value), ...Object.values(value).flatMap(keys)];
      }),
    );
    expect(Object.keys(OPTIONS).filter((option) => !shown.has(option))).toEqual([]);
  });

  it('shows only fields that can be mapped so', () => {
    const fields = [...inTables, blocks.find((block) => block.website)].flatMap((shown) => Object.entries(shown as Record<string, Json>));
    const faults = fields
      .filter(([field]) => Object.hasOwn(ENTITIES[entityOf(field)].fields, field))
      .flatMap(([field, how]) => checkMapping(entityOf(field), { ...NEEDED[entityOf(field)], [field]: how }, FORMATS));
    expect(fields.length).toBeGreaterThan(10);
    expect(faults).toEqual([]);
  });

  it('gives for the customers of an older ERP what it says', () => {
    const { formats, mapping } = blocks.find((block) => block.formats && block.mapping);
    const rows = [
      { KdNr: '1001', Firma: 'Nordwind', Firma2: 'Handels GmbH', Sperre: '', Limit: '12.500,00', Stand: '31.12.2024', Obergruppe: '' },
      { KdNr: '1002', Firma: 'Nordwind Kiel', Firma2: '', Sperre: 'X', Limit: '0,00', Stand: '00.00.0000', Obergruppe: '1001' },
    ];
    expect(rows.map((row) => toDraft('account', mapping, row, formats).draft)).toMatchObject([
      {
        externalId: '00001001',
        values: { name: 'Nordwind Handels GmbH', parent: null, status: 'active', creditLimit: 1_250_000, creditAsOf: '2024-12-31' },
      },
      {
        externalId: '00001002',
        values: { name: 'Nordwind Kiel', parent: '00001001', status: 'blocked', creditLimit: 0, creditAsOf: null },
      },
    ]);
  });

  it('shows whole mappings that pass the check', () => {
    const whole = blocks.flatMap((block) =>
      ENTITY_NAMES.flatMap((entity) => (block[entity] ? [[entity, block[entity].mapping] as const] : [])),
    );
    expect(whole.map(([entity]) => entity)).toEqual(['account', 'address', 'contact', 'price', 'stock']);
    expect(whole.flatMap(([entity, mapping]) => checkMapping(entity, mapping, FORMATS))).toEqual([]);
  });
});
