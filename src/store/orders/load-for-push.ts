/** Everything a hand-off needs to know before it is sent, in one statement for all that are about to be. */
import type { Order, OrderContent } from '../../domain/orders/order.ts';
import { askedRevision } from '../approvals/asked-revision.ts';
import type { Database } from '../database.ts';
import { inSets } from '../in-sets.ts';
import { prepared } from '../prepared.ts';
import type { HandoffKind } from './handoffs.ts';
import { IS_WANTED } from './stop-handoff.ts';

export interface PushFacts {
  readonly id: string;
  readonly state: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly connection: string | null;
  readonly kind: HandoffKind;
  readonly revision: number;
  readonly externalKey: string;
  readonly approvedHash: string;
  /** Hash of the revision as it is stored now; differs from what was approved only if somebody tampered with it. */
  readonly materialHash: string;
  readonly content: OrderContent;
  readonly total: number;
  /** Not taken back, and not replaced by another of the same order. */
  readonly isWanted: boolean;
  /** Made so far, whatever came of them. */
  readonly attempts: number;
  /** Nothing of its account goes before it. */
  readonly isNext: boolean;
  /** An earlier attempt ended without an answer. */
  readonly mayBeThereSince: Date | null;
  /** Until then whoever ordered may take back what others changed, and has not agreed to it yet. */
  readonly withdrawUntil: Date | null;
  /** The account and those above it that may not order now. */
  readonly blocked: ReadonlyArray<{ name: string; status: string }>;
  readonly accountName: string;
  /** The account's, or that of the nearest above it that has one. */
  readonly timeZone: string | null;
  /** Its own, or that of one above it. */
  readonly hasCreditLimit: boolean;
  /** External ids in the target; `null` where there is no counterpart. */
  readonly soldTo: string | null;
  readonly shipTo: string | null;
  readonly billTo: string | null;
  readonly contact: string | null;
  readonly comments: ReadonlyArray<string>;
  /** "Greta Brandt on 2026-11-22" for every approving decision that holds for this revision. */
  readonly approvals: ReadonlyArray<string>;
  readonly approvedBy: Order['approvedBy'];
  /** Of its company, or that something stands in: they learn what became of the order. */
  readonly hasBudgets: boolean;
}

/** Whether the target's connection pulls these itself; if not, the ids of where they came from are theirs too. */
export interface Pulled {
  readonly accounts: boolean;
  readonly addresses: boolean;
  readonly contacts: boolean;
}

const MAX_LEVELS = 64;

/** `null` when there is no such hand-off. */
export function loadForPush(db: Database, handoffId: string, pulled: Pulled): Promise<PushFacts | null> {
  return loadSet(db, { id: handoffId, ...pulled });
}

const loadSet = inSets(async function loadForPush(
  db: Database,
  asked: ReadonlyArray<{ id: string } & Pulled>,
): Promise<Array<PushFacts | null>> {
  const { rows } = await prepared(
    db.raw<{ rows: Array<PushFacts & { place: number }> }>(
      `with recursive h as (
         select q.*, h.*, ${IS_WANTED} as is_wanted, o.approved_by, o.ordered_by_id, o.company_id, r.content, r.material_hash, r.total
         from unnest(:ids::bigint[], :accounts::boolean[], :addresses::boolean[], :contacts::boolean[]) with ordinality
           as q (wanted, pulls_accounts, pulls_addresses, pulls_contacts, place)
         join handoffs h on h.id = q.wanted join orders o on o.id = h.order_id join order_revisions r on r.order_id = h.order_id and r.n = h.revision
       ), up as (
         select h.place, a.id, a.parent_id, a.name, a.status, a.time_zone, a.credit_limit, 0 as level from accounts a join h on a.id = h.account_id
         union all
         select up.place, a.id, a.parent_id, a.name, a.status, a.time_zone, a.credit_limit, up.level + 1 from accounts a join up on a.id = up.parent_id where up.level < ${MAX_LEVELS}
       )
       select h.place::int, h.id, h.state, h.order_id as "orderId", h.account_id as "accountId", h.connection, h.kind, h.revision, h.external_key as "externalKey",
         h.approved_hash as "approvedHash", h.material_hash as "materialHash", h.content, h.total::float8 as total, h.is_wanted as "isWanted", h.attempts,
         not exists (select from handoffs e where e.connection = h.connection and e.account_id = h.account_id and e.id < h.id
           and e.state in ('pending', 'sending', 'unknown')) as "isNext", h.may_be_there_since as "mayBeThereSince",
         h.approved_by as "approvedBy", exists (select from budgets b where b.company_id = h.company_id)
           or exists (select from budget_movements m where m.order_id = h.order_id) as "hasBudgets",
         (select max(r.withdraw_until) from order_revisions r where r.order_id = h.order_id and r.n <= h.revision and r.agreed_at is null) as "withdrawUntil",
         (select name from up where up.place = h.place and level = 0) as "accountName",
         (select time_zone from up where up.place = h.place and time_zone is not null order by level limit 1) as "timeZone",
         exists (select from up where up.place = h.place and credit_limit is not null) as "hasCreditLimit",
         coalesce((select jsonb_agg(jsonb_build_object('name', name, 'status', status) order by level) from up
           where up.place = h.place and status <> 'active'), '[]') as blocked,
         ${externalId('(h.account_id)', 'h.pulls_accounts')} as "soldTo",
         ${externalId(`((h.content ->> 'shipTo')::bigint)`, 'h.pulls_addresses')} as "shipTo",
         ${externalId(`((h.content ->> 'billTo')::bigint)`, 'h.pulls_addresses')} as "billTo",
         ${externalId('(h.ordered_by_id)', 'h.pulls_contacts')} as contact,
         coalesce((select jsonb_agg(l.facts ->> 'text' order by l.id) from order_log l where l.order_id = h.order_id and l.kind = 'comment'
           and coalesce(l.facts ->> 'forSupplier', 'false') = 'true'), '[]') as comments,
         coalesce((select jsonb_agg(c.name || ' on ' || to_char(d.at, 'YYYY-MM-DD') order by d.id) from decisions d join contacts c on c.id = d.person_id
           where d.order_id = h.order_id and d.revision = ${askedRevision('h.order_id', 'h.revision')} and d.verdict = 'approve'), '[]') as approvals
       from h`,
      {
        ids: asked.map(({ id }) => id),
        accounts: asked.map(({ accounts }) => accounts),
        addresses: asked.map(({ addresses }) => addresses),
        contacts: asked.map(({ contacts }) => contacts),
      },
    ),
    'load_for_push',
  );
  const byPlace = new Map(rows.map(({ place, ...facts }) => [place, facts]));
  return asked.map((_, turn) => byPlace.get(turn + 1) ?? null);
});

/** An id of this connection; one of another connection only where this one pulls no such thing. */
function externalId(localId: string, pulls: string): string {
  return `(select l.external_id from links l join sources s on s.id = l.source_id
    where l.local_id = ${localId} and (s.connection = h.connection or not ${pulls}) order by s.connection = h.connection desc, l.source_id limit 1)`;
}
