/** A budget that is closed takes nothing more; what stands in it is settled. */
import { civilDay } from '../orders/civil-day.ts';
import { type Budget, isActive } from './budget.ts';
import type { LedgerShare } from './order-ledger.ts';

export interface Closing {
  readonly budgetId: string;
  readonly closedAt: Date;
  readonly closedBy: string;
  readonly reason: string | null;
  /** `null`: it still is. */
  readonly reopenedAt: Date | null;
  readonly reopenedBy: string | null;
}

export function sayClosed({ zone }: Pick<Budget, 'zone'>, { closedAt, reason }: Pick<Closing, 'closedAt' | 'reason'>): string {
  return `it is closed since ${civilDay(closedAt, zone)}${reason === null ? '' : ` (${reason})`} and takes nothing more; charge another budget, or have it reopened`;
}

type Holder = Pick<Budget, 'id' | 'state'>;

/** What has nothing in a closed budget gets nothing there; what has is settled there with what the ERP says. */
export function isClosedTo(budget: Holder, shares: readonly LedgerShare[]): boolean {
  return !isActive(budget) && !sharesIn(budget, shares).some(({ reserved, charged }) => reserved !== 0 || charged !== 0);
}

/** A closed budget reserves no more than it has already. */
export function mostReserved(budget: Holder, shares: readonly LedgerShare[]): number {
  if (isActive(budget)) return Number.POSITIVE_INFINITY;
  return sharesIn(budget, shares).reduce((sum, { reserved }) => sum + reserved, 0);
}

function sharesIn({ id }: Holder, shares: readonly LedgerShare[]): LedgerShare[] {
  return shares.filter(({ budgetId }) => budgetId === id);
}
