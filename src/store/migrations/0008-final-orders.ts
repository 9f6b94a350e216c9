import type { Knex } from 'knex';

/**
 * Whether anything may still follow an accepted order of itself, kept with its hand-off: the clock looks through those that are open,
 * and not through all that ever were.
 */
export async function markFinalOrders(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    alter table handoffs add column is_final boolean not null default false;
    update handoffs h set is_final = true from order_progress p
      where p.order_id = h.order_id and h.kind = 'create' and (p.state in ('cancelled', 'returned')
        or (p.state = 'invoiced' and not exists (select from jsonb_array_elements(p.lines) line where line ->> 'open' <> '0')));
    create index handoffs_followed_idx on handoffs (connection, order_id) where kind = 'create' and state = 'accepted' and not is_final;
  `);
}
