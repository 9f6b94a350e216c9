/** Which of the budgets of its owners an order is charged to, and by which day. Pure. */
import type { Budget } from '../domain/budgets/budget.ts';
import { type ChargeDay, chargeDay } from '../domain/budgets/charge-day.ts';
import { isValidOn } from '../domain/budgets/validity.ts';
import { civilDay } from '../domain/orders/civil-day.ts';
import type { Order, OrderContent } from '../domain/orders/order.ts';
import type { BudgetFact, BudgetOwner } from '../domain/policy/budget-facts.ts';
import { fold } from '../domain/policy/facts.ts';
import type { OwnerOfBudget } from '../store/budgets/budgets.ts';

export type Charged = Pick<Order, 'id' | 'accountId' | 'companyId' | 'orderedById' | 'submittedAt'>;

export function ownersOf({ orderedById, accountId }: Charged, { costCentre, project = null }: OrderContent): OwnerOfBudget[] {
  return [
    { kind: 'person', name: orderedById },
    { kind: 'unit', name: accountId },
    ...(costCentre === null ? [] : [{ kind: 'cost_centre' as const, name: costCentre }]),
    ...(project === null ? [] : [{ kind: 'project' as const, name: project }]),
  ];
}

export function isOwnedBy({ ownerKind, ownerId, ownerCode }: Budget, { kind, name }: OwnerOfBudget): boolean {
  return ownerKind === kind && (ownerId === null ? fold(ownerCode ?? '') === fold(name) : ownerId === name);
}

/** Nobody has decided it yet. */
export function dayBySubmission({ submittedAt }: Charged, { requestedDeliveryOn }: OrderContent): (budget: Budget) => ChargeDay {
  return (budget) => chargeDay(budget, { submittedAt, requestedDeliveryOn, decidedAt: null, postedAt: null });
}

/** Last year's budget is not one without a period: it is not asked. */
export function holdsOn(budget: Budget, day: ChargeDay): boolean {
  return isValidOn(budget, civilOf(day, budget.zone));
}

function civilOf(day: ChargeDay, zone: string): string {
  return 'at' in day ? civilDay(day.at, zone) : day.on;
}

/** Without closed ones whose place another one of the same owner has taken. */
export function withoutReplaced(holding: readonly Budget[], isActive: (budget: Budget) => boolean): Budget[] {
  const isOfOwnerOf = (one: Budget, other: Budget) =>
    one.ownerKind === other.ownerKind && one.ownerId === other.ownerId && fold(one.ownerCode ?? '') === fold(other.ownerCode ?? '');
  return holding.filter((one) => isActive(one) || !holding.some((other) => isActive(other) && isOfOwnerOf(one, other)));
}

/** What is known of a budget whatever stands in it. */
export function describeBudget(budget: Budget, day: ChargeDay): Omit<BudgetFact, 'lack' | 'period'> {
  const { id, companyId, code, name, currency, basis, includesShipping, enforcement, zone } = budget;
  const told = { id, companyId, code, name, currency, basis, includesShipping, enforcement };
  return { ...told, owner: ownerOf(budget), day: civilOf(day, zone) };
}

function ownerOf({ ownerKind: kind, ownerId, ownerCode }: Budget): BudgetOwner {
  return kind === 'person' || kind === 'unit' ? { kind, id: ownerId ?? '' } : { kind, code: ownerCode ?? '' };
}

export function sayNoPeriod({ day }: Pick<BudgetFact, 'day'>): string {
  return `it has no period on ${day}`;
}
