import type { Knex } from 'knex';

/** Since when a budget takes nothing more, by whom and why; and since when it does again. `budgets.state` says which of both is now. */
export async function createBudgetClosings(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    alter table budgets add column active_since timestamptz not null default now();
    update budgets set active_since = created_at;

    create table budget_closings (
      id bigint generated always as identity constraint budget_closings_pkey primary key,
      budget_id bigint not null constraint budget_closings_budget_id_fkey references budgets,
      closed_at timestamptz not null,
      closed_by text not null,
      reason text,
      reopened_at timestamptz,
      reopened_by text,
      constraint budget_closings_reopened_check check ((reopened_at is null) = (reopened_by is null) and reopened_at >= closed_at)
    );
    create index budget_closings_budget_id_idx on budget_closings (budget_id, id);
    create unique index budget_closings_open_key on budget_closings (budget_id) where reopened_at is null;
  `);
}
