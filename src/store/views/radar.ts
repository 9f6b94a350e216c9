/** What nobody brings on by itself, for a person to look at. Says nothing of what was ordered, by whom and for how much. */
import type { Database, Transaction } from '../database.ts';
import { BUDGETS, cureOfBudget } from './radar-budgets.ts';

export const RADAR_KINDS = ['nobody', 'waited', 'handoff', 'notice', 'budget'] as const;
/**
 * - nobody: a step that nobody, or too few, may decide, or of which nobody can say whose it is       - waited: a step beyond its ladder or its time
 * - handoff: one that stands still                           - notice: one that could not be sent
 * - budget: an alert that nobody was there to be told, or periods that come to their end
 */
export type RadarKind = (typeof RADAR_KINDS)[number];

export interface RadarItem {
  readonly kind: RadarKind;
  /** Of the step, the hand-off, the notice or the budget; the first of several that share a calendar. */
  readonly id: string;
  readonly orderId: string | null;
  readonly externalKey: string | null;
  readonly account: string | null;
  /** Name of the step, connection of the hand-off, event of the notice, budget or its calendar. */
  readonly what: string;
  /** State of the hand-off or the notice; how many holders may decide a step; `untold`, `ends` or `ended` of a budget. */
  readonly state: string;
  readonly reason: string;
  readonly since: Date;
  /** What a person can do. */
  readonly cure: string;
}

type Row = Omit<RadarItem, 'cure'>;

/** Hand-offs that are under way, held or unknown belong to the ordinary course until they last this long. */
const STANDING_HOURS = 24;

const STEPS = `
  select case when s.state = 'exhausted' or s.stuck_because is not null then 'nobody' else 'waited' end as kind, s.id, o.id as order_id, o.external_key, a.name as account,
    s.name as what, case when s.stuck_because is null then s.state else 'stuck' end || ', ' || (select count(*) from step_holders h where h.step_id = s.id) || ' may decide' as state,
    coalesce(s.stuck_because, case when s.state = 'exhausted' then coalesce(e.reason, 'nobody may decide') else s.listed_because end) as reason,
    coalesce(s.stuck_at, case when s.state = 'exhausted' then coalesce(e.at, s.assigned_at) else s.listed_at end) as since
  from approval_steps s join orders o on o.id = s.order_id and o.state = 'pending_approval' join accounts a on a.id = o.account_id
  left join lateral (select l.facts ->> 'exhausted' as reason, l.at from order_log l
    where l.order_id = o.id and l.kind = 'step_exhausted' and l.facts ->> 'stepId' = s.id::text order by l.id desc limit 1) e on true
  where s.state = 'exhausted' or (s.state = 'active' and s.listed_at is not null) or (s.state = 'active' and s.stuck_because is not null)`;

/** No name of one: those are lower-case letters, digits and hyphens. */
const NO_CONNECTION = 'no connection';

const HANDOFFS = `
  select 'handoff' as kind, h.id, h.order_id, h.external_key, a.name as account, coalesce(h.connection, '${NO_CONNECTION}') as what, h.state,
    coalesce(nullif(concat_ws(': ', h.code, h.reason), ''), case when h.connection is null then 'kontor.yaml names no connection that orders go to' end, 'it waits for a worker, or for an earlier one of the account') as reason, coalesce(h.settled_at, h.created_at) as since
  from handoffs h join accounts a on a.id = h.account_id
  where h.state in ('refused', 'doubled', 'parked')
    or (h.state in ('pending', 'sending', 'held', 'unknown') and h.created_at < :now::timestamptz - make_interval(hours => ${STANDING_HOURS}))`;

const NOTICES = `
  select 'notice' as kind, n.id, n.order_id, o.external_key, a.name as account, n.event as what, n.state, coalesce(n.because, 'not told why') as reason,
    coalesce(n.settled_at, n.created_at) as since
  from notifications n left join orders o on o.id = n.order_id left join accounts a on a.id = o.account_id where n.state in ('failed', 'bounced')`;

export interface Radar {
  readonly counts: Readonly<Record<RadarKind, number>>;
  /** By kind, then by what has stood longest; at most `limit` of each kind. */
  readonly items: RadarItem[];
}

/** Of one origin's orders, or of all. */
export async function loadRadar(
  db: Database | Transaction,
  { now, limit, origin = null }: { now: Date; limit: number; origin?: string | null },
): Promise<Radar> {
  const { rows } = await db.raw<{ rows: Array<Row & { total: number }> }>(
    `with found as (${STEPS} union all ${HANDOFFS} union all ${NOTICES} union all select kind, id, order_id, external_key, account, what, state, reason, since from (${BUDGETS}) b),
     numbered as (
       select f.*, count(*) over (partition by f.kind)::int as total, row_number() over (partition by f.kind order by f.since, f.id) as n
       from found f where :origin::text is null or exists (select from orders o where o.id = f.order_id and o.origin = :origin)
     )
     select kind, id, order_id as "orderId", external_key as "externalKey", account, what, state, reason, since, total
     from numbered where n <= :limit order by array_position(array['nobody', 'waited', 'handoff', 'notice', 'budget'], kind), n`,
    { now, limit, origin },
  );
  const counts = Object.fromEntries(RADAR_KINDS.map((kind) => [kind, rows.find((row) => row.kind === kind)?.total ?? 0]));
  return {
    counts: counts as Record<RadarKind, number>,
    items: rows.map(({ total: _, ...row }) => ({ ...row, cure: cureOf(row) })),
  };
}

function cureOf({ kind, what, state, externalKey }: Row): string {
  switch (kind) {
    case 'nobody':
      if (state.startsWith('stuck'))
        return `put right what the reason names, and it goes on by itself; or let it meet the rules of today: \`kontor orders rejudge ${externalKey}\``;
      return `give the account an approver in the ERP and pull, or put rules that name one and let the order meet them: \`kontor orders rejudge ${externalKey}\`; \`kontor orders why ${externalKey}\``;
    case 'waited':
      return `ask those who may decide: \`kontor orders show ${externalKey}\`, or name a deputy: \`kontor deputies add\``;
    case 'handoff':
      if (state === 'unknown') return `look whether the ERP has ${externalKey}, then \`kontor orders settle ${externalKey}\``;
      if (state === 'held') return 'mend what the reason names, and it goes by itself';
      if (what === NO_CONNECTION && state === 'pending')
        return 'name it as `orders.target`, and start the workers again: it goes by itself then';
      if (state === 'pending' || state === 'sending')
        return `it goes by itself as soon as the ERP answers and a worker runs: \`kontor health\`, \`kontor orders receipt ${externalKey}\``;
      return `mend what the reason names, then \`kontor orders resend ${externalKey}\``;
    case 'notice':
      return 'correct the mail address in the profile, or the mail settings; the reader is told nothing until then';
    case 'budget':
      return cureOfBudget(what, state);
  }
}
