/** The second half of the demo: orders of a workbook meet rules, people and an ERP that loses an answer. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pushOrders } from '../../../jobs/push-order.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { decideOrder } from '../../orders/decide.ts';
import type { OrderContext } from '../../orders/order-context.ts';
import { findPerson } from '../../orders/people.ts';
import { submitOrders } from '../../orders/submit.ts';
import type { JobQueue } from '../../queue/open-queue.ts';
import { listPolicies } from '../../store/approvals/list-policies.ts';
import { insertPolicy } from '../../store/approvals/policies.ts';
import type { Database } from '../../store/database.ts';
import { findByReferences } from '../../store/orders/find-orders.ts';
import { type OrderReceipt, orderReceipt } from '../../store/views/order-receipt.ts';
import { requireAccount } from '../arguments.ts';
import { readOrderFile } from '../read-order-file.ts';
import { readRules } from '../read-rules.ts';
import type { SandboxErp } from './sandbox-erp.ts';

const ORIGIN = 'demo';
const COMPANY = '001001';
/** Declined by the superior of the buyer. */
const DECLINED = { reference: 'WEB-1003', by: 'P0101', comment: 'We have flour for two winters' };
/** Taken by the ERP, whose answer never comes. */
export const LOST = { reference: 'WEB-1004', purchaseOrderNumber: 'PO-77123' };
const WAIT_MS = 90_000;

export interface DemoOrder {
  readonly reference: string;
  readonly outcome: 'taken' | 'known' | 'refused';
  readonly reason: string | null;
  readonly receipt: OrderReceipt | null;
}

interface Parts {
  readonly context: OrderContext;
  readonly queue: JobQueue;
  readonly erp: SandboxErp;
  /** Where the sample files are. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Needs a worker that pushes orders. */
export async function playOrders({ context, queue, erp, folder, signal }: Parts): Promise<DemoOrder[]> {
  const { db } = context;
  await putRules(context, join(folder, 'rules.yaml'), folder);
  const file = await readOrderFile(join(folder, 'orders.xlsx'), folder, { decimal: '.', date: 'yyyy-MM-dd' }, signal);
  const inputs = file.orders.map(({ input }) => input);
  erp.loseAnswerOf(LOST.purchaseOrderNumber);
  const outcomes = await submitOrders(context, ORIGIN, inputs);
  const references = inputs.map(({ reference }) => String(reference));
  const known = await findByReferences(db, ORIGIN, references);
  await wakeHandoffs(db, queue);
  await decline(context, known.get(DECLINED.reference)?.order);
  await awaitDeliveries(db, signal);
  return Promise.all(
    references.map(async (reference, index) => {
      const outcome = outcomes[index];
      const order = known.get(reference)?.order;
      return {
        reference,
        outcome: outcome?.kind ?? 'refused',
        reason: outcome?.kind === 'refused' ? outcome.error.message : null,
        receipt: order ? await orderReceipt(db, order.id) : null,
      };
    }),
  );
}

async function putRules({ db, now }: OrderContext, file: string, folder: string): Promise<void> {
  const { id: accountId } = await requireAccount(db, COMPANY);
  if ((await listPolicies(db, { accountId, withRetired: false })).length > 0) return;
  const { given } = await readRules(file, folder);
  await db.transaction((trx) =>
    insertPolicy(trx, { accountId, by: ORIGIN, reason: 'the rules of the demo', document: given, draft: false }, now()),
  );
}

async function decline(context: OrderContext, order: { id: string; state: string } | undefined): Promise<void> {
  if (order?.state !== 'pending_approval') return;
  const { id: personId } = await findPerson(context.db, DECLINED.by);
  await decideOrder(context, { orderId: order.id, personId, verdict: 'decline', comment: DECLINED.comment, channel: ORIGIN });
}

/** Without waiting for the relay. */
async function wakeHandoffs(db: Database, queue: JobQueue): Promise<void> {
  const { rows } = await db.raw<{ rows: Array<{ id: string }> }>("select id from handoffs where state = 'pending' order by id");
  await pushOrders(
    queue,
    rows.map(({ id }) => id),
  );
}

/** Until nothing is on its way: what the ERP lost an answer to is asked for after some seconds. */
async function awaitDeliveries(db: Database, signal: AbortSignal): Promise<void> {
  const untilMs = performance.now() + WAIT_MS;
  while (performance.now() < untilMs) {
    signal.throwIfAborted();
    const { rows } = await db.raw("select count(*)::int as n from handoffs where state in ('pending', 'sending', 'unknown')");
    if (rows[0].n === 0) return;
    await sleep(100, undefined, { signal });
  }
  throw new NeedsOperatorError(
    'INTERNAL',
    "the demo's orders did not arrive within a minute and a half; see `kontor orders handoffs --open`",
  );
}
