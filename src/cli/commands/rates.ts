/** `kontor rates`: dated exchange rates, by which budgets, rules and limits compare amounts in several currencies. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Refused } from '../../connector/mapping/cell.ts';
import { currencyOf } from '../../connector/mapping/words.ts';
import { daysBetween } from '../../domain/orders/civil-day.ts';
import { importRates, type ListedRate, listRates } from '../../store/rates.ts';
import type { App } from '../app.ts';
import { civilDay, someText, wholeNumber, withExamples } from '../arguments.ts';
import { countOf, formatInstant } from '../format.ts';
import { type RateFormats, readRates } from '../read-rates.ts';
import { type Column, drawTable } from '../table.ts';
import { plain, type Terminal } from '../terminal.ts';

export function addRatesCommand(program: Command, app: App): void {
  const rates = program.command('rates').description('dated exchange rates, by which amounts in several currencies are compared');
  addImport(rates, app);
  addList(rates, app);
}

function addImport(rates: Command, app: App): void {
  const command = rates
    .command('import')
    .description('take rates from a file; a bad row is told with its cure, and then nothing is taken')
    .argument('<file>', 'csv or workbook with the columns date, from, to, rate and, if you like, per (how many units it is for) and source')
    .option('--source <name>', 'where rows are from that do not say', someText)
    .option('--sheet <name>', 'sheet of a workbook; the first if absent')
    .addOption(new Option('--decimal <sign>', 'decimal sign of texts').choices(['.', ',']).default('.'))
    .option('--date <format>', 'how texts write dates, such as dd.MM.yyyy; ISO 8601 is always understood', 'yyyy-MM-dd')
    .action(async (file: string, formats: RateFormats) => {
      const read = await readRates(file, app.surroundings.cwd, formats, app.interruption.signal);
      const { db } = await app.store(await app.settings([]));
      const imported = await db.transaction((trx) => importRates(trx, read, new Date()));
      app.out.answer(imported, () => [
        `${countOf(imported.added, 'rate is', 'rates are')} new, ${imported.corrected} corrected, ${imported.unchanged} unchanged; what was converted before keeps its rate`,
      ]);
    });
  withExamples(command, ['kontor rates import rates.csv --source ECB', 'kontor rates import kurse.xlsx --sheet Mai']);
}

interface ListOptions {
  readonly currency?: string;
  readonly on?: string;
  readonly limit: number;
}

function addList(rates: Command, app: App): void {
  const command = rates
    .command('list', { isDefault: true })
    .description('rates, newest first')
    .addOption(new Option('--currency <code>', 'only those with this currency').argParser(currency))
    .addOption(new Option('--on <date>', 'only the newest of each pair on this day (YYYY-MM-DD)').argParser(civilDay))
    .option('--limit <number>', 'how many', wholeNumber(1, 10_000), 50)
    .action(async (filter: ListOptions) => {
      const settings = await app.settings([]);
      const { db } = await app.store(settings);
      const rates = await listRates(db, filter);
      const { on } = filter;
      const isTooOld = (rate: ListedRate) => on !== undefined && daysBetween(rate.on, on) > settings.orders.rateMaxAgeDays;
      app.out.answer({ rates: rates.map((rate) => ({ ...rate, ...(on !== undefined && { isTooOld: isTooOld(rate) }) })) }, drawRates);
    });
  withExamples(command, ['kontor rates list', 'kontor rates list --currency USD --on 2026-11-23']);
}

function currency(text: string): string {
  const code = currencyOf(text);
  if (code instanceof Refused) throw new InvalidArgumentError('it must be a currency code of ISO 4217, such as EUR.');
  return code;
}

interface ShownRate extends ListedRate {
  /** For the day that was asked for: what is in its currency needs approval then. */
  readonly isTooOld?: boolean;
}

function* drawRates({ rates }: { rates: readonly ShownRate[] }, terminal: Terminal): Generator<string> {
  if (rates.length === 0) {
    yield 'no rates; `kontor rates import FILE` takes some';
    return;
  }
  const columns: Column[] = [
    { title: 'day' },
    { title: 'one' },
    { title: 'is', align: 'right' },
    { title: '' },
    { title: 'source' },
    { title: 'imported' },
    { title: '' },
  ];
  yield* drawTable(
    columns,
    rates.map(({ on, from, rate, to, source, importedAt, isTooOld }) => [
      ...[on, from, rate, to, plain(source), formatInstant(importedAt)],
      isTooOld ? 'too old by then' : '',
    ]),
    terminal,
  );
}
