/** What stands on the radar, told to the one who looks after it: once for each step and rung, and each thing of a budget; without what was ordered and how much was spent. */
import { RADAR_REASONS } from '../../domain/policy/radar-reasons.ts';
import type { Transaction } from '../database.ts';
import { type NewNotice, queueNotices } from '../notifications.ts';
import { BUDGETS } from '../views/radar-budgets.ts';

const AT_ONCE = 1_000;

/** A step on the radar: nobody, or too few, may decide it; who may has not in the time there was; whose it is cannot be told. */
export const STANDINGS = ['nobody', 'waited', 'stuck'] as const;

interface RadarReader {
  readonly personId: string | null;
  readonly address: string | null;
}

/** Derived from the things themselves, so that nothing is lost between their change and this. Answers how many are told. */
export async function tellRadar(trx: Transaction, reader: RadarReader, now: Date): Promise<number> {
  return queueNotices(trx, [...(await stepsToTell(trx, reader)), ...(await budgetsToTell(trx, reader, now))], now);
}

/** Of whoever was to be told and has left, somebody else is told. */
const isTold = (key: string) =>
  `exists (select from notifications n where n.dedupe_key = ${key} and n.code is distinct from 'PERSON_GONE')`;

async function stepsToTell(trx: Transaction, reader: RadarReader): Promise<NewNotice[]> {
  const { rows } = await trx.raw<{
    rows: Array<{
      id: string;
      orderId: string;
      revision: number;
      key: string;
      standing: (typeof STANDINGS)[number];
      reason: string;
      since: Date;
    }>;
  }>(
    `select s.id, s.order_id as "orderId", s.revision, k.key,
       case when s.stuck_because is not null then 'stuck' when s.state = 'exhausted' then 'nobody' else 'waited' end as standing, coalesce(s.stuck_because, case when s.state = 'exhausted' then :nobody else s.listed_because end) as reason,
       coalesce(s.stuck_at, s.listed_at, s.assigned_at) as since
     from approval_steps s join orders o on o.id = s.order_id and o.state = 'pending_approval',
       lateral (select concat_ws(':', 'radar.listed', s.id, s.state, jsonb_array_length(s.climbs), case when s.stuck_because is not null then 'stuck' end, s.stuck_told ->> s.stuck_because) as key) k
     where (s.state = 'exhausted' or (s.state = 'active' and s.listed_at is not null) or (s.state = 'active' and s.stuck_because is not null))
       and not ${isTold('k.key')}
     order by s.id limit :limit`,
    { limit: AT_ONCE, nobody: RADAR_REASONS.nobody },
  );
  return rows.map(({ id, orderId, revision, key, standing, reason, since }) => {
    const facts = { standing, reason, since: since.toISOString() };
    return { event: 'radar.listed', dedupeKey: key, ...reader, orderId, stepId: id, revision, facts };
  });
}

async function budgetsToTell(trx: Transaction, reader: RadarReader, now: Date): Promise<NewNotice[]> {
  const { rows } = await trx.raw<{ rows: Array<{ key: string; what: string; state: string; reason: string; about: object; since: Date }> }>(
    `select k.key, b.what, b.state, b.reason, b.about, b.since from (${BUDGETS}) b, lateral (select 'radar.listed:' || b.key as key) k
     where not ${isTold('k.key')} order by b.since, b.id limit :limit`,
    { now, limit: AT_ONCE },
  );
  return rows.map(({ key, since, ...facts }) => {
    return { event: 'radar.listed', dedupeKey: key, ...reader, facts: { ...facts, since: since.toISOString() } };
  });
}
