import type { Knex } from 'knex';

/** Rules by version, what they said about each revision, and the steps and decisions that followed. */
export async function createApprovalTables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create table policies (
      id bigint generated always as identity primary key,
      account_id bigint not null,
      version integer not null,
      state text not null constraint policies_state_check check (state in ('draft', 'active', 'retired')),
      document jsonb not null,
      reason text,
      created_by text not null,
      created_at timestamptz not null,
      activated_by text,
      activated_at timestamptz,
      constraint policies_account_id_version_key unique (account_id, version)
    );
    create unique index policies_one_active_key on policies (account_id) where state = 'active';

    create table policy_log (
      account_id bigint not null,
      id bigint generated always as identity,
      version integer not null,
      at timestamptz not null,
      action text not null constraint policy_log_action_check check (action in ('put', 'activated', 'retired')),
      by text not null,
      reason text,
      constraint policy_log_pkey primary key (account_id, id)
    );

    create table evaluations (
      order_id bigint not null,
      revision integer not null,
      id bigint generated always as identity,
      at timestamptz not null,
      outcome text not null constraint evaluations_outcome_check check (outcome in ('bypass', 'allow', 'warn', 'require', 'deny')),
      trace jsonb not null,
      constraint evaluations_pkey primary key (order_id, id)
    );

    create table approval_steps (
      id bigint generated always as identity primary key,
      order_id bigint not null constraint approval_steps_order_id_fkey references orders,
      revision integer not null,
      stage integer not null,
      name text not null,
      mode text not null constraint approval_steps_mode_check check (mode in ('any', 'all', 'n_of_m')),
      needed integer not null,
      selector jsonb not null,
      policies jsonb not null,
      state text not null constraint approval_steps_state_check check (state in
        ('waiting', 'active', 'approved', 'declined', 'superseded', 'void', 'exhausted')),
      assigned_at timestamptz,
      decided_at timestamptz,
      constraint approval_steps_order_id_revision_stage_key unique (order_id, revision, stage)
    );
    create index approval_steps_open_idx on approval_steps (order_id) where state in ('waiting', 'active', 'exhausted');

    create table step_holders (
      step_id bigint not null constraint step_holders_step_id_fkey references approval_steps,
      person_id bigint not null,
      for_person_id bigint,
      via text not null,
      constraint step_holders_pkey primary key (step_id, person_id)
    );
    create index step_holders_person_id_idx on step_holders (person_id);

    create table decisions (
      id bigint generated always as identity primary key,
      step_id bigint not null constraint decisions_step_id_fkey references approval_steps,
      order_id bigint not null,
      revision integer not null,
      person_id bigint not null,
      for_person_id bigint,
      verdict text not null constraint decisions_verdict_check check (verdict in ('approve', 'decline')),
      comment text,
      authority jsonb not null,
      channel text not null,
      self_approved boolean not null default false,
      at timestamptz not null,
      constraint decisions_step_id_person_id_revision_key unique (step_id, person_id, revision)
    );
    create index decisions_order_id_idx on decisions (order_id, revision);

    create table delegations (
      id bigint generated always as identity primary key,
      from_person_id bigint not null,
      to_person_id bigint not null,
      order_id bigint,
      starts_at timestamptz not null,
      ends_at timestamptz not null,
      reason text,
      created_by text not null,
      created_at timestamptz not null,
      revoked_at timestamptz,
      constraint delegations_window_check check (ends_at > starts_at),
      constraint delegations_people_check check (from_person_id <> to_person_id)
    );
    create index delegations_from_person_id_idx on delegations (from_person_id, ends_at);
    create index delegations_to_person_id_idx on delegations (to_person_id, ends_at);
  `);
}
