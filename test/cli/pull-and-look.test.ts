import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait.ts';
import { kontorHere } from './run-here.ts';
import { kontor, makeFolder, type Place, SHOP_FILES, startKontor } from './run-kontor.ts';

let url: string;
beforeAll(async () => {
  ({ url } = await createTestDatabase());
});

async function shop(): Promise<Place> {
  const { url: own } = await createTestDatabase();
  return { cwd: await makeFolder(SHOP_FILES), env: { DATABASE_URL: own } };
}

async function json(args: string[], place: Place) {
  const { stdout } = await kontorHere([...args, '--json'], place);
  return JSON.parse(stdout);
}

describe('pull and look', () => {
  it('pulls everything in order, shows it, and finds nothing new the second time', async () => {
    const place = await shop();
    const first = await kontor(['pull', 'shop', '--wait', '--json'], place);
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(first.stdout).runs).toMatchObject([
      { entity: 'account', outcome: 'complete', counts: { read: 3, created: 2, quarantined: 1 } },
      { entity: 'contact', outcome: 'complete', counts: { read: 2, created: 2 } },
      { entity: 'address', outcome: 'complete', counts: { read: 1, created: 1 } },
    ]);

    const { accounts } = await json(['accounts', 'list'], place);
    expect(accounts).toMatchObject([
      { number: 'A-1', name: 'Hansa Kontor', parent: null },
      { number: 'A-2', name: 'Hansa Nord', parent: 'Hansa Kontor', city: 'Dresden' },
    ]);
    const shown = await kontor(['accounts', 'show', 'a-2'], place);
    expect(shown.stdout).toMatch(/^Hansa Nord {2}A-2 {2}active\nHansa Kontor › Hansa Nord\n/);
    expect(shown.stdout).toMatch(/credit limit\s+EUR 1,000\.50/);
    expect(shown.stdout).toMatch(/ship to\s+01099 Dresden/);
    expect(shown.stdout).toMatch(/Greta Brandt\s.*Jens Brandt/);
    expect(shown.stdout).toMatch(/shop\s+A-2\s/);

    await writeFile(join(place.cwd, 'data/accounts.csv'), SHOP_FILES['data/accounts.csv'].replace('Hansa Nord', 'Hansa Ost'));
    const second = await kontor(['pull', 'shop', '--full', '--wait'], place);
    expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining('no worker is alive; this process does the work itself') });
    expect(second.stdout).toMatch(/run 4 {2}account {2}complete {2}3 read: 0 created, 1 changed, 1 unchanged/);
    const history = await kontor(['accounts', 'history', 'A-2', '--limit', '1'], place);
    expect(history.stdout).toMatch(/changed {2}run 4, shop\n {2}name\s+Hansa Nord → Hansa Ost\nmore: --before \d+/);
    const { changes } = await json(['accounts', 'history', 'A-2'], place);
    expect(changes.at(-1)).toMatchObject({
      kind: 'created',
      fields: expect.arrayContaining([{ field: 'name', old: null, new: 'Hansa Nord' }]),
    });
    const { runs, next } = await json(['runs', '--limit', '2'], place);
    expect(runs).toMatchObject([{ id: '6' }, { id: '5' }]);
    expect((await json(['runs', '--limit', '2', '--before', next], place)).runs).toMatchObject([{ id: '4' }, { id: '3' }]);
  });

  it('lists, shows, exports and replays what was set aside', async () => {
    const place = await shop();
    await kontor(['pull', 'shop', 'account', '--wait'], place);
    const { records } = await json(['quarantine', 'list'], place);
    expect(records).toMatchObject([
      { externalId: 'A-3', origin: { file: 'accounts.csv', row: 4 }, problems: [{ field: 'creditLimit', column: 'Limit' }] },
    ]);
    const shown = await kontor(['quarantine', 'show', records[0].id], place);
    expect(shown.stdout).toMatch(/accounts\.csv, row 4[\s\S]*problem {2}creditLimit, column "Limit": .*=1\+1/);

    await kontor(['quarantine', 'list', '--export', 'bad.csv'], place);
    expect(await readFile(join(place.cwd, 'bad.csv'), 'utf8')).toContain('shop,account,A-3,accounts.csv,,4,creditLimit');

    const yaml = join(place.cwd, 'kontor.yaml');
    await writeFile(
      yaml,
      (await readFile(yaml, 'utf8')).replace('creditLimit: Limit', "creditLimit: { column: Limit, transform: { blank: '=1+1' } }"),
    );
    const replayed = await kontor(['quarantine', 'replay', records[0].id, '--wait', '--json'], place);
    expect(JSON.parse(replayed.stdout).runs).toMatchObject([{ mode: 'replay', outcome: 'complete', counts: { created: 1 } }]);
    expect((await json(['quarantine', 'list'], place)).records).toEqual([]);
    expect(await kontor(['quarantine', 'replay', records[0].id], place)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not open, or not there'),
    });
  });

  it('replays all there is, however much, in several runs', async () => {
    const { url: own, db } = await createTestDatabase();
    const place = { cwd: await makeFolder(SHOP_FILES), env: { DATABASE_URL: own } };
    await kontor(['pull', 'shop', 'account', '--wait'], place);
    await db.raw(`insert into quarantine (source_id, identity, key, run_id, origin, problems, payload, first_seen_at, last_seen_at)
      select source_id, 'B-' || n, 'b-' || n, run_id, origin, problems, payload, first_seen_at, last_seen_at from quarantine, generate_series(1, 20000) n`);
    const { requested } = await json(['quarantine', 'replay', '--all'], place);
    expect(requested).toHaveLength(3);
    const chosen =
      "select count(distinct chosen.number)::int as n from runs, jsonb_array_elements_text(selection) as chosen (number) where mode = 'replay'";
    expect((await db.raw(chosen)).rows).toEqual([{ n: 20_001 }]);
  });

  it('says what is not there, with the command that lists what is', async () => {
    const place = { cwd: await makeFolder(SHOP_FILES), env: { DATABASE_URL: url } };
    for (const [args, cure] of [
      [['runs', 'show', '99'], '`kontor runs` lists them'],
      [['accounts', 'show', 'X-9'], '`kontor accounts list --search TEXT` finds it'],
      [['quarantine', 'show', '99'], '`kontor quarantine list` shows them'],
    ] as const) {
      expect(await kontorHere(args, place)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(cure) });
    }
  });

  it('asks for a migration instead of failing on a table, and migrates when told', async () => {
    const { url: empty } = await createTestDatabase({ empty: true });
    const place = { cwd: await makeFolder(), env: { DATABASE_URL: empty } };
    expect(await kontor(['runs'], place)).toMatchObject({ code: 3, stderr: expect.stringContaining('run `kontor migrate`') });
    expect(await kontor(['health'], place)).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/error migrations {2}\d+ pending; run `kontor migrate`/),
    });
    expect((await json(['migrate', '--dry-run'], place)).pending.length).toBeGreaterThan(0);
    expect((await json(['migrate'], place)).applied.length).toBeGreaterThan(0);
    expect(await json(['migrate'], place)).toEqual({ applied: [] });
    expect(await kontor(['runs'], place)).toMatchObject({ code: 0, stdout: expect.stringContaining('no runs') });
  });
});

describe('a worker', () => {
  it('serves pulls of other processes, shows itself, and drains on SIGTERM; its log hides secrets', async () => {
    const place = await shop();
    const yaml = join(place.cwd, 'kontor.yaml');
    const scheduled = `${await readFile(yaml, 'utf8')}    schedule: { cron: '0 3 * * *' }\nlog: { level: debug }\n`;
    await writeFile(yaml, scheduled.replace('./data', `'\${DATA_FOLDER}'`));
    const env = { ...place.env, DATA_FOLDER: './data' };
    const worker = startKontor(['worker'], { ...place, env });
    await waitFor(() => worker.stdout().includes('worker started'));
    expect(await kontor(['health', '--worker'], { ...place, env })).toMatchObject({ code: 0, stdout: expect.stringContaining('1 alive') });

    const asked = await kontor(['pull', 'shop', 'account', '--json'], { ...place, env });
    expect(JSON.parse(asked.stdout)).toMatchObject({ requested: [{ runId: '1', entity: 'account' }], workers: 1 });
    await waitFor(async () => (await json(['runs', 'show', '1'], { ...place, env })).state === 'finished');
    expect((await json(['schedules'], { ...place, env })).schedules).toMatchObject([
      { name: 'pull shop', cron: '0 3 * * *', active: true },
    ]);

    worker.kill('SIGTERM');
    const { code, stdout } = await worker.ended;
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ level: 'info', msg: 'worker stopped', outcome: 'drained' });
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'worker started', connections: ['shop'], schedules: ['pull shop: 0 3 * * * (Europe/Berlin)'] }),
    );
    expect(stdout).not.toContain('./data');
    expect((await json(['health'], { ...place, env })).findings).toContainEqual(
      expect.objectContaining({ part: 'workers', message: expect.stringContaining('none alive') }),
    );
  });

  it('does not start by a clock that was put back, unless that is accepted', async () => {
    const { db, url } = await createTestDatabase();
    const place = { cwd: await makeFolder(SHOP_FILES), env: { DATABASE_URL: url } };
    await db('clock_mark').insert({ at: new Date(Date.now() + 3_600_000) });
    const { code, stderr } = await kontor(['worker'], place);
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringMatching(/the clock of this machine says .*, and jobs have looked at .* already; set the clock/) }); // biome-ignore format: one look
    const worker = startKontor(['worker', '--accept-clock'], place);
    await waitFor(() => worker.stdout().includes('worker started'));
    worker.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0 });
  });

  it('is missed by a pull that does not wait', async () => {
    const place = await shop();
    const { code, stdout, stderr } = await kontor(['pull', 'shop', 'account'], place);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'run 1  account  requested\n' });
    expect(stderr).toContain('no worker is alive; start one with `kontor worker`');
  });
});
