import type { Knex } from 'knex';

/**
 * Movements are found by when they were written: they only ever grow, so a summary of ranges is enough and costs a writer nothing. Codes of
 * cost centres and projects are found however they are capitalized.
 */
export async function indexBudgetLookups(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create index budget_movements_recorded_at_idx on budget_movements using brin (recorded_at) with (pages_per_range = 32, autosummarize = on);
    create index budgets_owner_folded_code_idx on budgets (company_id, owner_kind, lower(owner_code)) where owner_code is not null;
    drop index budgets_owner_code_idx;
  `);
}
