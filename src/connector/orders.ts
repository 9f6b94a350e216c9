/**
 * Orders on their way to a system: what a target must be able to do, and what the engine must know to hand off exactly once.
 * No system examined refuses a second order with the same reference by default, so the engine finds before it creates,
 * and never repeats a call whose outcome it does not know without finding first.
 */
import type { Session } from './session.ts';

/** An approved order in our words. Ids are external ids of the same connection; decimals are exact texts. */
export interface OrderToPlace {
  /** Ours, unique for ever, written where the system keeps the customer's purchase order number or an external reference. */
  readonly reference: string;
  /** The buyer's own purchase order number, where the system has room for both. */
  readonly purchaseOrderNumber?: string;
  readonly soldTo: string;
  readonly shipTo?: string;
  readonly billTo?: string;
  readonly contact?: string;
  /** Civil date. */
  readonly orderedOn: string;
  readonly requestedDeliveryOn?: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly paymentTerms?: string;
  readonly paymentMethod?: string;
  readonly costCentre?: string;
  readonly note?: string;
  /** Who approved it and when, a sentence each, for people. */
  readonly approvals?: readonly string[];
  /** Net, exact decimal. */
  readonly shippingCost?: string;
  readonly lines: readonly OrderLine[];
}

export interface OrderLine {
  /** Ours, unique within the order. */
  readonly reference: string;
  /** The seller's item number. */
  readonly product: string;
  readonly quantity: string;
  readonly unit?: string;
  /** Net, per unit, exact decimal; the agreed price. */
  readonly unitPrice: string;
  readonly text?: string;
  /** Where the goods are proposed to leave from: the system's own name of the place, as its stock says it. */
  readonly site?: string;
}

/** What the system holds under our reference. */
export interface PlacedOrder {
  /** Its own key, text. */
  readonly id: string;
  /** Its document number as people know it; `null` before it is numbered. */
  readonly number: string | null;
  readonly reference: string;
  readonly soldTo: string | null;
  /** Neutral word for its state. */
  readonly state: OrderState;
  /** The system's own word. */
  readonly stateThere: string;
  /** Where it was found when it has left the table of open orders (`salesInvoices`); `null` while it is there. */
  readonly foundIn: string | null;
  /** For comparison with what was sent; product and quantity in canonical decimals, sorted by the system's line order. */
  readonly lines: readonly PlacedLine[];
  /** Net; absent where the system does not tell it apart. A line that carries it there is not among `lines`. */
  readonly shippingCost?: string | null;
  readonly currency: string | null;
}

/** Lines without goods (quantity 0, texts, notes) are left out. */
export interface PlacedLine {
  readonly product: string | null;
  readonly quantity: string;
  /** `null` where the system does not tell. */
  readonly unitPrice: string | null;
}

/** `placed`: exists, but the system waits for a further step. `accepted`: all steps are done. The rest lies behind acceptance. */
export type OrderState = 'placed' | 'accepted' | 'shipped' | 'invoiced' | 'cancelled';

export interface OrderTraits {
  /** The field that carries our reference. */
  readonly referenceField: string;
  readonly maxReferenceLength: number;
  /** Characters a reference may hold, as a regular expression for the whole text. */
  readonly referencePattern: string;
  /** native: the create call itself is an upsert by reference.   configurable: the customer can make the system refuse a second one. */
  readonly uniqueReference: 'native' | 'configurable' | 'none';
  /** How long after its creation an order may stay invisible to `find`; a target with `lookupLagMs` lets the connection say otherwise. */
  readonly lookupLagMs: number;
  /** Other places `find` searches, where an order may have moved to. */
  readonly alsoLookIn: readonly string[];
  /** `cancel` removes the order there: afterwards it is not found at all. */
  readonly removesCancelled?: boolean;
}

/** One further call after creation. The engine looks at the order first and skips a step that is done. */
export interface OrderStep<Config> {
  readonly name: string;
  /** Whether orders there may ever wait for it; absent where they always do. Where no step is left, a good answer to `create` is all. */
  mayApply?(config: Config): boolean;
  isDone(order: PlacedOrder): boolean;
  run(session: Session<Config>, order: PlacedOrder): Promise<void>;
}

export interface OrderTarget<Config> {
  readonly traits: OrderTraits;
  /** Of one connection, where its settings say how long an order may stay invisible; `traits.lookupLagMs` if absent. */
  lookupLagMs?(config: Config): number;
  /** Every order that carries the reference, wherever it has moved, read from the primary database. [] is a claim: none exists. */
  find(session: Session<Config>, reference: string): Promise<PlacedOrder[]>;
  /** The same for several references, with one request or few. Absent where they can only be looked for one by one. */
  findMany?(session: Session<Config>, references: readonly string[]): Promise<PlacedOrder[]>;
  /** One call that makes the order with all its lines, or nothing. Not repeated blindly. */
  create(session: Session<Config>, order: OrderToPlace): Promise<{ readonly id: string; readonly number: string | null }>;
  /** In order, after creation; [] where creating is all. */
  readonly steps: ReadonlyArray<OrderStep<Config>>;
  /** How these orders (by id) stand now, for feedback; those that have vanished are left out. */
  status(session: Session<Config>, ids: readonly string[]): Promise<PlacedOrder[]>;
  /**
   * Takes the order back, as `find` has just shown it. Harmless when repeated. What can no longer be taken back is refused in the system's
   * own words: ERP_REFUSED. Absent where the system has no way to do it.
   */
  cancel?(session: Session<Config>, placed: PlacedOrder): Promise<void>;
  /**
   * Brings the order, as `find` has just shown it, to the content of `order`: it may take several calls, and goes on from wherever an earlier
   * try left it. The steps run again afterwards. Refused like `cancel`; absent where the system has no way to do it.
   */
  revise?(session: Session<Config>, placed: PlacedOrder, order: OrderToPlace): Promise<void>;
}

export function lookupLagOf<Config>({ traits, lookupLagMs }: OrderTarget<Config>, config: Config): number {
  return lookupLagMs?.(config) ?? traits.lookupLagMs;
}
