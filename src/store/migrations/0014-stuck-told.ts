import type { Knex } from 'knex';

/** By reason, when it was last told that a step is stuck: what comes and goes is told once a day. */
export async function rememberStuckTold(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`alter table approval_steps add column stuck_told jsonb not null default '{}'`);
}
