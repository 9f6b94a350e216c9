/** How long people of a company took to decide, and what the clock will do next about an order. */
import type { Database } from '../database.ts';

export interface DecidedOnce {
  readonly personId: string;
  readonly assignedAt: Date;
  readonly at: Date;
}

/**
 * Of words really said: one that was counted from another step took no time. Orders are looked through from the newest on, until there
 * are enough decisions or `orders` are through: as much work for a company that orders for ten years as for one that began last month.
 */
export async function loadDecisionTimes(
  db: Database,
  companyId: string,
  { decisions, orders }: { decisions: number; orders: number },
): Promise<DecidedOnce[]> {
  const { rows } = await db.raw<{ rows: DecidedOnce[] }>(
    `select d.* from (
       select id from orders where company_id = :companyId order by submitted_at desc, id desc limit :orders
     ) o cross join lateral (
       select d.person_id as "personId", s.assigned_at as "assignedAt", d.at from decisions d join approval_steps s on s.id = d.step_id
       where d.order_id = o.id and d.channel <> 'counted' and s.assigned_at <= d.at order by d.id desc
     ) d limit :decisions`,
    { companyId, decisions, orders },
  );
  return rows;
}

/** When others are asked about what waits now; `null`: no clock runs. */
export async function nextEscalation(db: Database, orderId: string): Promise<Date | null> {
  const { rows } = await db.raw<{ rows: Array<{ at: Date | null }> }>(
    `select min(c.due_at) as at from step_clocks c join approval_steps s on s.id = c.step_id
     where s.order_id = ? and s.state = 'active' and c.kind = 'escalate' and c.done_at is null`,
    [orderId],
  );
  return rows[0]?.at ?? null;
}
