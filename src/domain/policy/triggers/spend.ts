/** What was spent so far in a period, with this order. */
import { z } from 'zod';
import { sayMoney } from '../amounts.ts';
import { spendWith, WHOSE } from '../facts.ts';
import { moneyCondition, sayBounds, sayMinor, withinBounds } from '../operators.ts';
import { SPEND_PERIODS } from '../spend-period.ts';
import { defineTrigger } from './trigger.ts';

export const periodSpend = defineTrigger({
  about: 'orders waiting or released in the period (`per`) of this one, `whose` they are, and this one',
  schema: moneyCondition({ per: z.enum(SPEND_PERIODS), whose: z.enum(WHOSE), includesShipping: z.boolean().default(true) }),
  spendNeed: ({ per, whose, includesShipping }) => ({ per, whose, includesShipping }),
  try({ bounds, currency, per, whose, includesShipping }, facts) {
    const { all, before } = spendWith(facts, { per, whose }, { currency, includesShipping });
    const wanted = `${sayBounds(bounds, sayMinor(currency))} a ${per}`;
    if ('lack' in all) return { holds: null, found: `orders of the ${whose} in more than one currency: ${all.lack}`, wanted };
    const earlier = 'lack' in before ? 0 : before.minor;
    const found = `${sayMoney(all.minor, currency)} of the ${whose}, ${sayMoney(earlier, currency)} of it before this order`;
    return { holds: withinBounds(all.minor, bounds), found, wanted };
  },
});
