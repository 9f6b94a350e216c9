import { describe, expect, it, onTestFinished } from 'vitest';
import { tryton } from '../../../connectors/tryton/index.ts';
import type { Cursor } from '../../../src/connector/contract.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { waitFor } from '../../support/wait.ts';
import { realTryton, type Scene, told, trytonScene } from './scene.ts';

/** Reads the accounts whose name ends so; answers their names and the cursor. */
async function accounts(scene: Scene, mark: string, cursor: Cursor | null): Promise<{ names: string[]; cursor: Cursor }> {
  const names: string[] = [];
  let next: Cursor = cursor;
  for await (const page of tryton.sources.account?.read(scene.session, optionsFor(mark), cursor) ?? []) {
    names.push(...page.records.map((record: { name: string }) => record.name));
    next = page.cursor;
  }
  return { names, cursor: next };
}

function optionsFor(mark: string) {
  return { domain: [['name', 'like', `%${mark}`]], fields: [] };
}

async function database() {
  const db = await openDatabase(realTryton().databaseUrl);
  onTestFinished(() => db.destroy());
  return db;
}

describe.skipIf(!told())('a real Tryton on PostgreSQL', () => {
  it('shows a row behind the watermark when its call took long, and the next delta finds it', async () => {
    const scene = trytonScene();
    const db = await database();
    const mark = `late ${Date.now()}`;
    const lock = await db.transaction();
    await lock.raw('lock table party_address in share mode');
    // The party is stamped and written; its address waits for the lock, and so does the commit.
    const slow = scene.rpc('model.party.party.create', [[{ name: `slow ${mark}`, addresses: [['create', [{ city: 'Kiel' }]]] }]]);
    await waitFor(async () => {
      const { rows } = await db.raw(`select 1 from pg_locks where not granted and relation = 'party_address'::regclass`);
      return rows.length > 0;
    });
    await scene.rpc('model.party.party.create', [[{ name: `quick ${mark}` }]]);

    const before = await accounts(scene, mark, null);
    await lock.rollback();
    await slow;
    const after = await accounts(scene, mark, before.cursor);

    expect(before.names).toContain(`quick ${mark}`);
    expect(before.names).not.toContain(`slow ${mark}`);
    expect(after.names).toContain(`slow ${mark}`);
    const { rows } = await db('party_party')
      .where('name', 'like', `%${mark}`)
      .orderBy('create_date')
      .select('name')
      .then((rows) => ({ rows }));
    // It really was stamped before the one that was seen first.
    expect(rows.map(({ name }) => name)).toEqual([`slow ${mark}`, `quick ${mark}`]);
  });

  it('ends sessions while they are used, and is logged in to again', async () => {
    const scene = trytonScene({ pageSize: 2 });
    const db = await database();
    const mark = `page ${Date.now()}`;
    const all = Array.from({ length: 7 }, (_, turn) => `${turn} ${mark}`);
    await scene.rpc('model.party.party.create', [all.map((name) => ({ name }))]);
    await db('ir_session').delete();
    const names: string[] = [];
    let ended = 0;
    for await (const page of tryton.sources.account?.read(scene.session, optionsFor(mark), null) ?? []) {
      names.push(...page.records.map((record: { name: string }) => record.name));
      ended += await db('ir_session').delete();
    }

    expect(names).toEqual(all);
    // After each of the four pages: each was read in a session of its own.
    expect(ended).toBe(4);
  });

  it('says what it is, and what the user may do', async () => {
    const info = await tryton.check(trytonScene().session);

    expect(info).toMatchObject({ summary: expect.stringMatching(/^Tryton 6\.0\.\d+, Kontor Seller AG$/), warnings: [] });
    expect(info.permissions).toContainEqual({ name: 'create sale.sale', granted: true });
  });

  it('refuses a wrong password at once', async () => {
    await expect(tryton.check(trytonScene({ password: 'wrong' }).session)).rejects.toMatchObject({ code: 'ERP_LOGIN_REFUSED' });
  });
});
