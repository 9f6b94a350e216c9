/** `kontor orders rejudge`: an order that waits meets the rules, budgets and rates of today. */
import type { Command } from 'commander';
import { type Rejudged, rejudgeOrder } from '../../orders/rejudge.ts';
import type { App } from '../app.ts';
import { someText, withExamples } from '../arguments.ts';
import { countOf } from '../format.ts';
import { ORDER_REFERENCE, requireOrder } from '../require-order.ts';
import { plain } from '../terminal.ts';
import { whoAmI } from '../who-am-i.ts';

export function addRejudgeCommand(orders: Command, app: App): void {
  const command = orders
    .command('rejudge')
    .description('ask the rules, budgets and rates of today about an order that waits; where they ask the same, nothing happens')
    .argument('<order>', ORDER_REFERENCE)
    .requiredOption('--reason <text>', 'why, for the record', someText)
    .option('--dry-run', 'show what would become of it, and change nothing')
    .action(async (reference: string, { reason, dryRun = false }: { reason: string; dryRun?: boolean }) => {
      const settings = await app.settings([]);
      const { db } = await app.store(settings);
      const { id } = await requireOrder(db, reference);
      const rejudged = await rejudgeOrder({ db, settings, now: () => new Date() }, { orderId: id, reason, actor: whoAmI(), dryRun });
      app.out.answer({ dryRun, ...rejudged }, () => drawRejudged(rejudged, dryRun));
    });
  withExamples(command, [
    'kontor orders rejudge KO-17 --reason "limit of the kitchen corrected" --dry-run',
    'kontor orders rejudge KO-17 --reason "limit of the kitchen corrected"',
  ]);
}

function* drawRejudged({ order, isChanged, was, asks, voided, warnings, reasons }: Rejudged, dryRun: boolean): Generator<string> {
  const names = (all: readonly string[]) => (all.length === 0 ? 'nobody' : all.map(plain).join(', '));
  if (!isChanged) return yield `order ${order.externalKey}: the rules of today ask the same (${names(was)}), and it waits as before`;
  const would = dryRun ? 'would be' : 'is';
  yield `order ${order.externalKey} ${would} ${order.state.replaceAll('_', ' ')}: it asked ${names(was)}, and asks ${names(asks)}`;
  if (voided > 0) yield `  ${countOf(voided, 'decision')} by the old rules ${dryRun ? 'would count' : 'count'} no longer`;
  yield* [...reasons, ...warnings].map((line) => `  ${plain(line)}`);
}
