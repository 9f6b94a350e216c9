import type { Knex } from 'knex';

/**
 * Working calendars by version, absences, and the instants at which the clock does something about a step. An instant is stored when
 * the step is assigned, so that neither a restart nor a late job moves it; a row is done once, in the transaction of its effect.
 */
export async function createClockTables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create table work_calendars (
      name text not null,
      version integer not null,
      definition jsonb not null,
      is_active boolean not null default true,
      created_by text not null,
      created_at timestamptz not null,
      constraint work_calendars_pkey primary key (name, version)
    );
    create unique index work_calendars_one_active_key on work_calendars (name) where is_active;

    create table calendar_assignments (
      owner_kind text not null constraint calendar_assignments_owner_kind_check check (owner_kind in ('person', 'unit')),
      owner_id bigint not null,
      calendar text not null,
      assigned_by text not null,
      assigned_at timestamptz not null,
      constraint calendar_assignments_pkey primary key (owner_kind, owner_id)
    );

    create table absences (
      id bigint generated always as identity primary key,
      person_id bigint not null,
      source text not null,
      external_id text not null,
      starts_at timestamptz not null,
      ends_at timestamptz not null,
      removed_at timestamptz,
      recorded_at timestamptz not null,
      constraint absences_source_external_id_key unique (source, external_id),
      constraint absences_window_check check (ends_at > starts_at)
    );
    create index absences_person_id_idx on absences (person_id, ends_at) where removed_at is null;

    create table step_clocks (
      step_id bigint not null constraint step_clocks_step_id_fkey references approval_steps,
      kind text not null constraint step_clocks_kind_check check (kind in ('remind', 'escalate', 'expire')),
      level integer not null,
      due_at timestamptz not null,
      calendar text,
      planned text,
      done_at timestamptz,
      effect text,
      is_late boolean,
      constraint step_clocks_pkey primary key (step_id, kind, level)
    );
    create index step_clocks_due_idx on step_clocks (due_at, step_id) where done_at is null;

    alter table approval_steps add column clock jsonb;
    alter table approval_steps add column climbs jsonb not null default '[]';
    alter table approval_steps add column listed_at timestamptz;
    alter table approval_steps add column listed_because text;
    create index approval_steps_radar_idx on approval_steps (id)
      where state = 'exhausted' or (state = 'active' and listed_at is not null);

    alter table step_holders add column seat_id bigint;
    alter table step_holders add column level integer not null default 0;
    alter table step_holders add column since timestamptz;
    create index step_holders_for_person_id_idx on step_holders (for_person_id) where for_person_id is not null;
  `);
}
