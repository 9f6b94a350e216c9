/** How far an order has come in the ERP. It moves forward only; what takes it back says so: cancelled or returned (SEMANTICS 2.15). */
import { Decimal } from 'decimal.js';
import { balanced, hasStrangers, lineProgress, type ProgressLine } from './line-progress.ts';
import type { OurLine } from './match-lines.ts';
import type { ToldDocument } from './told-order.ts';

/** In the order an order goes through them. The last two are reached from anywhere, and not left again. */
export const PROGRESS_STATES = ['placed', 'confirmed', 'partly_shipped', 'shipped', 'invoiced', 'cancelled', 'returned'] as const;
export type ProgressState = (typeof PROGRESS_STATES)[number];

export interface Progress {
  readonly state: ProgressState;
  /** The system's own word, of the newest order document. */
  readonly stateThere: string | null;
  /** The highest of the order documents' versions. */
  readonly version: string | null;
  readonly lines: readonly ProgressLine[];
}

/** Nothing follows of itself any more; a return may. Invoices may come before the goods have left. */
export function isFinal({ state, lines }: Pick<Progress, 'state' | 'lines'>): boolean {
  return isTakenBack(state) || (state === 'invoiced' && lines.every(({ open }) => open === '0'));
}

/** `null` while nothing is told. */
export function progressOf(ours: readonly OurLine[], documents: readonly ToldDocument[]): Progress | null {
  const orders = documents.filter(({ kind }) => kind === 'order');
  if (documents.length === 0) return null;
  const lines = lineProgress(ours, documents);
  const newest = orders.reduce<ToldDocument | undefined>(
    (best, one) => (best && isOlder(one.version, best.version) ? best : one),
    undefined,
  );
  return {
    state: further(saidOf(orders, documents, lines), stateOf(lines, hasStrangers(ours, documents))),
    stateThere: newest?.stateThere ?? null,
    version: newest?.version ?? null,
    lines,
  };
}

/** The held progress where the news is older; else both, line by line and as a whole the further one. */
export function advance(held: Progress | null, news: Progress): Progress {
  if (!held) return news;
  if (isOlder(news.version, held.version)) return held;
  if (isTakenBack(held.state)) return held;
  const before = new Map(held.lines.map((line) => [line.reference, line]));
  const merged = news.lines.map((line) => mergeLine(before.get(line.reference), line));
  const state = further(held.state, news.state);
  const lines = state === 'cancelled' ? merged.map(cancelRest) : merged;
  return { state, stateThere: news.stateThere ?? held.stateThere, version: news.version ?? held.version, lines };
}

function mergeLine(held: ProgressLine | undefined, news: ProgressLine): ProgressLine {
  if (!held) return news;
  const quantity = news.ordered;
  return balanced(
    { reference: news.reference, product: news.product, quantity },
    {
      confirmed: new Decimal(news.confirmed).plus(news.surplus),
      shipped: Decimal.max(held.shipped, news.shipped),
      cancelled: Decimal.max(held.cancelled, news.cancelled),
      returned: Decimal.max(held.returned, news.returned),
    },
  );
}

function cancelRest(line: ProgressLine): ProgressLine {
  return balanced(
    { ...line, quantity: line.ordered },
    { ...line, confirmed: new Decimal(line.confirmed).plus(line.surplus), cancelled: line.confirmed },
  );
}

/** What the documents say of themselves. */
function saidOf(orders: readonly ToldDocument[], documents: readonly ToldDocument[], lines: readonly ProgressLine[]): ProgressState {
  const live = orders.filter(({ state }) => state !== 'cancelled');
  if (orders.length > 0 && live.length === 0) return 'cancelled';
  const isGoneOut = lines.every(({ open }) => open === '0') && lines.some(({ shipped }) => shipped !== '0');
  const hasInvoice = documents.some(({ kind, state }) => kind === 'invoice' && state !== 'draft' && state !== 'cancelled');
  if (live.length > 0 && live.every(({ state }) => state === 'invoiced' || state === 'paid' || state === 'partly_paid')) return 'invoiced';
  if (isGoneOut && hasInvoice) return 'invoiced';
  if (live.length > 0 && live.every(({ state }) => state === 'returned')) return 'returned';
  if (live.some(({ state }) => state === 'partly_shipped')) return 'partly_shipped';
  const isConfirmed =
    documents.some(({ kind }) => kind === 'confirmation') || live.some(({ state }) => state !== 'draft' && state !== null);
  return isConfirmed || live.length === 0 ? 'confirmed' : 'placed';
}

/** What the quantities say. */
function stateOf(lines: readonly ProgressLine[], hasStrangers: boolean): ProgressState {
  const some = (of: (line: ProgressLine) => string) => lines.some((line) => of(line) !== '0');
  if (!some(({ shipped }) => shipped)) return lines.every(({ ordered, cancelled }) => ordered === cancelled) ? 'cancelled' : 'placed';
  if (some(({ open }) => open) || hasStrangers) return 'partly_shipped';
  return lines.every(({ shipped, returned }) => shipped === returned) ? 'returned' : 'shipped';
}

function isTakenBack(state: ProgressState): boolean {
  return state === 'cancelled' || state === 'returned';
}

function further(one: ProgressState, other: ProgressState): ProgressState {
  return PROGRESS_STATES.indexOf(other) > PROGRESS_STATES.indexOf(one) ? other : one;
}

/** Versions are numbers, or instants, or texts that grow; what has none is as new as anything. */
export function isOlder(version: string | null, than: string | null): boolean {
  if (version === null || than === null) return false;
  if (/^\d+$/.test(version) && /^\d+$/.test(than)) return BigInt(version) < BigInt(than);
  const [at, thanAt] = [Date.parse(version), Date.parse(than)];
  if (!Number.isNaN(at) && !Number.isNaN(thanAt)) return at < thanAt;
  return version < than;
}
