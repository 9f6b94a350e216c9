/** What an order charges to its budgets, it charges to those above that enforce what is below, too, and once each. */
import type { Original } from './post.ts';

export interface Charge {
  readonly budgetId: string;
  /** In minor units of the budget's currency. */
  readonly amount: number;
  /** Where the order has another currency. */
  readonly original?: Original | null;
}

export interface Node {
  readonly id: string;
  readonly parentId: string | null;
  readonly ownerKind: string;
  readonly limitKind: 'unlimited' | 'amount' | 'inherit';
  readonly rollUp: 'enforced' | 'informative';
}

/**
 * Charges of budgets with owners of one kind add up above (lines of two cost centres); those of different kinds are the same money seen
 * twice (the person and the cost centre), so the larger counts.
 */
export function spread(charges: readonly Charge[], budgets: ReadonlyMap<string, Node>): Charge[] {
  const sums = new Map<string, Map<string, Charge>>();
  for (const charge of charges) {
    const kind = budgets.get(charge.budgetId)?.ownerKind ?? '';
    for (const id of chargedWith(charge.budgetId, budgets)) {
      const byKind = sums.get(id) ?? new Map<string, Charge>();
      const before = byKind.get(kind);
      byKind.set(kind, before ? addUp(before, charge) : { ...charge, budgetId: id });
      sums.set(id, byKind);
    }
  }
  return [...sums.values()].map((byKind) => [...byKind.values()].reduce((a, b) => (Math.abs(b.amount) > Math.abs(a.amount) ? b : a)));
}

/** A budget and those above it that are charged with it: what enforces, and what a budget inherits its limit from. */
export function chargedWith(budgetId: string, budgets: ReadonlyMap<string, Node>): string[] {
  const charged = [budgetId];
  let inherits = budgets.get(budgetId)?.limitKind === 'inherit';
  const seen = new Set(charged);
  for (let at = parentOf(budgetId, budgets); at && !seen.has(at.id); at = parentOf(at.id, budgets)) {
    seen.add(at.id);
    if (inherits || at.rollUp === 'enforced') charged.push(at.id);
    inherits = inherits && at.limitKind === 'inherit';
  }
  return charged;
}

function parentOf(id: string, budgets: ReadonlyMap<string, Node>): Node | undefined {
  const parentId = budgets.get(id)?.parentId;
  return parentId === null || parentId === undefined ? undefined : budgets.get(parentId);
}

function addUp(one: Charge, other: Charge): Charge {
  const original = one.original && other.original && { ...one.original, amount: one.original.amount + other.original.amount };
  return { budgetId: one.budgetId, amount: one.amount + other.amount, original: original ?? null };
}
