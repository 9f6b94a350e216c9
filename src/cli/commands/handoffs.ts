/** `kontor orders receipt | handoffs | resend | settle`: what became of approved orders, and what a person may do about it. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { pushOrders } from '../../../jobs/push-order.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { resendHandoffs, settleHandoff } from '../../orders/resend.ts';
import { openQueue } from '../../queue/open-queue.ts';
import type { HandoffState } from '../../store/orders/push-claims.ts';
import type { StandingHandoff } from '../../store/orders/resend.ts';
import { type HandoffFilter, listHandoffs } from '../../store/views/list-handoffs.ts';
import { orderReceipt } from '../../store/views/order-receipt.ts';
import type { App } from '../app.ts';
import { rowId, someText, wholeNumber, withExamples } from '../arguments.ts';
import { drawHandoffs } from '../draw-handoffs.ts';
import { drawReceipt } from '../draw-receipt.ts';
import { requireOrder } from '../require-order.ts';

const STATES: readonly HandoffState[] = ['pending', 'sending', 'unknown', 'held', 'accepted', 'refused', 'doubled', 'parked', 'cancelled'];
const STANDING = ['refused', 'parked', 'doubled', 'held'];

export function addHandoffCommands(orders: Command, app: App): void {
  addReceipt(orders, app);
  addHandoffs(orders, app);
  addResend(orders, app);
  addSettle(orders, app);
}

function addReceipt(orders: Command, app: App): void {
  const receipt = orders
    .command('receipt')
    .description('what was sent to the ERP, when, and what it answered each time')
    .argument('<order>', 'number, reference, or key in the ERP')
    .action(async (reference: string) => {
      const { db } = await app.store(await app.settings([]));
      const order = await requireOrder(db, reference);
      const found = await orderReceipt(db, order.id);
      if (!found) throw new NeedsOperatorError('NOT_FOUND', `order ${order.id} is gone`);
      app.out.answer(found, drawReceipt);
    });
  withExamples(receipt, ['kontor orders receipt KO-17', 'kontor orders receipt WEB-2041 --json']);
}

function addHandoffs(orders: Command, app: App): void {
  const list = orders
    .command('handoffs')
    .description('deliveries to the ERP, newest first; --open shows what is not there yet and why')
    .addOption(new Option('--state <state>', 'only in this state').choices(STATES))
    .option('--connection <name>', 'only to this connection')
    .option('--open', 'only what is neither accepted nor cancelled')
    .option('--limit <number>', 'how many', wholeNumber(1, 1000), 20)
    .option('--before <id>', 'only older than this one', rowId)
    .action(async (filter: HandoffFilter) => {
      const { db } = await app.store(await app.settings([]));
      app.out.answer(await listHandoffs(db, filter), drawHandoffs);
    });
  withExamples(list, ['kontor orders handoffs --open', 'kontor orders handoffs --state refused --json']);
}

interface ResendOptions {
  readonly reason: string;
  readonly connection?: string;
  readonly state?: HandoffState;
  readonly dryRun?: boolean;
}

function addResend(orders: Command, app: App): void {
  const resend = orders
    .command('resend')
    .description('send again what stands still, under the same key; the ERP is asked first whether it has the order')
    .argument('[order]', 'number, reference, or key in the ERP; without it all that stand still, of --connection or --state')
    .requiredOption('--reason <text>', 'why, for the record', someText)
    .option('--connection <name>', 'all of this connection')
    .addOption(new Option('--state <state>', 'only in this state').choices(STANDING))
    .option('--dry-run', 'show what would be sent again, and change nothing')
    .action(async (reference: string | undefined, { reason, connection, state, dryRun }: ResendOptions) => {
      if (reference === undefined && connection === undefined) {
        throw new NeedsOperatorError('USAGE', 'name an order, or --connection for all that stand still there');
      }
      const settings = await app.settings([]);
      const store = await app.store(settings);
      const { db } = store;
      const scope = reference === undefined ? {} : { orderIds: [(await requireOrder(db, reference)).id] };
      const request = {
        ...scope,
        ...(connection && { connection }),
        ...(state && { state }),
        reason,
        actor: 'cli',
        ...(dryRun && { dryRun }),
      };
      const again = await resendHandoffs({ db, settings, now: () => new Date() }, request);
      if (!dryRun) await wake(app, again);
      app.out.answer({ resent: dryRun ? [] : again, wouldResend: dryRun ? again : [] }, () => drawResent(again, dryRun === true));
    });
  withExamples(resend, [
    'kontor orders resend KO-17 --reason "item created in the ERP"',
    'kontor orders resend --connection erp --state parked --reason "login renewed" --dry-run',
  ]);
}

function addSettle(orders: Command, app: App): void {
  const settle = orders
    .command('settle')
    .description('tell that a person made, changed or cancelled an order in the ERP by hand')
    .argument('<order>', 'number, reference, or key in the ERP')
    .requiredOption('--number <number>', 'its number in the ERP', someText)
    .requiredOption('--reason <text>', 'why, for the record', someText)
    .action(async (reference: string, { number, reason }: { number: string; reason: string }) => {
      const settings = await app.settings([]);
      const { db } = await app.store(settings);
      const { id } = await requireOrder(db, reference);
      const settled = await settleHandoff({ db, settings, now: () => new Date() }, { orderId: id, number, reason, actor: 'cli' });
      app.out.answer(settled, () => [`hand-off ${settled.id} of ${settled.externalKey} counts as accepted under ${number}`]);
    });
  withExamples(settle, ['kontor orders settle KO-17 --number SO-4711 --reason "typed in by hand, the ERP refuses the old item"']);
}

/** A worker that is not told finds them by itself within seconds. */
async function wake(app: App, again: readonly StandingHandoff[]): Promise<void> {
  if (again.length === 0) return;
  const settings = await app.settings([]);
  const queue = openQueue(await app.queueBackend(settings, await app.store(settings)));
  app.onClose(() => queue.close());
  await pushOrders(
    queue,
    again.map(({ id }) => id),
  );
}

function drawResent(again: readonly StandingHandoff[], dryRun: boolean): string[] {
  if (again.length === 0) return ['nothing stands still'];
  const verb = dryRun ? 'would be sent again' : 'is sent again';
  return again.map(
    ({ id, externalKey, state, reason }) => `hand-off ${id} of ${externalKey} ${verb}; it was ${state}${reason ? `: ${reason}` : ''}`,
  );
}
