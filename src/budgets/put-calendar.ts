/** A fiscal calendar gets its definition; budgets that had come to its end go on. */
import type { OwnPeriods, PeriodRule } from '../domain/budgets/period-rule.ts';
import { NeedsOperatorError } from '../errors.ts';
import { lockSpends } from '../store/approvals/period-spend.ts';
import { lockBudgets } from '../store/budgets/budgets.ts';
import { putCalendar } from '../store/budgets/calendars.ts';
import { findByCalendar } from '../store/budgets/find-budgets.ts';
import { dropEmptyPlanned } from '../store/budgets/periods.ts';
import type { Transaction } from '../store/database.ts';
import { goOn } from './change-budgets.ts';

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
  await goOn(trx, budgets, now);
  return { version, budgets: budgets.length };
}
