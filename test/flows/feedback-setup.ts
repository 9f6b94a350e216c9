/** Documents as a pull of the connection `erp` leaves them. */
import type { Database } from '../../src/store/database.ts';

type Row = Readonly<Record<string, unknown>>;

/** Columns of documents, with their lines; answers the local ids. */
export async function storeDocument(
  db: Database,
  at: Date,
  { lines = [], ...columns }: Row & { kind: string; lines?: readonly Row[] },
): Promise<{ id: string; lines: string[] }> {
  const insert = async (entity: string, table: string, row: Row): Promise<string> => {
    const id = (await db.raw("select nextval('profile_id_seq')::text as id")).rows[0].id as string;
    await db(table).insert({ id, created_at: at, updated_at: at, ...row });
    await db.raw("insert into sources (connection, entity) values ('erp', ?) on conflict do nothing", [entity]);
    await db.raw(
      `insert into links (source_id, key, external_id, local_id, first_seen_at)
       select id, ?, ?, ?, ? from sources where connection = 'erp' and entity = ?`,
      [`x${id}`, `x${id}`, id, at, entity],
    );
    return id;
  };
  const id = await insert('document', 'documents', columns);
  const kept: string[] = [];
  for (const line of lines) kept.push(await insert('documentLine', 'document_lines', { document_id: id, ...line }));
  return { id, lines: kept };
}
