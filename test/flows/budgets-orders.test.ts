/** What orders do to budgets, from submission to the ERP and back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideOrder } from '../../src/orders/decide.ts';
import { tendBudgets } from '../../src/orders/tend-budgets.ts';
import { loadEvaluations } from '../../src/store/approvals/evaluations.ts';
import { type BudgetOrders, setupBudgetOrders } from './budgets-orders-setup.ts';

let setup: BudgetOrders;
beforeEach(async () => {
  setup = await setupBudgetOrders();
});
afterEach(async () => {
  expect(await setup.budgets.wrongSums()).toEqual([]);
  await setup.erp.close();
});

const stateOf = async (orderId: string) =>
  (await setup.rows<{ state: string }>('select state from orders where id = ?', [orderId]))[0]?.state;

describe('an order that fits', () => {
  it('reserves what it takes when it is released at once, and when it waits', async () => {
    const budget = await setup.nord();
    const released = await setup.order(1);
    await setup.asksFor(10);
    const waiting = await setup.order(2);
    expect([released.order.state, waiting.order.state]).toEqual(['released', 'pending_approval']);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 300_000, available: 200_000 });
  });

  it('is committed when the ERP accepts it, and credited when it is cancelled there', async () => {
    const budget = await setup.nord();
    const { order } = await setup.order(2);
    await setup.handOff(order.id);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 0, committed: 200_000, available: 300_000 });
    await setup.withdraw(order.id);
    await setup.handOff(order.id);
    expect(await setup.movements(order.id)).toEqual(['RESERVE 200000', 'COMMIT 200000', 'CREDIT -200000']);
    expect(await setup.sums(budget)).toMatchObject({ committed: 0, available: 500_000 });
  });

  it('stays reserved when the ERP refuses it', async () => {
    const budget = await setup.nord();
    await setup.price('K-9', { product: 'NO-SUCH', unit_price: '1000.00' });
    const { order } = await setup.order(2, { lines: [{ product: 'NO-SUCH', quantity: '2' }] });
    await setup.handOff(order.id);
    expect(await setup.rows('select state from handoffs')).toEqual([{ state: 'refused' }]);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 200_000, committed: 0 });
  });

  it('is charged to its cost centre and project however they are capitalized', async () => {
    await setup.alter('A-2', { cost_centres: ['Nord-41'] });
    const company = { companyId: setup.id('A-1'), enforcement: 'block' as const };
    const centre = await setup.budgets.budget({ ...company, ownerKind: 'cost_centre', ownerCode: 'NORD-41' });
    const project = await setup.budgets.budget({ ...company, ownerKind: 'project', ownerCode: 'Fair' });
    await setup.order(2, { costCentre: 'Nord-41', project: 'FAIR' });
    expect([(await setup.sums(centre)).reserved, (await setup.sums(project)).reserved]).toEqual([200_000, 200_000]);
    expect((await setup.order(4, { costCentre: 'Nord-41' })).order.state).toBe('rejected_by_system');
  });

  it.each(['decline', 'withdraw'] as const)('is free again after %s, and both entries remain', async (way) => {
    const budget = await setup.nord();
    await setup.asksFor(10);
    const { order } = await setup.order(3);
    await setup[way](order.id);
    expect(await setup.movements(order.id)).toEqual(['RESERVE 300000', 'RELEASE -300000']);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 0, available: 500_000 });
  });

  it('is free again when the order is changed after its account has gone to another company', async () => {
    const budget = await setup.nord();
    await setup.asksFor(10);
    const { order } = await setup.order(3);
    await setup.alter('A-2', { parent_id: setup.id('B-1') });
    await setup.revise(order.id, { lines: [{ reference: '1', product: '4715', quantity: '2' }] });
    expect(await setup.movements(order.id)).toEqual(['RESERVE 300000', 'RELEASE -300000']);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 0, available: 500_000 });
  });

  it('releases and reserves anew with a new revision', async () => {
    const budget = await setup.nord();
    await setup.asksFor(10);
    const { order } = await setup.order(3);
    await setup.revise(order.id, { lines: [{ reference: '1', product: '4715', quantity: '4' }] });
    expect(await setup.movements(order.id)).toEqual(['RESERVE 300000', 'RELEASE -300000', 'RESERVE 400000']);
    await setup.revise(order.id, { note: 'at the back door' }, 2);
    expect(await setup.movements(order.id)).toHaveLength(3);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 400_000 });
  });

  it('changed after acceptance reserves what comes on top, and commits it when the ERP has the change', async () => {
    const budget = await setup.nord();
    const { order } = await setup.order(2);
    await setup.handOff(order.id);
    await setup.asksFor(10);
    await setup.revise(order.id, { lines: [{ reference: '1', product: '4715', quantity: '3' }] });
    expect(await setup.sums(budget)).toMatchObject({ reserved: 100_000, committed: 200_000 });
    await setup.decline(order.id);
    expect(await setup.sums(budget)).toMatchObject({ reserved: 0, committed: 200_000 });
  });
});

describe('two orders at the same instant', () => {
  it('are not both reserved where only one fits; what the winner gives back is free again', async () => {
    const budget = await setup.nord({ enforcement: 'block' });
    await setup.asksFor(10);
    const [a, b] = await Promise.all([setup.order(3), setup.order('2.5')]);
    const states = [a.order.state, b.order.state].sort();
    expect(states).toEqual(['pending_approval', 'rejected_by_system']);
    const winner = [a, b].find(({ order }) => order.state === 'pending_approval');
    await setup.decline(winner?.order.id ?? '');
    expect(await setup.sums(budget)).toMatchObject({ reserved: 0, available: 500_000 });
  });
});

describe('an order beyond its budget', () => {
  it('waits, reserves nothing, and is taken with an OVERRIDE in the name of who approves it', async () => {
    const budget = await setup.nord();
    const { order } = await setup.order(6);
    expect(order.state).toBe('pending_approval');
    expect(await setup.sums(budget)).toMatchObject({ reserved: 0 });
    const [evaluation] = await loadEvaluations(setup.db, order.id);
    expect(evaluation?.trace).toMatchObject({
      outcome: 'require',
      reasons: [expect.stringContaining('6000.00 EUR of 5000.00 EUR available, 1000.00 EUR too much')],
      budgets: [{ takes: 600_000, available: 500_000, remainingWithPending: -100_000 }],
    });
    await setup.approve(order.id);
    expect(await setup.movements(order.id)).toEqual(['RESERVE 600000', 'OVERRIDE 100000']);
    expect(await setup.rows(`select by from budget_movements where type = 'OVERRIDE'`)).toEqual([{ by: `person:${setup.id('P-2')}` }]);
  });

  it('may be paid out of another budget by whoever approves it and has authority over that one', async () => {
    const nord = await setup.nord();
    const hansa = await setup.nord({ ownerId: setup.id('A-1'), code: 'HANSA' });
    const { order } = await setup.order(6);
    const approval = { orderId: order.id, verdict: 'approve' as const, comment: null, channel: 'test', fromBudget: 'HANSA' };
    const approve = (who: string) => decideOrder(setup.context, { ...approval, personId: setup.id(who) });
    await expect(approve('P-2')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await setup.alter('P-2', { account_id: setup.id('A-1'), roles: ['budget_owner'] });
    await approve('P-2');
    expect(await setup.movements(order.id)).toEqual(['RESERVE 600000']);
    expect(await setup.sums(nord)).toMatchObject({ reserved: 600_000, available: 0, overridden: 0 });
    expect(await setup.sums(hansa)).toMatchObject({ available: 400_000 });
  });

  it('may be paid out of the budget above that is charged as well, where it fits, and that one is charged once', async () => {
    const hansa = await setup.nord({ ownerId: setup.id('A-1'), code: 'HANSA', rollUp: 'enforced', amount: 620_000 });
    const nord = await setup.nord({ parentId: hansa });
    const approve = (orderId: string) =>
      decideOrder(setup.context, {
        orderId,
        verdict: 'approve',
        comment: null,
        channel: 'test',
        fromBudget: 'HANSA',
        personId: setup.id('P-2'),
      });
    const { order } = await setup.order(6);
    await setup.alter('P-2', { account_id: setup.id('A-1'), roles: ['budget_owner'] });
    await approve(order.id);
    expect(await setup.sums(nord)).toMatchObject({ reserved: 600_000, available: 0, overridden: 0 });
    expect(await setup.sums(hansa)).toMatchObject({ reserved: 600_000, available: 20_000, overridden: 0 });
    await expect(approve((await setup.order(1)).order.id)).rejects.toThrow('HANSA has 200.00 EUR free in 2026-11');
  });

  it('is refused where the budget blocks, warned about where it warns, and let by where it only counts', async () => {
    await setup.nord({ enforcement: 'block', code: 'HARD' });
    const refused = await setup.order(6);
    expect(refused).toMatchObject({ order: { state: 'rejected_by_system' }, reasons: [expect.stringContaining('HARD')] });
    await setup.rows(`update budgets set enforcement = 'warn'`);
    const warned = await setup.order(6);
    expect(warned).toMatchObject({ order: { state: 'released' }, warnings: [expect.stringContaining('HARD')] });
    expect(await setup.movements(warned.order.id)).toEqual(['RESERVE 600000', 'OVERRIDE 100000']);
  });

  it('tells approvers what remains with and without the others that wait', async () => {
    await setup.nord();
    await setup.asksFor(10);
    await setup.order(3);
    const { order } = await setup.order('1.5');
    const [evaluation] = await loadEvaluations(setup.db, order.id);
    expect(evaluation?.trace).toMatchObject({ budgets: [{ remaining: 350_000, remainingWithPending: 50_000 }] });
  });

  it('asks the owner of the budget, without a single rule', async () => {
    await setup.alter('P-5', { account_id: setup.id('A-2'), roles: ['budget_owner'] });
    await setup.nord();
    const { order } = await setup.order(6);
    await setup.approve(order.id, 'P-5');
    expect(await stateOf(order.id)).toBe('released');
  });
});

describe('the budgets of an order', () => {
  it('are those of the person, the unit, the cost centre, the project, and those above that enforce', async () => {
    const company = { companyId: setup.id('A-1') };
    const hansa = await setup.nord({ ownerId: setup.id('A-1'), code: 'HANSA', rollUp: 'enforced', amount: 900_000 });
    const ids = [
      await setup.nord({ parentId: hansa, code: 'NORD' }),
      await setup.nord({ ownerKind: 'person', ownerId: setup.id('P-1'), code: 'GRETA' }),
      await setup.budgets.budget({ ...company, ownerKind: 'cost_centre', ownerCode: '4100', code: 'CC' }),
      await setup.budgets.budget({ ...company, ownerCode: 'NEUBAU', code: 'NEU' }),
    ];
    const other = await setup.budgets.budget({ ...company, ownerCode: 'ANDERS', code: 'AND' });
    await setup.order(1, { project: 'NEUBAU' });
    const sums = await Promise.all([hansa, ...ids, other].map((id) => setup.sums(id)));
    expect(sums.map(({ reserved }) => reserved)).toEqual([100_000, 100_000, 100_000, 100_000, 100_000, 0]);
  });

  it('charge gross by the tax of the order, and ask a person where none is told', async () => {
    const budget = await setup.nord({ basis: 'gross' });
    await setup.order(1, { tax: '190.00' });
    expect(await setup.sums(budget)).toMatchObject({ reserved: 119_000 });
    const { order } = await setup.order(1);
    expect(order.state).toBe('pending_approval');
    await setup.approve(order.id);
    expect(await setup.rows(`select reason, amount from budget_movements where order_id = ? and type = 'RESERVE'`, [order.id])).toEqual([
      { reason: 'net, for nobody has told the tax', amount: '100000' },
    ]);
  });

  it('are charged in the month the order came in, however late it is decided, or as they say', async () => {
    setup.clock.now = new Date('2026-11-30T22:50:00Z');
    const submission = await setup.nord({ code: 'SUB' });
    const decision = await setup.nord({ code: 'DEC', chargeOn: 'decision' });
    const posting = await setup.nord({ code: 'POS', chargeOn: 'posting' });
    const delivery = await setup.nord({ code: 'DEL', chargeOn: 'delivery' });
    await setup.asksFor(10);
    const { order } = await setup.order(1, { requestedDeliveryOn: '2027-01-15' });
    setup.clock.now = new Date('2026-12-02T09:00:00Z');
    await setup.approve(order.id);
    expect(await setup.sums(submission)).toMatchObject({ reserved: 100_000 });
    expect(await setup.sums(decision)).toMatchObject({ reserved: 0 });
    expect(await setup.sums(decision, '2026-12')).toMatchObject({ reserved: 100_000 });
    expect(await setup.sums(delivery, '2027-01')).toMatchObject({ reserved: 100_000 });
    expect(await setup.sums(posting)).toMatchObject({ reserved: 100_000 });
    await setup.handOff(order.id);
    expect(await setup.sums(posting)).toMatchObject({ reserved: 0, committed: 0 });
    expect(await setup.sums(posting, '2026-12')).toMatchObject({ reserved: 0, committed: 100_000 });
    expect(await setup.sums(submission)).toMatchObject({ reserved: 0, committed: 100_000 });
  });
});

describe('an order that is decided in another month, which is full', () => {
  /** 3,000.00 that fitted in November are decided in December, of which 2,000.00 are left. */
  const late = async (change: object) => {
    setup.clock.now = new Date('2026-11-30T22:50:00Z');
    const budget = await setup.nord({ code: 'DEC', chargeOn: 'decision', ...change });
    await setup.asksFor(10);
    const { order } = await setup.order(3);
    setup.clock.now = new Date('2026-12-02T09:00:00Z');
    await setup.order(3);
    return { budget, order };
  };

  it('is rejected where the budget blocks, and whoever ordered it is told', async () => {
    const { budget, order } = await late({ enforcement: 'block' });
    expect(await setup.approve(order.id)).toMatchObject({ order: 'rejected', state: 'rejected_by_system', handoffId: null });
    expect(await setup.movements(order.id)).toEqual(['RESERVE 300000', 'RELEASE -300000']);
    expect(await setup.sums(budget, '2026-12')).toMatchObject({ reserved: 300_000, overridden: 0 });
    const [evaluation] = await loadEvaluations(setup.db, order.id);
    const because = expect.stringContaining('DEC (Budget');
    expect(evaluation).toMatchObject({ outcome: 'deny', trace: { reasons: [because], budgets: [{ period: '2026-12', effect: 'deny' }] } });
    expect(await setup.rows('select event from notifications where order_id = ? and event like ?', [order.id, 'order.%'])).toEqual([
      { event: 'order.declined' },
    ]);
  });

  it('asks once more where the budget requires approval, and is taken in the name of who lets it exceed that month', async () => {
    const { budget, order } = await late({});
    expect(await setup.approve(order.id)).toMatchObject({ step: 'approved', order: 'pending', state: 'pending_approval' });
    expect(await setup.movements(order.id)).toEqual(['RESERVE 300000', 'RELEASE -300000']);
    expect(await setup.approve(order.id)).toMatchObject({ order: 'approved', state: 'released' });
    expect(await setup.sums(budget, '2026-12')).toMatchObject({ reserved: 600_000, overridden: 100_000 });
    expect(await setup.rows(`select by, reason from budget_movements where type = 'OVERRIDE'`)).toEqual([
      { by: `person:${setup.id('P-2')}`, reason: 'approved beyond the budget' },
    ]);
  });

  it('may be paid by another budget with the approval that is asked for then, not before', async () => {
    const { budget, order } = await late({});
    await setup.nord({ ownerId: setup.id('A-1'), code: 'HANSA' });
    await setup.alter('P-2', { account_id: setup.id('A-1'), roles: ['budget_owner'] });
    const approve = (more: object) =>
      decideOrder(setup.context, {
        orderId: order.id,
        personId: setup.id('P-2'),
        verdict: 'approve',
        comment: null,
        channel: 'test',
        ...more,
      });
    await expect(approve({ fromBudget: 'HANSA' })).rejects.toMatchObject({ code: 'ORDER_STATE' });
    await approve({});
    await approve({ fromBudget: 'HANSA' });
    expect(await setup.sums(budget, '2026-12')).toMatchObject({ reserved: 600_000, available: 0, overridden: 0 });
  });

  it('is taken all the same where the ERP decides the day, as a fact', async () => {
    const { order } = await late({ chargeOn: 'posting', enforcement: 'block', code: 'POS' });
    await setup.approve(order.id);
    await setup.handOff(order.id);
    expect(await setup.rows(`select by, reason from budget_movements where type = 'OVERRIDE'`)).toEqual([
      { by: 'erp', reason: 'a fact of the ERP' },
    ]);
  });
});

describe('a budget that cannot be brought up to date', () => {
  it('keeps no other order from being settled, is told by the name of its order, and that one is settled once it can', async () => {
    const nord = await setup.nord();
    const broken = await setup.budgets.budget({ companyId: setup.id('A-1'), ownerCode: 'FAIR' });
    const [fine, stuck] = [await setup.order(1), await setup.order(1, { project: 'FAIR' })];
    await setup.rows(`update orders set state = 'withdrawn'`);
    const mend = (zone: string) => setup.rows('update budgets set zone = ? where id = ?', [zone, broken]);
    await mend('Mars/Olympus');
    setup.clock.now = new Date('2026-12-02T09:00:00Z');
    await expect(tendBudgets(setup.context)).rejects.toThrow(new RegExp(`could not count: order ${stuck.order.externalKey}\\. `));
    expect(await setup.movements(fine.order.id)).toEqual(['RESERVE 100000', 'RELEASE -100000']);
    expect(await setup.sums(nord)).toMatchObject({ reserved: 100_000 });
    await mend('Europe/Berlin');
    setup.clock.now = new Date('2026-12-02T09:30:00Z');
    expect(await tendBudgets(setup.context)).toMatchObject({ settled: 2 });
    expect(await setup.sums(nord)).toMatchObject({ reserved: 0 });
  });
});
