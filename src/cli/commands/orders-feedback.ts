/** `kontor orders differences | accept-difference | reconcile`: where the ERP holds something else than was approved. */
import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import { Option } from 'commander';
import { describeDifference, type Finding } from '../../domain/orders/reconcile-order.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { reconcile } from '../../orders/reconcile.ts';
import { acceptDifference } from '../../store/orders/differences.ts';
import { listReconciliations, type Reconciliation } from '../../store/orders/reconciliations.ts';
import { type DifferenceFilter, type ListedDifference, listDifferences } from '../../store/views/list-differences.ts';
import type { App } from '../app.ts';
import { civilDay, rowId, someText, wholeNumber, withExamples } from '../arguments.ts';
import { EXIT } from '../exit-codes.ts';
import { countOf, formatCount, formatInstant } from '../format.ts';
import { plain, type Terminal } from '../terminal.ts';

export function addFeedbackCommands(orders: Command, app: App): void {
  addDifferences(orders, app);
  addAccept(orders, app);
  addReconcile(orders, app);
}

function addDifferences(orders: Command, app: App): void {
  const list = orders
    .command('differences')
    .description('where what the ERP confirmed is not what was approved; open ones wait for a person')
    .addOption(new Option('--state <state>', 'only in this state').choices(['open', 'accepted', 'gone']).default('open'))
    .option('--limit <number>', 'how many', wholeNumber(1, 1000), 50)
    .option('--before <id>', 'only older than this one', rowId)
    .action(async (filter: DifferenceFilter) => {
      const { db } = await app.store(await app.settings([]));
      app.out.answer(await listDifferences(db, filter), drawDifferences);
    });
  withExamples(list, ['kontor orders differences', 'kontor orders differences --state accepted --json']);
}

function addAccept(orders: Command, app: App): void {
  const accept = orders
    .command('accept-difference')
    .description('say that a difference may stay as it is')
    .argument('<id>', 'as `kontor orders differences` shows it', rowId)
    .requiredOption('--reason <text>', 'why, for the record', someText)
    .action(async (id: string, { reason }: { reason: string }) => {
      const { db } = await app.store(await app.settings([]));
      const by = `cli ${userInfo().username}@${hostname()}`;
      const { orderId } = await db.transaction((trx) => acceptDifference(trx, id, { reason, by, now: new Date() }));
      app.out.answer({ id, orderId, state: 'accepted' }, () => [`difference ${id} of order ${orderId} is accepted`]);
    });
  withExamples(accept, ['kontor orders accept-difference 12 --reason "the buyer agreed by telephone"']);
}

interface ReconcileOptions {
  readonly connection?: string;
  readonly since?: string;
  readonly last?: boolean;
}

function addReconcile(orders: Command, app: App): void {
  const command = orders
    .command('reconcile')
    .description('compare what was handed off with what the ERP holds, now; the worker does so every night')
    .option('--connection <name>', 'the target to compare; orders.target if absent')
    .option('--since <day>', 'only what was accepted since this day', civilDay)
    .option('--last', 'show the last comparison, and ask nothing')
    .action(async ({ connection, since, last }: ReconcileOptions) => {
      const settings = await app.settings('all');
      const { db } = await app.store(settings);
      const name = connection ?? settings.orders.target;
      if (name === undefined)
        throw new NeedsOperatorError('CONFIG_MISSING', 'kontor.yaml names no orders.target; name the target with --connection');
      const done = last
        ? await lastOf(app, name)
        : await reconcile(
            {
              ...{ db, settings, border: app.border(settings), connectors: app.surroundings.connectors, now: () => new Date() },
              holder: `${hostname()}:${process.pid}`,
              signal: app.interruption.signal,
            },
            { connection: name, trigger: 'cli', ...(since !== undefined && { since: new Date(`${since}T00:00:00Z`) }) },
          );
      if (done.findings.length > 0) app.exitCode = Math.max(app.exitCode, EXIT.failed);
      app.out.answer(done, drawReconciliation);
    });
  withExamples(command, ['kontor orders reconcile', 'kontor orders reconcile --since 2026-11-01', 'kontor orders reconcile --last --json']);
}

async function lastOf(app: App, connection: string): Promise<Reconciliation> {
  const { db } = await app.store(await app.settings([]));
  const [newest] = await listReconciliations(db, { connection, limit: 1 });
  if (newest) return newest;
  throw new NeedsOperatorError('NOT_FOUND', `${connection} was never compared; \`kontor orders reconcile\` does it now`);
}

function* drawDifferences(
  { differences, next }: { differences: ListedDifference[]; next: string | null },
  { paint }: Terminal,
): Generator<string> {
  if (differences.length === 0) {
    yield 'no such differences';
    return;
  }
  for (const { id, externalKey, account, numbers, foundAt, state, settledBy, reason, differences: lines } of differences) {
    const there = numbers.length === 0 ? '' : ` (${numbers.map(plain).join(', ')} there)`;
    yield `${paint.bold(id)}  ${plain(externalKey)}${there}  ${plain(account)}  ${formatInstant(foundAt)}  ${state}${settledBy ? ` by ${plain(settledBy)}: ${plain(reason)}` : ''}`;
    for (const line of lines) yield `   ${plain(describeDifference(line))}`;
  }
  if (next) yield paint.dim(`more: --before ${next}`);
}

function* drawReconciliation(
  { connection, since, startedAt, finishedAt, compared, findings, notes }: Reconciliation,
  { paint }: Terminal,
): Generator<string> {
  for (const { kind, text } of findings) yield `${paint.red(LABELS[kind])}  ${plain(text)}`;
  for (const note of notes) yield `${paint.yellow('note')}  ${plain(note)}`;
  const end = finishedAt ? '' : '; it has not come to its end';
  const from = since.getTime() > 0 ? ` accepted since ${formatInstant(since)}` : '';
  const verdict = findings.length === 0 ? 'nothing differs' : `${formatCount(findings.length)} to look at`;
  yield `${connection}, ${formatInstant(startedAt)}: ${countOf(compared, 'order')}${from} compared, ${verdict}${end}`;
}

const LABELS: Readonly<Record<Finding['kind'], string>> = {
  missing: 'missing  ',
  doubled: 'doubled  ',
  differing: 'differing',
  unknown: 'unknown  ',
};
