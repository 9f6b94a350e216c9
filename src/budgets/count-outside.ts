/**
 * Counts what was ordered elsewhere: each document once in every budget it belongs to and in those above, corrected when the ERP changes
 * it, taken back when it is cancelled or turns out to be an order of ours. Asks what must stand, so it may run late, twice or in two places.
 */
import type { Entry } from '../domain/budgets/post.ts';
import { spread } from '../domain/budgets/spread.ts';
import { pairKey, sumIn } from '../domain/rates/rate.ts';
import { lockSpend } from '../store/approvals/period-spend.ts';
import { loadWithAncestors } from '../store/budgets/budgets.ts';
import {
  loadPosted,
  type OutsideCharge,
  outsideCharges,
  outsideDocuments,
  type PostedDocument,
} from '../store/budgets/outside-documents.ts';
import type { Database, Transaction } from '../store/database.ts';
import { loadRates } from '../store/rates.ts';
import { type OpenDays, openDays } from './open-days.ts';
import { type Swept, sweep } from './sweep.ts';
import { write } from './write.ts';

export function countOutside(db: Database, now: Date, { rateMaxAgeDays }: { rateMaxAgeDays: number }): Promise<Swept> {
  const mend = (trx: Transaction, ids: readonly string[]) => countDocuments(trx, ids, now, rateMaxAgeDays);
  return sweep(db, { mark: 'budgets outside', chunk: 200, find: outsideDocuments, mend }, now);
}

interface Target {
  readonly charge: OutsideCharge;
  /** The budget itself, or one above it. */
  readonly budgetId: string;
  /** In its currency. */
  readonly amount: number;
}

async function countDocuments(trx: Transaction, documentIds: readonly string[], now: Date, maxAgeDays: number): Promise<number> {
  const due = await outsideCharges(trx, documentIds);
  const stood = await loadPosted(trx, 'EXTERNAL', documentIds);
  if (due.length === 0 && stood.length === 0) return 0;
  const companies = new Set([...due, ...stood].map(({ companyId }) => companyId));
  for (const id of [...companies].sort((a, b) => Number(a) - Number(b))) await lockSpend(trx, id);
  const targets = await targetsOf(trx, { due, stood, maxAgeDays });
  const days = targets.map(({ budgetId, charge }) => ({ budgetId, day: { on: charge.on } }));
  const books = await openDays(trx, days, stood.map(({ periodId }) => periodId), now); // biome-ignore format: one call
  const entries = entriesOf(targets, await loadPosted(trx, 'EXTERNAL', documentIds), books, now);
  return (await write(trx, books, entries, now)).movements.filter(({ type }) => type === 'EXTERNAL').length;
}

interface Counting {
  readonly due: readonly OutsideCharge[];
  readonly stood: readonly PostedDocument[];
  readonly maxAgeDays: number;
}

/** Without those that nobody can convert: the drift report names them, and a rate that is imported brings them in. */
async function targetsOf(trx: Transaction, { due, stood, maxAgeDays }: Counting): Promise<Target[]> {
  const budgets = await loadWithAncestors(trx, [...new Set(due.map(({ budgetId }) => budgetId))]);
  const isOpen = (id: string) => budgets.get(id)?.state === 'active';
  const byDocument = new Map<string, OutsideCharge[]>();
  for (const charge of due) byDocument.set(charge.documentId, [...(byDocument.get(charge.documentId) ?? []), charge]);
  const wanted = [...byDocument.values()].flatMap((charges) => {
    const all = spread(
      charges.map(({ budgetId }) => ({ budgetId, amount: 1 })),
      budgets,
    );
    const [charge] = charges;
    // A closed budget counts no further documents; what stands in it follows the ERP.
    const counting = all.filter(
      ({ budgetId }) => isOpen(budgetId) || stood.some((one) => one.budgetId === budgetId && one.documentId === charge?.documentId),
    );
    return charge
      ? counting.map(({ budgetId }) => ({ charge, budgetId, currency: budgets.get(budgetId)?.currency ?? charge.currency }))
      : [];
  });
  const answers = await loadRates(trx, wanted.map(({ charge, currency }) => ({ from: charge.currency, to: currency, day: charge.on })), maxAgeDays); // biome-ignore format: one call
  return wanted.flatMap(({ charge, budgetId, currency }, n): Target[] => {
    const answer = answers[n];
    const rates = new Map(answer ? [[pairKey(charge.currency, currency), answer]] : []);
    const sum = sumIn(currency, [{ minor: charge.total, currency: charge.currency }], rates);
    return 'lack' in sum ? [] : [{ charge, budgetId, amount: sum.minor }];
  });
}

function entriesOf(targets: readonly Target[], stood: readonly PostedDocument[], books: OpenDays, now: Date): Entry[] {
  const keyOf = ({ documentId, budgetId }: { documentId: string; budgetId: string }) => `${budgetId}:${documentId}`;
  const posted = new Map(stood.map((one) => [keyOf(one), one]));
  const wanted = new Map(targets.map((target) => [keyOf({ ...target.charge, ...target }), target]));
  const entries = targets.flatMap((target) => {
    const { charge, budgetId, amount } = target;
    const before = posted.get(keyOf({ ...charge, budgetId }));
    const periodId = before?.periodId ?? books.periodOn({ budgetId, day: { on: charge.on } })?.id;
    return periodId === undefined ? [] : entryOf({ ...charge, budgetId, periodId, now }, amount - (before?.amount ?? 0), before);
  });
  const gone = stood
    .filter((one) => !wanted.has(keyOf(one)))
    .flatMap((one) => entryOf({ ...one, number: null, version: null, now }, -one.amount, one));
  return [...entries, ...gone];
}

interface About extends Pick<OutsideCharge, 'documentId' | 'number' | 'version'> {
  readonly budgetId: string;
  readonly periodId: string;
  readonly now: Date;
}

function entryOf({ documentId, number, version, budgetId, periodId, now }: About, amount: number, before?: PostedDocument): Entry[] {
  if (amount === 0) return [];
  const key = `external:${budgetId}:${documentId}:${version ?? ''}:${(before?.movements ?? 0) + 1}`;
  const what = number === null ? 'a document' : `document ${number}`;
  const reason = before ? `${what} has changed` : `${what}, ordered elsewhere`;
  return [
    {
      budgetId,
      periodId,
      type: 'EXTERNAL',
      amount,
      key,
      at: now,
      by: 'erp',
      reason,
      documentId,
      over: { by: 'erp', reason: 'a fact of the ERP' },
    },
  ];
}
