import type { Knex } from 'knex';

/** How often a server has said "later" of one mail: attempts also count those that never came as far as an answer about it. */
export async function countMailDeferrals(trx: Knex.Transaction): Promise<void> {
  await trx.raw('alter table mails add column deferrals integer not null default 0');
}
