/** What a proposal of sites is made of, and the proposals themselves: each is kept, unless it is the one before again. */
import type { Place } from '../../domain/orders/nearness.ts';
import type { StockToSource } from '../../domain/orders/sourcing.ts';
import type { Proposal } from '../../domain/orders/sourcing-proposal.ts';
import type { Database, Transaction } from '../database.ts';

/** Where an order goes: its ship-to, else the default one of its account; `null` when nobody knows. */
export async function loadShipTo(
  db: Database | Transaction,
  { shipTo, soldTo }: { shipTo: string | null; soldTo: string },
): Promise<Place | null> {
  const { rows } = await db.raw<{ rows: Place[] }>(
    `select country, postal_code as "postalCode", latitude, longitude from addresses
     where id = :shipTo::bigint or (:shipTo::bigint is null and account_id = :soldTo::bigint and role = 'ship_to')
     order by (is_default is true) desc, id limit 1`,
    { shipTo, soldTo },
  );
  return rows[0] ?? null;
}

/** What may be promised of these products at these sites. Where several sources tell of one place, the one that tells least is believed. */
export async function loadStock(
  db: Database | Transaction,
  { sites, products }: { sites: readonly string[]; products: readonly string[] },
): Promise<StockToSource[]> {
  const { rows } = await db.raw<{ rows: StockToSource[] }>(
    `select site, product, unit, min(available)::text as available from (
       select s.site, s.product, s.unit, l.source_id, sum(coalesce(s.available, s.on_hand, 0)) as available
       from stock_levels s left join links l on l.local_id = s.id
       where s.site = any(:sites) and s.product = any(:products) group by s.site, s.product, s.unit, l.source_id) told
     group by site, product, unit`,
    { sites: [...sites], products: [...products] },
  );
  return rows;
}

export async function insertProposal(
  db: Database | Transaction,
  { orderId, revision, proposal, now }: { orderId: string; revision: number; proposal: Proposal; now: Date },
): Promise<void> {
  await db.raw(
    `insert into fulfilment_proposals (order_id, revision, computed_at, proposal)
     select :orderId::bigint, :revision::int, :now::timestamptz, :json::jsonb
     where not exists (select from (
       select revision, proposal from fulfilment_proposals where order_id = :orderId::bigint order by id desc limit 1) last
       where last.revision = :revision::int and last.proposal = :json::jsonb)`,
    { orderId, revision, now, json: JSON.stringify(proposal) },
  );
}

export interface StoredProposal {
  readonly revision: number;
  readonly computedAt: Date;
  readonly proposal: Proposal;
}

/** The newest; `null` when none was made. */
export async function loadProposal(db: Database | Transaction, orderId: string): Promise<StoredProposal | null> {
  const { rows } = await db.raw<{ rows: StoredProposal[] }>(
    'select revision, computed_at as "computedAt", proposal from fulfilment_proposals where order_id = ? order by id desc limit 1',
    [orderId],
  );
  return rows[0] ?? null;
}
