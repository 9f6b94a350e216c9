/** Which account somebody means who wrote a number, an external id, or `id:17`. */
import type { Database } from '../database.ts';

export interface AccountMatch {
  id: string;
  number: string | null;
  name: string;
  currency: string | null;
}

/** All accounts that fit, best kind of fit first and only that kind: number, else external id, else our own id. */
export async function findAccounts(db: Database, reference: string, limit = 10): Promise<AccountMatch[]> {
  const [, local] = /^id:(\d{1,18})$/.exec(reference) ?? [];
  if (local !== undefined) return byId(db, local);
  const text = reference.trim();
  const byNumber = await db.raw('select id, number, name, currency from accounts where number = ? order by id limit ?', [text, limit]);
  if (byNumber.rows.length > 0) return byNumber.rows;
  const byExternalId = await db.raw(
    `select distinct a.id, a.number, a.name, a.currency from sources s
     join links l on l.source_id = s.id and l.key in (?, ?)
     join accounts a on a.id = l.local_id
     where s.entity = 'account' order by a.id limit ?`,
    [text, text.toLowerCase(), limit],
  );
  if (byExternalId.rows.length > 0) return byExternalId.rows;
  return /^\d{1,18}$/.test(text) ? byId(db, text) : [];
}

async function byId(db: Database, id: string): Promise<AccountMatch[]> {
  const { rows } = await db.raw('select id, number, name, currency from accounts where id = ?', [id]);
  return rows;
}
