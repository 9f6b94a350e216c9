/** A fiscal calendar gets its definition; budgets that had come to its end go on. */
import { type Budget, isActive } from '../domain/budgets/budget.ts';
import type { OwnPeriods, PeriodRule } from '../domain/budgets/period-rule.ts';
import { NeedsOperatorError } from '../errors.ts';
import { lockSpends } from '../store/approvals/period-spend.ts';
import { lockBudgets } from '../store/budgets/budgets.ts';
import { putCalendar } from '../store/budgets/calendars.ts';
import { findByCalendar } from '../store/budgets/find-budgets.ts';
import { dropEmptyPlanned } from '../store/budgets/periods.ts';
import type { Transaction } from '../store/database.ts';
import { findGaps, goOn } from './change-budgets.ts';

/** Periods that have begun, or hold money, stay as they were cut. Throws BUDGET_INVALID. */
export async function putFiscalCalendar(
  trx: Transaction,
  { name, rule, by }: { name: string; rule: PeriodRule; by: string },
  now: Date,
): Promise<{ version: number; budgets: number }> {
  if (rule.kind === 'calendar')
    throw new NeedsOperatorError('BUDGET_INVALID', `calendar ${name} names another one; say how its time is cut`);
  const definition: OwnPeriods = rule;
  await lockSpends(trx, (await findByCalendar(trx, name)).map(({ companyId }) => companyId)); // biome-ignore format: one call
  const version = await putCalendar(trx, { name, definition, by }, now);
  const ids = (await findByCalendar(trx, name)).map(({ id }) => id);
  const budgets = await lockBudgets(trx, ids);
  await dropEmptyPlanned(trx, ids);
  await refuseGaps(trx, name, budgets);
  await goOn(trx, budgets, now);
  return { version, budgets: budgets.length };
}

const MOST_NAMED = 20;

/** Budgets whose last period ends before the calendar goes on would never begin another. */
async function refuseGaps(trx: Transaction, name: string, budgets: readonly Budget[]): Promise<void> {
  const gapOf = await findGaps(trx, budgets.map(({ id }) => id), budgets); // biome-ignore format: one call
  const gaps = budgets.filter(isActive).flatMap((budget) => {
    const gap = gapOf(budget);
    return gap === null ? [] : `${budget.code}: ${gap}`;
  });
  if (gaps.length === 0) return;
  const more = gaps.length > MOST_NAMED ? `\nand ${gaps.length - MOST_NAMED} more` : '';
  throw new NeedsOperatorError(
    'BUDGET_INVALID',
    `calendar ${name} leaves days without a period behind the last one of budgets that use it; add the missing periods\n${gaps.slice(0, MOST_NAMED).join('\n')}${more}`,
    { details: { budgets: gaps.length } },
  );
}
