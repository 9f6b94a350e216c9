/** `kontor budgets close | reopen`: whether anything more may be taken from a budget. */
import type { Command } from 'commander';
import { type BudgetState, closeBudget, reopenBudget } from '../../budgets/close-budget.ts';
import type { App } from '../app.ts';
import { someText, withExamples } from '../arguments.ts';
import { formatInstant, formatMoney } from '../format.ts';
import { plain } from '../terminal.ts';
import { whoAmI } from '../who-am-i.ts';

export function addClosingCommands(budgets: Command, app: App): void {
  const close = budgets
    .command('close')
    .description('take nothing more from a budget; what is reserved or committed in it is settled as ever')
    .argument('<code>', 'code of the budget')
    .option('--reason <text>', 'told to those whose orders it holds', someText)
    .action(async (code: string, { reason = null }: { reason?: string | null }) => {
      const { db } = await app.store(await app.settings([]));
      app.out.answer(await db.transaction((trx) => closeBudget(trx, { code, by: whoAmI(), reason }, new Date())), drawState);
    });
  withExamples(close, ['kontor budgets close NORD-2026 --reason "the project has ended"']);
  const reopen = budgets
    .command('reopen')
    .description('let a closed budget be used again, from the period of today on')
    .argument('<code>', 'code of the budget')
    .action(async (code: string) => {
      const { db } = await app.store(await app.settings([]));
      app.out.answer(await db.transaction((trx) => reopenBudget(trx, { code, by: whoAmI() }, new Date())), drawState);
    });
  withExamples(reopen, ['kontor budgets reopen NORD-2026']);
}

function* drawState({ code, currency, state, changed, closing, reserved }: BudgetState): Generator<string> {
  const name = plain(code);
  if (state === 'active') return yield changed ? `${name} may be used again` : `${name} is not closed`;
  const since = changed || !closing ? '' : ` since ${formatInstant(closing.closedAt)}, by ${plain(closing.closedBy)}`;
  yield `${name} is closed${since} and takes nothing more`;
  if (reserved > 0) yield `${formatMoney(reserved, currency)} stay reserved for orders that are on their way`;
}
