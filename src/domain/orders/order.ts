/**
 * A purchase request in our words. A revision is one exact version of it and never changes; decisions and hand-offs name the
 * revision, and its material hash, they are about.
 */

/** Ids are local ids of profiles, as text. Money is integer minor units of `currency`; quantities and unit prices are exact decimals as text. */
export interface OrderContent {
  /** The account that buys (sold-to). */
  readonly soldTo: string;
  readonly shipTo: string | null;
  readonly billTo: string | null;
  /** ISO 4217. */
  readonly currency: string;
  /** Civil date in the account's zone. */
  readonly orderedOn: string;
  readonly requestedDeliveryOn: string | null;
  readonly purchaseOrderNumber: string | null;
  readonly costCentre: string | null;
  /** Absent from revisions that were stored before orders could name one. */
  readonly project?: string | null;
  readonly paymentTerms: string | null;
  readonly paymentMethod: string | null;
  readonly note: string | null;
  /** Net. */
  readonly shippingCost: number;
  /** Of the whole order. Unknown where absent or `null`: gross budgets cannot be judged then. */
  readonly tax?: number | null;
  readonly lines: readonly OrderContentLine[];
}

export interface OrderContentLine {
  /** Unique within the order, the same through all revisions. */
  readonly reference: string;
  /** The seller's item number. */
  readonly product: string;
  readonly productName: string | null;
  readonly quantity: string;
  readonly unit: string | null;
  /** Net, for one unit. */
  readonly unitPrice: string;
  /** Net: quantity x unit price, rounded half up to minor units. */
  readonly amount: number;
  readonly category: string | null;
  readonly supplier: string | null;
  readonly text: string | null;
}

/**
 * - pending_approval: steps wait for their holders
 * - released: approved, and its hand-off is written; how far that is, the hand-off knows
 * - declined | withdrawn | expired: by people, or by the clock
 * - rejected_by_system: a rule denies it; not an approver's word (SEMANTICS 2.12)
 * - cancelled: released, and taken back afterwards
 */
export type OrderState = 'pending_approval' | 'released' | 'declined' | 'withdrawn' | 'expired' | 'rejected_by_system' | 'cancelled';

/** From which states an order may go where. Everything else is refused, by a guarded `update ... where state in (...)`. */
export const ORDER_MOVES: Readonly<Record<OrderState, readonly OrderState[]>> = {
  pending_approval: ['released', 'declined', 'withdrawn', 'expired', 'rejected_by_system', 'pending_approval'],
  rejected_by_system: ['pending_approval', 'released', 'withdrawn', 'rejected_by_system'],
  released: ['cancelled', 'pending_approval', 'released'],
  declined: [],
  withdrawn: [],
  expired: [],
  cancelled: [],
};

export interface Order {
  readonly id: string;
  /** Where it came in: the name of an API key, `cli`, `inbox`, a file's name. */
  readonly origin: string;
  /** The storefront's; unique within the origin. */
  readonly reference: string;
  /** Ours towards every ERP, the same for ever (SEMANTICS 2.14). */
  readonly externalKey: string;
  readonly accountId: string;
  /** The root of the account's tree. */
  readonly companyId: string;
  readonly orderedById: string;
  readonly onBehalfOfId: string | null;
  readonly state: OrderState;
  readonly approvedBy: 'rules' | 'people' | 'bypass' | null;
  readonly revision: number;
  readonly currency: string;
  /** Net, with shipping; minor units. */
  readonly total: number;
  readonly submittedAt: Date;
  readonly decidedAt: Date | null;
}

export interface Revision {
  readonly orderId: string;
  readonly n: number;
  readonly content: OrderContent;
  readonly materialHash: string;
  readonly total: number;
  readonly editedById: string | null;
  readonly reason: string | null;
  readonly createdAt: Date;
}
