import type { Knex } from 'knex';

/**
 * Budgets as ledgers: movements are only ever added, each once by its key. The sums of a period are kept beside them, written by the
 * statement that adds the movement, and can be rebuilt from zero.
 *
 * entitled = allocated + carried_in + carried_out + adjusted, available = entitled - reserved - committed; below zero is overspent, and
 * `overridden` is then exactly that excess: who let it happen is told by the OVERRIDE movements. Limits of periods that have none are not held.
 *
 * | movement                                        | column              |
 * | ALLOCATE                                        | allocated           |
 * | CARRY_IN (negative when it expires)             | carried_in          |
 * | CARRY_OUT (negative)                            | carried_out         |
 * | TRANSFER_IN, TRANSFER_OUT (negative), TOP_UP    | adjusted            |
 * | OVERRIDE (negative when no longer needed)       | overridden          |
 * | RESERVE, RELEASE (negative)                     | reserved            |
 * | COMMIT (closes a reservation of the same amount)| reserved, committed |
 * | ADJUST, CREDIT (negative), EXTERNAL             | committed           |
 * | ACTUAL                                          | actual              |
 */
export async function createBudgetTables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create table fiscal_calendars (
      name text constraint fiscal_calendars_pkey primary key,
      version integer not null default 1,
      definition jsonb not null,
      created_by text not null,
      updated_at timestamptz not null
    );

    create table exchange_rates (
      from_currency text not null,
      to_currency text not null,
      valid_on date not null,
      source text not null,
      rate numeric not null constraint exchange_rates_rate_check check (rate > 0),
      imported_at timestamptz not null,
      constraint exchange_rates_pkey primary key (from_currency, to_currency, valid_on, source)
    );

    create table budgets (
      id bigint generated always as identity primary key,
      code text not null,
      name text not null,
      company_id bigint not null,
      owner_kind text not null constraint budgets_owner_kind_check check (owner_kind in ('person', 'unit', 'cost_centre', 'project')),
      owner_id bigint,
      owner_code text,
      parent_id bigint constraint budgets_parent_id_fkey references budgets,
      currency text not null,
      limit_kind text not null constraint budgets_limit_kind_check check (limit_kind in ('unlimited', 'amount', 'inherit')),
      amount bigint,
      basis text not null constraint budgets_basis_check check (basis in ('net', 'gross')),
      includes_shipping boolean not null,
      enforcement text not null constraint budgets_enforcement_check check (enforcement in ('allow', 'warn', 'require_approval', 'block')),
      period_rule jsonb not null,
      zone text not null,
      valid_from date not null,
      valid_until date,
      carry_rule jsonb not null,
      charge_on text not null constraint budgets_charge_on_check check (charge_on in ('submission', 'decision', 'delivery', 'posting')),
      late_credit text not null constraint budgets_late_credit_check check (late_credit in ('current', 'original', 'none')),
      close_delay jsonb not null,
      alert_percents integer[] not null,
      roll_up text not null constraint budgets_roll_up_check check (roll_up in ('enforced', 'informative')),
      actuals_source text not null constraint budgets_actuals_source_check check (actuals_source in ('kontor', 'erp', 'both')),
      state text not null default 'active' constraint budgets_state_check check (state in ('active', 'closed')),
      version integer not null default 1,
      next_opens_on date,
      next_opens_at timestamptz,
      next_due_at timestamptz,
      created_by text not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      constraint budgets_code_key unique (code),
      constraint budgets_limit_check check ((limit_kind = 'amount') = (amount is not null)),
      constraint budgets_owner_check check ((owner_kind in ('person', 'unit')) = (owner_id is not null) and (owner_id is null) = (owner_code is not null)),
      constraint budgets_validity_check check (valid_until is null or valid_until > valid_from)
    );
    create index budgets_owner_id_idx on budgets (owner_kind, owner_id) where owner_id is not null;
    create index budgets_owner_code_idx on budgets (company_id, owner_kind, owner_code) where owner_code is not null;
    create index budgets_parent_id_idx on budgets (parent_id) where parent_id is not null;
    create index budgets_due_idx on budgets (next_due_at, id) where next_due_at is not null;

    create table budget_periods (
      id bigint generated always as identity primary key,
      budget_id bigint not null constraint budget_periods_budget_id_fkey references budgets,
      key text not null,
      start_on date not null,
      end_on date not null,
      start_at timestamptz not null,
      end_at timestamptz not null,
      state text not null default 'open' constraint budget_periods_state_check check (state in
        ('planned', 'open', 'closed_provisional', 'closed_final')),
      closes_at timestamptz,
      carry_expires_at timestamptz,
      opened_at timestamptz,
      opened_late boolean not null default false,
      is_limited boolean not null,
      allocated bigint not null default 0,
      carried_in bigint not null default 0,
      carried_out bigint not null default 0,
      adjusted bigint not null default 0,
      overridden bigint not null default 0,
      reserved bigint not null default 0,
      committed bigint not null default 0,
      actual bigint not null default 0,
      constraint budget_periods_budget_id_key_key unique (budget_id, key),
      constraint budget_periods_budget_id_start_on_key unique (budget_id, start_on),
      constraint budget_periods_dates_check check (end_on > start_on and end_at > start_at),
      constraint budget_periods_reserved_check check (reserved >= 0),
      constraint budget_periods_overridden_check check (overridden >= 0),
      constraint budget_periods_covered_check check
        (not is_limited or reserved + committed <= allocated + carried_in + carried_out + adjusted + overridden)
    );

    create table budget_movements (
      id bigint generated always as identity primary key,
      budget_id bigint not null,
      period_id bigint not null constraint budget_movements_period_id_fkey references budget_periods,
      type text not null constraint budget_movements_type_check check (type in ('ALLOCATE', 'CARRY_IN', 'CARRY_OUT', 'TRANSFER_IN',
        'TRANSFER_OUT', 'TOP_UP', 'OVERRIDE', 'RESERVE', 'RELEASE', 'COMMIT', 'ADJUST', 'CREDIT', 'EXTERNAL', 'ACTUAL')),
      amount bigint not null,
      original_amount bigint,
      original_currency text,
      rate numeric,
      rate_on date,
      rate_source text,
      order_id bigint,
      revision integer,
      document_id bigint,
      idempotency_key text not null,
      counterpart_key text,
      at timestamptz not null,
      recorded_at timestamptz not null,
      by text not null,
      reason text,
      constraint budget_movements_idempotency_key_key unique (idempotency_key)
    );
    create index budget_movements_period_id_idx on budget_movements (period_id, id);
    create index budget_movements_order_id_idx on budget_movements (order_id, id) where order_id is not null;

    create index budget_movements_document_id_idx on budget_movements (document_id, budget_id) where document_id is not null;
    create index order_log_at_idx on order_log (at);

    create table budget_alerts (
      period_id bigint not null,
      percent integer not null,
      at timestamptz not null,
      used bigint not null,
      limited_to bigint not null,
      constraint budget_alerts_pkey primary key (period_id, percent)
    );
  `);
}
