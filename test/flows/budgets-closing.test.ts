/** A closed budget takes nothing more, and settles what stands in it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeBudget, reopenBudget } from '../../src/budgets/close-budget.ts';
import { topUp, transfer } from '../../src/budgets/move-money.ts';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import { putBudgets } from '../../src/budgets/put-budgets.ts';
import { budgetSchema } from '../../src/domain/budgets/definition.ts';
import { decideOrder } from '../../src/orders/decide.ts';
import { tendBudgets } from '../../src/orders/tend-budgets.ts';
import { loadEvaluations } from '../../src/store/approvals/evaluations.ts';
import { listClosings } from '../../src/store/budgets/closings.ts';
import { orderBudgets } from '../../src/store/views/order-budgets.ts';
import { type BudgetOrders, setupBudgetOrders } from './budgets-orders-setup.ts';
import { storeDocument } from './feedback-setup.ts';

let setup: BudgetOrders;
beforeEach(async () => {
  setup = await setupBudgetOrders();
});
afterEach(async () => {
  expect(await setup.budgets.wrongSums()).toEqual([]);
  await setup.erp.close();
});

const close = (code = 'NORD', reason: string | null = 'the year is over') =>
  setup.db.transaction((trx) => closeBudget(trx, { code, by: 'test', reason }, setup.clock.now));
const reopen = (code = 'NORD') => setup.db.transaction((trx) => reopenBudget(trx, { code, by: 'test' }, setup.clock.now));
const ovens = (quantity: string) => ({ lines: [{ reference: '1', product: '4715', quantity }] });
const at = (iso: string) => {
  setup.clock.now = new Date(iso);
  return openPeriods(setup.db, setup.clock.now);
};

describe('an order whose budget is closed', () => {
  it('is held with the reason, and charged nothing when somebody lets it pass', async () => {
    const budget = await setup.nord({ code: 'NORD' });
    await close();
    const { order } = await setup.order(1);
    expect(order.state).toBe('pending_approval');
    const [evaluation] = await loadEvaluations(setup.db, order.id);
    expect(evaluation?.trace).toMatchObject({
      reasons: [expect.stringContaining('on 2026-11-23: it is closed since 2026-11-23 (the year is over) and takes nothing more')],
    });
    await setup.approve(order.id);
    await setup.handOff(order.id);
    expect(await setup.movements(order.id)).toEqual([]);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 0, committed: 0, available: 500_000 });
  });

  it('is treated as one beyond the limit: refused where it blocks, warned, or let by', async () => {
    await setup.nord({ code: 'NORD', enforcement: 'block' });
    await close();
    expect(await setup.order(1)).toMatchObject({ order: { state: 'rejected_by_system' }, reasons: [expect.stringContaining('is closed')] });
    await setup.rows(`update budgets set enforcement = 'warn'`);
    const warned = await setup.order(1);
    expect(warned).toMatchObject({ order: { state: 'released' }, warnings: [expect.stringContaining('is closed')] });
    await setup.rows(`update budgets set enforcement = 'allow'`);
    const letBy = await setup.order(1);
    expect(letBy.order.state).toBe('released');
    expect([...(await setup.movements(warned.order.id)), ...(await setup.movements(letBy.order.id))]).toEqual([]);
  });

  it('is asked by the one that took its place, and by no closed one any more', async () => {
    await setup.nord({ code: 'NORD' });
    await close();
    const next = await setup.nord({ code: 'NORD-2' });
    expect((await setup.order(1)).order.state).toBe('released');
    expect(await setup.sums(next)).toMatchObject({ reserved: 100_000 });
    await expect(reopen()).rejects.toThrow('NORD cannot be reopened: NORD-2 has the same owner, and days in common');
  });

  it('is held, too, where the closed one stands above and is charged with it', async () => {
    const hansa = await setup.nord({ ownerId: setup.id('A-1'), code: 'HANSA', rollUp: 'enforced' });
    const nord = await setup.nord({ code: 'NORD', parentId: hansa });
    await close('HANSA');
    const { order } = await setup.order(1);
    expect(order.state).toBe('pending_approval');
    await setup.approve(order.id);
    expect([await setup.sums(hansa), await setup.sums(nord)]).toMatchObject([{ reserved: 0 }, { reserved: 100_000 }]);
  });

  it('takes no override for what waited beyond the limit when it was closed, and approvers are told', async () => {
    const budget = await setup.nord({ code: 'NORD' });
    await setup.nord({ ownerId: setup.id('A-1'), code: 'HANSA' });
    const { order } = await setup.order(6);
    await close();
    expect(await orderBudgets(setup.db, order.id)).toMatchObject([{ code: 'NORD', because: 'it is closed and takes nothing more' }]);
    await setup.alter('P-2', { account_id: setup.id('A-1'), roles: ['budget_owner'] });
    const approval = { orderId: order.id, personId: setup.id('P-2'), verdict: 'approve' as const, comment: null, channel: 'test' };
    await expect(decideOrder(setup.context, { ...approval, fromBudget: 'HANSA' })).rejects.toMatchObject({ code: 'BUDGET_CLOSED' });
    expect(await decideOrder(setup.context, approval)).toMatchObject({ state: 'released' });
    expect(await setup.movements(order.id)).toEqual([]);
    expect(await setup.sums(budget)).toMatchObject({ available: 500_000, overridden: 0 });
  });
});

describe('what stands in a closed budget', () => {
  it('is committed, adjusted and credited as ever', async () => {
    const budget = await setup.nord({ code: 'NORD' });
    const { order } = await setup.order(4);
    expect(await close()).toMatchObject({ state: 'closed', changed: true, reserved: 400_000 });
    await setup.handOff(order.id);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 0, committed: 400_000 });
    const erpId = setup.there(order.externalKey)[0]?.id ?? '';
    const lines = setup.world.row('order', erpId)?.lines ?? [];
    setup.world.change('order', erpId, { lines: lines.map((line) => ({ ...line, unitPrice: '1500' })) });
    await setup.feedback();
    await setup.withdraw(order.id);
    await setup.handOff(order.id);
    expect(await setup.movements(order.id)).toEqual([
      ...['RESERVE 400000', 'COMMIT 400000', 'ADJUST 200000', 'OVERRIDE 100000', 'CREDIT -600000', 'OVERRIDE -100000'],
    ]);
    expect(await setup.settle(order.id)).toBe(0);
  });

  it('is released when its order is declined', async () => {
    const budget = await setup.nord({ code: 'NORD' });
    await setup.asksFor(10);
    const { order } = await setup.order(3);
    await close();
    await setup.decline(order.id);
    expect(await setup.movements(order.id)).toEqual(['RESERVE 300000', 'RELEASE -300000']);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 0 });
  });

  it('may become less by a change of its order, and not more', async () => {
    const budget = await setup.nord({ code: 'NORD', enforcement: 'warn' });
    await setup.asksFor(10);
    const { order } = await setup.order(3);
    await close();
    await setup.revise(order.id, ovens('2'));
    expect(await setup.sums(budget)).toMatchObject({ reserved: 200_000 });
    await setup.revise(order.id, ovens('4'), 2);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 200_000 });
    const [evaluation] = await loadEvaluations(setup.db, order.id);
    expect(evaluation?.trace).toMatchObject({
      budgets: [{ takes: 400_000, available: 200_000, because: expect.stringContaining('closed') }],
    });
  });

  it('stays in its period where the budget charges by a later day', async () => {
    setup.clock.now = new Date('2026-11-30T22:50:00Z');
    const [decision, posting] = [
      await setup.nord({ code: 'DEC', chargeOn: 'decision' }),
      await setup.nord({ code: 'POS', chargeOn: 'posting' }),
    ];
    await setup.asksFor(10);
    const { order } = await setup.order(1);
    await at('2026-12-01T09:00:00Z');
    await close('DEC');
    await close('POS');
    await setup.approve(order.id);
    await setup.handOff(order.id);
    expect(await setup.sums(decision)).toMatchObject({ reserved: 0, committed: 100_000 });
    expect(await setup.sums(posting)).toMatchObject({ reserved: 0, committed: 100_000 });
    expect(await setup.settle(order.id)).toBe(0);
  });

  it('of orders placed elsewhere follows the ERP, while further ones are not counted until it is reopened', async () => {
    const budget = await setup.nord({ code: 'NORD', actualsSource: 'both' });
    const outside = (number: string) =>
      storeDocument(setup.db, setup.clock.now, {
        ...{ kind: 'order', number, state: 'open', account_id: setup.id('A-2'), dated_on: '2026-11-20', currency: 'EUR', total: 70_000 },
      });
    const look = async () => {
      setup.clock.now = new Date(setup.clock.now.getTime() + 20 * 60_000);
      await tendBudgets(setup.context);
      return (await setup.sums(budget)).committed;
    };
    const { id } = await outside('SO-1');
    expect(await look()).toBe(70_000);
    await close();
    await outside('SO-2');
    expect(await look()).toBe(70_000);
    await setup.rows('update documents set total = 90000, version = 2, updated_at = ? where id = ?', [setup.clock.now, id]);
    expect(await look()).toBe(90_000);
    await reopen();
    expect(await look()).toBe(160_000);
  });
});

describe('closing a budget', () => {
  it('twice, or at the same instant, is closing it once; so is reopening', async () => {
    const budget = await setup.nord({ code: 'NORD' });
    const both = await Promise.all([close('NORD', 'one'), close('NORD', 'two')]);
    expect(both.map(({ changed }) => changed).sort()).toEqual([false, true]);
    expect(new Set(both.map(({ closing }) => closing?.reason)).size).toBe(1);
    expect((await Promise.all([reopen(), reopen()])).map(({ changed }) => changed).sort()).toEqual([false, true]);
    expect(await listClosings(setup.db, budget)).toHaveLength(1);
    expect((await setup.order(1)).order.state).toBe('released');
    await expect(close('NONE')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps money from moving into it and out of it, but not between others below it', async () => {
    const hansa = await setup.nord({ ownerId: setup.id('A-1'), code: 'HANSA', rollUp: 'enforced' });
    const [one, other] = [await setup.nord({ code: 'ONE', parentId: hansa }), await setup.nord({ code: 'OTHER' })];
    await close('HANSA');
    let moves = 0;
    const by = { personId: setup.id('P-4'), reason: 'trade fair' };
    const purse = (budgetId: string) => ({ budgetId, day: { at: setup.clock.now } });
    const move = (from: string, to: string) => {
      moves += 1;
      const told = { ...by, amount: 1_000, key: `move ${moves}`, from: purse(from), to: purse(to) };
      return setup.db.transaction((trx) => transfer(trx, told, setup.clock.now));
    };
    const closed = { code: 'BUDGET_CLOSED', message: expect.stringContaining('`kontor budgets reopen HANSA` opens it again') };
    await expect(move(hansa, one)).rejects.toMatchObject(closed);
    await expect(move(one, hansa)).rejects.toMatchObject(closed);
    const bring = { ...by, amount: 1_000, key: 'top', to: purse(hansa) };
    await expect(setup.db.transaction((trx) => topUp(trx, bring, setup.clock.now))).rejects.toMatchObject(closed);
    await move(one, other);
    expect(await Promise.all([hansa, one, other].map(async (id) => (await setup.sums(id)).available))).toEqual([500_000, 499_000, 501_000]);
  });

  it('lets the running period end and begins no other; reopened it goes on with that of today, in time and without what was left', async () => {
    const budget = await setup.nord({ code: 'NORD', carryRule: { mode: 'full', rate: null, cap: null, minUtilisation: null, expiresAfter: null, overspend: 'forgive' } }); // biome-ignore format: one rule
    await close();
    await at('2027-02-10T09:00:00Z');
    expect((await setup.budgets.periods(budget)).map(({ key, state }) => [key, state])).toEqual([['2026-11', 'closed_final']]);
    expect(await reopen()).toMatchObject({ state: 'active', changed: true, closing: { reopenedBy: 'test' } });
    const [, february, ...none] = await setup.budgets.periods(budget);
    expect(february).toMatchObject({ key: '2027-02', state: 'open', openedLate: false, allocated: 500_000, carriedIn: 0 });
    expect(none).toEqual([]);
    await at('2027-03-01T09:00:00Z');
    expect((await setup.budgets.periods(budget)).map(({ key, carriedIn }) => [key, carriedIn])).toEqual([
      ...[['2026-11', 0], ['2027-02', 0], ['2027-03', 500_000]], // biome-ignore format: one line a list
    ]);
  });

  it('goes on in the running period when it is reopened there', async () => {
    const budget = await setup.nord({ code: 'NORD' });
    const { order } = await setup.order(1);
    await close();
    await at('2026-11-28T09:00:00Z');
    await reopen();
    await at('2026-12-01T09:00:00Z');
    expect((await setup.budgets.periods(budget)).map(({ key }) => key)).toEqual(['2026-11', '2026-12']);
    expect(await setup.movements(order.id)).toEqual(['RESERVE 100000']);
  });

  it('keeps the periods that deliveries are reserved in, which still come, and drops the other ones that were planned', async () => {
    const budget = await setup.nord({ code: 'NORD', chargeOn: 'delivery' });
    await setup.asksFor(10);
    const { order } = await setup.order(1, { requestedDeliveryOn: '2026-12-10' });
    await setup.order(6, { requestedDeliveryOn: '2027-03-10' });
    expect(await setup.budgets.periods(budget)).toHaveLength(5);
    await close();
    await at('2027-01-10T09:00:00Z');
    await setup.approve(order.id);
    await setup.handOff(order.id);
    expect(await setup.sums(budget, '2026-12')).toMatchObject({ reserved: 0, committed: 100_000 });
    const states = (await setup.budgets.periods(budget)).map(({ key, state }) => `${key} ${state}`);
    expect(states).toEqual(['2026-11 closed_final', '2026-12 closed_final']);
  });

  it('leaves a file that tells of it as it is alone, and refuses one that changes it', async () => {
    const put = (limit: string, more: object = {}) => {
      const document = { code: 'FAIR', project: 'FAIR', company: 'A-1', currency: 'EUR', limit, from: '2026-01-01', ...more };
      const given = [{ place: 'a.yaml:1', definition: budgetSchema.parse(document) }];
      return setup.db.transaction((trx) => putBudgets(trx, { what: 'a.yaml', given, bad: [], by: 'test' }, setup.clock.now));
    };
    await put('5000.00');
    await close('FAIR');
    expect(await put('5000.00')).toMatchObject({ unchanged: ['FAIR'] });
    await expect(put('6000.00')).rejects.toThrow('FAIR is closed and does not change; reopen it first: kontor budgets reopen FAIR');
    expect(await put('10.00', { code: 'FAIR-2' })).toMatchObject({ created: ['FAIR-2'] });
    expect(await put('5000.00')).toMatchObject({ unchanged: ['FAIR'] });
  });
});
