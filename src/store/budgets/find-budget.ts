/** Budgets by what people call them. */
import type { Budget } from '../../domain/budgets/budget.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { Database, Transaction } from '../database.ts';
import { BUDGET_COLUMNS } from './budgets.ts';

/** Throws NOT_FOUND. */
export async function requireBudget(db: Database | Transaction, code: string): Promise<Budget> {
  const { rows } = await db.raw<{ rows: Budget[] }>(`select ${BUDGET_COLUMNS} from budgets b where b.code = ?`, [code]);
  if (rows[0]) return rows[0];
  throw new NeedsOperatorError('NOT_FOUND', `there is no budget "${code}"; \`kontor budgets list\` lists them`);
}
