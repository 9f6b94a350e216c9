/** `kontor budgets transfer | top-up`: find the money. */
import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import { topUp, transfer } from '../../budgets/move-money.ts';
import type { MovedMoney } from '../../budgets/purses.ts';
import { Refused } from '../../connector/mapping/cell.ts';
import { readTypedDecimal, toMinor } from '../../connector/mapping/decimal.ts';
import { exponentOf } from '../../connector/mapping/words.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { findPerson } from '../../orders/people.ts';
import { requireBudget } from '../../store/budgets/find-budget.ts';
import type { App } from '../app.ts';
import { civilDay, decimalText, someText, withExamples } from '../arguments.ts';
import { formatMoney } from '../format.ts';
import { plain } from '../terminal.ts';

interface MoveOptions {
  readonly amount: string;
  readonly as: string;
  readonly reason: string;
  readonly on?: string;
  readonly from?: string;
  readonly fromOn?: string;
}

const PERSON = 'who answers for it: external id, or id:NUMBER';

export function addMoneyCommands(budgets: Command, app: App): void {
  addTransfer(budgets, app);
  addTopUp(budgets, app);
}

function addTransfer(budgets: Command, app: App): void {
  const command = budgets
    .command('transfer')
    .description('move money that is free into a budget, by somebody with authority over where it comes from')
    .argument('<code>', 'code of the budget that gets it')
    .requiredOption('--from <code>', 'budget that gives it; the same one to take from another of its periods')
    .requiredOption('--amount <decimal>', 'how much', decimalText)
    .requiredOption('--as <person>', PERSON)
    .requiredOption('--reason <text>', 'kept with both movements', someText)
    .addOption(new Option('--on <date>', 'into the period of this day (YYYY-MM-DD); the running one if absent').argParser(civilDay))
    .addOption(new Option('--from-on <date>', 'out of the period of this day (YYYY-MM-DD); the running one if absent').argParser(civilDay))
    .action(async (code: string, options: MoveOptions) => {
      const { db, budget, personId, amount } = await prepare(app, code, options);
      if (amount <= 0) throw new NeedsOperatorError('USAGE', 'the amount must be above zero; to give back, transfer the other way');
      const source = await requireBudget(db, options.from ?? code);
      const now = new Date();
      const move = { amount, personId, reason: options.reason, key: randomUUID(), to: purse(budget.id, options.on, now) };
      const moved = await db.transaction((trx) => transfer(trx, { ...move, from: purse(source.id, options.fromOn, now) }, now));
      app.out.answer(moved, drawMoved);
    });
  withExamples(command, [
    'kontor budgets transfer NORD-2026 --from HANSA-2026 --amount 500 --as P-4 --reason "trade fair"',
    'kontor budgets transfer NORD-2026 --from NORD-2026 --from-on 2026-12-01 --amount 200 --as P-3 --reason "from December"',
  ]);
}

function addTopUp(budgets: Command, app: App): void {
  const command = budgets
    .command('top-up')
    .description('bring money into a period from outside, by an administrator of the company; below zero takes back what is free')
    .argument('<code>', 'code of the budget')
    .requiredOption('--amount <decimal>', 'how much', decimalText)
    .requiredOption('--as <person>', PERSON)
    .requiredOption('--reason <text>', 'kept with the movement', someText)
    .addOption(new Option('--on <date>', 'into the period of this day (YYYY-MM-DD); the running one if absent').argParser(civilDay))
    .action(async (code: string, options: MoveOptions) => {
      const { db, budget, personId, amount } = await prepare(app, code, options);
      if (amount === 0) throw new NeedsOperatorError('USAGE', 'the amount is zero and would move nothing; say how much');
      const now = new Date();
      const move = { amount, personId, reason: options.reason, key: randomUUID(), to: purse(budget.id, options.on, now) };
      const moved = await db.transaction((trx) => topUp(trx, move, now));
      app.out.answer(moved, drawMoved);
    });
  withExamples(command, ['kontor budgets top-up NORD-2026 --amount 1000 --as P-4 --reason "one-off, board of 3 May"']);
}

async function prepare(app: App, code: string, { amount, as }: MoveOptions) {
  const { db } = await app.store(await app.settings([]));
  const budget = await requireBudget(db, code);
  const decimal = readTypedDecimal(amount);
  const minor = decimal ? toMinor(decimal, exponentOf(budget.currency), budget.currency, amount) : new Refused('it is no number');
  if (minor instanceof Refused) throw new NeedsOperatorError('USAGE', `--amount ${amount}: ${minor.reason.replace(' at the source', '')}`);
  return { db, budget, amount: minor, personId: (await findPerson(db, as)).id };
}

const purse = (budgetId: string, on: string | undefined, at: Date) => ({ budgetId, day: on === undefined ? { at } : { on } });

function* drawMoved({ amount, currency, to, from }: MovedMoney): Generator<string> {
  const left = (one: { code: string; period: string; available: number }) =>
    `${plain(one.code)} ${plain(one.period)} has ${formatMoney(one.available, currency)} now`;
  yield `${formatMoney(amount, currency)} moved: ${[...(from ? [left(from)] : []), left(to)].join(', ')}`;
}
