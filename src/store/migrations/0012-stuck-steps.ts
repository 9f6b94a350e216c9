import type { Knex } from 'knex';

/** Why nobody can say whose a step is: its rules, or a calendar, cannot be read. */
export async function addStuckSteps(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    alter table approval_steps add column stuck_because text;
    alter table approval_steps add column stuck_at timestamptz;
    create index approval_steps_stuck_idx on approval_steps (id) where stuck_because is not null;
  `);
}
