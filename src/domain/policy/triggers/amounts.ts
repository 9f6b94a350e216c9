/** What the order comes to. Net. */
import { z } from 'zod';
import { sayMoney } from '../amounts.ts';
import { orderAmount } from '../facts.ts';
import { moneyCondition, sayBounds, sayMinor, withinBounds } from '../operators.ts';
import { defineTrigger } from './trigger.ts';

export const orderTotal = defineTrigger({
  about: 'net total of the order, with shipping unless `includesShipping` is false',
  schema: moneyCondition({ includesShipping: z.boolean().default(true) }),
  try({ bounds, currency, includesShipping }, facts) {
    const amount = orderAmount(facts, includesShipping);
    const holds = facts.currency === currency ? withinBounds(amount, bounds) : null;
    const what = includesShipping ? '' : ' without shipping';
    return { holds, found: `${sayMoney(amount, facts.currency)}${what}`, wanted: sayBounds(bounds, sayMinor(currency)) };
  },
});

export const shippingCost = defineTrigger({
  about: 'net cost of shipping',
  schema: moneyCondition({}),
  try({ bounds, currency }, facts) {
    const holds = facts.currency === currency ? withinBounds(facts.shippingCost, bounds) : null;
    return { holds, found: sayMoney(facts.shippingCost, facts.currency), wanted: sayBounds(bounds, sayMinor(currency)) };
  },
});
