/** How far each line of an order has come, out of all documents about it. One order of ours may be several documents there. */
import { Decimal } from 'decimal.js';
import { matchLines, type OurLine, spread } from './match-lines.ts';
import type { DocumentState, ToldDocument, ToldLine } from './told-order.ts';

/** Exact decimals as text. ordered = confirmed + refused; confirmed = shipped + open + cancelled. */
export interface ProgressLine {
  readonly reference: string;
  readonly product: string;
  readonly ordered: string;
  readonly confirmed: string;
  readonly refused: string;
  readonly shipped: string;
  readonly open: string;
  readonly cancelled: string;
  /** Of what was shipped. */
  readonly returned: string;
  /** What is there beyond what was ordered. */
  readonly surplus: string;
}

export interface LineCounts {
  readonly confirmed: Decimal.Value;
  readonly shipped: Decimal.Value;
  readonly cancelled: Decimal.Value;
  readonly returned: Decimal.Value;
}

/** Puts counts that may contradict each other into a line that adds up: what was shipped was confirmed, and cannot be cancelled any more. */
export function balanced({ reference, product, quantity }: Omit<OurLine, 'unitPrice'>, counts: LineCounts): ProgressLine {
  const ordered = new Decimal(quantity);
  const shipped = between(0, counts.shipped, ordered);
  const confirmed = between(shipped, counts.confirmed, ordered);
  const cancelled = between(0, counts.cancelled, confirmed.minus(shipped));
  const told = Decimal.max(counts.confirmed, counts.shipped);
  const surplus = Decimal.max(0, told.minus(ordered));
  return {
    reference,
    product,
    ordered: ordered.toFixed(),
    confirmed: confirmed.toFixed(),
    refused: ordered.minus(confirmed).toFixed(),
    shipped: shipped.toFixed(),
    open: confirmed.minus(shipped).minus(cancelled).toFixed(),
    cancelled: cancelled.toFixed(),
    returned: between(0, counts.returned, shipped).toFixed(),
    surplus: surplus.toFixed(),
  };
}

function between(least: Decimal.Value, value: Decimal.Value, most: Decimal.Value): Decimal {
  return Decimal.max(least, Decimal.min(value, most));
}

export function lineProgress(ours: readonly OurLine[], documents: readonly ToldDocument[]): ProgressLine[] {
  const orders = documents.filter(({ kind }) => kind === 'order');
  const live = orders.filter(({ state }) => state !== 'cancelled');
  const confirmations = documents.filter(({ kind, state }) => kind === 'confirmation' && state !== 'cancelled');
  const count = (of: readonly ToldDocument[], amount: (line: ToldLine, document: ToldDocument) => Decimal.Value) =>
    countBy(ours, of, amount);

  const promising = confirmations.length > 0 ? confirmations : live;
  const isSilent = promising.length === 0 ? orders.length === 0 : promising.every(({ lines }) => lines.length === 0);
  const standing = isSilent ? asOrdered(ours) : count(promising, acceptedOf);
  const withdrawn = count(without(orders, live), acceptedOf);
  const isOut = isSilent && live.length > 0 && live.every(({ state }) => SHIPPED.includes(state));
  const shippedBySelf = isOut ? asOrdered(ours) : count(orders, shippedOf);
  const shippedBySlip = count(documents.filter(isShipment), movedOf);
  const cancelled = count(live, cancelledOf);
  const returned = count(documents.filter(isReturn), movedOf);

  return ours.map((line) => {
    const of = (counts: ReadonlyMap<string, Decimal>) => counts.get(line.reference) ?? new Decimal(0);
    // An order cancelled and entered anew there is one that stands.
    const gone = Decimal.max(0, Decimal.min(of(withdrawn), new Decimal(line.quantity).minus(of(standing))));
    return balanced(line, {
      confirmed: of(standing).plus(gone),
      shipped: Decimal.max(of(shippedBySelf), of(shippedBySlip)),
      cancelled: of(cancelled).plus(gone),
      returned: of(returned),
    });
  });
}

/** Of a document that tells no lines: what it says, it says of all of them. */
function asOrdered(ours: readonly OurLine[]): Map<string, Decimal> {
  return new Map(ours.map(({ reference, quantity }) => [reference, new Decimal(quantity)]));
}

/** Whether the order holds goods that are no line of ours: nobody knows what became of ours, then. */
export function hasStrangers(ours: readonly OurLine[], documents: readonly ToldDocument[]): boolean {
  const lines = documents.flatMap(({ kind, state, lines }) => (kind === 'order' && state !== 'cancelled' ? lines : []));
  return matchLines(ours, lines).others.some(({ quantity }) => !new Decimal(quantity).isZero());
}

type Counted = ToldLine & { readonly document: ToldDocument };

function countBy(
  ours: readonly OurLine[],
  documents: readonly ToldDocument[],
  amount: (line: ToldLine, document: ToldDocument) => Decimal.Value,
): Map<string, Decimal> {
  const lines = documents.flatMap((document) => document.lines.map((line): Counted => ({ ...line, document })));
  return spread(ours, matchLines(ours, lines), (line) => amount(line, line.document));
}

const SHIPPED: ReadonlyArray<DocumentState | null> = ['shipped', 'invoiced', 'partly_paid', 'paid'];

function acceptedOf({ state, quantity }: ToldLine): Decimal.Value {
  return state === 'refused' ? 0 : quantity;
}

function shippedOf(line: ToldLine, { state }: ToldDocument): Decimal.Value {
  if (line.state === 'refused' || line.state === 'cancelled') return line.shipped ?? 0;
  // Where the whole order says so, its lines may be older news.
  if (state === 'shipped') return new Decimal(line.quantity).minus(line.cancelled ?? 0);
  if (line.shipped !== null) return line.shipped;
  const isOut = SHIPPED.includes(state) || state === 'closed' || line.state === 'shipped';
  return isOut ? new Decimal(line.quantity).minus(line.cancelled ?? 0) : 0;
}

function movedOf({ state, quantity }: ToldLine): Decimal.Value {
  return state === 'cancelled' || state === 'refused' ? 0 : quantity;
}

/** A closed order takes what it did not ship with it. */
function cancelledOf(line: ToldLine, { state }: ToldDocument): Decimal.Value {
  if (line.cancelled !== null) return line.cancelled;
  if (line.state === 'cancelled') return new Decimal(line.quantity).minus(line.shipped ?? 0);
  return state === 'closed' && line.shipped !== null ? new Decimal(line.quantity).minus(line.shipped) : 0;
}

/** One that is being packed has not left; of one without a state we know no better than that it is there. */
function isShipment({ kind, state }: ToldDocument): boolean {
  return kind === 'shipment' && state !== 'draft' && state !== 'open' && state !== 'cancelled';
}

function isReturn({ kind, state }: ToldDocument): boolean {
  return kind === 'return' && state !== 'draft' && state !== 'open' && state !== 'cancelled';
}

function without<T>(all: readonly T[], some: readonly T[]): T[] {
  return all.filter((one) => !some.includes(one));
}
