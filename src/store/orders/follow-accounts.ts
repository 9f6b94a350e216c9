/** Accounts may have been moved since their orders came in: an order is of the company its account belongs to now. */
import type { Transaction } from '../database.ts';

/** With the orders locked, in one statement. Answers the companies of those that had another one. */
export async function followAccounts(trx: Transaction, orderIds: readonly string[]): Promise<Map<string, string>> {
  if (orderIds.length === 0) return new Map();
  const { rows } = await trx.raw<{ rows: Array<{ id: string; companyId: string }> }>(
    `with recursive up(start, id, parent_id) as (
       select a.id, a.id, a.parent_id from accounts a where a.id in (select account_id from orders where id = any(:orderIds::bigint[]))
       union select up.start, a.id, a.parent_id from up join accounts a on a.id = up.parent_id
     ), roots as (
       select up.start, up.id from up where not exists (select from accounts a where a.id = up.parent_id)
     )
     update orders o set company_id = r.id from roots r
     where o.id = any(:orderIds::bigint[]) and r.start = o.account_id and o.company_id <> r.id returning o.id, o.company_id as "companyId"`,
    { orderIds: [...orderIds] },
  );
  return new Map(rows.map(({ id, companyId }) => [id, companyId]));
}
