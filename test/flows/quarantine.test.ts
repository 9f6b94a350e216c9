import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { batchQuarantine } from '../../src/store/views/list-quarantine.ts';
import { customers } from './pull-setup.ts';

const HEADER = 'No,Name,Parent,Limit';
const good = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `G-${from + i},Good ${from + i},,`);

interface Entry {
  id: string;
  state: string;
  external_id: string | null;
  origin: object;
  problems: { code: string; field?: string; column?: string; reason: string }[];
}
const OPEN = `select id, state, external_id, origin, problems from quarantine where state = 'open' order by external_id nulls first, (origin ->> 'row')::int`;

describe('quarantine', () => {
  it('names file, row, field, column and value of a bad record, and lets the others pass', async () => {
    const { write, pull, rows, accounts } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,12x', ',Nameless,,', 'C-3,Petersen,,3']);
    const run = await pull();
    expect(run).toMatchObject({ outcome: 'complete', counts: { read: 3, created: 1, quarantined: 2 } });
    expect(await rows(OPEN)).toMatchObject([
      { external_id: null, origin: { file: 'accounts.csv', row: 3 }, problems: [{ code: 'RECORD_KEY_MISSING' }] },
      {
        external_id: 'C-1',
        origin: { file: 'accounts.csv', row: 2 },
        problems: [{ code: 'RECORD_INVALID', field: 'creditLimit', column: 'Limit', reason: expect.stringContaining('12x') }],
      },
    ]);
    expect(Object.keys(await accounts())).toEqual(['C-3']);
  });

  it('keeps one entry for a record however often it is met, and heals by itself when a good version arrives', async () => {
    const { write, pull, rows } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,12x', ',Nameless,,']);
    await pull('account', 'full');
    await pull('account', 'full');
    expect(await rows('select count(*)::int as n from quarantine')).toEqual([{ n: 2 }]);
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,12', 'C-2,Named,,']);
    const run = await pull('account', 'full');
    expect(run.counts).toMatchObject({ created: 2, healed: 1 });
    expect(await rows('select state from quarantine order by id')).toEqual(
      expect.arrayContaining([{ state: 'healed' }, { state: 'gone' }]),
    );
  });

  it('ends in a delta what a file no longer holds, and leaves what stands in files that were not read', async () => {
    const { write, pull, rows } = await customers();
    await write('accounts-1.csv', [HEADER, ...good(1, 9), ',Nameless,,', ',Unnamed,,']);
    await write('accounts-2.csv', [HEADER, ...good(11, 19), ',Elsewhere,,', 'C-9,Holm KG,,12x']);
    await pull();
    await write('accounts-1.csv', [HEADER, ...good(1, 9), 'C-1,Nameless,,', ',Unnamed,,']);
    expect(await pull()).toMatchObject({ outcome: 'complete', counts: { created: 1, quarantined: 1 } });
    expect(await rows(`select payload -> 'cells' ->> 1 as name, state from quarantine order by 1`)).toEqual([
      { name: 'Elsewhere', state: 'open' },
      { name: 'Holm KG', state: 'open' },
      { name: 'Nameless', state: 'gone' },
      { name: 'Unnamed', state: 'open' },
    ]);
  });

  it('keeps what stands in archived files through a full pull', async () => {
    const { write, pull, rows, folder, context } = await customers();
    const connection = context.settings.connections.get('sheets');
    Object.assign(connection ?? {}, { settings: { folder, stableMs: 0, archive: path.join(folder, 'done') } });
    await write('accounts-1.csv', [HEADER, ...good(1, 9), ',Nameless,,']);
    await pull();
    await write('accounts-2.csv', [HEADER, ...good(11, 19)]);
    expect(await pull('account', 'full')).toMatchObject({ outcome: 'complete', counts: { read: 9 } });
    expect(await rows('select state from quarantine')).toEqual([{ state: 'open' }]);
  });

  it('counts a replayed record as healed only when it became good itself', async () => {
    const { write, pull, rows } = await customers();
    await write('accounts.csv', [HEADER, 'C-9,Holm KG,,x', 'C-9,Petersen,,y', ...good(1, 20)]);
    await pull();
    const entries = await rows<Entry>(OPEN);
    const run = await pull(
      'account',
      'replay',
      entries.map(({ id }) => id),
    );
    expect(run.counts).toMatchObject({ created: 0, healed: 0, quarantined: 2 });
    expect(await rows(OPEN)).toHaveLength(2);
  });

  it('is replayed in batches that hold everything once and never part what can only be judged together', async () => {
    const { db, write, pull, rows } = await customers();
    const contested = ['K-1,Holm KG,,', 'K-2,Petersen,,', 'K-1,Holm AG,,', 'K-2,Petersen AG,,', 'K-1,Holm SE,,'];
    await write('accounts.csv', [
      HEADER,
      ...contested,
      'A,a,B,',
      'B,b,C,',
      'C,c,A,',
      ',Nameless,,',
      ',Unnamed,,',
      'C-9,x,,x',
      ...good(1, 60),
    ]);
    await pull();
    const batches = await batchQuarantine(db, {}, 2);
    const open = await rows<Entry>(OPEN);
    expect(batches.flatMap(({ ids }) => ids).sort()).toEqual(open.map(({ id }) => id).sort());
    const batchOf = (id: string) => batches.findIndex(({ ids }) => ids.includes(id));
    const companies = [['K-1'], ['K-2'], ['A', 'B', 'C']].map((names) => open.filter((entry) => names.includes(entry.external_id ?? '')));
    expect(companies.map((entries) => [entries.length, new Set(entries.map(({ id }) => batchOf(id))).size])).toEqual([
      [3, 1],
      [2, 1],
      [3, 1],
    ]);
    expect(batches.length).toBeGreaterThanOrEqual(4);
  });

  it('names each of several circles by its own members', async () => {
    const { write, pull, rows } = await customers();
    await write('accounts.csv', [HEADER, 'A,a,C,', 'B,b,A,', 'C,c,B,', 'X,x,Y,', 'Y,y,X,', 'S,s,S,', 'Z,z,A,', ...good(1, 40)]);
    await pull();
    const reasons = (await rows<Entry>(OPEN)).map(({ external_id, problems }) => [
      external_id,
      /closes a circle: (.*?);/.exec(problems[0]?.reason ?? '')?.[1],
    ]);
    expect(reasons).toEqual([
      ['A', 'A -> C -> B -> A'],
      ['B', 'A -> C -> B -> A'],
      ['C', 'A -> C -> B -> A'],
      ['S', 'S -> S'],
      ['X', 'X -> Y -> X'],
      ['Y', 'X -> Y -> X'],
    ]);
  });

  it('applies none of several records with one key and different values, wherever they stand, and leaves the profile as it was', async () => {
    const { write, pull, rows, accounts } = await customers();
    await write('accounts-1.csv', [HEADER, 'C-1,Holm KG,,', 'C-2,Petersen,,']);
    await pull();
    await write('accounts-1.csv', [HEADER, 'C-1,Holm GmbH,,', 'C-2,Petersen,,']);
    await write('accounts-2.csv', [HEADER, 'C-1,Holm AG,,']);

    const run = await pull('account', 'full');

    expect(run.counts).toMatchObject({ changed: 0, unchanged: 1, quarantined: 2 });
    expect((await accounts())['C-1']?.name).toBe('Holm KG');
    const entries = await rows<Entry>(OPEN);
    expect(entries.map(({ problems }) => problems[0]?.code)).toEqual(['RECORD_KEY_CONFLICT', 'RECORD_KEY_CONFLICT']);
    expect(entries[0]?.problems[0]?.reason).toContain('accounts-1.csv row 2, accounts-2.csv row 2');
  });

  it('does not let the next delta of one file decide what two files contradict each other about', async () => {
    const { write, pull, rows, accounts } = await customers();
    await write('accounts-1.csv', [HEADER, 'C-1,Holm GmbH,,', 'C-2,Petersen,,']);
    await write('accounts-2.csv', [HEADER, 'C-1,Holm AG,,']);
    await pull();
    await write('accounts-1.csv', [HEADER, 'C-1,Holm GmbH,,', 'C-2,Petersen & Co,,']);
    expect((await pull()).counts).toMatchObject({ changed: 1, created: 0, quarantined: 1, healed: 0 });
    expect(Object.keys(await accounts())).toEqual(['C-2']);
    expect(await rows(OPEN)).toHaveLength(2);
    await write('accounts-2.csv', [HEADER, 'C-3,Other,,']);
    expect((await pull('account', 'full')).counts).toMatchObject({ created: 2, healed: 2 });
    expect((await accounts())['C-1']?.name).toBe('Holm GmbH');
  });

  it('keeps every one of several bad rows with one key, and its numbers add up', async () => {
    const { write, pull, rows } = await customers();
    await write('accounts.csv', [HEADER, 'C-9,Holm KG,,x', 'C-9,,,1', 'C-9,Holm KG,,y', 'C-1,a,,', 'C-1,a,,', 'C-2,b,,']);
    const { counts } = await pull();
    expect(counts).toMatchObject({ read: 6, created: 2, repeated: 1, quarantined: 3, unchanged: 0, changed: 0 });
    expect((await rows<Entry>(OPEN)).map(({ origin }) => origin)).toMatchObject([{ row: 2 }, { row: 3 }, { row: 4 }]);
    await pull('account', 'full');
    expect(await rows('select count(*)::int as n from quarantine')).toEqual([{ n: 3 }]);
  });

  it('ignores word-for-word repeats and says so', async () => {
    const { write, pull } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,', 'C-1,Holm KG,,', 'C-2,Petersen,,']);
    const run = await pull();
    expect(run).toMatchObject({ counts: { created: 2, repeated: 1, quarantined: 0 }, notices: [{ code: 'REPEATED_RECORDS' }] });
    expect((await pull('account', 'full')).counts).toMatchObject({ read: 3, unchanged: 2, repeated: 1 });
  });

  it('refuses keys that differ only in case, in one file and against what is held', async () => {
    const { write, pull, rows, accounts } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,', 'c-1,Holm KG,,', 'C-2,Petersen,,']);
    expect((await pull()).counts).toMatchObject({ created: 1, quarantined: 2 });
    await write('accounts.csv', [HEADER, 'c-2,Petersen & Co,,']);
    expect((await pull()).counts).toMatchObject({ changed: 0, quarantined: 1 });
    const codes = (await rows<Entry>(OPEN)).map(({ problems }) => problems[0]?.code);
    expect(new Set(codes)).toEqual(new Set(['RECORD_KEY_AMBIGUOUS']));
    expect(Object.keys(await accounts())).toEqual(['C-2']);
  });

  it('takes a key with blanks around it for the key, and refuses it beside one with other values', async () => {
    const { write, pull, accounts } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,', '"C-1 ",Holm GmbH,,', '" C-2",Petersen,,']);
    expect((await pull()).counts).toMatchObject({ created: 1, quarantined: 2 });
    expect(Object.keys(await accounts())).toEqual(['C-2']);
  });

  it('refuses circles by name, through old and new records alike, and keeps the rest', async () => {
    const { write, pull, rows, accounts } = await customers();
    await write('accounts.csv', [HEADER, 'A,a,B,', 'B,b,C,', 'C,c,A,', 'D,d,A,', 'S,s,S,', ...good(1, 30)]);
    const run = await pull();
    expect(run.counts).toMatchObject({ created: 31, quarantined: 4 });
    const entries = await rows<Entry>(OPEN);
    expect(entries.map(({ external_id, problems }) => [external_id, problems[0]?.code])).toEqual(
      ['A', 'B', 'C', 'S'].map((id) => [id, 'HIERARCHY_CYCLE']),
    );
    expect(entries[0]?.problems[0]?.reason).toContain('"A" names "B" as its parent');
    expect((await accounts()).D).toMatchObject({ parent: null });

    await write('accounts.csv', [HEADER, 'A,a,,', 'B,b,A,', 'C,c,B,', 'D,d,A,', ...good(1, 30)]);
    expect((await pull()).counts).toMatchObject({ created: 3, healed: 3 });
    expect((await accounts()).D).toMatchObject({ parent: 'A' });
    await write('accounts-more.csv', [HEADER, 'A,a,C,']);
    await write('accounts.csv', [HEADER, 'B,b,A,', 'C,c,B,', 'D,d,A,', ...good(1, 30)]);
    expect((await pull()).counts).toMatchObject({ quarantined: 1, changed: 0 });
    expect((await accounts()).A).toMatchObject({ parent: null });
  });

  it('looks for circles again after setting some aside', async () => {
    const { write, pull, accounts } = await customers();
    await write('accounts.csv', [HEADER, 'A,a,B,', 'B,b,,', 'C,c,,', ...good(1, 30)]);
    await pull();
    await write('accounts.csv', [HEADER, 'A,a,C,', 'B,b,A,', 'C,c,A,', ...good(1, 30)]);
    expect((await pull()).counts).toMatchObject({ changed: 0, quarantined: 3 });
    expect(await accounts()).toMatchObject({ A: { parent: 'B' }, B: { parent: null }, C: { parent: null } });
  });

  it('holds a run with too many bad records: nothing applied, cursor unmoved, reasons kept', async () => {
    const { write, pull, rows, accounts } = await customers();
    const bad = Array.from({ length: 10 }, (_, i) => `B-${i},Bad,,x`);
    await write('accounts.csv', [HEADER, ...good(1, 39), ...bad]);
    const run = await pull();
    expect(run).toMatchObject({ outcome: 'held', error: { code: 'TOO_MANY_REJECTED', message: expect.stringContaining('10 of 49') } });
    expect(await accounts()).toEqual({});
    expect(await rows('select count(*)::int as n from quarantine')).toEqual([{ n: 10 }]);

    await write('accounts.csv', [HEADER, ...good(1, 40), ...bad]);
    expect(await pull()).toMatchObject({ outcome: 'complete', counts: { created: 40, quarantined: 10 } });
  });

  it('says which share is allowed when it holds a run', async () => {
    const { write, pull, context } = await customers();
    Object.assign(context.settings.connections.get('sheets') ?? {}, { guards: { maxRejectedShare: 0.005, minRejected: 1 } });
    await write('accounts.csv', [HEADER, ...good(1, 99), 'B-1,Bad,,x']);
    expect((await pull()).error?.message).toContain('(1 %, allowed 0.5 %)');
  });

  it('replays a record once the mapping understands it', async () => {
    const { write, pull, rows, accounts, context } = await customers();
    await write('accounts.csv', [HEADER, '"C-1",Holm KG,,"1.500,50"', ...good(1, 5)]);
    await pull();
    const [entry] = await rows<Entry>(OPEN);
    expect((await pull('account', 'replay', [entry?.id ?? ''])).counts).toMatchObject({ created: 0, quarantined: 1 });

    Object.assign(context.settings.connections.get('sheets')?.entities[0] ?? {}, {
      mapping: { externalId: 'No', name: 'Name', currency: { value: 'EUR' }, creditLimit: { column: 'Limit', decimal: ',', group: '.' } },
    });
    const run = await pull('account', 'replay', [entry?.id ?? '']);
    expect(run).toMatchObject({ mode: 'replay', outcome: 'complete', counts: { created: 1, healed: 1 } });
    expect(await rows(`select state from quarantine where id = ${entry?.id}`)).toEqual([{ state: 'replayed' }]);
    expect((await accounts())['C-1']?.credit_limit).toBe('150050');
  });

  it('leaves a row that was never readable in quarantine, and replays the others', async () => {
    const { write, pull, rows, accounts } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,,too,many', 'C-2,Petersen,,', 'C-2,Petersen & Co,,', ...good(1, 5)]);
    await pull();
    const entries = await rows<Entry>(OPEN);
    const chosen = entries.filter(({ origin }) => 'row' in origin && origin.row !== 4).map(({ id }) => id);
    const run = await pull('account', 'replay', chosen);
    expect(run).toMatchObject({ outcome: 'complete', counts: { created: 1, healed: 1, quarantined: 1 } });
    expect((await accounts())['C-2']?.name).toBe('Petersen');
    expect((await rows<Entry>(OPEN)).map(({ origin }) => origin)).toMatchObject([{ row: 2 }, { row: 4 }]);
  });

  it('lets a person choose between conflicting records by replaying one of them', async () => {
    const { write, pull, rows, accounts } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,Holm KG,,', 'C-1,Holm AG,,']);
    await pull();
    const entries = await rows<Entry>(OPEN);
    const chosen = entries.find(({ origin }) => 'row' in origin && origin.row === 3);
    await pull('account', 'replay', [chosen?.id ?? '']);
    expect((await accounts())['C-1']?.name).toBe('Holm AG');
  });

  it('keeps what cannot be stored as it stands readable: zero bytes, half characters, backslashes, line breaks', async () => {
    const { write, pull, accounts } = await customers();
    await write('accounts.csv', [HEADER, 'C-1,"Holm \\ KG\\n""x""",,', 'C-2,"two\nlines",,', '__proto__,Proto,,']);
    const run = await pull();
    expect(run.counts).toMatchObject({ created: 3 });
    expect(await accounts()).toMatchObject({ 'C-1': { name: 'Holm \\ KG\\n"x"' }, 'C-2': { name: 'two\nlines' } });
  });
});
