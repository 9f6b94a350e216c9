/** What is known of the budgets an order would be charged to, before anybody judges them. */
import type { Budget } from '../budgets/budget.ts';

export type Enforcement = Budget['enforcement'];

/** `id` is ours, of a contact or an account; `code` is the company's own. */
export type BudgetOwner =
  | { readonly kind: 'person' | 'unit'; readonly id: string }
  | { readonly kind: 'cost_centre' | 'project'; readonly code: string };

/** What of an order counts, and in which currency. */
export interface BudgetBasis {
  readonly currency: string;
  readonly basis: 'net' | 'gross';
  readonly includesShipping: boolean;
}

export interface BudgetFact extends BudgetBasis {
  readonly id: string;
  readonly companyId: string;
  readonly code: string;
  readonly name: string;
  readonly owner: BudgetOwner;
  readonly enforcement: Enforcement;
  /** Civil date that decides the period. */
  readonly day: string;
  /** Why nothing more can be taken: it has no period for that day, or is closed. */
  readonly lack: string | null;
  /** `null` where nothing can be taken at all; of a closed one what the order has in it. */
  readonly period: BudgetNumbers | null;
}

/** Minor units of the budget's currency; this order's own reservation is not in them. */
export interface BudgetNumbers {
  readonly id: string;
  readonly key: string;
  /** `false`: the budget counts and has no limit. */
  readonly isLimited: boolean;
  /** Allocated, carried and adjusted. */
  readonly total: number;
  /** What is neither reserved nor committed. */
  readonly available: number;
  /** What other orders have reserved that nobody has decided yet. */
  readonly pending: number;
}
