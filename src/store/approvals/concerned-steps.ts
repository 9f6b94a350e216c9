/** Steps that wait, and may be others' to decide since people or accounts have changed. */
import type { Transaction } from '../database.ts';

/** Of one entity, by our ids. */
export interface Concern {
  /** Of whom anything has changed that decides whether somebody may decide. */
  readonly touched: readonly string[];
  /** Who has another place now: another superior, parent or account manager, or none. Whatever is ordered below them is concerned, too. */
  readonly moved: readonly string[];
}

const UPWARDS = {
  contact: { table: 'contacts', above: 'superior_id', orders: 'o.ordered_by_id', holders: 'any(:touched::bigint[])' },
  account: {
    ...{ table: 'accounts', above: 'parent_id', orders: 'o.account_id' },
    holders: 'any(array(select c.id from contacts c where c.account_id = any(:touched::bigint[] || below.ids)))',
  },
} as const;

/** Those they hold or are stood in for; and of orders of theirs, or of whoever is below them, for it is their superiors and managers who are asked. */
export async function concernedSteps(trx: Transaction, entity: keyof typeof UPWARDS, { touched, moved }: Concern): Promise<string[]> {
  if (touched.length === 0 && moved.length === 0) return [];
  const { table, above, orders, holders } = UPWARDS[entity];
  // `is true`: the tree is hashed once for all orders that wait, however the batch's transaction lets tables be joined.
  const { rows } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `with recursive tree(id) as (
       select unnest(:moved::bigint[]) union select t.id from ${table} t join tree on t.${above} = tree.id
     ), below as materialized (select array(select id from tree) as ids),
     held as (
       select h.step_id from below, step_holders h where h.person_id = ${holders}
       union select h.step_id from below, step_holders h where h.for_person_id = ${holders}
       union select s.id from orders o join approval_steps s on s.order_id = o.id and s.state = 'active'
         where :isMoved and o.state = 'pending_approval' and (${orders} in (select id from tree)) is true
     )
     select s.id from held join approval_steps s on s.id = held.step_id where s.state = 'active' order by s.order_id, s.id`,
    { touched: [...touched], moved: [...moved], isMoved: moved.length > 0 },
  );
  return rows.map(({ id }) => id);
}
