/** Whether an order may still leave at the prices it was approved at: they are compared with the contract of the day (SEMANTICS 2.12). */
import { isWithin, pricePerUnit } from '../domain/orders/amount.ts';
import { civilDay } from '../domain/orders/civil-day.ts';
import { contractPricesOfOne } from '../store/orders/contract-prices.ts';
import type { PushFacts } from '../store/orders/load-for-push.ts';
import type { Obstacle } from './obstacle.ts';
import type { OrderContext } from './order-context.ts';

export async function changedPrices(
  { db, settings, now }: OrderContext,
  { accountId, content, timeZone }: PushFacts,
): Promise<Obstacle | null> {
  const { prices: rule, priceTolerance } = settings.orders;
  const { currency, lines } = content;
  const day = civilDay(now(), timeZone);
  const asked = lines.map(({ product, quantity, unit }, place) => ({ place, account: accountId, product, quantity, unit, currency, day }));
  const found = await contractPricesOfOne(db, asked);
  const changed = lines.flatMap(({ product, unitPrice }, place) => {
    const price = found.get(place);
    if (!price) return rule === 'given' ? [] : [`${product} has no contract price any more (approved at ${unitPrice})`];
    const today = pricePerUnit(price.unitPrice, price.perQuantity);
    return isWithin(unitPrice, today, priceTolerance) ? [] : [`${product} was approved at ${unitPrice} and is ${today} ${currency} now`];
  });
  if (changed.length === 0) return null;
  return {
    code: 'PRICE_CHANGED',
    reason: `${changed.join('; ')}. Correct the price and pull, or revise the order so that the difference is approved`,
  };
}
