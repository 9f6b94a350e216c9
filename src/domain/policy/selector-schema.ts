/** Selectors: whom a stage, or a rung of its ladder, means. */
import { z } from 'zod';
import type { BudgetOwner } from './budget-facts.ts';

const text = z.string().min(1);

const AREAS = ['unit', 'subtree', 'company'] as const;

/** What rules may write, and `budgetOwner`, which asks for itself when an order exceeds a budget. */
export type Selector =
  | { readonly kind: 'budgetOwner'; readonly owner: BudgetOwner }
  | { readonly kind: 'person'; readonly person: string }
  | { readonly kind: 'role'; readonly role: string; readonly area: (typeof AREAS)[number] }
  | { readonly kind: 'superior'; readonly level: number }
  | { readonly kind: 'costCentreOwner' }
  | { readonly kind: 'accountManager' };

const KINDS = ['person', 'role', 'superior', 'costCentreOwner', 'accountManager'] as const;

/** One strict block instead of a union of five: a slip is told as the slip it is. */
export const selectorSchema = z
  .strictObject({
    person: text.optional(),
    role: text.optional(),
    in: z.enum(AREAS).optional(),
    superior: z.int().min(1).max(10).optional(),
    costCentreOwner: z.literal(true).optional(),
    accountManager: z.literal(true).optional(),
  })
  .transform((given, context): Selector => {
    const refuse = (message: string) => {
      context.issues.push({ code: 'custom', message, input: given });
      return z.NEVER;
    };
    if (KINDS.filter((kind) => given[kind] !== undefined).length !== 1) return refuse(`must name exactly one of ${KINDS.join(', ')}`);
    if ((given.role === undefined) !== (given.in === undefined)) return refuse(`needs role together with in: ${AREAS.join(', ')}`);
    if (given.person !== undefined) return { kind: 'person', person: given.person };
    if (given.role !== undefined && given.in !== undefined) return { kind: 'role', role: given.role, area: given.in };
    if (given.superior !== undefined) return { kind: 'superior', level: given.superior };
    return { kind: given.costCentreOwner ? 'costCentreOwner' : 'accountManager' };
  });

/** In whatever order they were written: it makes no difference to whom they ask. */
export function inOneOrder(selectors: readonly Selector[]): Selector[] {
  const keyed = selectors.map((selector) => [JSON.stringify(selector), selector] as const);
  return keyed.sort(([a], [b]) => (a === b ? 0 : a < b ? -1 : 1)).map(([, selector]) => selector);
}

const AREA_WORDS = { unit: 'of the unit', subtree: 'of the unit and those below', company: 'of the company' } as const;

export function saySelector(selector: Selector): string {
  switch (selector.kind) {
    case 'person':
      return `person ${selector.person}`;
    case 'role':
      return `${selector.role} ${AREA_WORDS[selector.area]}`;
    case 'superior':
      return selector.level === 1 ? 'superior' : `superior at level ${selector.level}`;
    case 'costCentreOwner':
      return 'owner of the cost centre';
    case 'accountManager':
      return 'account manager';
    case 'budgetOwner':
      return `owner of the budget of ${selector.owner.kind === 'cost_centre' ? 'the cost centre' : `the ${selector.owner.kind}`}`;
  }
}
