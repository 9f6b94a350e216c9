/** What the ERP says an accepted order comes to: goods as it confirmed them, and what of them it gave back. Net minor units. Pure. */
import { Decimal } from 'decimal.js';
import { lineAmount } from './amount.ts';
import type { ProgressLine } from './line-progress.ts';
import type { OrderContent, OrderContentLine } from './order.ts';
import type { ProgressState } from './progress.ts';

export interface ConfirmedMoney {
  readonly goods: number;
  /** Cancelled and returned goods; never more than there are. */
  readonly creditedGoods: number;
  /** Nothing of it is left, so its shipping is not either. */
  readonly isCancelled: boolean;
}

export interface ToldOfOrder {
  readonly state: ProgressState;
  readonly lines: readonly ProgressLine[];
  /** Unit prices that were confirmed otherwise than sent, by reference. */
  readonly prices: Readonly<Record<string, string>>;
  /** What credit notes come to, net. */
  readonly creditNotes: number;
}

/** `null`: nothing is told of its lines yet. A credit note that follows a return is the same goods, so the larger counts. */
export function confirmedMoney({ lines, currency }: OrderContent, told: ToldOfOrder): ConfirmedMoney | null {
  if (told.lines.length === 0 && told.creditNotes === 0) return null;
  const progress = new Map(told.lines.map((line) => [line.reference, line]));
  let [goods, cancelled, returned] = [0, 0, 0];
  for (const line of lines) {
    const there = progress.get(line.reference);
    const worth = (quantity: Decimal) => worthOf(line, quantity, told.prices[line.reference], currency);
    goods += worth(there ? new Decimal(there.confirmed).plus(there.surplus) : new Decimal(line.quantity));
    cancelled += there ? worth(new Decimal(there.cancelled)) : 0;
    returned += there ? worth(new Decimal(there.returned)) : 0;
  }
  const isCancelled = told.state === 'cancelled';
  const creditedGoods = isCancelled ? goods : Math.min(goods, cancelled + Math.max(returned, told.creditNotes));
  return { goods, creditedGoods, isCancelled };
}

function worthOf(line: OrderContentLine, quantity: Decimal, price: string | undefined, currency: string): number {
  if (price === undefined && quantity.eq(line.quantity)) return line.amount;
  return lineAmount(quantity.toFixed(), price ?? line.unitPrice, currency) ?? line.amount;
}
