/**
 * The ledger of a simulated system: what is true, in neutral words (rows.ts). Tests change it as its users would and compare
 * with it afterwards; dialects read and write it as their protocol asks. Late rows are hidden from both until they are committed.
 */
import { type Clock, frozenClock } from './clock.ts';
import { DEFAULTS } from './defaults.ts';
import type { Archivable, Kind, NewRow, Patch, Rows, Stamped, Tombstone, WorldOrder } from './rows.ts';
import { ORDER_STATES, type OrderState } from './rows.ts';
import { type SeedOptions, seedWorld } from './seed.ts';
import { Table } from './table.ts';

export * from './clock.ts';
export * from './rows.ts';
export { compareIds } from './table.ts';

export interface WorldOptions {
  /** The true time; frozen at 2026-03-02T08:00Z if absent. Hand the same one to the engine. */
  clock?: Clock;
  /** How far the system's clock is ahead of the true one; negative is behind. */
  clockSkewMs?: number;
  /** Ids of new rows, ascending by `compareIds`; `turn` counts the kind's rows from 1. Default: the number as text. ids.ts has others. */
  newId?: (kind: Kind, turn: number) => string;
}

/** A row or a change that is stamped already and becomes visible when it is committed: the long transaction of another user. */
export interface Late {
  readonly id: string;
  commit(): void;
}

export class World {
  readonly clock: Clock;
  readonly tombstones: Tombstone[] = [];
  readonly #newId: (kind: Kind, turn: number) => string;
  readonly #turns = new Map<Kind, number>();
  readonly #tables: { readonly [K in Kind]: Table<Rows[K]> } = {
    account: new Table((row) => row.parentId),
    contact: new Table((row) => row.accountId),
    address: new Table((row) => row.accountId),
    product: new Table(() => null),
    price: new Table((row) => row.accountId),
    stock: new Table((row) => row.product),
    order: new Table((row) => row.reference),
    document: new Table((row) => row.accountId),
    documentLine: new Table((row) => row.documentId),
  };
  #skewMs: number;
  #orderNumbers = 0;

  constructor({ clock = frozenClock(), clockSkewMs = 0, newId = (_, turn) => String(turn) }: WorldOptions = {}) {
    this.clock = clock;
    this.#skewMs = clockSkewMs;
    this.#newId = newId;
  }

  /** Fills an empty world: accounts with units, addresses, contacts, prices, products and stock, in texts and stamps that hurt. */
  seed(options: SeedOptions): this {
    seedWorld(this, options);
    return this;
  }

  /** What the system's own clock shows. */
  now(): Date {
    return new Date(this.clock.now().getTime() + this.#skewMs);
  }

  /** Time passes, for everybody. */
  tick(ms = 1): void {
    this.clock.tick(ms);
  }

  /** Somebody corrects the system's clock; the true time stays. */
  moveClock(ms: number): void {
    this.#skewMs += ms;
  }

  /** Visible rows, in the order in which they became visible. */
  rows<K extends Kind>(kind: K): Rows[K][] {
    return this.#tables[kind].all();
  }

  count(kind: Kind): number {
    return this.#tables[kind].size;
  }

  /** `undefined`: unknown, gone, or not yet committed. */
  row<K extends Kind>(kind: K, id: string): Rows[K] | undefined {
    return this.#tables[kind].get(id);
  }

  /** Changed at or after `at`, by stamp and id; with `afterId` those behind that row of that stamp. For pages by key. */
  changedSince<K extends Kind>(kind: K, at: Date, { afterId, limit }: { afterId?: string; limit?: number } = {}): Rows[K][] {
    return this.#tables[kind].since(at, afterId, limit);
  }

  /** Contacts, addresses or prices of an account, or the accounts directly below it. */
  ofAccount<K extends 'account' | 'contact' | 'address' | 'price'>(kind: K, accountId: string): Rows[K][] {
    return this.#tables[kind].ownedBy(accountId);
  }

  linesOf(documentId: string): Rows['documentLine'][] {
    return this.#tables.documentLine.ownedBy(documentId);
  }

  /** Open and posted, cancelled too. More than one is a duplicate. */
  ordersByReference(reference: string): WorldOrder[] {
    return this.#tables.order.ownedBy(reference);
  }

  /** Adds a row, stamped `at` or now. */
  add<K extends Kind>(kind: K, values: NewRow<K>, { at = this.now() }: { at?: Date } = {}): Rows[K] {
    const row = this.#make(kind, values, at);
    this.#tables[kind].put(row);
    return row;
  }

  /** Changes a row. With `at` = the row's own `changedAt` the change goes unstamped, as some systems do it. */
  change<K extends Kind>(kind: K, id: string, patch: Patch<K>, { at = this.now() }: { at?: Date } = {}): Rows[K] {
    const old = this.#get(kind, id);
    const row: Rows[K] = { ...old, ...patch, changedAt: at, version: old.version + 1 };
    this.#tables[kind].put(row);
    return row;
  }

  archive<K extends Archivable>(kind: K, id: string, options: { at?: Date } = {}): Rows[K] {
    return this.change(kind, id, { active: false } as Patch<K>, options);
  }

  block(kind: 'account', id: string, options: { at?: Date } = {}): Rows['account'] {
    return this.change(kind, id, { blocked: true }, options);
  }

  /** Deletes for good and leaves a tombstone. An account takes contacts, addresses and prices along; with units or orders it stays: an error. */
  remove(kind: Kind, id: string, { at = this.now() }: { at?: Date } = {}): void {
    this.#get(kind, id);
    if (kind === 'account') {
      if (this.ofAccount('account', id).length > 0) throw new Error(`account ${id} has accounts below it; remove those first`);
      if (this.rows('order').some((order) => order.soldTo === id)) throw new Error(`account ${id} has orders; archive it instead`);
      for (const child of ['contact', 'address', 'price'] as const) {
        for (const row of this.ofAccount(child, id)) this.#bury(child, row.id, at);
      }
    }
    if (kind === 'document') for (const line of this.linesOf(id)) this.#bury('documentLine', line.id, at);
    this.#bury(kind, id, at);
  }

  /** A row that another user has begun to write: stamped, and invisible until `commit()`. */
  commitLate<K extends Kind>(kind: K, values: NewRow<K>, { stampedAt = this.now() }: { stampedAt?: Date } = {}): Late {
    const row = this.#make(kind, values, stampedAt);
    return { id: row.id, commit: () => this.#tables[kind].put({ ...row, bornAt: this.clock.now() }) };
  }

  /** A change that another user has begun: the old row is seen until `commit()`, then the new one with the old time. */
  changeLate<K extends Kind>(kind: K, id: string, patch: Patch<K>, { stampedAt = this.now() }: { stampedAt?: Date } = {}): Late {
    this.#get(kind, id);
    return { id, commit: () => void this.change(kind, id, patch, { at: stampedAt }) };
  }

  /** Takes an order of a known account. `number: null` leaves it without a number until its first step. References may repeat: that is what tests count. */
  placeOrder(values: NewRow<'order'>): WorldOrder {
    if (!this.row('account', values.soldTo))
      throw new Error(`The world has no account ${values.soldTo} to sell to; a dialect refuses that itself`);
    return this.add('order', values.number === undefined ? { ...values, number: this.#nextOrderNumber() } : values);
  }

  /**
   * Moves an open order on to a state. `false`: it was there or further already, or is cancelled, and nothing changed;
   * the dialect says what its system answers to that. Skipping states is fine.
   */
  stepOrder(id: string, to: Exclude<OrderState, 'draft'>): boolean {
    const order = this.#get('order', id);
    const isLater = ORDER_STATES.indexOf(to) > ORDER_STATES.indexOf(order.state);
    const isTooLate = to === 'cancelled' && (order.state === 'invoiced' || order.location === 'posted');
    if (!isLater || isTooLate) return false;
    const number = order.number ?? this.#nextOrderNumber();
    this.change('order', id, { number, state: to, steps: [...order.steps, to] });
    return true;
  }

  /** The order leaves the open table: invoiced and posted. `false`: it had, or it is cancelled. */
  post(id: string): boolean {
    this.stepOrder(id, 'invoiced');
    const order = this.#get('order', id);
    if (order.location === 'posted' || order.state === 'cancelled') return false;
    this.change('order', id, { location: 'posted', steps: [...order.steps, 'posted'] });
    return true;
  }

  #make<K extends Kind>(kind: K, values: NewRow<K>, at: Date): Rows[K] {
    const turn = (this.#turns.get(kind) ?? 0) + 1;
    this.#turns.set(kind, turn);
    const stamps: Stamped = { id: this.#newId(kind, turn), createdAt: at, changedAt: at, bornAt: this.clock.now(), version: 0 };
    return { ...DEFAULTS[kind](turn), ...values, ...stamps } as unknown as Rows[K];
  }

  #nextOrderNumber(): string {
    this.#orderNumbers += 1;
    return `SO-${this.#orderNumbers}`;
  }

  #get<K extends Kind>(kind: K, id: string): Rows[K] {
    const row = this.#tables[kind].get(id);
    if (!row) throw new Error(`The world has no ${kind} ${id}`);
    return row;
  }

  #bury(kind: Kind, id: string, removedAt: Date): void {
    const table: Table<Rows[Kind]> = this.#tables[kind] as unknown as Table<Rows[Kind]>;
    table.delete(this.#get(kind, id));
    this.tombstones.push({ kind, id, removedAt });
  }
}
