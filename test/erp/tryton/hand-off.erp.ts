/** The hand-off as a whole against a real Tryton: claims, leases, gates, three workers, and the accidents in between. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { connectors } from '../../../connectors/index.ts';
import type { HandoffContext } from '../../../src/orders/order-context.ts';
import { pushTogether } from '../../../src/orders/push-together.ts';
import { relayHandoffs } from '../../../src/orders/relay.ts';
import { line, releaseIn } from '../../flows/handoff-setup.ts';
import { setupOrders } from '../../flows/order-setup.ts';
import { connectionOf, IMPATIENT, proxied, told, trytonScene } from './scene.ts';

const ORDERS = Number(process.env.ERP_ORDERS ?? 500);
const ACCOUNTS = 20;
const WORKERS = 3;

describe.skipIf(!told())('a real Tryton', () => {
  it(`receives ${ORDERS} approved orders of ${ACCOUNTS} customers from ${WORKERS} workers through accidents: each once, each customer's in order`, async () => {
    const scene = trytonScene();
    const proxy = await proxied();
    const keyPrefix = `H${randomUUID().slice(0, 6).toUpperCase()}-`;
    const setup = await setupOrders({
      connections: [connectionOf(trytonScene({ url: proxy.url }).settings)],
      orders: { target: 'erp', credit: 'ignore', prices: 'given', keyPrefix },
      now: new Date().toISOString(),
    });
    const parties = (await scene.rpc('model.party.party.create', [
      Array.from({ length: ACCOUNTS }, (_, n) => ({
        name: `Buyer ${n}`,
        addresses: [['create', [{ street: 'Kai 1', city: 'Hamburg', invoice: true, delivery: true }]]],
      })) as never,
    ])) as number[];
    for (const party of parties) await setup.account(String(party), { name: `Buyer ${party}`, currency: 'EUR' });
    const released: Array<{ externalKey: string; handoffId: string; account: string }> = [];
    for (let turn = 0; turn < ORDERS; turn++) {
      const account = String(parties[turn % ACCOUNTS]);
      const lines = [
        line('1', 'SKU-100', String(1 + (turn % 9)), '249.9', (1 + (turn % 9)) * 24_990),
        line('2', 'SKU-300', '1000', '0.0125', 1_250),
      ];
      released.push({ account, ...(await releaseIn(setup, `W-${turn}`, { account, lines })) });
    }
    await setup.db.raw("delete from sources where connection = 'erp' and entity = 'contact'");
    proxy.accidents.storm({ seed: 11, rate: 0.12 });

    await Promise.all(
      Array.from({ length: WORKERS }, (_, n) =>
        work({ ...setup.context, border: IMPATIENT, connectors, holder: `worker ${n}` }, setup.clock),
      ),
    );

    const { rows } = await setup.db.raw('select state, code, reason, count(*)::int as n from handoffs group by 1, 2, 3');
    expect(rows).toEqual([{ state: 'accepted', code: null, reason: null, n: ORDERS }]);
    const sales = (await scene.rpc('model.sale.sale.search_read', [
      [['reference', 'like', `${keyPrefix}%`]],
      0,
      null,
      [['id', 'ASC']],
      ['reference', 'party', 'state'],
    ])) as Array<{ reference: string; party: number; state: string }>;
    expect(sales.map(({ reference }) => reference).sort()).toEqual(released.map(({ externalKey }) => externalKey).sort());
    expect(new Set(sales.map(({ state }) => state))).toEqual(new Set(['processing']));
    // What was held (an accident that looks like a refused login) let the others of its customer pass.
    const { rows: held } = await setup.db.raw<{ rows: Array<{ key: string }> }>(
      "select external_key as key from handoffs where id in (select handoff_id from handoff_attempts where outcome = 'held')",
    );
    const inLine = (key: string) => !held.some((one) => one.key === key);
    for (const party of parties) {
      const there = sales.filter((sale) => sale.party === party).map(({ reference }) => reference);
      const sent = released.filter(({ account }) => account === String(party)).map(({ externalKey }) => externalKey);
      expect(there.filter(inLine)).toEqual(sent.filter(inLine));
    }
    expect(new Set(proxy.accidents.names()).size).toBeGreaterThan(5);
  });
});

/** Takes what is due until nothing is open. Waits are the clock's: it goes on to the next instant anybody waits for. */
async function work(context: HandoffContext, clock: { now: Date }): Promise<void> {
  for (;;) {
    const { due } = await relayHandoffs(context);
    for (const ids of due) {
      const { failures } = await pushTogether(context, ids);
      if (failures.length > 0) throw failures[0];
    }
    if (due.length > 0) continue;
    const { rows } = await context.db.raw(
      "select count(*)::int as open, min(not_before) as next, bool_or(state = 'sending') as busy from handoffs where state in ('pending', 'unknown', 'held', 'sending')",
    );
    const [{ open, next, busy }] = rows;
    if (open === 0) return;
    if (next && !busy) clock.now = new Date(Math.max(clock.now.getTime(), next.getTime()));
    // What may be there is looked for by the database's clock, which nobody moves.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
