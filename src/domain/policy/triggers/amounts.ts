/** What the order comes to. Net. */
import { z } from 'zod';
import { sayConverted } from '../amounts.ts';
import { amountIn, orderAmount } from '../facts.ts';
import { moneyCondition, sayBounds, sayMinor, withinBounds } from '../operators.ts';
import { defineTrigger } from './trigger.ts';

export const orderTotal = defineTrigger({
  about: 'net total of the order, with shipping unless `includesShipping` is false',
  schema: moneyCondition({ includesShipping: z.boolean().default(true) }),
  try({ bounds, currency, includesShipping }, facts) {
    const amount = amountIn(facts, { currency, includesShipping });
    const holds = 'lack' in amount ? null : withinBounds(amount.minor, bounds);
    const found = sayConverted(orderAmount(facts, includesShipping), facts.currency, amount, currency);
    return { holds, found: `${found}${includesShipping ? '' : ' without shipping'}`, wanted: sayBounds(bounds, sayMinor(currency)) };
  },
});

export const shippingCost = defineTrigger({
  about: 'net cost of shipping',
  schema: moneyCondition({}),
  try({ bounds, currency }, facts) {
    const amount = amountIn({ ...facts, goods: 0 }, { currency, includesShipping: true });
    const holds = 'lack' in amount ? null : withinBounds(amount.minor, bounds);
    return {
      holds,
      found: sayConverted(facts.shippingCost, facts.currency, amount, currency),
      wanted: sayBounds(bounds, sayMinor(currency)),
    };
  },
});
