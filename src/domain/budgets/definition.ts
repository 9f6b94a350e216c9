/** A budget as people write it. References are still names; what cannot be right is refused with the reason. */
import { z } from 'zod';
import { isZone } from '../../connector/mapping/formats.ts';
import { currencySchema, decimalSchema, readMinor } from '../policy/amounts.ts';
import { ENFORCEMENTS, type NewBudget } from './budget.ts';
import { carrySchema } from './carry.ts';
import { isCivilDate, isPlannableDate } from './civil-days.ts';
import { durationSchema } from './duration.ts';
import { periodRuleSchema } from './period-rule.ts';

const text = z.string().trim().min(1);
const firstDate = z.string().refine(isPlannableDate, 'must be a date such as 2026-01-31, from 1900 to 2200');
/** Many systems write 9999-12-31 for never. */
const lastDate = z.string().refine((text) => isCivilDate(text) && text >= '1900-01-01', 'must be a date such as 2026-01-31');
/** No limit, a limit of zero and the limit from above are three things. */
const LIMIT = 'must be unlimited, inherit, or an amount such as 5000.00, zero or more';
const limitSchema = z.union([z.number(), z.string()], LIMIT).transform((given, context): string => {
  if (given === 'unlimited' || given === 'inherit') return given;
  const amount = decimalSchema.safeParse(given);
  if (amount.success) return amount.data;
  context.issues.push({ code: 'custom', message: LIMIT, input: given });
  return z.NEVER;
});

const PERCENT = 'must be a whole percentage from 1 to 1000';

const written = z.strictObject({
  code: text,
  name: text.optional(),
  /** Exactly one of the four says whose it is. */
  person: text.optional(),
  unit: text.optional(),
  costCentre: text.optional(),
  project: text.optional(),
  /** Whose cost centre or project; else that of the person or unit. */
  company: text.optional(),
  /** Code of the budget above. */
  parent: text.optional(),
  currency: currencySchema,
  limit: limitSchema,
  period: periodRuleSchema.default({ kind: 'month', firstMonth: 1, anchorDay: 1 }),
  /** That of the unit, else of the company, if it is not said. */
  zone: text.refine(isZone, 'must be a time zone of the IANA list, such as Europe/Berlin').optional(),
  from: firstDate,
  until: lastDate.optional(),
  basis: z.enum(['net', 'gross']).default('net'),
  includesShipping: z.boolean().default(true),
  enforcement: z.enum(ENFORCEMENTS).default('require_approval'),
  carry: carrySchema.prefault('none'),
  chargeOn: z.enum(['submission', 'decision', 'delivery', 'posting']).default('submission'),
  lateCredit: z.enum(['current', 'original', 'none']).default('current'),
  closeAfter: durationSchema.default({ businessDays: 5 }),
  alerts: z.array(z.int(PERCENT).min(1, PERCENT).max(1000, PERCENT)).default([80, 100]),
  rollUp: z.enum(['enforced', 'informative']).default('informative'),
  actuals: z.enum(['kontor', 'erp', 'both']).default('kontor'),
});

const OWNERS = { person: 'person', unit: 'unit', costCentre: 'cost_centre', project: 'project' } as const;

/** Everything but what only the database knows: ids of owner, company and parent, and the zone of the unit. */
export interface BudgetDefinition extends Omit<NewBudget, 'companyId' | 'ownerId' | 'ownerCode' | 'parentId' | 'zone'> {
  readonly owner: string;
  readonly company: string | null;
  readonly parent: string | null;
  readonly zone: string | null;
}

export const budgetSchema = written.transform((given, context): BudgetDefinition => {
  const refuse = (path: string, message: string) => context.issues.push({ code: 'custom', path: [path], message, input: given });
  const named = (Object.keys(OWNERS) as (keyof typeof OWNERS)[]).filter((kind) => given[kind] !== undefined);
  const [owner] = named;
  if (owner === undefined || named.length > 1) refuse('code', `must name exactly one owner: ${Object.keys(OWNERS).join(', ')}`);
  if (given.until !== undefined && given.until <= given.from) refuse('until', `must be after from (${given.from})`);
  if (given.limit === 'inherit' && given.parent === undefined) refuse('limit', 'inherits from a parent; name one, or say an amount');
  if ((owner === 'costCentre' || owner === 'project') && given.company === undefined) refuse('company', `must say whose ${owner} it is`);
  const amount =
    given.limit === 'unlimited' || given.limit === 'inherit' ? null : readMinor(given.limit, given.currency, ['limit'], context);
  const { mode, overspend, rate = null, minUtilisation = null, expiresAfter = null } = given.carry;
  const cap = given.carry.cap === undefined ? null : readMinor(given.carry.cap, given.currency, ['carry', 'cap'], context);
  return {
    ...{ code: given.code, name: given.name ?? given.code, ownerKind: OWNERS[owner ?? 'project'], owner: given[owner ?? 'project'] ?? '' },
    ...{ company: given.company ?? null, parent: given.parent ?? null, currency: given.currency, amount },
    limitKind: amount !== null ? 'amount' : given.limit === 'inherit' ? 'inherit' : 'unlimited',
    ...{ basis: given.basis, includesShipping: given.includesShipping, enforcement: given.enforcement, periodRule: given.period },
    ...{ zone: given.zone ?? null, validFrom: given.from, validUntil: given.until ?? null },
    carryRule: { mode, rate, cap, minUtilisation, expiresAfter, overspend },
    ...{ chargeOn: given.chargeOn, lateCredit: given.lateCredit, closeDelay: given.closeAfter },
    ...{ alertPercents: [...new Set(given.alerts)].sort((a, b) => a - b), rollUp: given.rollUp, actualsSource: given.actuals },
  };
});
