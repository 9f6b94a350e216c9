/** An order with some of its fields made different, as the submission it would have been. */
import { decimalOfMinor } from '../domain/orders/money.ts';
import type { Order, OrderContent } from '../domain/orders/order.ts';
import type { Submission, SubmissionChange, SubmissionLine } from '../domain/orders/submission.ts';
import type { Kept, Question } from './load-parties.ts';

const KEPT = ['shipTo', 'billTo', 'costCentre', 'paymentTerms', 'requestedDeliveryOn', 'shippingCost'] as const;
/** A tax was that of the goods as they were. */
const TAXED = ['lines', 'shippingCost'] as const;

export function mergeChange(order: Order, content: OrderContent, change: SubmissionChange): Question {
  const { requestedDeliveryOn, purchaseOrderNumber, paymentMethod, note, currency, orderedOn, project = null, tax = null } = content;
  const isTaxedAnew = TAXED.some((field) => change[field] !== undefined);
  const submission: Submission = {
    reference: order.reference,
    account: `id:${order.accountId}`,
    orderedBy: `id:${order.orderedById}`,
    onBehalfOf: order.onBehalfOfId === null ? null : `id:${order.onBehalfOfId}`,
    currency,
    shipTo: null,
    billTo: null,
    costCentre: null,
    paymentTerms: null,
    requestedDeliveryOn,
    purchaseOrderNumber,
    paymentMethod,
    note,
    project,
    shippingCost: decimalOfMinor(content.shippingCost, currency),
    tax: tax === null || isTaxedAnew ? null : decimalOfMinor(tax, currency),
    ...withoutAbsent(change),
    lines: change.lines ? named(change.lines, content) : content.lines.map(({ productName: _, amount: __, ...line }) => line),
  };
  const kept: Kept = {
    orderedOn,
    lines: content.lines,
    ...Object.fromEntries(KEPT.filter((field) => change[field] === undefined).map((field) => [field, content[field]])),
  };
  return { submission, kept };
}

function withoutAbsent(change: SubmissionChange): Partial<Submission> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

/** A line that names none it could be is a new one, under a number nobody had. */
function named(lines: readonly SubmissionLine[], content: OrderContent): SubmissionLine[] {
  const taken = [...content.lines, ...lines].map(({ reference }) => Number(reference)).filter(Number.isSafeInteger);
  let last = Math.max(content.lines.length, ...taken);
  return lines.map((line) => {
    if (line.reference !== null) return line;
    last += 1;
    return { ...line, reference: String(last) };
  });
}
