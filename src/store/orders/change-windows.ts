/** Until when whoever ordered may take back what somebody else made of the order, and whether he has agreed to it before. */
import type { Database, Transaction } from '../database.ts';

export async function openWindow(trx: Transaction, orderId: string, revision: number, until: Date): Promise<void> {
  await trx.raw('update order_revisions set withdraw_until = :until where order_id = :orderId and n = :revision', {
    orderId,
    revision,
    until,
  });
}

export interface ChangeWindow {
  readonly until: Date;
  /** The first revision that nobody has agreed to yet. */
  readonly from: number;
}

/** Of this revision, or of one before it that has not been answered either; `null`: nothing up to here waits for an answer. */
export async function findOpenWindow(
  db: Database | Transaction,
  orderId: string,
  revision: number,
  now: Date,
): Promise<ChangeWindow | null> {
  const { rows } = await db.raw<{ rows: ChangeWindow[] }>(
    `select max(withdraw_until) as until, min(n) as "from" from order_revisions
     where order_id = :orderId and n <= :revision and agreed_at is null and withdraw_until > :now having count(*) > 0`,
    { orderId, revision, now },
  );
  return rows[0] ?? null;
}

/** Agreed to, taken back alone, or taken back with the whole order: before it left, or from the ERP. */
export type ChangeAnswerKind = 'change_agreed' | 'change_withdrawn' | 'withdrawn' | 'cancelled';

export interface ChangeAnswer {
  readonly kind: ChangeAnswerKind;
  readonly personId: string | null;
  readonly personName: string | null;
  readonly at: Date;
}

/** The first word of whoever ordered about this change, or about all that was made of the order until later. */
export async function findAnswer(db: Database | Transaction, orderId: string, revision: number): Promise<ChangeAnswer | null> {
  const { rows } = await db.raw<{ rows: ChangeAnswer[] }>(
    `select l.kind, l.person_id as "personId", c.name as "personName", l.at from order_log l left join contacts c on c.id = l.person_id
     where l.order_id = :orderId and l.revision >= :revision and l.kind in ('change_agreed', 'change_withdrawn', 'withdrawn', 'cancelled')
     order by l.id limit 1`,
    { orderId, revision },
  );
  return rows[0] ?? null;
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
