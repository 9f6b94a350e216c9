import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readBudgetFile } from '../../src/cli/read-budget-file.ts';
import { makeFolder } from './run-kontor.ts';

const FORMATS = { decimal: '.', date: 'yyyy-MM-dd' } as const;
const ROW = 'code,unit,currency,limit,period,from\nK,A-3,EUR,,fortnight,2026-02-01\n';

/** What reading it finds, or refuses. */
async function told(name: string, text: string): Promise<string[]> {
  const cwd = await makeFolder();
  await writeFile(join(cwd, name), text);
  const read = readBudgetFile(name, cwd, FORMATS, new AbortController().signal);
  return read.then(
    ({ bad }) => bad.map(({ path, reason, cure }) => `${path}: ${reason}; ${cure}`),
    (error: Error) => [error.message],
  );
}

it('names the columns of a table, the forms there are, and the option that mends it', async () => {
  expect(await told('b.csv', ROW)).toEqual([
    'b.csv, row 2, column "limit": limit is missing; it must be unlimited, inherit, or an amount such as 5000.00, zero or more',
    'b.csv, row 2, column "period": period has a value that is not allowed; allowed: day, week, month, quarter, half_year, year',
  ]);
  expect(await told('b.csv', ROW.replace('2026-02-01', '01.02.2026'))).toEqual([
    'b.csv, row 2, column "from": "01.02.2026" is not a date written yyyy-MM-dd; correct it, or tell with --date',
  ]);
});

it('does not send whoever names a file to settings that connections have', async () => {
  expect(await told('b.csv', `${ROW}K,A-3,EUR,,month,2026-02-01,80,more\n`)).toContain(
    'b.csv, row 3: the row has 8 cells where the header has 6; correct the row (often a delimiter or line break without quotes)',
  );
  expect(await told('b.csv', ROW.replace('K,', 'K"k,'))).toContainEqual(expect.stringMatching(/put the cell in quotes and double it$/));
});

it('names a word that stands for a block, and is none of those there are', async () => {
  const budget = 'code: K\nunit: A-3\ncurrency: EUR\nlimit: 5\nfrom: 2026-02-01\nperiod: fortnight\ncarry: some\n';
  expect(await told('b.yaml', budget)).toEqual([
    'b.yaml:6: period has a value that is not allowed; allowed: day, week, month, quarter, half_year, year',
    'b.yaml:7: carry has a value that is not allowed; allowed: none, full, share_of_original, share_of_unused',
  ]);
  expect(await told('b.yaml', budget.replace('fortnight', '{ every: fortnight }').replace('some', '{ mode: full }'))).toEqual([
    'b.yaml:6: period.every has a value that is not allowed; allowed: day, week, month, quarter, half_year, year',
  ]);
});

it('refuses days that no calendar of a company holds, but for the end that means never', async () => {
  const budget = (from: string, period: string) =>
    `code: K\nunit: A-3\ncurrency: EUR\nlimit: 5\nfrom: ${from}\nuntil: 9999-12-31\nperiod: ${period}\n`;
  const day = 'must be a date such as';
  expect(await told('b.yaml', budget('2026-02-01', 'month'))).toEqual([]);
  expect(await told('b.yaml', budget('9999-12-31', 'month'))).toEqual([`b.yaml:5: from ${day} 2026-01-31, from 1900 to 2200; correct it`]);
  expect(await told('b.yaml', budget('0000-01-01', 'month'))).toEqual([`b.yaml:5: from ${day} 2026-01-31, from 1900 to 2200; correct it`]);
  expect(await told('b.yaml', budget('2026-02-01', '{ weeks: 4-4-5, anchor: 9990-01-01, week53: never }'))).toEqual([
    `b.yaml:7: period.anchor ${day} 2026-01-26, from 1900 to 2200; correct it`,
  ]);
  expect(await told('b.yaml', budget('2026-02-01', '{ dates: [{ from: 2026-01-01, to: 9999-12-31 }] }'))).toContain(
    `b.yaml:7: period.dates.0.to ${day} 2026-01-26, from 1900 to 2200; correct it`,
  );
});

it.each(['', 'budgets: []', 'budgets: 5', 'budgets: [{}]'])(
  'says that a file holds no budgets, instead of what each lacks: %s',
  async (text) => {
    expect(await told('b.yaml', text)).toEqual(['b.yaml holds no budgets; write each below `budgets:` (docs/budgets.md)']);
  },
);

it('says of a table without rows what a file can be, not what the folder of a connection can', async () => {
  expect(await told('b.csv', '')).toEqual(['b.csv is empty; fill it, or take it away']);
  expect((await told('b.csv', ROW.split('\n')[0] ?? '')).join()).toMatch(
    /^b\.csv has a header and no rows; check the export that wrote it/,
  );
});
