/** Lines with the price the profile says, or the one given where it may be. */
import type { Settings } from '../config/settings.ts';
import { isWithin, lineAmount, pricePerUnit } from '../domain/orders/amount.ts';
import type { OrderContentLine } from '../domain/orders/order.ts';
import type { OrderProblem } from '../domain/orders/problem.ts';
import type { Submission, SubmissionLine } from '../domain/orders/submission.ts';
import type { Database, Transaction } from '../store/database.ts';
import { type ContractPrice, contractPrices, nearMisses, type PriceQuestion } from '../store/orders/contract-prices.ts';
import type { Question } from './load-parties.ts';

type OrderSettings = Settings['orders'];

interface Asked extends Question {
  /** `null`: problems of their own. Their lines are not priced. */
  readonly account: string | null;
  readonly currency: string | null;
  /** On which prices must hold. */
  readonly day: string;
}

export interface PricedLines {
  readonly lines: readonly OrderContentLine[];
  readonly problems: readonly OrderProblem[];
}

/** In the order of what was asked. */
export async function priceLines(db: Database | Transaction, settings: OrderSettings, asked: readonly Asked[]): Promise<PricedLines[]> {
  const questions: PriceQuestion[] = [];
  const places = asked.map((order) => {
    const before = new Map(order.kept?.lines?.map((line) => [line.reference, line]));
    return order.submission.lines.map((line, index) => place(order, line, before.get(referenceOf(line, index))));
  });
  function place(
    { account, currency, day }: Asked,
    line: SubmissionLine,
    before: OrderContentLine | undefined,
  ): number | OrderContentLine | null {
    if (before && isSame(line, before)) return { ...before, text: line.text, category: line.category, supplier: line.supplier };
    if (account === null || currency === null) return null;
    questions.push({ place: questions.length, account, currency, day, product: line.product, quantity: line.quantity, unit: line.unit });
    return questions.length - 1;
  }
  const prices = await contractPrices(db, questions);
  const unpriced = questions.filter((question) => !prices.has(question.place) && settings.prices === 'contract');
  const misses = await nearMisses(db, unpriced);
  return asked.map(({ submission, currency }, order) => {
    const problems: OrderProblem[] = doubledReferences(submission);
    const lines = submission.lines.flatMap((line, index) => {
      const found = places[order]?.[index] ?? null;
      if (found === null || typeof found === 'object') return found ?? [];
      const report: Report = (field, reason, cure) => void problems.push({ path: `lines[${index}].${field}`, reason, cure });
      const answer = { price: prices.get(found), miss: misses.get(found), currency: currency ?? '' };
      return priceLine(line, referenceOf(line, index), answer, settings, report) ?? [];
    });
    return { lines, problems };
  });
}

type Report = (field: string, reason: string, cure: string) => void;

interface Answer {
  readonly price: ContractPrice | undefined;
  readonly miss: string | undefined;
  readonly currency: string;
}

function priceLine(
  line: SubmissionLine,
  reference: string,
  { price, miss, currency }: Answer,
  { prices, priceTolerance }: OrderSettings,
  report: Report,
): OrderContentLine | null {
  const { product, quantity } = line;
  const agreed = price && pricePerUnit(price.unitPrice, price.perQuantity);
  if (agreed === undefined && (prices === 'contract' || line.unitPrice === null)) {
    const cure = prices === 'contract' ? 'order what has a price, or pull the prices' : 'give a unit price, or pull the prices';
    report('product', `"${product}" has no price for this account${miss ? `: ${miss}` : ''}`, cure);
    return null;
  }
  if (agreed !== undefined && line.unitPrice !== null && !isWithin(line.unitPrice, agreed, priceTolerance)) {
    report(
      'unitPrice',
      `${line.unitPrice} is given and ${agreed} ${currency} was agreed`,
      'leave the price out, or have it changed in the ERP',
    );
    return null;
  }
  const unitPrice = line.unitPrice ?? agreed ?? '0';
  const amount = lineAmount(quantity, unitPrice, currency);
  if (amount === null) {
    report('quantity', `${quantity} at ${unitPrice} is too large to be an amount`, 'correct it');
    return null;
  }
  const { text, category, supplier } = line;
  const unit = line.unit ?? price?.unit ?? null;
  return { reference, product, productName: price?.productName ?? null, quantity, unit, unitPrice, amount, category, supplier, text };
}

function referenceOf(line: SubmissionLine, index: number): string {
  return line.reference ?? String(index + 1);
}

/** What was ordered stays at the price it was approved at, whatever the profile says today. */
function isSame(line: SubmissionLine, before: OrderContentLine): boolean {
  const isSameItem = line.product === before.product && line.quantity === before.quantity && (line.unit ?? before.unit) === before.unit;
  return isSameItem && (line.unitPrice === null || line.unitPrice === before.unitPrice);
}

function doubledReferences({ lines }: Submission): OrderProblem[] {
  const seen = new Map<string, number>();
  return lines.flatMap((line, index) => {
    const reference = referenceOf(line, index);
    const first = seen.get(reference);
    if (first === undefined) {
      seen.set(reference, index);
      return [];
    }
    const reason = `"${reference}" also names lines[${first}]`;
    return [{ path: `lines[${index}].reference`, reason, cure: 'give each line a reference of its own' }];
  });
}
