/** Tables behind limits and tokens that all workers share. Part of the first migration. */
import type { Knex } from 'knex';

export async function createBorderTables(trx: Knex.Transaction): Promise<void> {
  // What a crash takes away here was about to pass anyway: the gates stand open again and learn anew.
  await trx.raw(`
    create unlogged table rate_gates (
      credential text collate "C" primary key,
      version bigint not null,
      state jsonb not null
    ) with (fillfactor = 50);

    create unlogged table rate_permits (
      credential text collate "C" not null,
      seat integer not null,
      holder uuid not null,
      expires_at timestamptz not null,
      constraint rate_permits_pkey primary key (credential, seat)
    );

    create table token_vault (
      name text collate "C" primary key,
      version bigint not null,
      sealed bytea not null,
      updated_at timestamptz not null
    );
  `);
}
