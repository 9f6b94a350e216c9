/** What whoever ordered may still say to one change, asked under the lock of the order: one answer, and to what was shown. */
import type { Settings } from '../config/settings.ts';
import { describeChanges, isMaterial } from '../domain/orders/changes.ts';
import type { Order, Revision } from '../domain/orders/order.ts';
import { NeedsOperatorError } from '../errors.ts';
import type { Database, Transaction } from '../store/database.ts';
import { type ChangeAnswer, findAnswer, findOpenWindow } from '../store/orders/change-windows.ts';
import { loadRevision } from '../store/orders/orders.ts';

/**
 * Throws ORDER_CONFLICT when it has been answered, with who and when, or when the order has become another since; ORDER_STATE when its
 * time is over.
 */
export async function requireUnanswered(
  trx: Transaction,
  { orders }: Pick<Settings, 'orders'>,
  { id, externalKey }: Order,
  revision: number,
  now: Date,
): Promise<void> {
  const answer = await findAnswer(trx, id, revision);
  if (answer) throw answered(externalKey, answer);
  const newer = await findNewer(trx, { orders }, id, revision);
  if (newer)
    throw new NeedsOperatorError(
      'ORDER_CONFLICT',
      `order ${externalKey} has been changed since revision ${revision}: ${newer.changes.join('; ')}; answer the newest message about it`,
      { details: { orderId: id, revision: newer.revision.n } },
    );
  if ((await findOpenWindow(trx, id, revision, now)) === null)
    throw new NeedsOperatorError('ORDER_STATE', `no change of order ${externalKey} waits for an answer`);
}

/** The newest revision where it is another order than that of this one, in words. */
export async function findNewer(
  db: Database | Transaction,
  { orders }: Pick<Settings, 'orders'>,
  orderId: string,
  revision: number,
): Promise<{ revision: Revision; changes: string[] } | null> {
  const [seen, newest] = [await loadRevision(db, orderId, revision), await loadRevision(db, orderId)];
  if (seen.n === newest.n || !isMaterial(seen, newest, orders.dateToleranceDays)) return null;
  return { revision: newest, changes: describeChanges(seen, newest) };
}

function answered(externalKey: string, { kind, personId, personName, at }: ChangeAnswer): NeedsOperatorError {
  const what =
    kind === 'change_agreed' ? 'agreed to the change' : kind === 'change_withdrawn' ? 'taken back the change' : 'taken back the whole';
  return new NeedsOperatorError(
    'ORDER_CONFLICT',
    `${personName ?? `person ${personId}`} has ${what} of order ${externalKey} already, on ${at.toISOString()}; withdraw or revise the order in the portal`,
    { details: { answeredBy: personId, answeredAt: at.toISOString(), answer: kind } },
  );
}
