/** Approved, sent, confirmed: where what the ERP holds is not what people approved, line by line (SEMANTICS 2.15). Pure. */
import { createHash } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { isWithin } from './amount.ts';
import { matchLines, type OurLine, spread } from './match-lines.ts';
import type { ToldDocument, ToldLine } from './told-order.ts';

export interface Difference {
  /** Our mark of the line; `null` for the order as a whole, and for lines that are none of ours. */
  readonly line: string | null;
  readonly product: string | null;
  readonly about: 'price' | 'quantity' | 'product' | 'currency' | 'unexpected';
  /** `null` where there is none. */
  readonly approved: string | null;
  readonly sent: string | null;
  readonly confirmed: string | null;
}

export interface Agreed {
  readonly currency: string;
  readonly lines: readonly OurLine[];
}

export interface ThreeWay {
  readonly approved: Agreed;
  /** Differs from what is approved while a change is on its way. */
  readonly sent: Agreed;
  readonly confirmed: readonly ToldDocument[];
  /** Share by which a price may differ; a quantity may not. */
  readonly priceTolerance: number;
}

/** What is confirmed as it was sent is no difference: a change that was approved since is still on its way. */
export function matchThreeWays({ approved, sent, confirmed, priceTolerance }: ThreeWay): Difference[] {
  const orders = confirmed.filter(({ kind, state }) => kind === 'order' && state !== 'cancelled');
  const answers = confirmed.filter(({ kind, state }) => kind === 'confirmation' && state !== 'cancelled');
  const speaking = (answers.length > 0 ? answers : orders).filter(({ lines }) => lines.length > 0);
  if (speaking.length === 0) return [];
  const toSent = compare(sent, speaking, priceTolerance);
  if (toSent.length === 0) return [];
  const toApproved = compare(approved, speaking, priceTolerance);
  return toApproved.length === 0 ? [] : toSent.map((one) => ({ ...one, approved: approvedValue(one, approved) })).sort(inOrder);
}

/** The same differences have the same digest. */
export function digestOfDifferences(differences: readonly Difference[]): string {
  return createHash('sha256').update(JSON.stringify([...differences].sort(inOrder))).digest('hex'); // biome-ignore format: one chain
}

function compare({ currency, lines: ours }: Agreed, documents: readonly ToldDocument[], tolerance: number): Difference[] {
  const theirs = documents.flatMap(({ lines }) => lines);
  const matched = matchLines(ours, theirs);
  const quantities = spread(ours, matched, held);
  const foreign = documents.find((document) => document.currency !== null && document.currency !== currency);
  const ofLines = ours.flatMap((line) =>
    compareLine(line, matched.parts.get(line.reference) ?? [], quantities.get(line.reference), tolerance),
  );
  const strangers = matched.others.filter((line) => !new Decimal(held(line)).isZero());
  return [
    ...(foreign ? [difference({ about: 'currency', sent: currency, confirmed: foreign.currency })] : []),
    ...ofLines,
    ...strangers.map(({ product, quantity }) => difference({ about: 'unexpected', product, confirmed: plain(quantity) })),
  ];
}

function compareLine(line: OurLine, parts: readonly ToldLine[], quantity: Decimal | undefined, tolerance: number): Difference[] {
  const { reference, product } = line;
  const of = (about: Difference['about'], sent: string, confirmed: string | null) =>
    difference({ line: reference, product, about, sent, confirmed });
  const found: Difference[] = [];
  if (!quantity?.eq(line.quantity)) found.push(of('quantity', plain(line.quantity), (quantity ?? new Decimal(0)).toFixed()));
  const substitute = parts.find((part) => part.product !== null && part.product !== product);
  if (substitute) found.push(of('product', product, substitute.product));
  const dear = parts.find(({ unitPrice }) => unitPrice !== null && !isWithin(unitPrice, line.unitPrice, tolerance));
  if (dear) found.push(of('price', plain(line.unitPrice), plain(dear.unitPrice ?? '0')));
  return found;
}

/** Refused and cancelled goods are not confirmed. */
function held({ state, quantity, cancelled }: ToldLine): string {
  if (state === 'refused' || state === 'cancelled') return '0';
  return new Decimal(quantity).minus(cancelled ?? 0).toFixed();
}

function difference(values: Partial<Difference> & Pick<Difference, 'about'>): Difference {
  return { line: null, product: null, approved: null, sent: null, confirmed: null, ...values };
}

/** `null` for a line that was not approved, or only has been since. */
function approvedValue({ line, about }: Difference, { currency, lines }: Agreed): string | null {
  if (about === 'currency') return currency;
  const approved = lines.find(({ reference }) => reference === line);
  if (!approved || about === 'unexpected') return null;
  return about === 'product' ? approved.product : plain(about === 'price' ? approved.unitPrice : approved.quantity);
}

function plain(decimal: string): string {
  return new Decimal(decimal).toFixed();
}

function inOrder(a: Difference, b: Difference): number {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
