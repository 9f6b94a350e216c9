import type { Knex } from 'knex';
import { createBorderTables } from './border-tables.ts';
import { createPriceTables } from './price-tables.ts';
import { createQueueTables } from './queue-tables.ts';

/**
 * The tables of the pull: sources and runs, profiles with their links and source records, changes, events, quarantine.
 *
 * Rows of one import are written in sets of many thousands, so the hot tables carry no foreign keys: each is a trigger
 * per row. The apply statement writes parent and child rows in one transaction instead (docs/decisions/0007-pull-in-sets.md).
 * Keys compare byte by byte (collate "C"): they are names, not prose, and a language's order costs most of a lookup.
 */
export async function createProfileTables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create schema if not exists stage;
    create sequence profile_id_seq as bigint cache 100;

    create table sources (
      id integer generated always as identity primary key,
      connection text not null,
      entity text not null,
      cursor jsonb,
      cursor_run_id bigint,
      mapping_digest text,
      constraint sources_connection_entity_key unique (connection, entity)
    );

    create table runs (
      id bigint generated always as identity primary key,
      source_id integer not null constraint runs_source_id_fkey references sources,
      mode text not null constraint runs_mode_check check (mode in ('delta', 'full', 'replay')),
      state text not null default 'queued' constraint runs_state_check check (state in ('queued', 'reading', 'applying', 'finished')),
      outcome text constraint runs_outcome_check check (outcome in ('complete', 'partial', 'held', 'failed')),
      trigger text not null,
      reason text,
      selection jsonb,
      requested_at timestamptz not null,
      started_at timestamptz,
      finished_at timestamptz,
      cursor_from jsonb,
      position jsonb,
      staged bigint not null default 0,
      attempts integer not null default 0,
      counts jsonb not null default '{}',
      notices jsonb not null default '[]',
      whole_files jsonb not null default '[]',
      error jsonb,
      progress jsonb,
      constraint runs_finished_check check ((state = 'finished') = (outcome is not null))
    );
    create unique index runs_one_waiting_key on runs (source_id, mode) where state = 'queued' and mode <> 'replay';
    create index runs_source_id_idx on runs (source_id, id);

    create table run_batches (
      run_id bigint not null,
      from_seq bigint not null,
      to_seq bigint not null,
      constraint run_batches_pkey primary key (run_id, from_seq)
    );

    create table links (
      source_id integer not null,
      key text collate "C" not null,
      external_id text not null,
      local_id bigint not null,
      first_seen_at timestamptz not null,
      constraint links_pkey primary key (source_id, key)
    );
    create index links_local_id_idx on links (local_id);

    create table source_records (
      source_id integer not null,
      key text collate "C" not null,
      content_digest uuid not null,
      fingerprint uuid not null,
      run_id bigint not null,
      refs jsonb,
      draft jsonb not null,
      constraint source_records_pkey primary key (source_id, key)
    );

    create table pending_references (
      source_id integer not null,
      key text collate "C" not null,
      field text not null,
      target_source_id integer not null,
      target_key text collate "C" not null,
      constraint pending_references_pkey primary key (source_id, key, field)
    );

    create table changes (
      local_id bigint not null,
      id bigint generated always as identity,
      entity text not null,
      kind text not null constraint changes_kind_check check (kind in ('created', 'changed')),
      run_id bigint not null,
      source_id integer not null,
      at timestamptz not null,
      old jsonb,
      new jsonb,
      constraint changes_pkey primary key (local_id, id),
      constraint changes_new_check check ((kind = 'created') = (new is null))
    );

    create table events (
      id bigint generated always as identity constraint events_pkey primary key,
      event text not null,
      local_id bigint not null,
      run_id bigint,
      at timestamptz not null
    );

    create table quarantine (
      id bigint generated always as identity primary key,
      source_id integer not null,
      identity text not null,
      key text collate "C",
      run_id bigint not null,
      external_id text,
      origin jsonb not null,
      problems jsonb not null,
      payload jsonb,
      draft jsonb,
      state text not null default 'open' constraint quarantine_state_check check (state in ('open', 'healed', 'replayed', 'gone')),
      first_seen_at timestamptz not null,
      last_seen_at timestamptz not null
    );
    create unique index quarantine_open_key on quarantine (source_id, identity) where state = 'open';
    create index quarantine_run_id_idx on quarantine (run_id);

    create table accounts (
      id bigint primary key,
      number text,
      name text not null,
      legal_name text,
      kind text,
      parent_id bigint,
      status text not null default 'active',
      tax_registration text,
      currency text,
      payment_terms text,
      credit_limit bigint,
      balance bigint,
      credit_as_of date,
      price_list text,
      price_contracts text[],
      catalogue text[],
      cost_centres text[],
      locale text,
      time_zone text,
      account_manager text,
      email text,
      phone text,
      website text,
      industry text,
      attributes jsonb,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index accounts_number_idx on accounts (number);
    create index accounts_parent_id_idx on accounts (parent_id) where parent_id is not null;

    create table contacts (
      id bigint primary key,
      account_id bigint,
      name text not null,
      first_name text,
      last_name text,
      email text,
      phone text,
      mobile text,
      job_title text,
      roles text[],
      superior_id bigint,
      cost_centre text,
      status text not null default 'active',
      locale text,
      time_zone text,
      attributes jsonb,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index contacts_account_id_idx on contacts (account_id) where account_id is not null;
    create index contacts_superior_id_idx on contacts (superior_id) where superior_id is not null;

    create table addresses (
      id bigint primary key,
      account_id bigint,
      role text not null,
      name text,
      lines text[],
      postal_code text,
      city text,
      region text,
      country text,
      latitude double precision,
      longitude double precision,
      valid_from date,
      valid_to date,
      is_default boolean,
      attributes jsonb,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index addresses_account_id_idx on addresses (account_id) where account_id is not null;
  `);
  await createPriceTables(trx);
  await createQueueTables(trx);
  await createBorderTables(trx);
}
