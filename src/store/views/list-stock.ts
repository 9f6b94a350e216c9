/** What lies where, by product and site. */
import type { Database } from '../database.ts';
import { type Profile, profileJson } from '../profile-columns.ts';

export interface StockItem {
  id: string;
  /** Fields of a stock level by their own names; decimals as text. */
  profile: Profile;
  connection: string | null;
  updatedAt: Date;
}

export interface StockFilter {
  product?: string | undefined;
  site?: string | undefined;
  limit: number;
  /** Id of the last one of the page before. */
  after?: string | undefined;
}

export async function listStock(
  db: Database,
  { product, site, limit, after }: StockFilter,
): Promise<{ stock: StockItem[]; next: string | null }> {
  const { rows } = await db.raw<{ rows: StockItem[] }>(
    `select p.id, ${profileJson('stock', 'p')} as profile, p.updated_at as "updatedAt",
       (select s.connection from links l join sources s on s.id = l.source_id where l.local_id = p.id limit 1) as connection
     from stock_levels p
     where (:product::text is null or p.product = :product)
       and (:site::text is null or p.site = :site)
       and (:after::bigint is null or (p.product, p.site, p.id) > (select p.product, p.site, p.id from stock_levels p where p.id = :after))
     order by p.product, p.site, p.id limit :limit::int + 1`,
    { product: product ?? null, site: site ?? null, after: after ?? null, limit },
  );
  const stock = rows.slice(0, limit);
  return { stock, next: rows.length > limit ? (stock.at(-1)?.id ?? null) : null };
}
