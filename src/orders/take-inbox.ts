/** Rows of the inbox become orders. Taking an order and marking its row is one transaction, so a row killed on the way is still new. */
import { OrderInvalid } from '../domain/orders/problem.ts';
import type { Transaction } from '../store/database.ts';
import { claimInbox, type InboxRow, type SettledRow, settleInbox } from '../store/orders/inbox.ts';
import type { OrderContext } from './order-context.ts';
import { type SubmitOutcome, submitBatch } from './submit-batch.ts';

export interface InboxTaken {
  readonly taken: number;
  readonly refused: number;
  /** To be woken. */
  readonly handoffIds: readonly string[];
}

const BATCH = 100;

/** One batch; `null` when nothing is new. */
export async function takeInbox(context: OrderContext): Promise<InboxTaken | null> {
  return context.db.transaction(async (trx) => {
    const rows = await claimInbox(trx, BATCH);
    if (rows.length === 0) return null;
    const outcomes = await submitRows(trx, context, rows);
    const settled = rows.map((row) => settle(row, outcomes.get(row.id)));
    await settleInbox(trx, settled, context.now());
    const handoffIds = [...outcomes.values()].flatMap((one) => (one.kind === 'taken' && one.handoffId !== null ? [one.handoffId] : []));
    const refused = settled.filter(({ problems }) => problems !== null).length;
    return { taken: rows.length - refused, refused, handoffIds };
  });
}

/** Origin by origin, in a fixed order, so that two takers wait for each other and never in a circle. */
async function submitRows(trx: Transaction, context: OrderContext, rows: readonly InboxRow[]): Promise<Map<string, SubmitOutcome>> {
  const outcomes = new Map<string, SubmitOutcome>();
  for (const origin of [...new Set(rows.map((row) => row.origin))].sort()) {
    const own = rows.filter((row) => row.origin === origin);
    const submitted = await submitBatch(
      trx,
      context,
      origin,
      own.map(({ payload }) => payload),
    );
    for (const [index, outcome] of submitted.entries()) outcomes.set(own[index]?.id ?? '', outcome);
  }
  return outcomes;
}

function settle({ id }: InboxRow, outcome: SubmitOutcome | undefined): SettledRow {
  if (!outcome) throw new Error(`inbox row ${id} has no outcome`);
  if (outcome.kind !== 'refused') return { id, orderId: outcome.order.id, problems: null };
  const { error } = outcome;
  const problems =
    error instanceof OrderInvalid ? error.problems : [{ path: '', reason: error.message, cure: `see ${error.code} in docs/errors.md` }];
  return { id, orderId: null, problems: problems.map((problem) => ({ code: error.code, ...problem })) };
}
