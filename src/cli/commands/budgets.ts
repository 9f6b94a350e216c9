/** `kontor budgets`: budgets in, what is left of them, every movement, and when their periods begin. */
import { type Command, Option } from 'commander';
import { previewPeriods } from '../../budgets/preview.ts';
import { putBudgets } from '../../budgets/put-budgets.ts';
import { OWNER_KINDS } from '../../domain/budgets/budget.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { listClosings } from '../../store/budgets/closings.ts';
import { requireBudget } from '../../store/budgets/find-budget.ts';
import { loadLines, rebuildAndCompare } from '../../store/budgets/movements.ts';
import { listPeriods, loadPeriodsOn } from '../../store/budgets/periods.ts';
import { listBudgetFigures } from '../../store/views/budget-figures.ts';
import { loadRolledUp } from '../../store/views/rolled-up.ts';
import type { App } from '../app.ts';
import { ACCOUNT_REFERENCE, civilDay, requireAccount, wholeNumber, withExamples } from '../arguments.ts';
import { drawBoundaries, drawBudget, drawBudgets, drawDiscrepancies, drawPut, drawStatement } from '../draw-budgets.ts';
import { EXIT } from '../exit-codes.ts';
import { readBudgetFile } from '../read-budget-file.ts';
import type { FileFormats } from '../table-rows.ts';
import { plain } from '../terminal.ts';
import { whoAmI } from '../who-am-i.ts';
import { addFiscalCalendarCommands } from './budgets-calendars.ts';
import { addClosingCommands } from './budgets-closing.ts';
import { addDriftCommand } from './budgets-drift.ts';
import { addMoneyCommands } from './budgets-money.ts';

const BUDGET_CODE = 'code of the budget';

export function addBudgetsCommand(program: Command, app: App): void {
  const budgets = program.command('budgets').description('what may be spent in each period, and what was');
  addPut(budgets, app);
  addList(budgets, app);
  addShow(budgets, app);
  addStatement(budgets, app);
  addPreview(budgets, app);
  addMoneyCommands(budgets, app);
  addClosingCommands(budgets, app);
  addRebuild(budgets, app);
  addDriftCommand(budgets, app);
  addFiscalCalendarCommands(budgets, app);
}

function addPut(budgets: Command, app: App): void {
  const command = budgets
    .command('put')
    .description('take budgets from a file; whatever is wrong is told at once, and then none is taken')
    .argument('<file>', 'YAML, JSON, csv or workbook')
    .option('--sheet <name>', 'sheet of a workbook; the first if absent')
    .addOption(new Option('--decimal <sign>', 'decimal sign of texts').choices(['.', ',']).default('.'))
    .option('--date <format>', 'how texts write dates, such as dd.MM.yyyy; ISO 8601 is always understood', 'yyyy-MM-dd')
    .action(async (file: string, formats: FileFormats) => {
      const { name, unknown, ...read } = await readBudgetFile(file, app.surroundings.cwd, formats, app.interruption.signal);
      const { db } = await app.store(await app.settings([]));
      const put = await db.transaction((trx) => putBudgets(trx, { what: name, ...read, by: whoAmI() }, new Date()));
      if (unknown.length > 0) app.out.hint(`note: columns that are no fields of a budget: ${plain(unknown.join(', '))}`);
      app.out.answer(put, drawPut);
    });
  withExamples(command, ['kontor budgets put budgets.yaml', 'kontor budgets put budgets-2027.xlsx --sheet Nord --decimal ,']);
}

interface ListOptions {
  readonly account?: string;
  readonly owner?: (typeof OWNER_KINDS)[number];
  readonly limit: number;
  readonly after?: string;
}

function addList(budgets: Command, app: App): void {
  const command = budgets
    .command('list', { isDefault: true })
    .description('budgets with what is left in their running period')
    .option('--account <account>', `of this one, of its people or its company: ${ACCOUNT_REFERENCE}`)
    .addOption(new Option('--owner <kind>', 'of such owners').choices(OWNER_KINDS))
    .option('--limit <number>', 'how many', wholeNumber(1, 10_000), 100)
    .option('--after <code>', 'go on behind this one')
    .action(async ({ account, owner, limit, after }: ListOptions) => {
      const { db } = await app.store(await app.settings([]));
      const accountId = account === undefined ? undefined : (await requireAccount(db, account)).id;
      app.out.answer(await listBudgetFigures(db, { accountId, ownerKind: owner, limit, after }, new Date()), drawBudgets);
    });
  withExamples(command, ['kontor budgets list', 'kontor budgets list --account A-1001 --owner cost_centre --json']);
}

function addShow(budgets: Command, app: App): void {
  const command = budgets
    .command('show')
    .description('one budget: its rules, and all its periods')
    .argument('<code>', BUDGET_CODE)
    .action(async (code: string) => {
      const { db } = await app.store(await app.settings([]));
      const budget = await requireBudget(db, code);
      const closings = await listClosings(db, budget.id);
      const [next = null] = await previewPeriods(db, budget, 1);
      const [figures = null] = (await listBudgetFigures(db, { code, limit: 1 }, new Date())).budgets;
      const rolledUp = await loadRolledUp(db, budget.id, new Date());
      const whose = { owner: figures?.owner ?? null, parent: figures?.parent ?? null, rolledUp };
      app.out.answer({ budget, ...whose, closings, periods: await listPeriods(db, budget.id), next }, drawBudget);
    });
  withExamples(command, ['kontor budgets show NORD-2026']);
}

function addStatement(budgets: Command, app: App): void {
  const command = budgets
    .command('statement')
    .description('every movement of a period in the order of writing, with what was left after each')
    .argument('<code>', BUDGET_CODE)
    .addOption(new Option('--on <date>', 'the period of this day (YYYY-MM-DD); the running one if absent').argParser(civilDay))
    .action(async (code: string, { on }: { on?: string }) => {
      const { db } = await app.store(await app.settings([]));
      const budget = await requireBudget(db, code);
      const [period] = await loadPeriodsOn(db, [budget.id], on === undefined ? { at: new Date() } : { on });
      if (!period)
        throw new NeedsOperatorError(
          'NOT_FOUND',
          `${plain(code)} has no period ${on === undefined ? 'now' : `on ${on}`}; \`kontor budgets show ${plain(code)}\` lists those it had, --on DAY chooses one`,
        );
      app.out.answer({ budget, period, movements: await loadLines(db, period.id) }, drawStatement);
    });
  withExamples(command, ['kontor budgets statement NORD-2026', 'kontor budgets statement NORD-2026 --on 2026-07-15 --json']);
}

function addPreview(budgets: Command, app: App): void {
  const command = budgets
    .command('preview')
    .description('when the next periods begin and end, as the engine opens them')
    .argument('<code>', BUDGET_CODE)
    .option('--count <number>', 'how many', wholeNumber(1, 400), 12)
    .action(async (code: string, { count }: { count: number }) => {
      const { db } = await app.store(await app.settings([]));
      const budget = await requireBudget(db, code);
      const boundaries = await previewPeriods(db, budget, count);
      app.out.answer({ code, zone: budget.zone, boundaries }, (_, terminal) => drawBoundaries(budget, boundaries, terminal));
    });
  withExamples(command, ['kontor budgets preview NORD-2026', 'kontor budgets preview NORD-2026 --count 24 --json']);
}

function addRebuild(budgets: Command, app: App): void {
  const command = budgets
    .command('rebuild')
    .description('sum every ledger from zero and compare; differences are shown, nothing is changed')
    .argument('[code]', `only this one: ${BUDGET_CODE}`)
    .action(async (code?: string) => {
      const { db } = await app.store(await app.settings([]));
      const found = await rebuildAndCompare(db, code === undefined ? null : (await requireBudget(db, code)).id);
      app.out.answer({ differences: found }, drawDiscrepancies);
      if (found.length > 0) app.exitCode = EXIT.failed;
    });
  withExamples(command, ['kontor budgets rebuild', 'kontor budgets rebuild NORD-2026']);
}
