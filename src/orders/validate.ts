/** Holds submissions against the profile: in a few statements for many of them, with all problems of each at once. */
import type { Settings } from '../config/settings.ts';
import { materialHash, totalOf } from '../domain/orders/material.ts';
import type { OrderContent, OrderContentLine } from '../domain/orders/order.ts';
import type { OrderProblem } from '../domain/orders/problem.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { NewOrder } from '../store/orders/orders.ts';
import { type CheckedParties, checkParties } from './check-parties.ts';
import { loadParties, type Question } from './load-parties.ts';
import { priceLines } from './price-lines.ts';

/** What an order is, before it has a number. */
export type Draft = Omit<NewOrder, 'origin' | 'reference' | 'keyPrefix' | 'submittedDigest'>;

export type Validated = { readonly draft: Draft } | { readonly problems: readonly OrderProblem[] };

/** In the order of the questions. */
export async function validateSubmissions(
  db: Database | Transaction,
  settings: Settings['orders'],
  questions: readonly Question[],
  now: Date,
): Promise<Validated[]> {
  const parties = await loadParties(db, questions, now);
  const checked = questions.map((question) => ({ question, ...checkParties(question, parties, now) }));
  const priced = await priceLines(
    db,
    settings,
    checked.map(({ question, parties }) => ({ ...question, ...parties, day: question.kept?.orderedOn ?? parties.today })),
  );
  return checked.map(({ question, parties, problems }, index) =>
    finish(question, parties, [...problems, ...(priced[index]?.problems ?? [])], priced[index]?.lines ?? []),
  );
}

function finish(
  { submission, kept }: Question,
  parties: CheckedParties,
  problems: OrderProblem[],
  lines: readonly OrderContentLine[],
): Validated {
  const { account, companyId, orderedById, onBehalfOfId, currency } = parties;
  if (problems.length > 0 || account === null || orderedById === null || currency === null) return { problems };
  const { requestedDeliveryOn, purchaseOrderNumber, paymentMethod, note, project } = submission;
  const { shipTo, billTo, costCentre, paymentTerms, shippingCost, tax, today } = parties;
  const content: OrderContent = {
    soldTo: account,
    shipTo,
    billTo,
    currency,
    orderedOn: kept?.orderedOn ?? today,
    requestedDeliveryOn,
    purchaseOrderNumber,
    costCentre,
    project,
    paymentTerms,
    paymentMethod,
    note,
    shippingCost,
    tax,
    lines,
  };
  const total = totalOf(content);
  if (!Number.isSafeInteger(total))
    return { problems: [{ path: 'lines', reason: 'their sum is too large to be an amount', cure: 'split the order' }] };
  return {
    draft: {
      accountId: account,
      companyId: companyId ?? account,
      orderedById,
      onBehalfOfId,
      content,
      materialHash: materialHash(content),
      total,
    },
  };
}
