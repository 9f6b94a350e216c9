/** What people were told long ago goes, and so do the mails that held it, with their addresses. */
import type { Database } from '../database.ts';

export const KEEP_DAYS = 400;
const AT_ONCE = 1_000;

/**
 * One set; answers how many notifications went. What was never sent stays, and so does whatever may still be caused again, since the row
 * is what keeps it from being told twice: all about an order that waits for people, whose steps remind, ask and are listed under the same
 * keys for as long as they wait. Revisions and steps of an order that has ended are never asked again, absences begin once, and alerts of
 * budgets are counted where budgets are. What is about to leave is judged by what left before; until then that stays, too.
 */
export async function pruneNotifications(db: Database, now: Date): Promise<number> {
  const bindings = { now, days: KEEP_DAYS, limit: AT_ONCE };
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `with old as (
       select n.id from notifications n left join orders o on o.id = n.order_id
       where n.state in ('sent', 'suppressed') and n.settled_at < :now::timestamptz - make_interval(days => :days)
         and o.state is distinct from 'pending_approval'
         and not exists (select from notifications w where w.order_id = n.order_id and w.state in ('queued', 'sending'))
       order by n.settled_at limit :limit for update of n skip locked
     )
     delete from notifications n using old where n.id = old.id returning n.id`,
    bindings,
  );
  await db.raw(
    `with old as (
       select m.id from mails m where m.departed_at < :now::timestamptz - make_interval(days => :days)
         and not exists (select from notifications n where n.mail_id = m.id)
       order by m.departed_at limit :limit for update skip locked
     )
     delete from mails m using old where m.id = old.id`,
    bindings,
  );
  return rows.length;
}
