/** What was spent so far in a period, with this order. */
import { z } from 'zod';
import { sayMoney } from '../amounts.ts';
import { orderAmount, spendWith, WHOSE } from '../facts.ts';
import { moneyCondition, sayBounds, sayMinor, withinBounds } from '../operators.ts';
import { SPEND_PERIODS } from '../spend-period.ts';
import { defineTrigger } from './trigger.ts';

export const periodSpend = defineTrigger({
  about: 'orders waiting or released in the period (`per`) of this one, `whose` they are, and this one',
  schema: moneyCondition({ per: z.enum(SPEND_PERIODS), whose: z.enum(WHOSE), includesShipping: z.boolean().default(true) }),
  spendNeed: ({ per, whose, includesShipping }) => ({ per, whose, includesShipping }),
  try({ bounds, currency, per, whose, includesShipping }, facts) {
    const sum = spendWith(facts, { per, whose }, { currency, includesShipping });
    const wanted = `${sayBounds(bounds, sayMinor(currency))} a ${per}`;
    if (sum === null) return { holds: null, found: `orders of the ${whose} in more than one currency`, wanted };
    const before = sum - orderAmount(facts, includesShipping);
    const found = `${sayMoney(sum, currency)} of the ${whose}, ${sayMoney(before, currency)} of it before this order`;
    return { holds: withinBounds(sum, bounds), found, wanted };
  },
});
