/** What orders have done in their budgets, and what others wait for in the same periods. */
import type { LedgerShare } from '../../domain/budgets/order-ledger.ts';
import type { Original } from '../../domain/budgets/post.ts';
import type { Database, Transaction } from '../database.ts';
import { ORIGINAL } from './movements.ts';

/** By order. In the order of budgets and periods. */
export async function loadLedgerShares(db: Database | Transaction, orderIds: readonly string[]): Promise<Map<string, LedgerShare[]>> {
  type Row = LedgerShare & { orderId: string; newest: (Original & { converted: number }) | null };
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select m.order_id as "orderId", m.budget_id as "budgetId", m.period_id as "periodId",
       max(m.revision) filter (where m.type = 'RESERVE') as revision,
       coalesce(sum(case m.type when 'RESERVE' then m.amount when 'RELEASE' then m.amount when 'COMMIT' then -m.amount end), 0)::float8 as reserved,
       coalesce(sum(m.amount) filter (where m.type in ('COMMIT', 'ADJUST')), 0)::float8 as charged,
       coalesce(-sum(m.amount) filter (where m.type = 'CREDIT'), 0)::float8 as credited,
       count(*)::int as movements, ${reservation('asc')} as "firstOriginal",
       ${reservation('desc')} || ${reservation('desc', `jsonb_build_object('converted', m.amount)`)} as newest,
       ${told(`m.type in ('COMMIT', 'ADJUST')`)} as "chargedTold", ${told(`m.type = 'CREDIT'`)} as "creditedTold"
     from budget_movements m where m.order_id = any(:orderIds::bigint[]) and m.type in ('RESERVE', 'RELEASE', 'COMMIT', 'ADJUST', 'CREDIT')
     group by m.order_id, m.budget_id, m.period_id order by m.budget_id, m.period_id`,
    { orderIds: [...orderIds] },
  );
  const shares = new Map<string, LedgerShare[]>();
  for (const { orderId, newest, ...share } of rows) {
    const { converted, ...original } = newest ?? { converted: null };
    const own = converted === share.reserved && 'currency' in original ? original : null;
    shares.set(orderId, [...(shares.get(orderId) ?? []), { ...share, original: own }]);
  }
  return shares;
}

/** Of the first or the newest reservation that was converted. */
function reservation(order: 'asc' | 'desc', what = ORIGINAL): string {
  return `(array_agg(${what} order by m.id ${order}) filter (where m.type = 'RESERVE' and m.rate is not null))[1]`;
}

/** In the order's currency, if all of it is in one. */
function told(which: string): string {
  return `case when bool_and(m.original_amount is not null) filter (where ${which})
    and min(m.original_currency) filter (where ${which}) = max(m.original_currency) filter (where ${which})
    then jsonb_build_object('amount', sum(m.original_amount) filter (where ${which}), 'currency', min(m.original_currency) filter (where ${which})) end`;
}

/** What orders that nobody has decided reserve in these periods, without one of them. */
export async function loadPending(
  db: Database | Transaction,
  periodIds: readonly string[],
  exceptOrderId: string,
): Promise<Map<string, number>> {
  const { rows } = await db.raw<{ rows: Array<{ periodId: string; pending: number }> }>(
    `select m.period_id as "periodId", sum(case m.type when 'COMMIT' then -m.amount else m.amount end)::float8 as pending
     from budget_movements m join orders o on o.id = m.order_id and o.state = 'pending_approval' and o.id <> :exceptOrderId::bigint
     where m.period_id = any(:periodIds::bigint[]) and m.type in ('RESERVE', 'RELEASE', 'COMMIT') group by m.period_id`,
    { periodIds: [...periodIds], exceptOrderId },
  );
  return new Map(rows.map(({ periodId, pending }) => [periodId, pending]));
}

/** Whether a company has any; most do not, and their orders need no lock. */
export async function hasBudgets(db: Database | Transaction, companyId: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>('select from budgets where company_id = ? limit 1', [companyId]);
  return rows.length > 0;
}
