/** Accounts as a list, page by page. */
import type { Database } from '../database.ts';

export interface AccountListItem {
  id: string;
  number: string | null;
  name: string;
  kind: string | null;
  status: string;
  parent: string | null;
  city: string | null;
  country: string | null;
  updatedAt: Date;
}

export interface AccountFilter {
  /** Part of name or number. */
  search?: string | undefined;
  status?: string | undefined;
  /** Only accounts of this connection. */
  connection?: string | undefined;
  limit: number;
  /** Id of the last account of the page before. */
  after?: string | undefined;
}

export async function listAccounts(
  db: Database,
  { search, status, connection, limit, after }: AccountFilter,
): Promise<{ accounts: AccountListItem[]; next: string | null }> {
  const { rows } = await db.raw<{ rows: AccountListItem[] }>(
    `with page as materialized (
       select a.* from accounts a
       where a.id > :after::bigint
         and (:search::text is null or a.name ilike :search or a.number ilike :search)
         and (:status::text is null or a.status = :status)
         and (:connection::text is null or exists (
           select from links l join sources s on s.id = l.source_id
           where l.local_id = a.id and s.entity = 'account' and s.connection = :connection))
       order by a.id limit :limit::int + 1
     )
     select a.id, a.number, a.name, a.kind, a.status, p.name as parent, d.city, d.country, a.updated_at as "updatedAt"
     from page a
     left join accounts p on p.id = a.parent_id
     left join lateral (
       select city, country from addresses where account_id = a.id order by is_default desc nulls last, role, id limit 1
     ) d on true
     order by a.id`,
    {
      after: after ?? '0',
      search: search === undefined ? null : pattern(search),
      status: status ?? null,
      connection: connection ?? null,
      limit,
    },
  );
  const accounts = rows.slice(0, limit);
  return { accounts, next: rows.length > limit ? (accounts.at(-1)?.id ?? null) : null };
}

function pattern(search: string): string {
  return `%${search.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
