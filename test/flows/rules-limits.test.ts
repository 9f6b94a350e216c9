import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kontorHere } from '../cli/run-here.ts';
import { makeFolder } from '../cli/run-kontor.ts';
import { setupRules } from './rules-setup.ts';

const xlsx = createRequire(import.meta.url)('xlsx') as typeof import('xlsx');

const HEAD = 'Purpose,Person,Role,Amount,Currency,Per,Shipping';
const TABLE = `${HEAD}
buy,,,unlimited,,,
buy,P-1,,30,EUR,order,
buy,,buyer,1250.50,eur,month,excluded
approve,,,0,EUR,,
approve,P-2,,inherit,,,
`;
const RULES =
  'mode: own_plus_parent\nrules:\n  - { name: Nothing from Holm, effect: deny, when: { suppliers: { in: [Holm], lines: any } } }\n';

async function office(files: Record<string, string> = {}) {
  const { url, place } = await setupRules();
  const cwd = await makeFolder({ 'rules.yaml': RULES, 'limits.csv': TABLE, ...files });
  const run = (...args: string[]) => kontorHere(args, { cwd, env: { DATABASE_URL: url } });
  const limitsOf = async (account: string) => JSON.parse((await run('rules', 'show', account, '--json')).stdout).document.limits;
  const write = (name: string, text: string) => writeFile(join(cwd, name), text);
  return { cwd, place, run, limitsOf, write };
}

describe('kontor rules limits', () => {
  it('takes them from a table, beside the rules there are, and orders are held by them', async () => {
    const { place, run } = await office();
    expect(await run('rules', 'put', 'A-1', 'rules.yaml')).toMatchObject({ code: 0 });
    expect((await place({ euros: 31 })).verdict.verdict).toBe('release');
    expect(await run('rules', 'limits', 'A-1', 'limits.csv', '--reason', 'HR, January')).toMatchObject({
      code: 0,
      stdout: 'version 2 of the rules of Hansa, with 5 limits of the table, is active; orders that wait keep theirs\n',
    });
    expect(JSON.parse((await run('rules', 'show', 'A-1', '--json')).stdout)).toMatchObject({
      version: 2,
      reason: 'HR, January',
      document: {
        mode: 'own_plus_parent',
        rules: [{ name: 'Nothing from Holm' }],
        limits: {
          buy: {
            default: 'unlimited',
            people: { 'P-1': { amount: '30', currency: 'EUR', per: 'order' } },
            roles: { buyer: { amount: '1250.5', currency: 'EUR', per: 'month', includesShipping: false } },
          },
          approve: { default: { amount: '0', currency: 'EUR', per: 'order' }, people: { 'P-2': 'inherit' } },
        },
      },
    });
    expect((await place({ euros: 31 })).verdict.verdict).toBe('pending');
  });

  it('of an account without rules leave those above in force', async () => {
    const { run } = await office();
    await run('rules', 'limits', 'A-2', 'limits.csv');
    expect(JSON.parse((await run('rules', 'show', 'A-2', '--json')).stdout)).toMatchObject({
      version: 1,
      document: { mode: 'own_plus_parent' },
    });
  });

  it('said again make no version; others are set beside them, or in place of them with --replace', async () => {
    const { run, limitsOf, write } = await office();
    await run('rules', 'limits', 'A-1', 'limits.csv');
    expect(await run('rules', 'limits', 'A-1', 'limits.csv')).toMatchObject({
      code: 0,
      stdout: 'the rules of Hansa have these limits already\n',
    });

    await write('more.csv', `${HEAD}\nbuy,p-1,,40,EUR,order,\nbuy,P-5,,50,EUR,order,\n`);
    await run('rules', 'limits', 'A-1', 'more.csv');
    const { buy, approve } = await limitsOf('A-1');
    expect(buy).toMatchObject({ default: 'unlimited', people: { 'p-1': { amount: '40' }, 'P-5': { amount: '50' } } });
    expect(Object.keys(buy.people)).toHaveLength(2);

    await write('all.csv', `${HEAD}\nbuy,P-5,,60,EUR,order,\n`);
    await run('rules', 'limits', 'A-1', 'all.csv', '--replace');
    const after = await limitsOf('A-1');
    expect(after.buy.people).toEqual({ 'P-5': { amount: '60', currency: 'EUR', per: 'order' } });
    expect(after.buy.roles).toEqual(buy.roles);
    expect(after.approve).toEqual(approve);
  });

  it('come from a workbook, too, and --draft only keeps them', async () => {
    const { cwd, run } = await office();
    const sheet = xlsx.utils.aoa_to_sheet([['purpose', 'role', 'amount', 'currency'], ['approve', '', 0, 'EUR'], ['approve', 'approver', 10_000.5, 'EUR']]); // biome-ignore format: a table
    await writeFile(join(cwd, 'limits.xlsx'), xlsx.write(xlsx.utils.book_new(sheet, 'Limits'), { type: 'buffer', bookType: 'xlsx' }));
    expect((await run('rules', 'limits', 'A-1', 'limits.xlsx', '--draft', '--decimal', ',')).stdout).toContain('is kept as a draft');
    expect(JSON.parse((await run('rules', 'show', 'A-1', '1', '--json')).stdout)).toMatchObject({
      state: 'draft',
      document: { limits: { approve: { roles: { approver: { amount: '10000.5' } } } } },
    });
  });

  it('are refused as a whole, each problem with its row and a cure', async () => {
    const bad = `${HEAD},Team
sell,P-1,,10,EUR,order,,
buy,P-1,buyer,10,EUR,order,,
buy,P-1,,,EUR,order,,
buy,P-1,,ten,EUR,order,,
buy,P-1,,10,EUR,,,
buy,P-2,,10,EUR,order,,
buy,p-2,,11,EUR,order,,
approve,P-2,,10,EUR,month,,
buy,P-3,,-5,EUR,order,,
buy,P-4,,5,EURO,order,,
buy,P-5,,5,EUR,order,perhaps,
`;
    const { run } = await office({ 'bad.csv': bad });
    const { code, stderr } = await run('rules', 'limits', 'A-1', 'bad.csv');
    expect(code).toBe(5);
    expect(stderr.match(/bad\.csv, row \d+: .*/g)).toEqual([
      'bad.csv, row 2: does not say what the limit is for; write buy or approve into purpose',
      'bad.csv, row 3: names a person and a role; give each a row of its own',
      'bad.csv, row 4: has no amount; write a number, unlimited or inherit',
      'bad.csv, row 5: "ten" is no number with the decimal sign "."; correct it, or tell with --decimal',
      expect.stringMatching(/row 6: per must be one of order, .*; correct it/),
      'bad.csv, row 8: says again whose limit stands at bad.csv, row 7; leave one of them',
      expect.stringMatching(/row 9: per must be order: what a person may approve/),
      expect.stringMatching(/row 10: amount must be/),
      expect.stringMatching(/row 11: currency must be/),
      'bad.csv, row 12: shipping is "perhaps"; write included or excluded',
    ]);
    expect((await run('rules', 'list', '--json')).stdout).not.toContain('"A-1"');
  });

  it('say so where they would not hold, or leave somebody without one', async () => {
    const { run, write } = await office({ 'none.csv': `${HEAD}\nbuy,P-1,,10,EUR,order,\n`, 'columns.csv': 'Person,Amount\nP-1,5\n' });
    expect((await run('rules', 'limits', 'A-1', 'none.csv')).stderr).toContain(
      'limits to buy need one for everybody who is not named; add a row without person and role',
    );
    await write('rules.yaml', 'mode: inherit\n');
    await run('rules', 'put', 'A-2', 'rules.yaml');
    expect((await run('rules', 'limits', 'A-2', 'limits.csv')).stderr).toContain(
      'the rules of Hansa Nord say mode inherit, where limits of its own do not hold',
    );
    await write('rules.yaml', 'mode: own\n');
    await run('rules', 'put', 'A-3', 'rules.yaml');
    expect((await run('rules', 'limits', 'A-3', 'limits.csv')).stderr).toContain(
      'limits.approve.people.P-2 cannot inherit: mode own takes nothing from above',
    );
    expect((await run('rules', 'limits', 'A-1', 'columns.csv')).stderr).toContain(
      'columns.csv has no column purpose; it has: Person, Amount',
    );
  });
});
