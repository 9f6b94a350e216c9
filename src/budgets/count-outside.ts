/**
 * Counts what was ordered elsewhere: each document once in every budget it belongs to and in those above, corrected when the ERP changes
 * it, taken back when it is cancelled or turns out to be an order of ours. Asks what must stand, so it may run late, twice or in two places.
 */
import { documentEntries } from '../domain/budgets/outside-ledger.ts';
import { spread } from '../domain/budgets/spread.ts';
import { lockSpends } from '../store/approvals/period-spend.ts';
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
import { openDays } from './open-days.ts';
import { type Sweep, type Swept, sweep } from './sweep.ts';
import { write } from './write.ts';

export function countOutside(db: Database, now: Date, { rateMaxAgeDays }: { rateMaxAgeDays: number }): Promise<Swept> {
  const mend = (trx: Transaction, ids: readonly string[]) => countDocuments(trx, ids, now, rateMaxAgeDays);
  const find: Sweep['find'] = (at, asked) => outsideDocuments(at, { ...asked, rateMaxAgeDays });
  return sweep(db, { mark: 'budgets outside', chunk: 200, find, mend }, now);
}

async function countDocuments(trx: Transaction, documentIds: readonly string[], now: Date, rateMaxAgeDays: number): Promise<number> {
  const due = await outsideCharges(trx, documentIds);
  const before = await loadPosted(trx, documentIds);
  if (due.length === 0 && before.length === 0) return 0;
  await lockSpends(trx, [...due, ...before].map(({ companyId }) => companyId)); // biome-ignore format: one call
  const stood = await loadPosted(trx, documentIds);
  const charges = await chargesOf(trx, due, stood);
  const rates = await loadRates(trx, charges.map(({ charge, currency }) => ({ from: charge.currency, to: currency, day: charge.on })), rateMaxAgeDays); // biome-ignore format: one call
  const days = charges.map(({ budgetId, charge }) => ({ budgetId, day: { on: charge.on } }));
  const books = await openDays(trx, days, stood.map(({ periodId }) => periodId), now); // biome-ignore format: one call
  const wanted = charges.map(({ charge: { documentId, number, version, on, total, currency: told }, budgetId, currency }, n) => ({
    ...{ documentId, number, version, budgetId, currency, told: { minor: total, currency: told }, rate: rates[n] ?? null },
    periodId: books.periodOn({ budgetId, day: { on } })?.id ?? null,
  }));
  const { movements } = await write(trx, books, documentEntries(wanted, stood, now), now);
  return movements.filter(({ type }) => type === 'EXTERNAL').length;
}

interface Charge {
  readonly charge: OutsideCharge;
  /** The budget itself, or one above it. */
  readonly budgetId: string;
  readonly currency: string;
}

async function chargesOf(trx: Transaction, due: readonly OutsideCharge[], stood: readonly PostedDocument[]): Promise<Charge[]> {
  const budgets = await loadWithAncestors(trx, [...new Set(due.map(({ budgetId }) => budgetId))]);
  const isOpen = (id: string) => budgets.get(id)?.state === 'active';
  const byDocument = new Map<string, OutsideCharge[]>();
  for (const charge of due) byDocument.set(charge.documentId, [...(byDocument.get(charge.documentId) ?? []), charge]);
  return [...byDocument.values()].flatMap((charges) => {
    const [charge] = charges;
    if (!charge) return [];
    const all = spread(charges.map(({ budgetId }) => ({ budgetId, amount: 1 })), budgets); // biome-ignore format: one call
    // A closed budget counts no further documents; what stands in it follows the ERP.
    const counting = all.filter(
      ({ budgetId }) => isOpen(budgetId) || stood.some((one) => one.budgetId === budgetId && one.documentId === charge.documentId),
    );
    return counting.map(({ budgetId }) => ({ charge, budgetId, currency: budgets.get(budgetId)?.currency ?? charge.currency }));
  });
}
