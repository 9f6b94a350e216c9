/** The seller's risk (SEMANTICS 2.17): the limit that holds for an account, what is used of it, and how old that knowledge is. */
import type { CreditSnapshot } from '../../domain/orders/credit.ts';
import type { Database } from '../database.ts';
import { inSets } from '../in-sets.ts';
import { prepared } from '../prepared.ts';

/** `null`: no limit is known for this account. */
export function creditSnapshot(db: Database, { accountId, orderId, id }: Question): Promise<CreditSnapshot | null> {
  return snapshotSet(db, { accountId, orderId, id });
}

interface Question {
  readonly accountId: string;
  readonly orderId: string;
  /** Of the hand-off. */
  readonly id: string;
}

/**
 * Of a create `f`: the order stands there, or may, and the snapshot does not know it; or it goes before. What is held, refused or
 * parked uses nothing while it stands still, or orders would hold each other for ever. Of several in line the earlier goes first.
 */
const COUNTS = `(f.state in ('sending', 'unknown', 'doubled') or (f.may_be_there_since is not null and f.state <> 'cancelled')
  or (f.state = 'accepted' and f.settled_at > k.as_of) or (f.state = 'pending' and f.id < asked.handoff_id))`;

/** The newest version that may be there. */
const STANDING = `select r.total from handoffs h join order_revisions r on r.order_id = h.order_id and r.n = h.revision
  where h.order_id = o.id and h.kind <> 'cancel' and (h.id = f.id or h.state in ('sending', 'unknown', 'accepted')) order by h.seq desc limit 1`;

/** The version that the balance holds. */
const STANDING_THEN = `select r.total from handoffs c join order_revisions r on r.order_id = c.order_id and r.n = c.revision
  where c.order_id = o.id and c.kind <> 'cancel' and c.state = 'accepted' and c.settled_at <= known.as_of order by c.seq desc limit 1`;

const snapshotSet = inSets(async function creditSnapshot(db: Database, asked: readonly Question[]): Promise<Array<CreditSnapshot | null>> {
  const { rows } = await prepared(
    db.raw<{ rows: Array<CreditSnapshot & { place: number }> }>(
      `with recursive asked as (
         select * from unnest(:accounts::bigint[], :orders::bigint[], :handoffs::bigint[]) with ordinality as q (account_id, order_id, handoff_id, place)
       ), up as (
         select asked.place, a.id, a.parent_id, 0 as level from asked join accounts a on a.id = asked.account_id
         union all select up.place, a.id, a.parent_id, up.level + 1 from accounts a join up on a.id = up.parent_id where up.level < 64
       ), holder as (
         select distinct on (up.place) up.place, a.* from accounts a join up using (id) where a.credit_limit is not null order by up.place, up.level
       ), below as (
         select place, id, 0 as level from holder
         union all select below.place, a.id, below.level + 1 from accounts a join below on a.parent_id = below.id
           where below.level < 64 and a.credit_limit is null
       ), known as (
         select holder.place, least(clock_timestamp(), coalesce(holder.credit_as_of + interval '1 day', max(r.finished_at))) as as_of
         from holder left join links l on l.local_id = holder.id left join sources s on s.id = l.source_id left join runs r on r.id = s.cursor_run_id
         group by holder.place, holder.credit_as_of
       ), open as (
         select k.place, o.currency, v.total from below b join known k using (place) join asked using (place)
         join orders o on o.account_id = b.id and o.id <> asked.order_id
         join handoffs f on f.order_id = o.id and f.kind = 'create' and ${COUNTS} cross join lateral (${STANDING}) v
         where not exists (select from handoffs c where c.order_id = o.id and c.kind = 'cancel' and c.state = 'accepted')
       )
       select h.place::int, (
           select coalesce(sum(v.total), 0)::float8 from asked join orders o on o.id = asked.order_id and o.currency = h.currency
             cross join lateral (${STANDING_THEN}) v where asked.place = h.place) as "ownInBalance", h.name as holder, h.currency, h.credit_limit::float8 as limit, coalesce(h.balance, 0)::float8 as balance, known.as_of as "asOf",
         (select coalesce(sum(total), 0) from open where open.place = h.place and open.currency = h.currency)::float8 as "openOrders",
         (select count(*) from open where open.place = h.place and open.currency is distinct from h.currency)::int as "otherCurrencies"
       from holder h join known using (place)`,
      {
        accounts: asked.map(({ accountId }) => accountId),
        orders: asked.map(({ orderId }) => orderId),
        handoffs: asked.map(({ id }) => id),
      },
    ),
    'credit_snapshot',
  );
  const byPlace = new Map(rows.map(({ place, ...snapshot }) => [place, snapshot]));
  return asked.map((_, turn) => byPlace.get(turn + 1) ?? null);
});
