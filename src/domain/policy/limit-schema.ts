/** Limits: how much a person may buy, and how much approve. No limit, a limit of zero and the limit from above are three things. */
import { z } from 'zod';
import { type Amount, currencySchema, decimalSchema, readMinor, sayMoney } from './amounts.ts';
import { SPEND_PERIODS, type SpendPer } from './spend-period.ts';

export interface AmountLimit extends Amount {
  readonly per: 'order' | SpendPer;
  readonly includesShipping: boolean;
}

export type Limit = 'unlimited' | 'inherit' | AmountLimit;

const PERIODS = ['order', ...SPEND_PERIODS] as const;

const amountLimit = z
  .strictObject({
    amount: decimalSchema,
    currency: currencySchema,
    per: z.enum(PERIODS, `must be one of ${PERIODS.join(', ')}`),
    basis: z.literal('net', 'must be net; orders carry net amounts').default('net'),
    includesShipping: z.boolean().default(true),
  })
  .transform(({ amount, currency, per, includesShipping }, context): AmountLimit => {
    return { minor: readMinor(amount, currency, ['amount'], context), currency, per, includesShipping };
  });

const KEYS = 'amount, currency, per, basis, includesShipping';

/** The forms by hand: a limit left blank must say what it wants, not that some union does not fit. */
const limit = z.unknown().transform((given, context): Limit => {
  if (given === 'unlimited' || given === 'inherit') return given;
  if (given !== null && typeof given === 'object') {
    const parsed = amountLimit.safeParse(given);
    if (parsed.success) return parsed.data;
    for (const { code, path, message, ...issue } of parsed.error.issues) {
      const keys = code === 'unrecognized_keys' && 'keys' in issue ? (issue.keys as string[]) : null;
      const told = keys ? `has keys nobody knows: ${keys.join(', ')}; known: ${KEYS}` : message;
      context.issues.push({ code: 'custom', path, message: told, input: given });
    }
    return z.NEVER;
  }
  const message = 'must be unlimited, inherit, or a block with amount, currency and per';
  context.issues.push({ code: 'custom', message, input: given });
  return z.NEVER;
});

const limitOfOrder = limit.superRefine((given, context) => {
  if (typeof given === 'string' || given.per === 'order') return;
  context.addIssue({ code: 'custom', path: ['per'], message: 'must be order: what a person may approve is judged order by order' });
});

function purpose(one: z.ZodType<Limit>) {
  const named = z.record(z.string().min(1), one).default({});
  return z.strictObject({ default: one, roles: named, people: named });
}

export const limitsSchema = z.strictObject({ buy: purpose(limit).optional(), approve: purpose(limitOfOrder).optional() }).default({});

export type Limits = z.output<typeof limitsSchema>;
export type LimitPurpose = keyof Limits;

export function sayLimit(given: Limit): string {
  if (typeof given === 'string') return given;
  const { minor, currency, per, includesShipping } = given;
  return `${sayMoney(minor, currency)} ${per === 'order' ? 'an' : 'a'} ${per}${includesShipping ? '' : ' without shipping'}`;
}
