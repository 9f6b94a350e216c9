/** Fiscal calendars by name: what several budgets cut their time by. */
import type { OwnPeriods } from '../../domain/budgets/period-rule.ts';
import type { Database, Transaction } from '../database.ts';

export interface FiscalCalendar {
  readonly name: string;
  readonly version: number;
  readonly definition: OwnPeriods;
  readonly createdBy: string;
  readonly updatedAt: Date;
}

const COLUMNS = 'name, version, definition, created_by as "createdBy", updated_at as "updatedAt"';

export async function loadCalendars(db: Database | Transaction, names: readonly string[]): Promise<Map<string, OwnPeriods>> {
  if (names.length === 0) return new Map();
  const { rows } = await db.raw<{ rows: FiscalCalendar[] }>(`select ${COLUMNS} from fiscal_calendars where name = any(:names::text[])`, {
    names,
  });
  return new Map(rows.map(({ name, definition }) => [name, definition]));
}

/** As they are until the transaction ends: whoever changes one waits, and then sees the budgets that were cut by it. */
export async function holdCalendars(trx: Transaction, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await trx.raw('select from fiscal_calendars where name = any(:names::text[]) order by name for share', { names });
}

export async function listCalendars(db: Database | Transaction): Promise<FiscalCalendar[]> {
  const { rows } = await db.raw<{ rows: FiscalCalendar[] }>(`select ${COLUMNS} from fiscal_calendars order by name`);
  return rows;
}

/** Answers its version; a definition that is there already keeps it. */
export async function putCalendar(
  trx: Transaction,
  { name, definition, by }: { name: string; definition: OwnPeriods; by: string },
  now: Date,
): Promise<number> {
  const { rows } = await trx.raw<{ rows: Array<{ version: number }> }>(
    `insert into fiscal_calendars as c (name, definition, created_by, updated_at) values (:name, :json::jsonb, :by, :now)
     on conflict (name) do update set version = c.version + (c.definition <> excluded.definition)::int,
       definition = excluded.definition, created_by = excluded.created_by, updated_at = excluded.updated_at
     returning version`,
    { name, json: JSON.stringify(definition), by, now },
  );
  return Number(rows[0]?.version);
}
