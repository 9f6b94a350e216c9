/** `kontor budgets calendars`: fiscal calendars by name, which several budgets share. */
import type { Command } from 'commander';
import { putFiscalCalendar } from '../../budgets/put-calendar.ts';
import { sayPeriodRule } from '../../domain/budgets/period-rule.ts';
import { type FiscalCalendar, listCalendars } from '../../store/budgets/calendars.ts';
import type { App } from '../app.ts';
import { someText, withExamples } from '../arguments.ts';
import { countOf, formatInstant } from '../format.ts';
import { readFiscalCalendar } from '../read-fiscal-calendar.ts';
import { drawTable } from '../table.ts';
import { plain, type Terminal } from '../terminal.ts';
import { whoAmI } from '../who-am-i.ts';

export function addFiscalCalendarCommands(budgets: Command, app: App): void {
  const calendars = budgets.command('calendars').description('fiscal calendars that budgets name (period: { calendar: NAME })');
  const list = calendars
    .command('list', { isDefault: true })
    .description('fiscal calendars')
    .action(async () => {
      const { db } = await app.store(await app.settings([]));
      app.out.answer({ calendars: await listCalendars(db) }, drawCalendars);
    });
  withExamples(list, ['kontor budgets calendars', 'kontor budgets calendars list --json']);
  const put = calendars
    .command('put')
    .description('store a fiscal calendar; periods that have begun stay as they were')
    .argument('<name>', 'what budgets call it', someText)
    .argument('<file>', 'YAML or JSON with a period rule, or csv or workbook with the columns from, to or until, and key')
    .option('--sheet <name>', 'sheet of a workbook; the first if absent')
    .option('--date <format>', 'how texts write dates, such as dd.MM.yyyy; ISO 8601 is always understood', 'yyyy-MM-dd')
    .action(async (name: string, file: string, formats: { sheet?: string; date: string }) => {
      const { rule, unknown } = await readFiscalCalendar(file, app.surroundings.cwd, formats, app.interruption.signal);
      const { db } = await app.store(await app.settings([]));
      const stored = await db.transaction((trx) => putFiscalCalendar(trx, { name, rule, by: whoAmI() }, new Date()));
      if (unknown.length > 0) app.out.hint(`note: columns that say nothing about periods: ${plain(unknown.join(', '))}`);
      app.out.answer({ name, ...stored }, () => [
        `version ${stored.version} of fiscal calendar ${plain(name)} is stored: ${sayPeriodRule(rule)}; ${countOf(stored.budgets, 'budget uses', 'budgets use')} it`,
      ]);
    });
  withExamples(put, [
    'kontor budgets calendars put retail calendar.yaml',
    'kontor budgets calendars put erp-periods periods.csv --date dd.MM.yyyy',
  ]);
}

function* drawCalendars({ calendars }: { calendars: readonly FiscalCalendar[] }, terminal: Terminal): Generator<string> {
  if (calendars.length === 0) return yield 'no fiscal calendars; `kontor budgets calendars put NAME FILE` stores one';
  const columns = [
    { title: 'name' },
    { title: 'version', align: 'right' as const },
    { title: 'cuts time by', least: 12 },
    { title: 'by' },
    { title: 'since' },
  ];
  const rows = calendars.map(({ name, version, definition, createdBy, updatedAt }) => [
    ...[plain(name), String(version), sayPeriodRule(definition), plain(createdBy), formatInstant(updatedAt)],
  ]);
  return yield* drawTable(columns, rows, terminal);
}
