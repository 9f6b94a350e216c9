/** What rules ask about the past of an order: whether something was ever released to this address, or for this person, unit, company. */
import type { Whose } from '../../domain/policy/facts.ts';
import type { Database, Transaction } from '../database.ts';

export interface HistoryQuestion {
  readonly orderId: string;
  readonly orderedById: string;
  readonly accountId: string;
  readonly companyId: string;
  readonly shipTo: string | null;
  readonly submittedBefore: Date | null;
}

export interface OrderHistory {
  readonly orderId: string;
  readonly isNewShipTo: boolean;
  readonly isFirstOrder: Readonly<Record<Whose, boolean>>;
}

const EARLIER = `o.state in ('released', 'cancelled') and o.id <> q."orderId"
  and (q."submittedBefore" is null or (o.submitted_at, o.id) < (q."submittedBefore", q."orderId"))`;

/** Waiting and declined orders are no history: a first order stays the first until one was released. */
export async function loadHistory(db: Database | Transaction, questions: readonly HistoryQuestion[]): Promise<Map<string, OrderHistory>> {
  const { rows } = await db.raw<{ rows: Array<{ orderId: string; ship: boolean; person: boolean; unit: boolean; company: boolean }> }>(
    `with asked as (select * from jsonb_to_recordset(:json::jsonb) as q("orderId" bigint, "orderedById" bigint, "accountId" bigint,
       "companyId" bigint, "shipTo" text, "submittedBefore" timestamptz))
     select q."orderId",
       exists (select from order_revisions r join orders o on o.id = r.order_id and o.revision = r.n
         where r.content ->> 'shipTo' = q."shipTo" and ${EARLIER}) as ship,
       exists (select from orders o where o.ordered_by_id = q."orderedById" and ${EARLIER}) as person,
       exists (select from orders o where o.account_id = q."accountId" and ${EARLIER}) as unit,
       exists (select from orders o where o.company_id = q."companyId" and ${EARLIER}) as company
     from asked q`,
    { json: JSON.stringify(questions) },
  );
  const shipTos = new Map(questions.map(({ orderId, shipTo }) => [orderId, shipTo]));
  return new Map(
    rows.map(({ orderId, ship, person, unit, company }) => {
      const isNewShipTo = shipTos.get(orderId) !== null && !ship;
      return [orderId, { orderId, isNewShipTo, isFirstOrder: { person: !person, unit: !unit, company: !company } }];
    }),
  );
}

/** Names addresses go by, folded, by local id. */
export async function loadAddressNames(db: Database | Transaction, ids: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db.raw<{ rows: Array<{ id: string; name: string }> }>(
    `select l.local_id as id, lower(btrim(l.external_id)) as name from links l join sources s on s.id = l.source_id and s.entity = 'address'
     where l.local_id = any(:ids::bigint[]) order by name`,
    { ids },
  );
  const names = new Map(ids.map((id) => [id, [`id:${id}`]]));
  for (const { id, name } of rows) names.get(id)?.push(name);
  return names;
}
