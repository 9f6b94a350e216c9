/**
 * What must stand of documents that were ordered elsewhere, against what stands: the movements in between. A document keeps the rate it was
 * counted by for as long as it keeps its currency, so a rate that is corrected books nothing anew. Pure.
 */
import { bookOf, NO_RATES, type RateAnswer, sumIn } from '../rates/rate.ts';
import { originalOf, rateOf, timesMinusOne, toldOnTop } from './original.ts';
import type { Entry, Original } from './post.ts';

export interface WantedDocument {
  readonly documentId: string;
  readonly number: string | null;
  readonly version: string | null;
  readonly budgetId: string;
  /** Of the budget. */
  readonly currency: string;
  /** Net minor units, as the document tells them. */
  readonly told: { readonly minor: number; readonly currency: string };
  /** That of its day. */
  readonly rate: RateAnswer | null;
  /** Of its day; `null`: the budget has none. */
  readonly periodId: string | null;
}

export interface StandingDocument {
  readonly documentId: string;
  readonly budgetId: string;
  readonly periodId: string;
  readonly amount: number;
  /** Its amount in the currency it was told in, and the rate it was counted by. */
  readonly original: Original | null;
  /** How many there are: tells the next from those before. */
  readonly movements: number;
}

export function documentEntries(wanted: readonly WantedDocument[], stood: readonly StandingDocument[], now: Date): Entry[] {
  const keyOf = ({ documentId, budgetId }: { documentId: string; budgetId: string }) => `${budgetId}:${documentId}`;
  const standing = new Map(stood.map((one) => [keyOf(one), one]));
  const named = new Set(wanted.map(keyOf));
  const gone = stood.filter((one) => one.amount !== 0 && !named.has(keyOf(one)));
  return [
    ...wanted.flatMap((one) => entriesOf(one, standing.get(keyOf(one)), now)),
    ...gone.map((one) => takenBack(one, { number: null, version: null }, now)),
  ];
}

function entriesOf(wanted: WantedDocument, before: StandingDocument | undefined, now: Date): Entry[] {
  const { currency, told } = wanted;
  // What has come to nothing but rounding keeps its rate as well.
  const stands = before && (before.amount !== 0 || before.original) ? before : null;
  const kept = stands?.original?.currency === told.currency ? stands.original : null;
  const answer = kept ? rateOf(kept, currency) : wanted.rate;
  const rates = answer ? bookOf([answer]) : NO_RATES;
  const sum = sumIn(currency, [told], rates);
  // The drift report names it, and a rate that is imported brings it in.
  if ('lack' in sum) return stands ? [takenBack(stands, wanted, now)] : [];
  const original = originalOf(told.currency, currency, told.minor, rates);
  const movements = before?.movements ?? 0;
  // Also where both come to the same, for its movements tell the currency and the rate.
  if (stands && (stands.original?.currency ?? currency) !== told.currency)
    return [takenBack(stands, wanted, now), ...added(wanted, stands, { amount: sum.minor, original, n: movements + 2 }, now)];
  const amount = sum.minor - (stands?.amount ?? 0);
  return added(wanted, before ?? null, { amount, original: toldOnTop(original, stands?.original ?? undefined), n: movements + 1 }, now);
}

interface Added extends Pick<StandingDocument, 'amount' | 'original'> {
  readonly n: number;
}

function added(wanted: WantedDocument, before: StandingDocument | null, { amount, original, n }: Added, now: Date): Entry[] {
  const periodId = before?.periodId ?? wanted.periodId;
  if (amount === 0 || periodId === null) return [];
  const reason = `${nameOf(wanted)}${before ? ' has changed' : ', ordered elsewhere'}`;
  const { documentId, budgetId } = wanted;
  return [{ ...fact({ documentId, budgetId, version: wanted.version, n, now }), periodId, amount, original, reason }];
}

function takenBack(stands: StandingDocument, document: Pick<WantedDocument, 'number' | 'version'>, now: Date): Entry {
  const { documentId, budgetId, periodId, amount, original, movements } = stands;
  const about = fact({ documentId, budgetId, version: document.version, n: movements + 1, now });
  return { ...about, periodId, amount: -amount, original: timesMinusOne(original), reason: `${nameOf(document)} has changed` };
}

function nameOf({ number }: Pick<WantedDocument, 'number'>): string {
  return number === null ? 'a document' : `document ${number}`;
}

interface Fact extends Pick<WantedDocument, 'documentId' | 'budgetId' | 'version'> {
  readonly n: number;
  readonly now: Date;
}

function fact({ documentId, budgetId, version, n, now }: Fact): Omit<Entry, 'periodId' | 'amount'> {
  const key = `external:${budgetId}:${documentId}:${version ?? ''}:${n}`;
  return { budgetId, documentId, type: 'EXTERNAL', key, at: now, by: 'erp', over: { by: 'erp', reason: 'a fact of the ERP' } };
}
