/** Budgets as they are answered. */
import { z } from 'zod';
import { MOVEMENT_TYPES } from '../../domain/budgets/balance.ts';
import { ENFORCEMENTS, OWNER_KINDS } from '../../domain/budgets/budget.ts';
import { instant } from './ids.ts';
import { minor } from './order.ts';

export const budgetParams = z.strictObject({ code: z.string().min(1).max(200).describe('Code of the budget.') });

const civilDate = z.string().describe('Civil date in the zone of the budget.');

const period = z.object({
  key: z.string(),
  startOn: civilDate,
  endOn: civilDate.describe('First day that no longer belongs to it.'),
  startAt: instant,
  endAt: instant,
  state: z.enum(['planned', 'open', 'closed_provisional', 'closed_final']),
  isLimited: z.boolean(),
  allocated: minor,
  carried: minor,
  adjusted: minor.describe('Transfers and top-ups.'),
  reserved: minor,
  committed: minor,
  actual: minor.describe('Of what is committed, what was invoiced.'),
  pending: minor.describe('Of what is reserved, what nobody has decided yet.'),
  available: minor.nullable().describe('Below zero: overspent. null: without limit.'),
});

export const budgetShape = z
  .object({
    code: z.string(),
    name: z.string(),
    owner: z.object({ kind: z.enum(OWNER_KINDS), id: z.string().nullable(), code: z.string().nullable(), name: z.string().nullable() }),
    company: z.object({ id: z.string(), name: z.string().nullable() }),
    parent: z.string().nullable().describe('Code of the budget above.'),
    currency: z.string(),
    basis: z.enum(['net', 'gross']),
    includesShipping: z.boolean(),
    enforcement: z.enum(ENFORCEMENTS),
    chargeOn: z.enum(['submission', 'decision', 'delivery', 'posting']),
    actualsSource: z.enum(['kontor', 'erp', 'both']),
    zone: z.string(),
    validFrom: civilDate,
    validUntil: civilDate.nullable(),
    state: z.enum(['active', 'closed']),
    period: period.nullable().describe('The one that holds now.'),
  })
  .meta({ id: 'Budget' });

export const closingShape = z
  .object({
    closedAt: instant,
    closedBy: z.string(),
    reason: z.string().nullable(),
    reopenedAt: instant.nullable().describe('null: it still is closed.'),
    reopenedBy: z.string().nullable(),
  })
  .meta({ id: 'BudgetClosing' });

export const boundaryShape = z.object({ key: z.string(), startOn: civilDate, endOn: civilDate, startAt: instant, endAt: instant });

export const movementShape = z
  .object({
    id: z.string(),
    type: z.enum(MOVEMENT_TYPES),
    amount: minor,
    at: instant.describe('When it takes effect.'),
    recordedAt: instant,
    by: z.string(),
    reason: z.string().nullish(),
    orderId: z.string().nullish(),
    revision: z.int().nullish(),
    documentId: z.string().nullish(),
    originalAmount: minor.nullable().describe('In the currency of the order.'),
    originalCurrency: z.string().nullable(),
    rate: z.string().nullable(),
    rateOn: z.string().nullable(),
    rateSource: z.string().nullable(),
  })
  .meta({ id: 'BudgetMovement' });
