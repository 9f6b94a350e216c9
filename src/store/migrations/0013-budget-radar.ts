import type { Knex } from 'knex';

/** What of budgets stands on the radar: alerts that nobody was there to be told, and lists of periods that come to their end. */
export async function showBudgetsOnRadar(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    alter table budget_alerts add column untold boolean not null default false;
    create index budget_alerts_untold_idx on budget_alerts (period_id) where untold;
    create index budgets_calendar_idx on budgets ((period_rule ->> 'name')) where period_rule ->> 'kind' = 'calendar';
    create index budgets_list_idx on budgets (id) where period_rule ->> 'kind' = 'list';
  `);
}
