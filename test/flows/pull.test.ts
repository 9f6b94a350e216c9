import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_MAPPING, customers } from './pull-setup.ts';

const HEADER = 'No,Name,Parent,Limit';

describe('a pull', () => {
  it('makes profiles of records, with parents that stand further down or in another file', async () => {
    const { write, pull, accounts } = await customers();
    await write('accounts-1.csv', [HEADER, 'U-1,Plant,C-1,', 'C-1,Holm KG,,1500.50', 'U-2,Depot,C-9,']);
    await write('accounts-2.csv', [HEADER, 'C-9,Petersen,,']);

    const run = await pull();

    expect(run).toMatchObject({ outcome: 'complete', counts: { read: 4, created: 4, quarantined: 0 }, notices: [] });
    expect(await accounts()).toEqual({
      'C-1': { name: 'Holm KG', parent: null, credit_limit: '150050' },
      'C-9': { name: 'Petersen', parent: null, credit_limit: null },
      'U-1': { name: 'Plant', parent: 'C-1', credit_limit: null },
      'U-2': { name: 'Depot', parent: 'C-9', credit_limit: null },
    });
  });

  it('writes nothing the second time', async () => {
    const { write, pull, rows } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,1', 'C-2,Petersen,C-1,']);
    await pull('account', 'full');
    const before = await rows(
      'select (select count(*) from changes) as changes, (select count(*) from events) as events, max(xmin::text::bigint) as last from source_records',
    );

    const again = await pull('account', 'full');

    expect(again).toMatchObject({ outcome: 'complete', counts: { read: 2, created: 0, changed: 0, unchanged: 2 } });
    expect(
      await rows(
        'select (select count(*) from changes) as changes, (select count(*) from events) as events, max(xmin::text::bigint) as last from source_records',
      ),
    ).toEqual(before);
  });

  it('reads a file only once unless it changes or everything is asked for', async () => {
    const { write, pull } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,1']);
    await pull();
    expect((await pull()).counts.read).toBe(0);
    expect((await pull('account', 'full')).counts.read).toBe(1);
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,1', 'C-2,New,,']);
    expect((await pull()).counts).toMatchObject({ read: 2, created: 1, unchanged: 1 });
  });

  it('logs the old and the new value of every changed field, and nothing else', async () => {
    const { write, pull, rows, accounts } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,100', 'C-2,Petersen,,7']);
    await pull();
    await write('accounts.csv', [HEADER, 'C-1,Holm GmbH,,250', 'C-2,Petersen,,7']);

    const run = await pull();

    expect(run.counts).toMatchObject({ changed: 1, unchanged: 1 });
    expect(await rows(`select kind, run_id, old, new from changes where kind = 'changed'`)).toEqual([
      { kind: 'changed', run_id: run.id, old: { name: 'Holm KG', creditLimit: 10_000 }, new: { name: 'Holm GmbH', creditLimit: 25_000 } },
    ]);
    expect(await rows(`select event from events where run_id = ${run.id}`)).toEqual([{ event: 'account.changed' }]);
    expect((await accounts())['C-1']).toMatchObject({ name: 'Holm GmbH', credit_limit: '25000' });
  });

  it('leaves a profile alone when only a column that is not mapped has changed', async () => {
    const { write, pull, rows } = await customers();
    await write('accounts.csv', [`${HEADER},Note`, 'C-1,Holm KG,,1,first']);
    await pull();
    await write('accounts.csv', [`${HEADER},Note`, 'C-1,Holm KG,,1,second']);
    expect((await pull()).counts).toMatchObject({ changed: 0, unchanged: 1 });
    expect(await rows(`select count(*)::int as n from changes where kind = 'changed'`)).toEqual([{ n: 0 }]);
  });

  it('moves an account to another parent and to none', async () => {
    const { write, pull, accounts } = await customers();
    await write('accounts.csv', [HEADER, 'A,a,,', 'B,b,,', 'U,u,A,']);
    await pull();
    await write('accounts.csv', [HEADER, 'A,a,,', 'B,b,,', 'U,u,B,']);
    await pull();
    expect((await accounts()).U?.parent).toBe('B');
    await write('accounts.csv', [HEADER, 'A,a,,', 'B,b,,', 'U,u,,']);
    await pull();
    expect((await accounts()).U?.parent).toBe(null);
  });

  it('lets people arrive before their account and their superior, and says who waits', async () => {
    const { write, pull, rows } = await customers();
    await write('contacts.csv', ['Id,Account,Name,Boss', 'p1,C-1,Ines,p2', 'p2,C-1,Jan,']);
    const early = await pull('contact');
    expect(early.notices).toMatchObject([
      {
        code: 'UNRESOLVED_REFERENCES',
        message: expect.stringContaining('2 contact records wait for their account to arrive: "c-1" (named by "p1")'),
      },
    ]);

    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,']);
    await pull();

    const people = await rows(
      `select c.name, a.name as account, s.name as superior from contacts c left join accounts a on a.id = c.account_id left join contacts s on s.id = c.superior_id order by c.name`,
    );
    expect(people).toEqual([
      { name: 'Ines', account: 'Holm KG', superior: 'Jan' },
      { name: 'Jan', account: 'Holm KG', superior: null },
    ]);
    expect(await rows('select * from pending_references')).toEqual([]);
  });

  it('ends partial, and not complete, when one of the files cannot be read, and reads it once it can be', async () => {
    const { write, pull, accounts, folder } = await customers();
    await write('accounts-1.csv', [HEADER, 'C-1,Holm KG,,']);
    await write('accounts-2.csv', ['\u0000\u0001\u0002 not a table \u0000']);
    const run = await pull();
    expect(run).toMatchObject({ outcome: 'partial', counts: { created: 1 }, notices: [{ origin: { file: 'accounts-2.csv' } }] });

    await rm(path.join(folder, 'accounts-2.csv'));
    await write('accounts-2.csv', [HEADER, 'C-2,Petersen,,']);
    expect(await pull()).toMatchObject({ outcome: 'complete', counts: { read: 1, created: 1 } });
    expect(Object.keys(await accounts())).toEqual(['C-1', 'C-2']);
  });

  it('fails whole and moves no cursor when a mapped column has been renamed', async () => {
    const { write, pull, accounts } = await customers();
    await write('accounts.csv', ['No,Nmae,Parent,Limit', 'C-1,Holm KG,,']);
    const run = await pull();
    expect(run).toMatchObject({
      outcome: 'failed',
      error: { code: 'SOURCE_LAYOUT', message: expect.stringMatching(/"Name".*accounts\.csv|accounts\.csv.*"Name"/s) },
    });
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,']);
    expect((await pull()).counts.created).toBe(1);
    expect(Object.keys(await accounts())).toEqual(['C-1']);
  });

  it('keeps what an earlier delivery said where a later one is silent, and empties it when told so', async () => {
    const { write, pull, accounts, rows } = await customers();
    await write('accounts.csv', [HEADER, 'P,p,,', 'C-1,Holm KG,P,5']);
    await pull();
    await write('accounts.csv', ['No,Name', 'P,p', 'C-1,Holm GmbH']);
    await pull();
    expect((await accounts())['C-1']).toEqual({ name: 'Holm GmbH', parent: 'P', credit_limit: '500' });
    await write('accounts.csv', [HEADER, 'P,p,,', 'C-1,Holm GmbH,,']);
    await pull();
    expect((await accounts())['C-1']).toEqual({ name: 'Holm GmbH', parent: null, credit_limit: null });
    expect(await rows(`select old, new from changes where kind = 'changed' order by id desc limit 1`)).toEqual([
      { old: { parent: 'P', creditLimit: 500 }, new: { parent: null, creditLimit: null } },
    ]);
  });

  it('maps every record again when the mapping has changed', async () => {
    const first = await customers();
    await first.write('accounts.csv', [HEADER, 'C-1,Holm KG,,1']);
    await first.pull();
    const connection = first.context.settings.connections.get('sheets');
    const account = connection?.entities[0];
    Object.assign(account ?? {}, { mapping: { ...ACCOUNT_MAPPING, name: { column: 'Name', transform: ['upper'] } } });
    expect((await first.pull()).counts).toMatchObject({ changed: 1 });
    expect((await first.accounts())['C-1']?.name).toBe('HOLM KG');
  });

  it('puts files away after they are read, and says so when it cannot', async () => {
    const { write, pull, folder, context } = await customers();
    const connection = context.settings.connections.get('sheets');
    Object.assign(connection ?? {}, { settings: { folder, stableMs: 0, archive: path.join(folder, 'done') } });
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,1']);
    expect(await pull()).toMatchObject({ outcome: 'complete', notices: [] });
    expect(await readdir(path.join(folder, 'done'))).toEqual(['accounts.csv']);

    await rm(path.join(folder, 'done'), { recursive: true });
    await writeFile(path.join(folder, 'done'), 'a file where the archive should be');
    await write('accounts.csv', [HEADER, 'C-2,Petersen,,1']);
    expect(await pull()).toMatchObject({ outcome: 'complete', counts: { created: 1 }, notices: [{ code: 'NOT_SETTLED' }] });
  });
});
