/** What an account pays: the prices agreed with it, those of its price list, and those for everyone. */
import type { Database } from '../database.ts';
import { type Profile, profileJson } from '../profile-columns.ts';

/** Whom a price is for; the nearer one first. */
const SCOPES = ['account', 'priceList', 'everyone'] as const;
export type PriceScope = (typeof SCOPES)[number];

export interface PriceItem {
  id: string;
  scope: PriceScope;
  /** Fields of a price by their own names; decimals as text. */
  profile: Profile;
}

export interface PriceFilter {
  accountId: string;
  scopes?: readonly PriceScope[];
  product?: string | undefined;
  /** Only those valid on this civil day (YYYY-MM-DD). */
  on?: string | undefined;
  limit: number;
  /** Id of the last price of the page before. */
  after?: string | undefined;
}

export interface PriceList {
  prices: PriceItem[];
  /** How many follow after these. */
  more: number;
  next: string | null;
}

const OF_SCOPE: Readonly<Record<PriceScope, string>> = {
  account: 'p.account_id = a.id',
  priceList: 'p.account_id is null and p.price_list = a.price_list',
  everyone: 'p.account_id is null and p.price_list is null',
};
const SCOPE = `case when p.account_id is not null then 1 when p.price_list is not null then 2 else 3 end`;
/** By product, the nearest price first, then by quantity and day. */
const PLACE = `p.product, ${SCOPE}, coalesce(p.min_quantity, 0), coalesce(p.valid_from, '-infinity'), p.id`;

/**
 * In the order of products. Which of several prices counts is for the shop to decide.
 *
 * Price lists are codes of one system, so only prices of the account's own connections are its prices. A price that still
 * waits for its account is nobody's: without that rule it would look like one for everyone.
 */
export async function listPrices(db: Database, { accountId, scopes = SCOPES, product, on, limit, after }: PriceFilter): Promise<PriceList> {
  const { rows } = await db.raw<{ rows: Array<{ id: string; scope: number; profile: Profile; left: number }> }>(
    `with asking as materialized (
       select a.id, a.price_list, array(
         select s.connection from links l join sources s on s.id = l.source_id where l.local_id = a.id and s.entity = 'account') as connections
       from accounts a where a.id = :accountId
     ), candidates as (
       ${scopes.map((scope) => `select p.* from asking a join prices p on ${OF_SCOPE[scope]}`).join(' union all ')}
     ), page as materialized (
       select p.id, count(*) over ()::int as left
       from candidates p
       where (:product::text is null or p.product = :product)
         and (:on::date is null or (coalesce(p.valid_from <= :on, true) and coalesce(p.valid_to > :on, true)))
         and (:after::bigint is null or (${PLACE}) > (select ${PLACE} from prices p where p.id = :after))
         and exists (
           select from links l join sources s on s.id = l.source_id join asking a on s.connection = any(a.connections)
           where l.local_id = p.id and not exists (
             select from pending_references w where w.source_id = l.source_id and w.key = l.key and w.field = 'account'))
       order by ${PLACE} limit :limit::int
     )
     select p.id, ${SCOPE} as scope, ${profileJson('price', 'p')} as profile, page.left
     from page join prices p on p.id = page.id order by ${PLACE}`,
    {
      accountId,
      product: product ?? null,
      on: on ?? null,
      after: after ?? null,
      limit,
    },
  );
  const prices = rows.map(({ id, scope, profile }) => ({ id, scope: SCOPES[scope - 1] ?? 'everyone', profile }));
  const more = (rows[0]?.left ?? 0) - rows.length;
  return { prices, more, next: more > 0 ? (prices.at(-1)?.id ?? null) : null };
}
