/** What the ERP tells of one order of ours, in one shape whether it was asked for or pulled. */
import { Decimal } from 'decimal.js';
import type { PlacedOrder, OrderState as PlacedState } from '../../connector/orders.ts';

export type DocumentKind = 'order' | 'confirmation' | 'shipment' | 'invoice' | 'return' | 'credit_note';
export type DocumentState =
  | 'draft'
  | 'open'
  | 'partly_shipped'
  | 'shipped'
  | 'invoiced'
  | 'partly_paid'
  | 'paid'
  | 'closed'
  | 'cancelled'
  | 'returned';

export interface ToldDocument {
  readonly kind: DocumentKind;
  /** `null`: the system does not say. */
  readonly state: DocumentState | null;
  readonly stateThere: string | null;
  readonly version: string | null;
  readonly currency: string | null;
  readonly lines: readonly ToldLine[];
}

/** Decimals as text; `null` is not told. */
export interface ToldLine {
  /** Our mark of the line. */
  readonly reference: string | null;
  readonly product: string | null;
  readonly quantity: string;
  readonly unitPrice: string | null;
  readonly state: 'open' | 'shipped' | 'refused' | 'cancelled' | null;
  readonly shipped: string | null;
  readonly cancelled: string | null;
}

const STATES: Readonly<Record<PlacedState, DocumentState>> = {
  placed: 'draft',
  accepted: 'open',
  shipped: 'shipped',
  invoiced: 'invoiced',
  cancelled: 'cancelled',
};

export function toldByTarget({ state, stateThere, currency, lines }: PlacedOrder): ToldDocument {
  return {
    kind: 'order',
    state: STATES[state],
    stateThere,
    version: null,
    currency,
    lines: lines.map(({ product, quantity, unitPrice }) => ({
      reference: null,
      product,
      quantity,
      unitPrice,
      state: null,
      shipped: null,
      cancelled: null,
    })),
  };
}

/**
 * An order that was both asked for and pulled: the answer is fresher, and the document knows more of its lines. Where they disagree on
 * how much there is, the answer holds.
 */
export function joinTold(asked: ToldDocument, pulled: ToldDocument): ToldDocument {
  const knowsMore = pulled.lines.some(({ reference, shipped, cancelled }) => (reference ?? shipped ?? cancelled) !== null);
  const isSame = quantities(asked) === quantities(pulled);
  return {
    ...pulled,
    ...asked,
    version: pulled.version,
    lines: (knowsMore && isSame) || asked.lines.length === 0 ? pulled.lines : asked.lines,
  };
}

function quantities({ lines }: ToldDocument): string {
  return JSON.stringify(lines.map(({ product, quantity }) => `${product} ${new Decimal(quantity).toFixed()}`).sort());
}
