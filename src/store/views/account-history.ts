/** What happened to an account, newest first: field by field, with run and source. */
import type { DraftValue } from '../../connector/contract.ts';
import type { Database } from '../database.ts';

export interface HistoryItem {
  id: string;
  kind: 'created' | 'changed';
  at: Date;
  runId: string;
  connection: string;
  /** Each field with its value before (`null` when created) and after. References are external ids, money is minor units. */
  fields: Array<{ field: string; old: DraftValue; new: DraftValue }>;
}

interface ChangeRow extends Omit<HistoryItem, 'fields'> {
  old: Record<string, DraftValue> | null;
  new: Record<string, DraftValue>;
}

export async function accountHistory(
  db: Database,
  accountId: string,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<{ changes: HistoryItem[]; next: string | null }> {
  const { rows } = await db.raw<{ rows: ChangeRow[] }>(
    `select c.id, c.kind, c.at, c.run_id as "runId", s.connection, c.old, c.new
     from changes c join sources s on s.id = c.source_id
     where c.local_id = :accountId and (:before::bigint is null or c.id < :before)
     order by c.id desc limit :limit::int + 1`,
    { accountId, before: before ?? null, limit },
  );
  const changes = rows.slice(0, limit).map(({ old, new: after, ...item }) => ({
    ...item,
    fields: Object.entries(after).map(([field, value]) => ({ field, old: old?.[field] ?? null, new: value })),
  }));
  return { changes, next: rows.length > limit ? (changes.at(-1)?.id ?? null) : null };
}
