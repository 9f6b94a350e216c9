/** Orders of Hansa that are charged to budgets, and a simulated ERP that takes them. Oven 4715 costs 1,000.00 EUR. */
import type { NewBudget } from '../../src/domain/budgets/budget.ts';
import { decideOrder } from '../../src/orders/decide.ts';
import { reviseOrder } from '../../src/orders/revise.ts';
import { settleBudgetsOf } from '../../src/orders/settle-budgets.ts';
import { submitOrder } from '../../src/orders/submit.ts';
import type { Known, Taken } from '../../src/orders/submit-batch.ts';
import { takeFeedback } from '../../src/orders/take-feedback.ts';
import { withdrawOrder } from '../../src/orders/withdraw.ts';
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { aroundBudgets, type BudgetsSetup } from './budgets-setup.ts';
import { type HandoffSetup, setupHandoff } from './handoff-setup.ts';
import type { SetupChange } from './order-setup.ts';

export interface BudgetOrders extends HandoffSetup {
  readonly budgets: BudgetsSetup;
  /** 5,000.00 EUR a month for Nord, which asks for approval, unless told otherwise. Answers its id. */
  nord(change?: Partial<NewBudget>): Promise<string>;
  /** As many ovens for Nord, by Greta. */
  order(ovens: number | string, more?: object): Promise<Taken | Known>;
  approve(orderId: string, who?: string): ReturnType<typeof decideOrder>;
  decline(orderId: string, who?: string): ReturnType<typeof decideOrder>;
  withdraw(orderId: string): ReturnType<typeof withdrawOrder>;
  revise(orderId: string, change: object, from?: number): ReturnType<typeof reviseOrder>;
  /** Greta's superior approves everything above 10 EUR. */
  asksFor(euros: number): Promise<void>;
  settle(...orderIds: string[]): Promise<number>;
  /** Hands off what is due, as far as the ERP lets it. */
  handOff(orderId: string): Promise<void>;
  feedback(minutes?: number): ReturnType<typeof takeFeedback>;
  /** `TYPE amount` of every movement of an order, as they were written. */
  movements(orderId: string): Promise<string[]>;
  /** Reserved, committed and what is left in the period of a budget. */
  sums(budgetId: string, key?: string): Promise<{ reserved: number; committed: number; available: number; overridden: number }>;
}

/** The caller closes `erp`. */
export async function setupBudgetOrders(change: SetupChange = {}): Promise<BudgetOrders> {
  const setup = await setupHandoff({ now: '2026-11-23T09:00:00Z', ...change });
  const { db, context, id, rows, clock, settings } = setup;
  const budgets = aroundBudgets(db, clock);
  let count = 0;
  const person = (orderId: string, who: string) => ({ orderId, personId: id(who), comment: null, channel: 'test' });
  return {
    ...setup,
    budgets,
    nord: (more = {}) =>
      budgets.budget({
        companyId: id('A-1'),
        ownerKind: 'unit',
        ownerId: id('A-2'),
        ownerCode: null,
        enforcement: 'require_approval',
        ...more,
      }),
    order(ovens, more = {}) {
      count += 1;
      const lines = [{ reference: '1', product: '4715', quantity: ovens }];
      return submitOrder(context, 'shop', { reference: `R-${count}`, account: 'A-2', orderedBy: 'P-1', lines, ...more });
    },
    approve: (orderId, who = 'P-2') => decideOrder(context, { ...person(orderId, who), verdict: 'approve' }),
    decline: (orderId, who = 'P-2') => decideOrder(context, { ...person(orderId, who), verdict: 'decline' }),
    withdraw: (orderId) => withdrawOrder(context, { orderId, personId: id('P-1'), reason: null }),
    revise: (orderId, changed, from = 1) =>
      reviseOrder(context, { orderId, personId: id('P-1'), from, change: changed, reason: null, channel: 'test' }),
    async asksFor(euros) {
      const when = { orderTotal: { gt: euros, currency: 'EUR' } };
      const rules = [{ name: 'ask', effect: 'require', when, stages: [{ approvers: [{ superior: 1 }] }] }];
      const document = { mode: 'own', rules };
      await db.transaction((trx) =>
        insertPolicy(trx, { accountId: id('A-1'), by: 'test', reason: null, document, draft: false }, clock.now),
      );
    },
    settle: (...orderIds) => db.transaction((trx) => settleBudgetsOf(trx, orderIds, clock.now, settings.orders)),
    async handOff(orderId) {
      const open = await rows<{ id: string }>(
        `select id from handoffs where order_id = ? and state in ('pending', 'held', 'unknown') order by seq`,
        [orderId],
      );
      for (const { id: handoffId } of open) await setup.push(handoffId);
    },
    feedback(minutes = 2) {
      clock.now = new Date(clock.now.getTime() + minutes * 60_000);
      return takeFeedback(context);
    },
    async movements(orderId) {
      const lines = await rows<{ type: string; amount: string }>(
        'select type, amount from budget_movements where order_id = ? order by id',
        [orderId],
      );
      return lines.map(({ type, amount }) => `${type} ${amount}`);
    },
    async sums(budgetId, key = '2026-11') {
      const period = (await budgets.periods(budgetId)).find((one) => one.key === key);
      if (!period) throw new Error(`budget ${budgetId} has no period ${key}`);
      const { allocated, carriedIn, carriedOut, adjusted, reserved, committed, overridden } = period;
      return { reserved, committed, available: allocated + carriedIn + carriedOut + adjusted - reserved - committed, overridden };
    },
  };
}
