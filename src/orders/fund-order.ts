/** Find the money: what an approved order takes beyond its budgets comes out of another one, by somebody with authority over that. */
import { transfer } from '../budgets/move-money.ts';
import { openDays } from '../budgets/open-days.ts';
import { available } from '../domain/budgets/balance.ts';
import type { Budget } from '../domain/budgets/budget.ts';
import { type ChargeDay, chargeDay } from '../domain/budgets/charge-day.ts';
import type { Order } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import { lockSpend } from '../store/approvals/period-spend.ts';
import { loadBudgets } from '../store/budgets/budgets.ts';
import { requireBudget } from '../store/budgets/find-budget.ts';
import { loadLedgerShares } from '../store/budgets/order-shares.ts';
import { loadOrderStandings, type OrderStanding } from '../store/budgets/order-standings.ts';
import type { Transaction } from '../store/database.ts';
import { trialsOf } from './order-demand.ts';

export interface Funding {
  readonly order: Order;
  /** Code of the budget that gives. */
  readonly fromBudget: string;
  readonly personId: string;
}

/**
 * Before the order is taken out of its budgets, in the transaction that approves it. To each budget it exceeds comes as much as is
 * missing there; the other budgets are left alone. Throws NOT_ALLOWED without authority, BUDGET_EXCEEDED where there is not enough.
 */
export async function fundOrder(trx: Transaction, { order, fromBudget, personId }: Funding, now: Date): Promise<void> {
  const source = await requireBudget(trx, fromBudget);
  if (source.companyId !== order.companyId)
    throw new NeedsOperatorError('NOT_ALLOWED', `${fromBudget} is a budget of another company; name one of the company that orders`);
  await lockSpend(trx, order.companyId);
  const [standing] = await loadOrderStandings(trx, [order.id]);
  const reason = `for order ${order.externalKey}`;
  for (const { budget, day, missing } of standing ? await shortages(trx, standing, now) : []) {
    const key = `order:${order.id}:${order.revision}:${budget.id}`;
    const move = {
      personId,
      reason,
      key,
      amount: missing,
      from: { budgetId: source.id, day: { at: now } },
      to: { budgetId: budget.id, day },
    };
    await transfer(trx, move, now);
  }
}

interface Shortage {
  readonly budget: Budget;
  readonly day: ChargeDay;
  readonly missing: number;
}

async function shortages(trx: Transaction, standing: OrderStanding, now: Date): Promise<Shortage[]> {
  const { orderId, current, submittedAt } = standing;
  if (!current) return [];
  const asked = trialsOf(current).filter(({ effect, takes }) => effect === 'require' && takes !== null);
  const budgets = await loadBudgets(trx, asked.map(({ id }) => id)); // biome-ignore format: one call
  const { requestedDeliveryOn } = current.content;
  const days = asked.flatMap(({ id, takes }) => {
    const budget = budgets.get(id);
    const day = budget && chargeDay(budget, { submittedAt, decidedAt: now, requestedDeliveryOn, postedAt: null });
    return day ? [{ budget, budgetId: id, day, takes: takes ?? 0 }] : [];
  });
  const books = await openDays(trx, days, [], now);
  const shares = (await loadLedgerShares(trx, [orderId])).get(orderId) ?? [];
  return days.flatMap(({ budget, budgetId, day, takes }): Shortage[] => {
    const period = books.periodOn({ budgetId, day });
    if (!period?.isLimited) return [];
    const own = shares
      .filter(({ periodId }) => periodId === period.id)
      .reduce((sum, one) => sum + one.reserved + one.charged - one.credited, 0);
    const missing = takes - available(period) - own;
    return missing > 0 ? [{ budget, day, missing }] : [];
  });
}
