/** The last look before an order leaves: what may have changed since it was approved, and would make it wrong to send. */
import { judgeCredit } from '../domain/orders/credit.ts';
import { creditSnapshot } from '../store/orders/credit.ts';
import type { PushFacts } from '../store/orders/load-for-push.ts';
import { changedPrices } from './changed-prices.ts';
import type { Obstacle } from './obstacle.ts';
import type { OrderContext } from './order-context.ts';

/** `null`: it may leave. A cancellation is stopped by nothing but a missing counterpart. */
export async function findObstacle(context: OrderContext, facts: PushFacts): Promise<Obstacle | null> {
  return (
    missingCounterpart(facts) ?? (facts.kind === 'cancel' ? null : (openWindow(context, facts) ?? (await obstacleToGoods(context, facts))))
  );
}

/** What an approver changed waits for whoever ordered it. */
function openWindow(context: OrderContext, { withdrawUntil }: PushFacts): Obstacle | null {
  if (withdrawUntil === null || withdrawUntil <= context.now()) return null;
  const reason = `an approver has changed it, and whoever ordered it may take it back until ${withdrawUntil.toISOString()}`;
  return { code: 'CHANGE_WINDOW', reason, until: withdrawUntil };
}

async function obstacleToGoods(context: OrderContext, facts: PushFacts): Promise<Obstacle | null> {
  const { db, settings } = context;
  if (facts.blocked.length > 0) {
    const who = facts.blocked.map(({ name, status }) => `${name} is ${status}`).join(', ');
    return { code: 'ACCOUNT_BLOCKED', reason: `${who}; the order waits until a pull says active` };
  }
  const now = context.now();
  const isChecked = facts.hasCreditLimit && settings.orders.credit !== 'ignore';
  const [price, credit] = await Promise.all([changedPrices(context, facts), isChecked ? creditSnapshot(db, facts) : null]);
  if (price) return price;
  const order = { total: facts.total, currency: facts.content.currency };
  return credit && judgeCredit(credit, order, { now, maxAgeHours: settings.orders.creditMaxAgeHours });
}

function missingCounterpart({ soldTo, shipTo, billTo, content, connection, accountName }: PushFacts): Obstacle | null {
  const missing = [
    soldTo === null ? `account ${accountName}` : null,
    content.shipTo !== null && shipTo === null ? `its ship-to address ${content.shipTo}` : null,
    content.billTo !== null && billTo === null ? `its bill-to address ${content.billTo}` : null,
  ].filter((what) => what !== null);
  if (missing.length === 0) return null;
  return {
    code: 'ORDER_NOT_MAPPED',
    reason: `${connection} knows no ${missing.join(' and no ')}; create it there and pull, the order goes on by itself`,
  };
}
