/** `kontor budgets calendars`: fiscal calendars by name, which several budgets share. */
import { extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { putFiscalCalendar } from '../../budgets/put-calendar.ts';
import { displayPath } from '../../config/problems.ts';
import { type PeriodRule, periodRuleSchema, sayPeriodRule } from '../../domain/budgets/period-rule.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { type FiscalCalendar, listCalendars } from '../../store/budgets/calendars.ts';
import type { App } from '../app.ts';
import { withExamples } from '../arguments.ts';
import { formatInstant } from '../format.ts';
import { openTable } from '../open-table.ts';
import { readCheckedFile } from '../read-checked-file.ts';
import { drawTable } from '../table.ts';
import { placeOf } from '../table-rows.ts';
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
    .argument('<name>', 'what budgets call it')
    .argument('<file>', 'YAML or JSON with a period rule, or csv or workbook with the columns from, to or until, and key')
    .action(async (name: string, file: string) => {
      const rule = await readRule(file, app);
      const { db } = await app.store(await app.settings([]));
      const stored = await db.transaction((trx) => putFiscalCalendar(trx, { name, rule, by: whoAmI() }, new Date()));
      app.out.answer({ name, ...stored }, () => [
        `version ${stored.version} of fiscal calendar ${plain(name)} is stored: ${sayPeriodRule(rule)}; ${stored.budgets} budgets use it`,
      ]);
    });
  withExamples(put, ['kontor budgets calendars put retail calendar.yaml', 'kontor budgets calendars put erp-periods periods.csv']);
}

async function readRule(file: string, app: App): Promise<PeriodRule> {
  const { cwd } = app.surroundings;
  const isText = ['.json', '.yaml', '.yml'].includes(extname(file).toLowerCase());
  if (isText) return (await readCheckedFile(file, cwd, { schema: periodRuleSchema, code: 'BUDGET_INVALID' })).document;
  const path = resolve(cwd, file);
  const name = displayPath(path, cwd);
  const dates: Record<string, string>[] = [];
  const places: string[] = [];
  for await (const { rows, unreadable } of openTable({ path, name }, app.interruption.signal)) {
    const [bad] = unreadable;
    if (bad) throw new NeedsOperatorError('BUDGET_INVALID', `${name}, row ${bad.origin.row}: ${bad.problems[0]?.reason}`);
    for (const row of rows) {
      const { header, cells } = row;
      places.push(placeOf(row));
      dates.push(
        Object.fromEntries(header.names.flatMap((column, n) => (cells[n]?.trim() ? [[column.trim().toLowerCase(), cells[n].trim()]] : []))),
      );
    }
  }
  const parsed = periodRuleSchema.safeParse({ dates });
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map(({ path: at, message }) => `${places[Number(at[1])] ?? name}: ${message}`);
  throw new NeedsOperatorError('BUDGET_INVALID', reasons.join('\n'), { details: { problems: reasons.length } });
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
