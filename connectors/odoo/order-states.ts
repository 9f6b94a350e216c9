import type { OrderState } from '../../src/connector/orders.ts';
import type { OdooSettings } from './settings.ts';

export interface StatesThere {
  /** draft, sent, sale, cancel; `done` up to 16, where a locked order had a state of its own. */
  readonly state: string;
  /** Of the module sale. */
  readonly invoice_status?: string | false | undefined;
  /** Of the module sale_stock, from 16 on. */
  readonly delivery_status?: string | false | undefined;
}

const CONFIRMED = ['sale', 'done'];

/** `accepted` is as far as the settings want to go. A word of a customer's own module waits for people. */
export function stateOf({ state, invoice_status, delivery_status }: StatesThere, upTo: OdooSettings['ordersUpTo']): OrderState {
  if (state === 'cancel') return 'cancelled';
  if (!CONFIRMED.includes(state)) return upTo === 'quotation' && ['draft', 'sent'].includes(state) ? 'accepted' : 'placed';
  if (invoice_status === 'invoiced') return 'invoiced';
  return delivery_status === 'full' ? 'shipped' : 'accepted';
}
