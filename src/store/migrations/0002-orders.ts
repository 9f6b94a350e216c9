import type { Knex } from 'knex';
import { createApprovalTables } from './approval-tables.ts';
import { createFeedbackTables } from './feedback-tables.ts';
import { createHandoffTables } from './handoff-tables.ts';
import { createOrderTables } from './order-tables.ts';

/** The tables of orders: submission, approval, hand-off, feedback. */
export async function createOrdersMigration(trx: Knex.Transaction): Promise<void> {
  await createOrderTables(trx);
  await createApprovalTables(trx);
  await createHandoffTables(trx);
  await createFeedbackTables(trx);
}
