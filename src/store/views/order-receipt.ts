/** What happened to an order on its way to the ERP, with the evidence: enough to prove to a customer why there is exactly one. */
import type { OrderContent } from '../../domain/orders/order.ts';
import type { Database } from '../database.ts';
import type { HandoffKind } from '../orders/handoffs.ts';
import type { HandoffState } from '../orders/push-claims.ts';

export interface OrderReceipt {
  readonly orderId: string;
  readonly reference: string;
  readonly origin: string;
  readonly externalKey: string;
  readonly state: string;
  readonly approvedBy: string | null;
  readonly account: { readonly number: string | null; readonly name: string };
  readonly orderedBy: string;
  readonly submittedAt: Date;
  readonly revision: number;
  readonly currency: string;
  /** Minor units. */
  readonly total: number;
  readonly content: OrderContent;
  /** The rules that ask, and who is asked; `null` when nobody is. */
  readonly waitsFor: string | null;
  /** Comment of the newest decision. */
  readonly lastWord: string | null;
  readonly handoffs: readonly HandoffReceipt[];
  readonly decisions: ReadonlyArray<{
    readonly by: string;
    readonly forPerson: string | null;
    readonly verdict: string;
    readonly revision: number;
    readonly at: string;
    readonly channel: string;
  }>;
}

export interface HandoffReceipt {
  readonly id: string;
  readonly kind: HandoffKind;
  readonly revision: number;
  readonly connection: string | null;
  readonly state: HandoffState;
  readonly code: string | null;
  readonly reason: string | null;
  readonly erpNumber: string | null;
  readonly erpId: string | null;
  readonly erpState: string | null;
  readonly foundIn: string | null;
  readonly createdAt: string;
  readonly settledAt: string | null;
  readonly notBefore: string | null;
  readonly approvedHash: string;
  readonly sentHash: string | null;
  readonly confirmedHash: string | null;
  readonly attempts: readonly AttemptReceipt[];
}

export interface AttemptReceipt {
  readonly n: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly httpStatus: number | null;
  readonly words: string | null;
  readonly digest: string | null;
}

/** `null` when there is no such order. */
export async function orderReceipt(db: Database, orderId: string): Promise<OrderReceipt | null> {
  const { rows } = await db.raw<{ rows: OrderReceipt[] }>(
    `select o.id as "orderId", o.reference, o.origin, o.external_key as "externalKey", o.state, o.approved_by as "approvedBy",
       jsonb_build_object('number', a.number, 'name', a.name) as account, c.name as "orderedBy", o.submitted_at as "submittedAt", o.revision,
       o.currency, o.total::float8 as total, r.content,
       (select string_agg(s.name || ' is asked: ' || coalesce((select string_agg(p.name, ', ' order by p.name) from step_holders t join contacts p on p.id = t.person_id where t.step_id = s.id), 'nobody there is may approve it'), '; ' order by s.stage)
         from approval_steps s where s.order_id = o.id and s.revision = o.revision and s.state in ('active', 'exhausted')) as "waitsFor",
       (select d.comment from decisions d where d.order_id = o.id order by d.id desc limit 1) as "lastWord",
       coalesce((select jsonb_agg(${HANDOFF} order by h.seq) from handoffs h where h.order_id = o.id), '[]') as handoffs,
       coalesce((select jsonb_agg(jsonb_build_object('by', p.name, 'forPerson', f.name, 'verdict', d.verdict, 'revision', d.revision, 'at', d.at, 'channel', d.channel) order by d.id)
         from decisions d join contacts p on p.id = d.person_id left join contacts f on f.id = d.for_person_id where d.order_id = o.id), '[]') as decisions
     from orders o join order_revisions r on r.order_id = o.id and r.n = o.revision join accounts a on a.id = o.account_id join contacts c on c.id = o.ordered_by_id
     where o.id = ?`,
    [orderId],
  );
  return rows[0] ?? null;
}

const ATTEMPT = `jsonb_build_object('n', t.n, 'startedAt', t.started_at, 'endedAt', t.ended_at, 'outcome', t.outcome, 'code', t.code,
  'httpStatus', t.http_status, 'words', t.words, 'digest', t.digest)`;

const HANDOFF = `jsonb_build_object('id', h.id::text, 'kind', h.kind, 'revision', h.revision, 'connection', h.connection, 'state', h.state, 'code', h.code,
  'reason', h.reason, 'erpNumber', h.erp_number, 'erpId', h.erp_id, 'erpState', h.erp_state, 'foundIn', h.found_in, 'createdAt', h.created_at,
  'settledAt', h.settled_at, 'notBefore', h.not_before, 'approvedHash', h.approved_hash, 'sentHash', h.sent_hash, 'confirmedHash', h.confirmed_hash,
  'attempts', coalesce((select jsonb_agg(${ATTEMPT} order by t.n) from handoff_attempts t where t.handoff_id = h.id), '[]'))`;
