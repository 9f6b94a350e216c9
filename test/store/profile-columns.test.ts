import { describe, expect, it } from 'vitest';
import { ENTITIES, ENTITY_NAMES, type FieldType } from '../../src/connector/entities.ts';
import { profileColumns, profileJson } from '../../src/store/profile-columns.ts';
import { createTestDatabase } from '../support/database.ts';

const TYPES: Partial<Record<FieldType, string>> = {
  money: 'bigint',
  reference: 'bigint',
  decimal: 'numeric',
  number: 'double precision',
  date: 'date',
  boolean: 'boolean',
  list: 'ARRAY',
  attributes: 'jsonb',
};

describe('the table of an entity', () => {
  it.each(ENTITY_NAMES)('has a column of the right type for every field, and no other: %s', async (entity) => {
    const { table, fields, isFact } = ENTITIES[entity];
    const { db } = await createTestDatabase();
    const { rows } = await db.raw('select column_name, data_type from information_schema.columns where table_name = ?', [table]);
    const held = rows.map((row: { column_name: string; data_type: string }) => `${row.column_name} ${row.data_type}`);
    const stamps = (...names: string[]) => names.map((name) => `${name} timestamp with time zone`);
    const kept = isFact ? stamps('imported_at') : ['id bigint', ...stamps('created_at', 'updated_at')];
    const wanted = profileColumns(entity).map(({ field, column }) => `${column} ${TYPES[fields[field]?.type ?? 'text'] ?? 'text'}`);
    expect(held.sort()).toEqual([...kept, ...wanted].sort());
  });
});

describe('a profile in JSON', () => {
  it('keeps what exceeds a double', async () => {
    const { db } = await createTestDatabase();
    await db.raw(`insert into accounts (id, name, credit_limit, parent_id, created_at, updated_at)
      values (9007199254740993, 'Holm KG', 9007199254740993, 9007199254740995, now(), now())`);
    await db.raw(`insert into prices (id, product, unit_price, currency, valid_to, created_at, updated_at)
      values (2, '4711', 0.10000000000000000001, 'EUR', '2027-01-01', now(), now())`);
    const { rows } = await db.raw(
      `select ${profileJson('account', 'a')} as account, ${profileJson('price', 'p')} as price from accounts a, prices p`,
    );
    expect(rows).toMatchObject([
      {
        account: { name: 'Holm KG', creditLimit: '9007199254740993', parent: '9007199254740995' },
        price: { unitPrice: '0.10000000000000000001', perQuantity: '1', account: null, validTo: '2027-01-01' },
      },
    ]);
  });
});
