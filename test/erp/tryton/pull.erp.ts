import { describe, expect, it } from 'vitest';
import type { EntityName } from '../../../src/connector/entities.ts';
import { RetryLaterError } from '../../../src/errors.ts';
import { type Run, requestRun } from '../../../src/store/runs.ts';
import { executeRun } from '../../../src/sync/execute-run.ts';
import type { PullContext } from '../../../src/sync/pull-context.ts';
import { contextFor } from '../../flows/pull-setup.ts';
import { createTestDatabase } from '../../support/database.ts';
import { connectionOf, proxied, told, trytonScene } from './scene.ts';
import { codeOf, seedParties } from './seed.ts';

const PARTIES = Number(process.env.ERP_PARTIES ?? 5_000);

/** As the queue would: what may heal is tried again, a bounded number of times. */
async function pull(context: PullContext, entity: EntityName, mode: 'full' | 'delta' = 'delta'): Promise<Run> {
  const { runId } = await requestRun(context.db, { connection: 'erp', entity, mode, trigger: 'test' }, context.now());
  for (let attempt = 1; ; attempt += 1) {
    try {
      const run = await executeRun(context, runId);
      if (run?.state === 'finished') return run;
    } catch (error) {
      if (!(error instanceof RetryLaterError) || attempt >= 50) throw error;
    }
  }
}

describe.skipIf(!told())('a real Tryton', () => {
  it(`is pulled whole, ${PARTIES} parties with hierarchy, addresses and people, while answers are lost, cut and refused`, async () => {
    const scene = trytonScene();
    const prefix = `W${Date.now()}`;
    const { parents } = await seedParties(scene, prefix, PARTIES);
    const proxy = await proxied();
    const { db } = await createTestDatabase();
    const context = contextFor(db, '.', connectionOf({ ...scene.settings, url: proxy.url, pageSize: Math.ceil(PARTIES / 50) }, prefix));

    proxy.accidents.storm({ seed: 7, rate: 0.15 });
    const runs = [await pull(context, 'account'), await pull(context, 'contact'), await pull(context, 'address')];
    proxy.accidents.calm();

    expect(runs.map(({ outcome, counts }) => ({ outcome, quarantined: counts.quarantined }))).toEqual(
      runs.map(() => ({ outcome: 'complete', quarantined: 0 })),
    );
    expect(proxy.accidents.happened.length).toBeGreaterThan(5);
    const { rows } = await db.raw(`
      select a.number, a.name, a.status, a.email, a.payment_terms, a.credit_limit, above.number as parent,
        (select count(*)::int from addresses d where d.account_id = a.id) as addresses,
        (select count(*)::int from contacts c where c.account_id = a.id) as contacts
      from accounts a left join accounts above on above.id = a.parent_id order by a.number`);
    expect(rows).toHaveLength(PARTIES);
    expect(rows.map(({ number, parent }: { number: string; parent: string | null }) => [number, parent])).toEqual(
      Array.from({ length: PARTIES }, (_, turn) => [codeOf(prefix, turn), parents.get(codeOf(prefix, turn)) ?? null]),
    );
    for (const [turn, row] of rows.entries()) {
      expect(row).toMatchObject({
        status: turn % 25 === 7 ? 'closed' : 'active',
        email: `info${turn}@example.com`,
        payment_terms: turn % 4 === 0 ? 'Net 30' : null,
        credit_limit: turn % 5 === 0 ? String(turn * 100 + 50) : null,
        addresses: 2,
        contacts: turn % 3 === 0 ? 1 : 0,
      });
    }
  });

  it('brings only what changed in a delta, children by their own stamps', async () => {
    const scene = trytonScene();
    const prefix = `D${Date.now()}`;
    const { ids } = await seedParties(scene, prefix, 20);
    const { db } = await createTestDatabase();
    const context = contextFor(db, '.', connectionOf(scene.settings, prefix));
    await pull(context, 'account');
    await pull(context, 'address');
    const id = ids.get(codeOf(prefix, 3)) ?? 0;
    const [address] = (await scene.rpc('model.party.address.search', [[['party', '=', id]], 0, 1, null])) as number[];
    await scene.rpc('model.party.address.write', [[address ?? 0], { city: 'Lübeck' }]);
    const [mail] = (await scene.rpc('model.party.contact_mechanism.search', [
      [
        ['party', '=', id],
        ['name', '=', null],
      ],
      0,
      1,
      null,
    ])) as number[];
    await scene.rpc('model.party.contact_mechanism.write', [[mail ?? 0], { active: false }]);

    await pull(context, 'account');
    await pull(context, 'address');

    const { rows } = await db.raw(`
      select a.email, array_agg(distinct d.city order by d.city) as cities from accounts a join addresses d on d.account_id = a.id
      join links l on l.local_id = a.id where l.external_id = '${id}' group by a.email`);
    // Its mail address is archived, and so no longer the party's.
    expect(rows).toEqual([{ email: null, cities: ['Hamburg', 'Lübeck'] }]);
  });

  it('prices by formulas as Tryton itself calculates them, and quantities in its warehouse', async () => {
    const scene = trytonScene();
    const [list] = (await scene.rpc('model.product.price_list.create', [
      [
        {
          name: 'Trade',
          company: 1,
          lines: [['create', [{ quantity: 10, formula: 'unit_price * 0.8' }, { formula: 'unit_price * 0.9' }]]],
        },
      ],
    ])) as number[];
    const { db } = await createTestDatabase();
    const context = contextFor(db, '.', connectionOf(scene.settings));

    await pull(context, 'price');
    await pull(context, 'stock');

    const prices = await db('prices').where('product', 'SKU-200').orderBy(['price_list', 'min_quantity']).select();
    expect(list).toBeGreaterThan(0);
    expect(prices.map(({ price_list, min_quantity, unit_price }) => [price_list, min_quantity, Number(unit_price)])).toEqual([
      ['Trade', '10', 9.876],
      ['Trade', null, 11.1105],
      [null, null, 12.345],
    ]);
    const stock = await db('stock_levels').orderBy('product').select('site', 'product', 'on_hand', 'available');
    expect(stock).toMatchObject(['SKU-100', 'SKU-200', 'SKU-300'].map((product) => ({ site: 'WH', product, on_hand: '0' })));
  });
});
