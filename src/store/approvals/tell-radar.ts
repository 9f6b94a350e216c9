/** Steps on the radar, told to the one who looks after them: once for each step and rung, without what was ordered. */
import type { Transaction } from '../database.ts';
import { type NewNotice, queueNotices } from '../notifications.ts';

const AT_ONCE = 1_000;

/** Derived from the steps themselves, so that nothing is lost between their change and this. Answers how many are told. */
export async function tellRadar(
  trx: Transaction,
  reader: { readonly personId: string | null; readonly address: string | null },
  now: Date,
): Promise<number> {
  const { rows } = await trx.raw<{
    rows: Array<{ id: string; orderId: string; revision: number; key: string; reason: string; since: Date }>;
  }>(
    `select s.id, s.order_id as "orderId", s.revision, k.key, coalesce(s.stuck_because, case when s.state = 'exhausted' then 'nobody may decide' else s.listed_because end) as reason,
       coalesce(s.stuck_at, s.listed_at, s.assigned_at) as since
     from approval_steps s join orders o on o.id = s.order_id and o.state = 'pending_approval',
       lateral (select concat_ws(':', 'radar.listed', s.id, s.state, jsonb_array_length(s.climbs), case when s.stuck_because is not null then 'stuck' end) as key) k
     where (s.state = 'exhausted' or (s.state = 'active' and s.listed_at is not null) or (s.state = 'active' and s.stuck_because is not null))
       and not exists (select from notifications n where n.dedupe_key = k.key and n.code is distinct from 'PERSON_GONE')
     order by s.id limit :limit`,
    { limit: AT_ONCE },
  );
  const notices = rows.map(({ id, orderId, revision, key, reason, since }): NewNotice => {
    const facts = { reason, since: since.toISOString() };
    return { event: 'radar.listed', dedupeKey: key, ...reader, orderId, stepId: id, revision, facts };
  });
  return queueNotices(trx, notices, now);
}
