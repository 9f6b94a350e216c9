/** Superiors and accounts above that arrived later than those who name them: what waits below them may be theirs to decide. */
import { concernedSteps } from '../store/approvals/concerned-steps.ts';
import type { Transaction } from '../store/database.ts';
import type { resolveReferences } from '../store/references.ts';
import type { PullContext } from './pull-context.ts';

export async function tellOfArrivals(
  { holdersChanged }: Pick<PullContext, 'holdersChanged'>,
  trx: Transaction,
  arrived: Awaited<ReturnType<typeof resolveReferences>>,
  now: Date,
): Promise<void> {
  const of = (entity: 'account' | 'contact') => {
    const ids = arrived.get(entity) ?? [];
    return concernedSteps(trx, entity, { touched: ids, moved: ids });
  };
  // Together, so that their orders are locked in one order.
  const steps = new Set([...(await of('account')), ...(await of('contact'))]);
  if (steps.size > 0) await holdersChanged?.(trx, [...steps], now);
}
