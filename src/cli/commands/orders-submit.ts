/** `kontor orders submit`: orders from a file. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeProblem, OrderInvalid, type OrderProblem } from '../../domain/orders/problem.ts';
import { submitOrders } from '../../orders/submit.ts';
import type { SubmitOutcome } from '../../orders/submit-batch.ts';
import type { App } from '../app.ts';
import { withExamples } from '../arguments.ts';
import { STATE_WORDS } from '../draw-order.ts';
import { EXIT } from '../exit-codes.ts';
import { formatMoney } from '../format.ts';
import { type OrderFile, readOrderFile } from '../read-order-file.ts';
import { drawTable } from '../table.ts';
import type { FileFormats } from '../table-rows.ts';
import { plain, type Terminal } from '../terminal.ts';

interface SubmitOptions extends FileFormats {
  readonly origin: string;
}

export interface SubmittedOrder {
  readonly reference: string;
  /** known: submitted before with the same content. */
  readonly outcome: 'taken' | 'known' | 'refused';
  readonly id: string | null;
  readonly key: string | null;
  readonly state: string | null;
  readonly total: number | null;
  readonly currency: string | null;
  readonly notes: readonly string[];
  readonly problems: ReadonlyArray<OrderProblem & { readonly place: string }>;
}

export function addSubmitCommand(orders: Command, app: App): void {
  const submit = orders
    .command('submit')
    .description('submit the orders of a file; the same order again answers the one there is')
    .argument('<file>', 'JSON, YAML, csv or a workbook; tables have a row for each line and columns named like the fields')
    .option('--origin <name>', 'where they come from; references are unique within it', originName, 'cli')
    .option('--sheet <name>', 'sheet of a workbook; the first if not named')
    .addOption(new Option('--decimal <sign>', 'decimal sign of texts in tables').choices(['.', ',']).default('.'))
    .option('--date <format>', 'how texts in tables write dates, such as dd.MM.yyyy; YYYY-MM-DD is always understood', 'yyyy-MM-dd')
    .action(async (file: string, { origin, ...formats }: SubmitOptions) => {
      const settings = await app.settings([]);
      const read = await readOrderFile(file, app.surroundings.cwd, formats, app.interruption.signal);
      const { db } = await app.store(settings);
      if (read.unknown.length > 0) app.out.hint(`note: no field of an order, and left out: ${read.unknown.map(plain).join(', ')}`);
      const context = { db, settings, now: () => new Date() };
      const good = read.orders.filter(({ problems }) => problems.length === 0);
      const outcomes = await submitOrders(
        context,
        origin,
        good.map(({ input }) => input),
      );
      const told = new Map(good.map((order, index) => [order, outcomes[index]]));
      const submitted = read.orders.map((order) => tell(order, told.get(order)));
      if (submitted.some(({ outcome }) => outcome === 'refused')) app.exitCode = EXIT.incomplete;
      app.out.answer({ orders: submitted }, drawSubmitted);
    });
  withExamples(submit, [
    'kontor orders submit orders.xlsx',
    'kontor orders submit orders.csv --decimal , --date dd.MM.yyyy',
    'kontor orders submit order.json --origin shop --json',
  ]);
}

function originName(text: string): string {
  if (!/^\S(.{0,98}\S)?$/.test(text)) throw new InvalidArgumentError('it must be a name of at most 100 characters.');
  return text;
}

type FileOrder = OrderFile['orders'][number];

function tell(order: FileOrder, outcome: SubmitOutcome | undefined): SubmittedOrder {
  const reference = String(order.input?.reference ?? '');
  const located = (problems: readonly OrderProblem[]) => problems.map((problem) => ({ ...problem, place: order.placeOf(problem.path) }));
  const none = { reference, id: null, key: null, state: null, total: null, currency: null, notes: [] };
  if (!outcome) return { ...none, outcome: 'refused', problems: located(order.problems) };
  if (outcome.kind === 'refused') {
    const { error } = outcome;
    const problems = error instanceof OrderInvalid ? error.problems : [{ path: '', reason: error.message, cure: `see ${error.code}` }];
    return { ...none, outcome: 'refused', problems: located(problems) };
  }
  const { id, externalKey: key, state, total, currency } = outcome.order;
  const notes = outcome.kind === 'taken' ? [...outcome.warnings, ...outcome.reasons] : [];
  return { reference, outcome: outcome.kind, id, key, state, total, currency, notes, problems: [] };
}

function* drawSubmitted({ orders }: { orders: readonly SubmittedOrder[] }, terminal: Terminal): Generator<string> {
  const { red, yellow, green } = terminal.paint;
  const styles: Record<string, (text: string) => string> = { refused: red, 'waits for approval': yellow, released: green };
  const columns = [
    { title: 'reference', least: 10 },
    { title: 'order' },
    { title: 'state', style: (text: string) => styles[text.trim()]?.(text) ?? text },
    { title: 'total, net', align: 'right' as const },
  ];
  const rows = orders.map(({ reference, key, state, total, currency, outcome }) => [
    plain(reference),
    plain(key),
    outcome === 'refused' ? 'refused' : `${STATE_WORDS[state ?? ''] ?? ''}${outcome === 'known' ? ', known before' : ''}`,
    total === null ? '' : formatMoney(total, currency),
  ]);
  yield* drawTable(columns, rows, terminal);
  for (const { reference, notes, problems } of orders) {
    for (const note of notes) yield `${plain(reference)}: ${plain(note)}`;
    for (const { place, ...problem } of problems)
      yield `${red(plain(place))}  ${plain(describeProblem({ ...problem, path: place === '' ? problem.path : '' }))}`;
  }
}
