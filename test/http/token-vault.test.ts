import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { databaseBorder } from '../../src/store/border.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { databaseVault } from '../../src/store/token-vault.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startKeyServer } from './key-server.ts';
import { openHttp } from './open-http.ts';
import { CLIENT, FIRST_REFRESH_TOKEN, startTokenServer } from './token-server.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});

const closers: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Another process, as far as the database can tell. */
async function openPool(): Promise<Database> {
  const db = await openDatabase(database.url);
  closers.push(() => db.destroy());
  return db;
}

const SECRET = 'client secret and first token';

describe('the vault', () => {
  it('lets one worker at a time renew, and gives each what the one before it stored', async () => {
    const vaults = [databaseVault(await openPool()), databaseVault(await openPool())];
    let renewing = 0;
    const renew = async (kept: string | null): Promise<string> => {
      renewing += 1;
      expect(renewing).toBe(1);
      await vaults[0]?.look('counter', SECRET);
      renewing -= 1;
      return String(Number(kept ?? 0) + 1);
    };
    const values = await Promise.all(Array.from({ length: 8 }, (_, turn) => vaults[turn % 2]?.exchange('counter', SECRET, renew)));
    expect(values.map(Number).sort((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await vaults[1]?.look('counter', SECRET)).toBe('8');
  });

  it('tells nothing to who has the database but not the configuration', async () => {
    const db = await openPool();
    const vault = databaseVault(db);
    await vault.exchange('sealed', SECRET, async () => 'refresh-token-of-ours');
    const { sealed } = await db('token_vault').where({ name: 'sealed' }).first('sealed');
    expect(sealed.toString('latin1')).not.toContain('refresh');
    expect(await vault.look('sealed', 'other secrets')).toBeNull();
    await db('token_vault').insert({ name: 'moved', version: 1, sealed, updated_at: new Date() });
    expect(await vault.look('moved', SECRET)).toBeNull();
  });

  it('seals the same token differently each time', async () => {
    const db = await openPool();
    const vault = databaseVault(db);
    const seen = new Set<string>();
    for (const name of ['one', 'two']) {
      await vault.exchange(name, SECRET, async () => 'same');
      seen.add((await db('token_vault').where({ name }).first('sealed')).sealed.toString('hex'));
    }
    expect(seen.size).toBe(2);
  });

  it('begins anew when the configuration has changed', async () => {
    const vault = databaseVault(await openPool());
    await vault.exchange('changed', SECRET, async () => 'old');
    expect(await vault.exchange('changed', 'new secrets', async (kept) => `after ${kept}`)).toBe('after null');
    expect(await vault.look('changed', 'new secrets')).toBe('after null');
  });

  it('lets nobody overwrite what another stored while he slept through his lease', async () => {
    const [sleeperDb, awakeDb] = [await openPool(), await openPool()];
    const [sleeper, awake] = [databaseVault(sleeperDb), databaseVault(awakeDb)];
    const got = await sleeper.exchange('slept', SECRET, async () => {
      await awakeDb('leases')
        .where({ name: 'tokens of slept' })
        .update({ expires_at: awakeDb.raw("clock_timestamp() - interval '1 hour'") });
      await awake.exchange('slept', SECRET, async () => 'of the awake');
      return 'of the sleeper';
    });
    expect(got).toBe('of the awake');
    expect(await awake.look('slept', SECRET)).toBe('of the awake');
  });

  it('does not lose a token because its connections broke between getting and storing', async () => {
    const db = await openPool();
    const vault = databaseVault(db);
    await Promise.all([db.raw('select 1'), db.raw('select 1'), db.raw('select 1')]);
    await vault.exchange('broken', SECRET, async () => {
      await database.db.raw(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      return 'rotated';
    });
    expect(await vault.look('broken', SECRET)).toBe('rotated');
  });

  it('keeps what could not be stored for the next exchange of this worker', async () => {
    const db = await openPool();
    const vault = databaseVault(db);
    await db.raw('alter table token_vault rename to token_vault_away');
    await db.raw('create view token_vault as select * from token_vault_away');
    await db.raw('create rule no_store as on insert to token_vault do instead select 1/0 as version');
    await expect(vault.exchange('unsaved', SECRET, async () => 'rotated')).rejects.toThrow();
    await db.raw('drop view token_vault');
    await db.raw('alter table token_vault_away rename to token_vault');
    expect(await vault.exchange('unsaved', SECRET, async (kept) => kept ?? 'lost')).toBe('rotated');
    expect(await databaseVault(await openPool()).look('unsaved', SECRET)).toBe('rotated');
  });
});

it('keeps the family of a rotating refresh token alive with workers of several processes', async () => {
  const server = await startTokenServer();
  closers.push(server.close);
  const login = {
    kind: 'oauth2',
    tokenUrl: `${server.url}/token`,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    grant: { kind: 'refresh_token', refreshToken: FIRST_REFRESH_TOKEN },
  } as const;
  const workers = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const border = databaseBorder(await openPool());
    workers.push(openHttp(server.url, { border, profile: { login } }), openHttp(server.url, { border, profile: { login } }));
  }
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(workers.map((worker) => worker.send({ path: 'data' })));
    server.endTokens();
  }
  expect(server.asked.map(({ form }) => form.get('refresh_token'))).toEqual([FIRST_REFRESH_TOKEN, 'refresh-1', 'refresh-2']);
});

it('keeps API keys that end good, in whatever worker is there: the database is told of every new one before it is used', async () => {
  const server = await startKeyServer();
  closers.push(server.close);
  for (let day = 0; day < 200; day += 20) {
    const border = databaseBorder(await openPool());
    const login = { login: server.login, verdicts: [{ status: 404, verdict: 'empty' } as const] };
    await openHttp(server.url, { border, profile: login, now: () => server.clock.at }).send({ path: 'data' });
    server.clock.at = new Date(server.clock.at.getTime() + 20 * 86_400_000);
  }
  expect([...server.keys.keys()]).toEqual(['made-2']);
});
