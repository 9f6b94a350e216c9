import type { Knex } from 'knex';

/** What was told long ago is found by when it was, not by reading everything that ever was told. */
export async function indexForPruning(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create index notifications_settled_at_idx on notifications (settled_at) where state in ('sent', 'suppressed');
    create index mails_departed_at_idx on mails (departed_at);
  `);
}
