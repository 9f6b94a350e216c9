/** What a statement is given column by column is what PostgreSQL reads, whatever stands in it. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { column, jsonLines } from '../../src/store/columns.ts';
import type { Database } from '../../src/store/database.ts';
import { sharingJson } from '../../src/store/repeated-json.ts';
import { createTestDatabase } from '../support/database.ts';

let db: Database;
beforeAll(async () => {
  ({ db } = await createTestDatabase());
});

/** No text of PostgreSQL holds a NUL. */
const text = fc.oneof(
  fc.constantFrom('', 'null', 'NULL', ' ', '{}', '","', '\\', '"', 'a\nb', 'x,y', "'", '{"a": 1}', '-', '1e5', 'ß€𝄞'),
  fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0')),
);
const row = fc.record({
  name: fc.option(text),
  amount: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  isOpen: fc.option(fc.boolean()),
  at: fc.option(fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })),
  facts: fc.jsonValue().filter((value) => !JSON.stringify(value).includes('\\u0000')),
});

it('reads what was written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
      const { rows: read } = await db.raw(
        `select name, amount, is_open as "isOpen", at, facts::jsonb from rows from (
           unnest(:names::text[], :amounts::int[], :areOpen::boolean[], :at::timestamptz[]), string_to_table(:facts, chr(10))
         ) with ordinality as r(name, amount, is_open, at, facts, n) order by n`,
        {
          names: column(rows.map(({ name }) => name)),
          amounts: column(rows.map(({ amount }) => amount)),
          areOpen: column(rows.map(({ isOpen }) => isOpen)),
          at: column(rows.map(({ at }) => at)),
          facts: jsonLines(rows.map(({ facts }) => facts)),
        },
      );
      expect(read).toEqual(rows.map((one) => ({ ...one, facts: JSON.parse(JSON.stringify(one.facts)) })));
    }),
    { numRuns: 150 },
  );
});

it('shares what rows repeat, and nothing else', async () => {
  const { rows } = await sharingJson(
    db.raw<{ rows: Array<{ n: number; rules: object; day: string }> }>(
      `select n, jsonb_build_object('of', n % 2) as rules, date '2026-11-02' as day from generate_series(1, 4) n order by n`,
    ),
  );
  expect(rows.map(({ rules }) => rules)).toEqual([{ of: 1 }, { of: 0 }, { of: 1 }, { of: 0 }]);
  expect(rows[0]?.rules).toBe(rows[2]?.rules);
  expect(rows[0]).toMatchObject({ n: 1, day: '2026-11-02' });
});
