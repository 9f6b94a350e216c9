import type { Knex } from 'knex';

/**
 * Who is away while the deputy holds the step anyway keeps a seat: whose it is, the rung that brought it, and since when, as a list
 * beside the one row that the deputy has. `null`: the holder decides for nobody else.
 */
export async function addAlsoFor(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    alter table step_holders add column also_for jsonb;
    create index step_holders_also_for_idx on step_holders (step_id) where also_for is not null;
  `);
}
