import type { Knex } from 'knex';

/** The latest instant at which a job looked by the clock: one row. */
export async function addClockMark(trx: Knex.Transaction): Promise<void> {
  await trx.raw('create table clock_mark (single boolean primary key default true check (single), at timestamptz not null)');
}
