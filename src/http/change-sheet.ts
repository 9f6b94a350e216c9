/** Gathers what whoever ordered is shown of a change: the order as it is, in names instead of ids, in the language of the reader. */
import type { OpenedChange } from '../orders/open-change-link.ts';
import { loadAddressesOf, loadToldOrders } from '../store/mail/told-orders.ts';
import { loadPeople } from '../store/orders/resolve.ts';
import type { HttpContext } from './http-context.ts';
import { loadLinkReader } from './link-reader.ts';
import type { ChangeSheet } from './pages/change-page.ts';

export async function loadChangeSheet(
  context: HttpContext,
  { order: { id }, ...opened }: OpenedChange,
  form: Pick<ChangeSheet, 'token' | 'action'>,
): Promise<ChangeSheet> {
  const { db } = context;
  const { claims, before, changed, revision } = opened;
  const [reader, orders, editors, addresses] = await Promise.all([
    loadLinkReader(context, claims.personId),
    loadToldOrders(db, [id]),
    loadPeople(db, changed.editedById === null ? [] : [changed.editedById]),
    loadAddressesOf(db, [before.content, revision.content]),
  ]);
  const order = orders.get(id);
  if (!order) throw new Error(`order ${id} is gone`);
  return {
    ...form,
    ...opened,
    order,
    person: reader.name,
    by: editors.get(changed.editedById ?? '')?.name ?? null,
    addresses,
    tongue: reader.tongue,
  };
}
