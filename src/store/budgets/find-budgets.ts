/** Budgets by code, and those of owners. */
import type { Budget, NewBudget } from '../../domain/budgets/budget.ts';
import type { Database, Transaction } from '../database.ts';
import { BUDGET_COLUMNS } from './budgets.ts';

/** With those above them, so that circles can be seen. */
export async function findByCodes(db: Database | Transaction, codes: readonly string[]): Promise<Map<string, Budget>> {
  const { rows } = await db.raw<{ rows: Budget[] }>(
    `with recursive up(id) as (
       select id from budgets where code = any(:codes::text[])
       union select b.parent_id from up join budgets b using (id) where b.parent_id is not null)
     select ${BUDGET_COLUMNS} from up join budgets b using (id)`,
    { codes },
  );
  return new Map(rows.map((budget) => [budget.code, budget]));
}

export async function findByOwners(
  db: Database | Transaction,
  owners: ReadonlyArray<Pick<NewBudget, 'companyId' | 'ownerKind' | 'ownerId' | 'ownerCode'>>,
): Promise<Budget[]> {
  const { rows } = await db.raw<{ rows: Budget[] }>(
    `select ${BUDGET_COLUMNS} from budgets b where b.state = 'active' and exists (
       select from jsonb_to_recordset(:json::jsonb) as o("companyId" bigint, "ownerKind" text, "ownerId" bigint, "ownerCode" text)
       where o."companyId" = b.company_id and o."ownerKind" = b.owner_kind
         and (o."ownerId" = b.owner_id or lower(o."ownerCode") = lower(b.owner_code)))`,
    { json: JSON.stringify(owners.map(({ companyId, ownerKind, ownerId, ownerCode }) => ({ companyId, ownerKind, ownerId, ownerCode }))) },
  );
  return rows;
}

/** Those cut by a fiscal calendar. */
export async function findByCalendar(trx: Transaction, name: string): Promise<Budget[]> {
  const { rows } = await trx.raw<{ rows: Budget[] }>(
    `select ${BUDGET_COLUMNS} from budgets b where b.period_rule ->> 'kind' = 'calendar' and b.period_rule ->> 'name' = :name order by b.id`,
    { name },
  );
  return rows;
}
