/**
 * Sales that are changed or cancelled afterwards: as drafts, to which quotations and confirmed sales fall back; the steps lead on from there.
 * Buttons do nothing where they do not apply, so what is being processed is refused here (sale/sale.py of 6.0, _transitions).
 */
import type { OrderToPlace, PlacedOrder } from '../../src/connector/orders.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import { openCompany } from './company.ts';
import { lineIds } from './placed-sales.ts';
import { call, type TrytonSession } from './rpc.ts';
import { changeOf } from './sale-of.ts';

export async function cancelSale(session: TrytonSession, placed: PlacedOrder): Promise<void> {
  refuseProcessed(placed, 'cancelled');
  // Drafts and quotations can be cancelled, what is confirmed cannot.
  if (placed.stateThere === 'confirmed') await press(session, placed, 'draft');
  await press(session, placed, 'cancel');
}

/** The lines are replaced in one call with the rest: who does it twice does it to the lines that are there then. */
export async function reviseSale(session: TrytonSession, placed: PlacedOrder, order: OrderToPlace): Promise<void> {
  refuseProcessed(placed, 'changed');
  const company = await openCompany(session);
  const id = Number(placed.id);
  // Before anything is sent: an order that cannot be said must not be left as a draft.
  const values = await changeOf(session, company, order, await lineIds(session, id));
  if (placed.stateThere !== 'draft') await press(session, placed, 'draft');
  await call(session.http, session.config, 'model.sale.sale.write', [[id], values, company.context], 'write');
}

async function press(session: TrytonSession, { id }: PlacedOrder, button: 'draft' | 'cancel'): Promise<void> {
  const { context } = await openCompany(session);
  await call(session.http, session.config, `model.sale.sale.${button}`, [[Number(id)], context], 'write');
}

const OPEN = ['draft', 'quotation', 'confirmed'];

function refuseProcessed({ id, number, stateThere }: PlacedOrder, done: string): void {
  if (OPEN.includes(stateThere)) return;
  throw new NeedsOperatorError(
    'ERP_REFUSED',
    `sale ${number ?? id} is "${stateThere}", and Tryton lets no sale be ${done} once its shipments and invoices are made; end those there`,
  );
}
