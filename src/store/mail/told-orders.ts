/** Orders as mails tell of them: names instead of ids, for many orders in a few statements. */
import type { OrderContent, OrderState } from '../../domain/orders/order.ts';
import type { Selector } from '../../domain/policy/selector-schema.ts';
import type { Stage } from '../../domain/policy/stage-schema.ts';
import type { Database, Transaction } from '../database.ts';
import { type AddressLabel, loadAddressLabels } from '../views/order-details.ts';

export interface ToldOrder {
  readonly id: string;
  readonly reference: string;
  readonly externalKey: string;
  readonly state: OrderState;
  readonly account: string;
  readonly orderedBy: string;
  readonly onBehalfOf: string | null;
  readonly submittedAt: Date;
  readonly revision: number;
  readonly currency: string;
  readonly total: number;
  readonly content: OrderContent;
}

export async function loadToldOrders(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, ToldOrder>> {
  const { rows } = await db.raw<{ rows: ToldOrder[] }>(
    `select o.id, o.reference, o.external_key as "externalKey", o.state, a.name as account, c.name as "orderedBy", b.name as "onBehalfOf",
       o.submitted_at as "submittedAt", o.revision, o.currency, o.total::float8 as total, r.content
     from orders o join order_revisions r on r.order_id = o.id and r.n = o.revision join accounts a on a.id = o.account_id
     left join contacts c on c.id = o.ordered_by_id left join contacts b on b.id = o.on_behalf_of_id where o.id = any(:ids::bigint[])`,
    { ids: [...ids] },
  );
  return new Map(rows.map((order) => [order.id, order]));
}

export interface ToldVersion {
  readonly n: number;
  readonly content: OrderContent;
  readonly total: number;
  /** `null`: the program's own, such as one that stands as it was released. */
  readonly editedById: string | null;
  readonly editedBy: string | null;
  readonly reason: string | null;
  readonly createdAt: Date;
}

export interface ToldChange {
  /** The one the reader knows, and those since up to the one that is told; oldest first. */
  readonly versions: readonly ToldVersion[];
  /** Until when the order waits for a word of whoever ordered, whichever change it was that opened the window. */
  readonly withdrawUntil: Date | null;
}

/**
 * By id of the notification. A reader knows what was ordered, what the last mail that left told, and what whoever ordered has made of
 * it since: a message that did not leave because a newer one came is told with the newer one.
 */
export async function loadChanges(db: Database | Transaction, noticeIds: readonly string[], now: Date): Promise<Map<string, ToldChange>> {
  if (noticeIds.length === 0) return new Map();
  const { rows } = await db.raw<{ rows: Array<ToldVersion & { noticeId: string; withdrawUntil: Date | null }> }>(
    `select n.id as "noticeId", r.n, r.content, r.total::float8 as total, r.edited_by_id as "editedById", c.name as "editedBy", r.reason,
       r.created_at as "createdAt", (select max(w.withdraw_until) from order_revisions w
         where w.order_id = n.order_id and w.n <= n.revision and w.agreed_at is null and w.withdraw_until > :now) as "withdrawUntil"
     from notifications n join orders o on o.id = n.order_id,
       lateral (select greatest(1,
         (select max(t.revision) from notifications t where t.order_id = n.order_id and t.reader = n.reader and t.event = n.event
           and t.state = 'sent' and t.revision < n.revision),
         (select max(w.n) from order_revisions w where w.order_id = n.order_id and w.n < n.revision
           and w.edited_by_id in (o.ordered_by_id, o.on_behalf_of_id))) as n) known,
       order_revisions r left join contacts c on c.id = r.edited_by_id
     where n.id = any(:noticeIds::bigint[]) and r.order_id = n.order_id and r.n between known.n and n.revision order by n.id, r.n`,
    { noticeIds: [...noticeIds], now },
  );
  const changes = new Map<string, ToldChange>();
  for (const { noticeId, withdrawUntil, ...version } of rows)
    changes.set(noticeId, { withdrawUntil, versions: [...(changes.get(noticeId)?.versions ?? []), version] });
  return changes;
}

export interface ToldStep {
  readonly id: string;
  readonly name: string;
  readonly mode: Stage['mode'];
  readonly needed: number;
  readonly approvers: readonly Selector[];
  /** Names of the rules that ask. */
  readonly rules: readonly string[];
  readonly holders: ReadonlyArray<{ readonly personId: string; readonly name: string; readonly forName: string | null }>;
}

export async function loadToldSteps(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, ToldStep>> {
  const { rows } = await db.raw<{ rows: ToldStep[] }>(
    `select s.id, s.name, s.mode, s.needed, s.selector -> 'approvers' as approvers, (select coalesce(jsonb_agg(distinct cause ->> 'rule'), '[]') from jsonb_array_elements(s.policies -> 'causes') cause) as rules,
       (select coalesce(jsonb_agg(jsonb_build_object('personId', h.person_id::text, 'name', p.name, 'forName', f.name) order by p.name), '[]')
         from step_holders h join contacts p on p.id = h.person_id left join contacts f on f.id = h.for_person_id where h.step_id = s.id) as holders
     from approval_steps s where s.id = any(:ids::bigint[])`,
    { ids: [...ids] },
  );
  return new Map(rows.map((step) => [step.id, step]));
}

export interface ToldDecision {
  readonly orderId: string;
  readonly by: string | null;
  readonly verdict: 'approve' | 'decline';
  readonly comment: string | null;
  readonly at: Date;
}

/** The newest of each order. */
export async function loadLastDecisions(db: Database | Transaction, orderIds: readonly string[]): Promise<Map<string, ToldDecision>> {
  const { rows } = await db.raw<{ rows: ToldDecision[] }>(
    `select distinct on (d.order_id) d.order_id as "orderId", c.name as by, d.verdict, d.comment, d.at
     from decisions d left join contacts c on c.id = d.person_id where d.order_id = any(:orderIds::bigint[]) order by d.order_id, d.id desc`,
    { orderIds: [...orderIds] },
  );
  return new Map(rows.map((decision) => [decision.orderId, decision]));
}

/** Of every address that these versions name. */
export function loadAddressesOf(db: Database, contents: readonly OrderContent[]): Promise<Map<string, AddressLabel>> {
  const ids = new Set(contents.flatMap(({ shipTo, billTo }) => [shipTo, billTo].filter((id) => id !== null)));
  return loadAddressLabels(db, [...ids]);
}

export interface WaitingOrder {
  readonly personId: string;
  readonly reference: string;
  readonly account: string;
  readonly total: number;
  readonly currency: string;
  readonly assignedAt: Date | null;
}

const MOST_WAITING = 50;

/** What waits for each of the people, in the order in which it was asked. */
export async function loadWaiting(db: Database | Transaction, personIds: readonly string[]): Promise<Map<string, WaitingOrder[]>> {
  if (personIds.length === 0) return new Map();
  const { rows } = await db.raw<{ rows: WaitingOrder[] }>(
    `select * from (
       select h.person_id as "personId", o.reference, a.name as account, o.total::float8 as total, o.currency, s.assigned_at as "assignedAt",
         row_number() over (partition by h.person_id order by s.id) as place
       from step_holders h join approval_steps s on s.id = h.step_id and s.state = 'active'
       join orders o on o.id = s.order_id and o.state = 'pending_approval' join accounts a on a.id = o.account_id
       where h.person_id = any(:personIds::bigint[]) and not exists (select from decisions d where d.step_id = s.id and d.person_id = h.person_id)
     ) waiting where place <= ${MOST_WAITING} order by "personId", place`,
    { personIds: [...personIds] },
  );
  const waiting = new Map<string, WaitingOrder[]>();
  for (const one of rows) waiting.set(one.personId, [...(waiting.get(one.personId) ?? []), one]);
  return waiting;
}
