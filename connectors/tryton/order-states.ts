import type { OrderState } from '../../src/connector/orders.ts';
import { ORDER_STAGES, type OrderStage } from './settings.ts';

/** `done` lies behind the stages; an unknown word of a customer's own module before all of them. */
export function isAtLeast(stateThere: string, stage: OrderStage): boolean {
  if (stateThere === 'done') return true;
  return ORDER_STAGES.indexOf(stateThere as OrderStage) >= ORDER_STAGES.indexOf(stage);
}

/** Words of 6.0; 7 writes `cancelled` the same and knows more states of invoices. */
export function stateOf(
  {
    state,
    invoice_state,
    shipment_state,
  }: { state: string; invoice_state?: string | null | undefined; shipment_state?: string | null | undefined },
  upTo: OrderStage,
): OrderState {
  if (state === 'cancelled' || state === 'cancel') return 'cancelled';
  if (!isAtLeast(state, upTo)) return 'placed';
  if (invoice_state === 'paid') return 'invoiced';
  return shipment_state === 'sent' ? 'shipped' : 'accepted';
}
