import type { Knex } from 'knex';

/** Prices and stock levels. Products and sites compare byte by byte, like keys: lists of them are sorted by the hundred thousand. */
export async function createPriceTables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create table prices (
      id bigint primary key,
      account_id bigint,
      price_list text,
      product text collate "C" not null,
      product_name text,
      unit text,
      unit_price numeric not null,
      currency text not null,
      per_quantity numeric not null default 1,
      min_quantity numeric,
      valid_from date,
      valid_to date,
      attributes jsonb,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      constraint prices_per_quantity_check check (per_quantity > 0)
    );
    create index prices_account_id_idx on prices (account_id, product) where account_id is not null;
    create index prices_price_list_idx on prices (price_list, product) where account_id is null;

    create table stock_levels (
      id bigint primary key,
      site text collate "C" not null,
      site_name text,
      product text collate "C" not null,
      unit text,
      on_hand numeric,
      available numeric,
      incoming numeric,
      attributes jsonb,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index stock_levels_product_idx on stock_levels (product, site);
    create index stock_levels_site_idx on stock_levels (site, product);
  `);
}
