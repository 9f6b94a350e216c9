/**
 * What a simulated system holds, in neutral words: no system's own. A dialect (server.ts) says it in its system's protocol.
 *
 * Ids are text and final; `World` gives them (`newId`), so a dialect that shows them unchanged lets a test compare external ids with
 * the ledger directly. Money and quantities are decimal text ("1234.50"). Rows are never changed in place: a change replaces the row,
 * so a row that was read stays what it was.
 */

/** What the world itself keeps of every row. */
export interface Stamped {
  readonly id: string;
  /** By the world's own clock, which may be skewed; milliseconds. Dialects cut it to what their system shows. */
  readonly createdAt: Date;
  /** As `createdAt`. A change of a child does not touch its parent's. */
  readonly changedAt: Date;
  /** By the true clock: when the row became visible. No system shows it; tests may ask it. */
  readonly bornAt: Date;
  /** Changes since creation, from 0: for systems that stamp only what was changed, and for ETags. */
  readonly version: number;
}

export interface WorldAccount extends Stamped {
  /** As people write it: "C-1001", "000042" (leading zeros count). */
  readonly number: string;
  readonly name: string;
  /** Id of the account above; at most three levels. */
  readonly parentId: string | null;
  readonly taxRegistration: string | null;
  readonly currency: string;
  readonly paymentTerms: string | null;
  readonly creditLimit: string | null;
  readonly balance: string | null;
  readonly priceList: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly website: string | null;
  /** Two letters. */
  readonly language: string | null;
  readonly active: boolean;
  readonly blocked: boolean;
}

export interface WorldContact extends Stamped {
  readonly accountId: string;
  readonly firstName: string | null;
  readonly lastName: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly jobTitle: string | null;
  readonly active: boolean;
}

export type AddressRole = 'bill_to' | 'ship_to' | 'pay_to';

export interface WorldAddress extends Stamped {
  readonly accountId: string;
  readonly roles: readonly AddressRole[];
  readonly name: string | null;
  readonly street: string;
  readonly street2: string | null;
  readonly postalCode: string;
  readonly city: string;
  readonly region: string | null;
  /** Alpha-2. */
  readonly country: string;
  readonly active: boolean;
}

export interface WorldProduct extends Stamped {
  /** The seller's item number: what prices, stock and order lines call `product`. */
  readonly number: string;
  readonly name: string;
  readonly unit: string;
  readonly price: string;
  readonly currency: string;
  readonly active: boolean;
}

/** Of an account, else of the accounts with that price list, else of everyone. */
export interface WorldPrice extends Stamped {
  readonly priceList: string | null;
  readonly accountId: string | null;
  /** Number of the product. */
  readonly product: string;
  readonly unitPrice: string;
  readonly currency: string;
  readonly minQuantity: string;
  /** Civil date "2026-03-01". */
  readonly validFrom: string | null;
  /** Civil date; the last day it is valid. */
  readonly validTo: string | null;
}

export interface WorldStock extends Stamped {
  readonly site: string;
  readonly siteName: string;
  /** Number of the product. */
  readonly product: string;
  readonly onHand: string;
  readonly available: string;
}

export interface WorldOrderLine {
  /** Number of the product. */
  readonly product: string;
  readonly quantity: string;
  readonly unitPrice: string;
  /** The buyer's own mark of the line, if the system keeps one. */
  readonly lineReference: string | null;
}

/** In the order an order goes through them; `cancelled` from anywhere before `invoiced`. */
export const ORDER_STATES = ['draft', 'quoted', 'confirmed', 'processing', 'shipped', 'invoiced', 'cancelled'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export interface WorldOrder extends Stamped {
  /** The system's own number; `null` until the system gives one. */
  readonly number: string | null;
  /** Our reference at the other side. The world lets it repeat: the ledger counts duplicates, a dialect may refuse them. */
  readonly reference: string;
  /** Account id. */
  readonly soldTo: string;
  /** Address ids, or account ids where the system has partners for them. */
  readonly shipTo: string | null;
  readonly billTo: string | null;
  readonly currency: string;
  readonly lines: readonly WorldOrderLine[];
  /** A remark, where the dialect keeps it. */
  readonly note: string | null;
  readonly state: OrderState;
  /** `posted`: it has left the table of open orders; a dialect shows it where its system keeps the finished ones. */
  readonly location: 'open' | 'posted';
  /** Every step that took effect, in order: "placed", then states, "posted". A step that changed nothing is not here. */
  readonly steps: readonly string[];
}

/** What was written about orders that were placed elsewhere: orders themselves, and what followed them. Orders placed through a dialect are `WorldOrder`. */
export interface WorldDocument extends Stamped {
  readonly accountId: string;
  readonly kind: 'order' | 'shipment' | 'invoice' | 'credit_note';
  readonly number: string;
  /** Our reference, where this system keeps it. */
  readonly reference: string | null;
  /** Id of the order it belongs to, of either kind. */
  readonly aboutId: string | null;
  /** Of an order: draft, open, shipped, invoiced, cancelled. Of a shipment: open, shipped, cancelled. Of the others: draft, open, paid, cancelled. */
  readonly state: 'draft' | 'open' | 'shipped' | 'invoiced' | 'paid' | 'cancelled';
  /** Civil date. */
  readonly datedOn: string;
  readonly currency: string;
  readonly trackingNumber: string | null;
}

export interface WorldDocumentLine extends Stamped {
  readonly documentId: string;
  /** Number of the product. */
  readonly product: string;
  readonly quantity: string;
  readonly unitPrice: string;
}

export interface Rows {
  account: WorldAccount;
  contact: WorldContact;
  address: WorldAddress;
  product: WorldProduct;
  price: WorldPrice;
  stock: WorldStock;
  order: WorldOrder;
  document: WorldDocument;
  documentLine: WorldDocumentLine;
}
export type Kind = keyof Rows;

/** What has no default when a row is made. */
export interface Needed {
  account: 'name';
  contact: 'accountId' | 'lastName';
  address: 'accountId';
  product: 'number';
  price: 'product' | 'unitPrice';
  stock: 'site' | 'product';
  order: 'reference' | 'soldTo' | 'lines';
  document: 'accountId' | 'kind';
  documentLine: 'documentId' | 'product';
}

export type Patch<K extends Kind> = Partial<Omit<Rows[K], keyof Stamped>>;
export type NewRow<K extends Kind> = Patch<K> & Pick<Rows[K], Needed[K] & keyof Rows[K]>;
/** Kinds that can be archived. */
export type Archivable = { [K in Kind]: Rows[K] extends { active: boolean } ? K : never }[Kind];

/** A row that is gone. */
export interface Tombstone {
  readonly kind: Kind;
  readonly id: string;
  /** By the world's own clock. */
  readonly removedAt: Date;
}
