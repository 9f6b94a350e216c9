/** What happened to an account, newest first: field by field, with run and source. */
import type { DraftValue } from '../../connector/contract.ts';
import type { Database } from '../database.ts';

export interface HistoryItem {
  id: string;
  kind: 'created' | 'changed';
  at: Date;
  runId: string;
  connection: string;
  /** Each field with its value before (`null` when created) and after. References are external ids, money is minor units. A creation tells what had a value. */
  fields: Array<{ field: string; old: DraftValue; new: DraftValue }>;
}

interface ChangeRow extends Omit<HistoryItem, 'fields'> {
  old: Record<string, DraftValue> | null;
  new: Record<string, DraftValue>;
}

/** What a record was created as is not kept a second time: it is what it is now, with every later change taken back. */
const CREATED_AS = `(
  select r.draft || coalesce((
    select jsonb_object_agg(first.key, first.value) from (
      select distinct on (e.key) e.key, e.value from changes l, jsonb_each(l.old) e
      where l.local_id = c.local_id and l.source_id = c.source_id and l.kind = 'changed' order by e.key, l.id) first), '{}')
  from links k join source_records r on r.source_id = k.source_id and r.key = k.key
  where k.local_id = c.local_id and k.source_id = c.source_id)`;

export async function accountHistory(
  db: Database,
  accountId: string,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<{ changes: HistoryItem[]; next: string | null }> {
  const { rows } = await db.raw<{ rows: ChangeRow[] }>(
    `select c.id, c.kind, c.at, c.run_id as "runId", s.connection, c.old, coalesce(c.new, ${CREATED_AS}, '{}') as new
     from changes c join sources s on s.id = c.source_id
     where c.local_id = :accountId and (:before::bigint is null or c.id < :before)
     order by c.id desc limit :limit::int + 1`,
    { accountId, before: before ?? null, limit },
  );
  const changes = rows.slice(0, limit).map(({ old, new: after, ...item }) => ({
    ...item,
    fields: Object.entries(after)
      .filter(([, value]) => item.kind === 'changed' || value !== null)
      .map(([field, value]) => ({ field, old: old?.[field] ?? null, new: value })),
  }));
  return { changes, next: rows.length > limit ? (changes.at(-1)?.id ?? null) : null };
}
