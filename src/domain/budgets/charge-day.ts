/** Which day of an order's life decides the period it is charged to (SEMANTICS 2.3). */
import type { Budget } from './budget.ts';

/** The instant of what happened, or a civil date such as that of a delivery. */
export type ChargeDay = { readonly at: Date } | { readonly on: string };

export interface OrderDays {
  readonly submittedAt: Date;
  readonly decidedAt: Date | null;
  /** Civil date. */
  readonly requestedDeliveryOn: string | null;
  /** When the ERP took it. */
  readonly postedAt: Date | null;
}

/** Until the day it asks for is known an order is charged to the day it came in. */
export function chargeDay({ chargeOn }: Pick<Budget, 'chargeOn'>, days: OrderDays): ChargeDay {
  switch (chargeOn) {
    case 'submission':
      return { at: days.submittedAt };
    case 'decision':
      return { at: days.decidedAt ?? days.submittedAt };
    case 'delivery':
      return days.requestedDeliveryOn === null ? { at: days.submittedAt } : { on: days.requestedDeliveryOn };
    case 'posting':
      return { at: days.postedAt ?? days.submittedAt };
  }
}

/** Whether an order may come to another period than the one it was reserved in, as it goes on. In a closed budget it stays where it is. */
export function mayMove({ chargeOn, state }: Pick<Budget, 'chargeOn' | 'state'>): boolean {
  return state === 'active' && (chargeOn === 'decision' || chargeOn === 'posting');
}

export function dayKey(day: ChargeDay): string {
  return 'at' in day ? day.at.toISOString() : day.on;
}
