/** Find the money: what an approved order takes beyond its budgets comes out of another one, by somebody with authority over that. */
import { transfer } from '../budgets/move-money.ts';
import { openDays } from '../budgets/open-days.ts';
import { closed } from '../budgets/purses.ts';
import { available } from '../domain/budgets/balance.ts';
import { type Budget, isActive } from '../domain/budgets/budget.ts';
import { type ChargeDay, chargeDay } from '../domain/budgets/charge-day.ts';
import type { LedgerShare } from '../domain/budgets/order-ledger.ts';
import type { Order } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import { lockSpend } from '../store/approvals/period-spend.ts';
import { loadWithAncestors } from '../store/budgets/budgets.ts';
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
 * missing there, from below upwards, for what one gets the enforced ones above it may get with it; the other budgets are left alone.
 * What is closed is left alone as well. Throws NOT_ALLOWED without authority, BUDGET_EXCEEDED where there is not enough, BUDGET_CLOSED
 * where it could go to or come from none that is open.
 */
export async function fundOrder(trx: Transaction, { order, fromBudget, personId }: Funding, now: Date): Promise<void> {
  const source = await requireBudget(trx, fromBudget);
  if (source.companyId !== order.companyId)
    throw new NeedsOperatorError('NOT_ALLOWED', `${fromBudget} is a budget of another company; name one of the company that orders`);
  await lockSpend(trx, order.companyId);
  const [standing] = await loadOrderStandings(trx, [order.id]);
  const held = heldBy((await loadLedgerShares(trx, [order.id])).get(order.id) ?? []);
  const all = standing ? await takingsOf(trx, standing, now) : [];
  const open = all.filter(({ budget }) => isActive(budget));
  const [shut] = all;
  if (shut && open.length === 0) throw closed(shut.budget, `it gets nothing from ${fromBudget}, and approving takes nothing from it`);
  for (const takings of open) {
    const missing = await missingIn(trx, takings, held, now);
    if (missing === 0) continue;
    const { budget, day } = takings;
    const key = `order:${order.id}:${order.revision}:${budget.id}`;
    const told = { personId, key, held, reason: `for order ${order.externalKey}`, amount: missing };
    await transfer(trx, { ...told, from: { budgetId: source.id, day: { at: now } }, to: { budgetId: budget.id, day } }, now);
  }
}

interface Taking {
  readonly budget: Budget;
  readonly day: ChargeDay;
  readonly takes: number;
}

/** By period, what the order has taken there already. */
function heldBy(shares: readonly LedgerShare[]): Map<string, number> {
  const held = new Map<string, number>();
  for (const { periodId, reserved, charged, credited } of shares)
    held.set(periodId, (held.get(periodId) ?? 0) + reserved + charged - credited);
  return held;
}

/** Of the budgets that somebody has to let it exceed, those below before those above. */
async function takingsOf(trx: Transaction, { current, submittedAt }: OrderStanding, now: Date): Promise<Taking[]> {
  if (!current) return [];
  const asked = trialsOf(current).filter(({ effect, takes }) => effect === 'require' && takes !== null);
  const tree = await loadWithAncestors(trx, asked.map(({ id }) => id)); // biome-ignore format: one call
  const depthOf = ({ parentId }: Budget): number => {
    const parent = tree.get(parentId ?? '');
    return parent ? depthOf(parent) + 1 : 0;
  };
  const { requestedDeliveryOn } = current.content;
  const takings = asked.flatMap(({ id, takes }): Taking[] => {
    const budget = tree.get(id);
    const day = budget && chargeDay(budget, { submittedAt, decidedAt: now, requestedDeliveryOn, postedAt: null });
    return day ? [{ budget, day, takes: takes ?? 0 }] : [];
  });
  return takings.sort((a, b) => depthOf(b.budget) - depthOf(a.budget));
}

async function missingIn(trx: Transaction, { budget, day, takes }: Taking, held: ReadonlyMap<string, number>, now: Date): Promise<number> {
  const asked = { budgetId: budget.id, day };
  const period = (await openDays(trx, [asked], [], now)).periodOn(asked);
  return period?.isLimited ? Math.max(0, takes - available(period) - (held.get(period.id) ?? 0)) : 0;
}
