import type { Database, Transaction } from '../../../src/store/database.ts';

/** What an order has taken out of a period. */
export interface OrderShare {
  readonly budgetId: string;
  readonly periodId: string;
  /** Of the newest reservation. */
  readonly revision: number | null;
  readonly reserved: number;
  readonly committed: number;
  /** Committed without credits: what the ERP last said it comes to. */
  readonly charged: number;
}

/** The period of the newest reservation comes last; late credits, which may stand in other periods, come first. */
export async function loadOrderShares(db: Database | Transaction, orderId: string): Promise<OrderShare[]> {
  const { rows } = await db.raw<{ rows: OrderShare[] }>(
    `select m.budget_id as "budgetId", m.period_id as "periodId", max(m.revision) filter (where m.type = 'RESERVE') as revision,
       coalesce(sum(case m.type when 'RESERVE' then m.amount when 'RELEASE' then m.amount when 'COMMIT' then -m.amount end), 0)::float8 as reserved,
       coalesce(sum(m.amount) filter (where m.type in ('COMMIT', 'ADJUST', 'CREDIT', 'EXTERNAL')), 0)::float8 as committed,
       coalesce(sum(m.amount) filter (where m.type in ('COMMIT', 'ADJUST')), 0)::float8 as charged
     from budget_movements m where m.order_id = :orderId group by m.budget_id, m.period_id
     order by max(m.revision) filter (where m.type = 'RESERVE') nulls first, m.period_id`,
    { orderId },
  );
  return rows;
}
