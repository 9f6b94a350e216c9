/** What a period leaves to the next one (SEMANTICS 2.4). Reserved and committed money is not unused. */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { decimalSchema } from '../policy/amounts.ts';
import { type Balance, entitled, used } from './balance.ts';
import { type Duration, durationSchema } from './duration.ts';

const CARRY_MODES = ['none', 'full', 'share_of_original', 'share_of_unused'] as const;

export interface CarryRule {
  readonly mode: (typeof CARRY_MODES)[number];
  /** From 0 to 1, for the shares. */
  readonly rate: string | null;
  /** Never more than this, in minor units. */
  readonly cap: number | null;
  /** Share of what the period had that must have been used, else nothing is carried. */
  readonly minUtilisation: string | null;
  /** After its start, the next period gives back what is left of it; `null`: it keeps it, and may carry it on. */
  readonly expiresAfter: Duration | 'period' | null;
  readonly overspend: 'forgive' | 'deduct';
}

const share = decimalSchema.refine((text) => new Decimal(text).lte(1), 'must be a share from 0 to 1, such as 0.5');

const block = z.strictObject({
  mode: z.enum(CARRY_MODES).default('none'),
  rate: share.optional(),
  cap: decimalSchema.optional(),
  minUtilisation: share.optional(),
  expiresAfter: z.union([z.literal('period'), durationSchema]).optional(),
  overspend: z.enum(['forgive', 'deduct']).default('forgive'),
});

/** As it is written: a word, or a block. The cap is still text, for it needs the budget's currency. */
export const carrySchema = z
  .preprocess((given) => (typeof given === 'string' ? { mode: given.trim() } : given), block)
  .superRefine((given, context) => {
    const needsRate = given.mode.startsWith('share_');
    if (needsRate !== (given.rate !== undefined))
      context.addIssue({
        code: 'custom',
        path: ['rate'],
        message: needsRate ? 'must say the share, such as 0.5' : `is not for mode ${given.mode}`,
      });
    const stray = (['cap', 'minUtilisation', 'expiresAfter'] as const).find((key) => given.mode === 'none' && given[key] !== undefined);
    if (stray) context.addIssue({ code: 'custom', path: [stray], message: 'is not for mode none' });
  });

/** Positive: unused money that moves on. Negative: overspending that the next period pays. */
export function carryOf(rule: CarryRule, closing: Balance): number {
  const left = entitled({ ...closing, carriedOut: 0 }) - used(closing);
  if (left <= 0) return rule.overspend === 'deduct' ? left : 0;
  // Carried money that expires with its period is spent first and not carried twice.
  const unused = rule.expiresAfter === null ? left : Math.min(left, Math.max(0, left - Math.max(0, closing.carriedIn - used(closing))));
  if (rule.minUtilisation !== null) {
    const had = entitled({ ...closing, carriedOut: 0 });
    if (new Decimal(used(closing)).lt(new Decimal(had).times(rule.minUtilisation))) return 0;
  }
  const share = shareOf(rule, closing.allocated, unused);
  return rule.cap === null ? share : Math.min(share, rule.cap);
}

function shareOf({ mode, rate }: CarryRule, original: number, unused: number): number {
  const part = (of: number) =>
    new Decimal(of)
      .times(rate ?? 0)
      .floor()
      .toNumber();
  switch (mode) {
    case 'none':
      return 0;
    case 'full':
      return unused;
    case 'share_of_original':
      return Math.min(part(original), unused);
    case 'share_of_unused':
      return part(unused);
  }
}

/** What is left of carried money when it expires: it is spent first. */
export function expiredOf(balance: Balance): number {
  return Math.max(0, balance.carriedIn - used(balance));
}
