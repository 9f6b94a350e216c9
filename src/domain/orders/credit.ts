/** Whether the seller's credit limit covers an order. Pure; the snapshot is dated, and an old one is not called enough. */
import { decimalOfMinor } from './money.ts';

export interface CreditSnapshot {
  /** Who holds the limit: the account, or the nearest above it that has one. */
  readonly holder: string;
  readonly currency: string | null;
  /** Minor units. */
  readonly limit: number;
  readonly balance: number;
  /** Orders that may be there and are not in the balance, and those that go before. Without the order in question. */
  readonly openOrders: number;
  /** Of them in other currencies; they cannot be added up. */
  readonly otherCurrencies: number;
  /** Of the order in question, where it is to be changed: what the balance holds of it already. */
  readonly ownInBalance: number;
  /** `null`: nobody knows. */
  readonly asOf: Date | null;
}

export interface CreditVerdict {
  readonly code: 'CREDIT_EXCEEDED' | 'CREDIT_STALE';
  readonly reason: string;
}

/** `null`: covered; of a change what it adds must be. "limit L: up to and including L passes" (SEMANTICS 2.2). Money in minor units of `currency`. */
export function judgeCredit(
  credit: CreditSnapshot,
  order: { total: number; currency: string },
  { now, maxAgeHours }: { now: Date; maxAgeHours: number },
): CreditVerdict | null {
  const { holder, currency, limit, balance, openOrders, otherCurrencies, ownInBalance, asOf } = credit;
  const more = order.total - ownInBalance;
  if (currency !== order.currency || otherCurrencies > 0) {
    const what = currency === order.currency ? 'open orders' : `the order is in ${order.currency}, the limit`;
    return { code: 'CREDIT_STALE', reason: `the credit of ${holder} cannot be judged: ${what} in another currency, and no rate is known` };
  }
  const money = (minor: number) => `${decimalOfMinor(minor, order.currency)} ${order.currency}`;
  const ageHours = asOf ? (now.getTime() - asOf.getTime()) / 3_600_000 : Number.POSITIVE_INFINITY;
  if (balance + openOrders + more > limit) {
    return {
      code: 'CREDIT_EXCEEDED',
      reason: `the credit limit of ${holder} is ${money(limit)}; ${money(balance)} are owed and ${money(openOrders)} ordered, so ${money(more)} more do not fit`,
    };
  }
  if (ageHours > maxAgeHours) {
    const age = asOf ? `is ${Math.floor(ageHours)} hours old` : 'has no date';
    return { code: 'CREDIT_STALE', reason: `what is known of the credit of ${holder} ${age}; ${maxAgeHours} hours are allowed` };
  }
  return null;
}
