/** How long people of a company took to decide, and what the clock will do next about an order. */
import type { Database } from '../database.ts';

export interface DecidedOnce {
  readonly personId: string;
  readonly assignedAt: Date;
  readonly at: Date;
}

/** The newest, of words really said: one that was counted from another step took no time. */
export async function loadDecisionTimes(db: Database, companyId: string, limit: number): Promise<DecidedOnce[]> {
  const { rows } = await db.raw<{ rows: DecidedOnce[] }>(
    `select d.person_id as "personId", s.assigned_at as "assignedAt", d.at from decisions d join approval_steps s on s.id = d.step_id
     join orders o on o.id = d.order_id
     where o.company_id = :companyId and d.channel <> 'counted' and s.assigned_at <= d.at order by d.id desc limit :limit`,
    { companyId, limit },
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
