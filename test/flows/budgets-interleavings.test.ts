/** Whatever happens to orders, in whatever order and however often it is told: in the end the ledger is what their states demand. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tendBudgets } from '../../src/orders/tend-budgets.ts';
import { type BudgetOrders, setupBudgetOrders } from './budgets-orders-setup.ts';

let setup: BudgetOrders;
beforeEach(async () => {
  setup = await setupBudgetOrders();
});
afterEach(() => setup.erp.close());

const EVENTS = ['submit', 'approve', 'decline', 'withdraw', 'revise', 'handOff', 'settle', 'tend', 'unsettle'] as const;
type Event = readonly [(typeof EVENTS)[number], number, number];

/** What people and workers are refused is nothing to the ledger. */
const perhaps = (work: Promise<unknown>) => work.catch(() => undefined);

async function play(orders: string[], [event, which, ovens]: Event): Promise<void> {
  const id = orders[which % Math.max(orders.length, 1)];
  if (event === 'submit' || id === undefined) {
    orders.push((await setup.order(ovens)).order.id);
    return;
  }
  const revision = async () =>
    Number((await setup.rows<{ revision: number }>('select revision from orders where id = ?', [id]))[0]?.revision);
  const change = { lines: [{ reference: '1', product: '4715', quantity: String(ovens) }] };
  if (event === 'revise') await perhaps(setup.revise(id, change, await revision()));
  else if (event === 'tend') await Promise.all([tendBudgets(setup.context), tendBudgets(setup.context)]);
  else if (event === 'settle') await Promise.all([setup.settle(id), setup.settle(...orders), setup.settle(id, id)]);
  // As if a process of an older version, or a repair by hand, had changed the order and told no budget.
  else if (event === 'unsettle')
    await setup.rows(`update orders set state = 'withdrawn' where id = ? and state = 'pending_approval'`, [id]);
  else await perhaps(setup[event](id));
}

interface Standing {
  id: string;
  demanded: string;
  committed: string;
}

/** Asked of the orders alone: what the ERP holds, and what is on its way on top of it. */
const DEMANDS = `
  select o.id, case when o.state in ('pending_approval', 'released') or (o.state = 'cancelled' and taken.total is not null and not gone.is_there)
    then greatest(0, o.total - coalesce(taken.total, 0)) else 0 end as demanded,
    case when gone.is_there then 0 else coalesce(taken.total, 0) end as committed
  from orders o
  left join lateral (select r.total from handoffs h join order_revisions r on r.order_id = o.id and r.n = h.revision
    where h.order_id = o.id and h.kind <> 'cancel' and h.state = 'accepted' order by h.seq desc limit 1) taken on true
  cross join lateral (select exists (select from handoffs h where h.order_id = o.id and h.kind = 'cancel' and h.state = 'accepted') as is_there) gone
  order by o.id`;

async function expectTrueLedger(): Promise<void> {
  const demands = (await setup.rows<Standing>(DEMANDS)).map(({ id, demanded, committed }) => [id, Number(demanded), Number(committed)]);
  const ledger = await setup.rows<{ id: string; reserved: string; committed: string }>(
    `select o.id, coalesce(sum(case m.type when 'RESERVE' then m.amount when 'RELEASE' then m.amount when 'COMMIT' then -m.amount end), 0) as reserved,
       coalesce(sum(m.amount) filter (where m.type in ('COMMIT', 'ADJUST', 'CREDIT')), 0) as committed
     from orders o left join budget_movements m on m.order_id = o.id group by o.id order by o.id`,
  );
  expect(ledger.map(({ id, reserved, committed }) => [id, Number(reserved), Number(committed)])).toEqual(demands);
  expect(await setup.budgets.wrongSums()).toEqual([]);
}

describe('budgets under any interleaving', () => {
  it('end as the states of the orders demand, and doing it again changes nothing', async () => {
    await setup.nord({ enforcement: 'warn' });
    await setup.asksFor(1_500);
    const event = fc.tuple(fc.constantFrom(...EVENTS), fc.nat(3), fc.integer({ min: 1, max: 4 }));
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 4, maxLength: 14 }), async (events) => {
        const orders: string[] = [];
        for (const one of events) await play(orders, one);
        await tendBudgets(setup.context);
        // What changed behind everybody's back leaves no line in any log: whoever changed it has it settled.
        await setup.settle(...orders);
        await expectTrueLedger();
        expect(await setup.settle(...orders)).toBe(0);
        expect(await tendBudgets(setup.context)).toMatchObject({ settled: 0 });
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('never take more than there is where they block, however many orders come at once', async () => {
    const budget = await setup.nord({ enforcement: 'block' });
    await setup.asksFor(1);
    await Promise.all(Array.from({ length: 8 }, (_, n) => setup.order((n % 3) + 1)));
    const { reserved, available, overridden } = await setup.sums(budget);
    expect([reserved + available, overridden]).toEqual([500_000, 0]);
    expect(available).toBeGreaterThanOrEqual(0);
    const [taken] = await setup.rows<{ total: string }>(`select sum(total) as total from orders where state = 'pending_approval'`);
    expect(Number(taken?.total)).toBe(reserved);
  });
});
