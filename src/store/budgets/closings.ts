/** When budgets were closed, by whom and why, and when they were opened again. */
import type { Closing } from '../../domain/budgets/closing.ts';
import type { Database, Transaction } from '../database.ts';

const COLUMNS = `c.budget_id as "budgetId", c.closed_at as "closedAt", c.closed_by as "closedBy", c.reason, c.reopened_at as "reopenedAt",
  c.reopened_by as "reopenedBy"`;

/** Of a budget in their order. */
export async function listClosings(db: Database | Transaction, budgetId: string): Promise<Closing[]> {
  const { rows } = await db.raw<{ rows: Closing[] }>(
    `select ${COLUMNS} from budget_closings c where c.budget_id = :budgetId order by c.id`,
    { budgetId },
  );
  return rows;
}

/** By budget, the closing that holds now. */
export async function loadOpenClosings(db: Database | Transaction, budgetIds: readonly string[]): Promise<Map<string, Closing>> {
  if (budgetIds.length === 0) return new Map();
  const { rows } = await db.raw<{ rows: Closing[] }>(
    `select ${COLUMNS} from budget_closings c where c.budget_id = any(:budgetIds::bigint[]) and c.reopened_at is null`,
    { budgetIds: [...budgetIds] },
  );
  return new Map(rows.map((closing) => [closing.budgetId, closing]));
}

/** Under its lock, of an active one. */
export async function markClosed(trx: Transaction, budgetId: string, { by, reason }: { by: string; reason: string | null }, now: Date) {
  await trx.raw(
    `with closed as (update budgets set state = 'closed' where id = :budgetId and state = 'active' returning id)
     insert into budget_closings (budget_id, closed_at, closed_by, reason) select id, :now::timestamptz, :by, :reason::text from closed`,
    { budgetId, by, reason, now },
  );
}

/** Under its lock, of a closed one. */
export async function markReopened(trx: Transaction, budgetId: string, by: string, now: Date): Promise<void> {
  await trx.raw(
    `with opened as (update budgets set state = 'active', active_since = :now::timestamptz where id = :budgetId and state = 'closed' returning id)
     update budget_closings c set reopened_at = greatest(:now::timestamptz, c.closed_at), reopened_by = :by
     from opened where c.budget_id = opened.id and c.reopened_at is null`,
    { budgetId, by, now },
  );
}
