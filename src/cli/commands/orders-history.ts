/** `kontor orders history | reorder`: what an account has ordered, here and elsewhere, and ordering it again. */
import type { Command } from 'commander';
import { NeedsOperatorError } from '../../errors.ts';
import { pricedWhenTaken, reorder } from '../../orders/reorder.ts';
import { submitOrder } from '../../orders/submit.ts';
import type { Database } from '../../store/database.ts';
import { findOrders } from '../../store/orders/find-orders.ts';
import { type AccountMatch, findAccounts } from '../../store/views/find-account.ts';
import { type HistoryEntry, orderHistory } from '../../store/views/order-history.ts';
import type { App } from '../app.ts';
import { ACCOUNT_REFERENCE, requireAccount, wholeNumber, withExamples } from '../arguments.ts';
import { drawHistory, drawReorder } from '../draw-history.ts';
import { requireOrder } from '../require-order.ts';
import { plain } from '../terminal.ts';

export function addHistoryCommands(orders: Command, app: App): void {
  const history = orders
    .command('history')
    .description('what an account and its units have ordered, here and elsewhere, with lines, shipments and invoices; newest first')
    .argument('<account>', ACCOUNT_REFERENCE)
    .option('--limit <number>', 'how many', wholeNumber(1, 200), 10)
    .option('--after <place>', 'go on after this one')
    .action(async (reference: string, { limit, after }: { limit: number; after?: string }) => {
      const { db } = await app.store(await app.settings([]));
      const account = await accountOf(db, reference);
      app.out.answer(await orderHistory(db, { accountId: account.id, limit, after }), drawHistory);
    });
  withExamples(history, ['kontor orders history C-1001', 'kontor orders history C-1001 --limit 50 --json']);

  const again = orders
    .command('reorder')
    .description("show, or submit, the same goods again at today's contract prices")
    .argument('<order>', 'number, reference, or key in the ERP; or document:NUMBER of an order placed elsewhere')
    .requiredOption('--as <person>', 'who orders: external id, or id:NUMBER')
    .requiredOption('--reference <text>', 'reference of the new order')
    .option('--submit', 'submit it; without this it is only shown')
    .action(async (text: string, { as, reference, submit }: { as: string; reference: string; submit?: boolean }) => {
      const settings = await app.settings([]);
      const { db } = await app.store(settings);
      const context = { db, settings, now: () => new Date() };
      const made = await reorder(context, { ...(await findSource(db, text)), as, reference });
      if (!submit) {
        app.out.answer(made, drawReorder);
        return;
      }
      const { order } = await submitOrder(context, 'cli', pricedWhenTaken(made));
      app.out.answer({ ...made, order }, () => [
        `order ${order.externalKey} is ${order.state}; \`kontor orders show ${order.externalKey}\` tells more`,
      ]);
    });
  withExamples(again, [
    'kontor orders reorder KO-17 --as P-1 --reference AGAIN-1',
    'kontor orders reorder document:4711 --as P-1 --reference AGAIN-2 --submit',
  ]);
}

/** Throws NOT_FOUND; for the name of an order with where its own history stands. */
async function accountOf(db: Database, reference: string): Promise<AccountMatch> {
  const isKnown = (await findAccounts(db, reference, 1)).length > 0;
  const [order] = isKnown ? [] : await findOrders(db, reference);
  if (!order) return requireAccount(db, reference);
  const shown = `what happened to it tells \`kontor orders show ${order.externalKey}\`; this command tells what an account has ordered`;
  throw new NeedsOperatorError('NOT_FOUND', `"${plain(reference)}" is an order; ${shown}`);
}

async function findSource(db: Database, text: string): Promise<{ source: HistoryEntry['source']; id: string }> {
  const [, document] = /^document:(\d{1,18})$/.exec(text) ?? [];
  if (document !== undefined) return { source: 'elsewhere', id: document };
  const [ours] = await findOrders(db, text);
  if (ours) return { source: 'ours', id: (await requireOrder(db, text)).id };
  throw new NeedsOperatorError(
    'NOT_FOUND',
    `there is no order "${plain(text)}"; an order placed elsewhere is named document:NUMBER, as \`kontor orders history ACCOUNT\` shows it`,
  );
}
