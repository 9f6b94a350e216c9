/** Until when whoever ordered may take back what somebody else made of the order, and whether he has agreed to it before. */
import type { Transaction } from '../database.ts';

export async function openWindow(trx: Transaction, orderId: string, revision: number, until: Date): Promise<void> {
  await trx.raw('update order_revisions set withdraw_until = :until where order_id = :orderId and n = :revision', {
    orderId,
    revision,
    until,
  });
}

/** Of every change up to now. Answers how many were still open. */
export async function agreeToChanges(trx: Transaction, orderId: string, now: Date): Promise<number> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `update order_revisions set agreed_at = :now where order_id = :orderId and withdraw_until > :now and agreed_at is null returning n`,
    { orderId, now },
  );
  return rows.length;
}

/** What became of revisions after this one is undone, and needs nobody's agreement. */
export async function closeWindowsAfter(trx: Transaction, orderId: string, revision: number): Promise<void> {
  await trx.raw('update order_revisions set withdraw_until = null where order_id = :orderId and n > :revision and agreed_at is null', {
    orderId,
    revision,
  });
}

/** Hand-offs that waited for the window; answers them, to be woken. */
export async function wakeWindowed(trx: Transaction, orderId: string): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `update handoffs set state = 'pending', code = null, reason = null, not_before = null
     where order_id = :orderId and state = 'held' and code = 'CHANGE_WINDOW' returning id`,
    { orderId },
  );
  return rows.map(({ id }) => id);
}
