/** Sources: one per connection and entity, with the cursor from which its next run goes on. */
import type { Cursor } from '../connector/contract.ts';
import { ENTITY_NAMES, type EntityName } from '../connector/entities.ts';
import type { Database, Transaction } from './database.ts';

export async function ensureSource(db: Database | Transaction, connection: string, entity: EntityName): Promise<number> {
  await db.raw('insert into sources (connection, entity) values (?, ?) on conflict do nothing', [connection, entity]);
  const { rows } = await db.raw('select id from sources where connection = ? and entity = ?', [connection, entity]);
  return rows[0].id;
}

/** Source ids of every entity of a connection. */
export async function sourceIds(db: Database | Transaction, connection: string): Promise<Record<EntityName, number>> {
  await db.raw(
    `insert into sources (connection, entity) select ?, entity from unnest(?::text[]) as entity order by entity on conflict do nothing`,
    [connection, ENTITY_NAMES],
  );
  const { rows } = await db.raw('select entity, id from sources where connection = ?', [connection]);
  return Object.fromEntries(rows.map((row: { entity: string; id: number }) => [row.entity, row.id])) as Record<EntityName, number>;
}

/** Lets the runs of a connection end one after the other, so that each sees the references the others left open. */
export async function lockSources(trx: Transaction, connection: string): Promise<Record<EntityName, number>> {
  const ids = await sourceIds(trx, connection);
  await trx.raw('select from sources where connection = ? order by id for update', [connection]);
  return ids;
}

export async function loadCursor(
  db: Database | Transaction,
  sourceId: number,
): Promise<{ cursor: Cursor | null; mappingDigest: string | null }> {
  const { rows } = await db.raw('select cursor, mapping_digest from sources where id = ?', [sourceId]);
  return { cursor: rows[0]?.cursor ?? null, mappingDigest: rows[0]?.mapping_digest ?? null };
}

export async function commitCursor(
  trx: Transaction,
  sourceId: number,
  runId: string,
  cursor: Cursor | null,
  mappingDigest: string,
): Promise<void> {
  await trx.raw('update sources set cursor = ?, cursor_run_id = ?, mapping_digest = ? where id = ?', [
    cursor === null ? null : JSON.stringify(cursor),
    runId,
    mappingDigest,
    sourceId,
  ]);
}
