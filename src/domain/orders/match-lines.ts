/** Which lines the ERP tells of are which of ours: by our mark where the system keeps it, else by product, quantity and price. */
import { Decimal } from 'decimal.js';

export interface OurLine {
  /** Unique among the lines. */
  readonly reference: string;
  readonly product: string;
  readonly quantity: string;
  readonly unitPrice: string;
}

interface TheirLine {
  readonly reference: string | null;
  readonly product: string | null;
  readonly quantity: string;
  readonly unitPrice: string | null;
}

export interface Matched<Theirs> {
  /** By our reference; every line of ours is in it. */
  readonly parts: ReadonlyMap<string, readonly Theirs[]>;
  /** Lines that are none of ours. */
  readonly others: readonly Theirs[];
}

/** The first that fits takes the line. Quantity and price only tell lines of one product apart. */
const LIKENESS: ReadonlyArray<(ours: OurLine, theirs: TheirLine) => boolean> = [
  (ours, theirs) => isEqual(ours.quantity, theirs.quantity) && theirs.unitPrice !== null && isEqual(ours.unitPrice, theirs.unitPrice),
  (ours, theirs) => isEqual(ours.quantity, theirs.quantity),
  () => true,
];

export function matchLines<Theirs extends TheirLine>(ours: readonly OurLine[], theirs: readonly Theirs[]): Matched<Theirs> {
  const parts = new Map<string, Theirs[]>(ours.map(({ reference }) => [reference, []]));
  const left = new Set(theirs);
  const give = (reference: string, line: Theirs) => {
    parts.get(reference)?.push(line);
    left.delete(line);
  };
  for (const line of theirs) if (line.reference !== null && parts.has(line.reference)) give(line.reference, line);
  for (const isLike of LIKENESS) {
    for (const line of [...left]) {
      const free = ours.find((one) => parts.get(one.reference)?.length === 0 && one.product === line.product && isLike(one, line));
      if (free) give(free.reference, line);
    }
  }
  // Delivered in parts, or written twice: more lines of a product than we have of it.
  for (const line of [...left]) {
    const same = ours.filter(({ product }) => product === line.product);
    const lacking = same.find(({ reference, quantity }) => sum(parts.get(reference) ?? []).lt(quantity)) ?? same[0];
    if (lacking) give(lacking.reference, line);
  }
  return { parts, others: [...left] };
}

/**
 * How much of each line of ours is told of, by `amount`. What one line has too much, another of the same product lacks: systems join lines
 * of one product, and tell of one where we have two. Lines with our mark are left as they are.
 */
export function spread<Theirs extends TheirLine>(
  ours: readonly OurLine[],
  { parts }: Matched<Theirs>,
  amount: (line: Theirs) => Decimal.Value,
): Map<string, Decimal> {
  const told = new Map(ours.map(({ reference }) => [reference, sum(parts.get(reference) ?? [], amount)]));
  const isLoose = ({ reference }: OurLine) => (parts.get(reference) ?? []).every((line) => line.reference !== reference);
  const loose = ours.filter(isLoose);
  for (const giver of loose) {
    for (const taker of loose) {
      if (taker.product !== giver.product) continue;
      const surplus = Decimal.max(0, (told.get(giver.reference) ?? new Decimal(0)).minus(giver.quantity));
      const lack = Decimal.max(0, new Decimal(taker.quantity).minus(told.get(taker.reference) ?? 0));
      const moved = Decimal.min(surplus, lack);
      if (moved.isZero()) continue;
      told.set(giver.reference, (told.get(giver.reference) ?? new Decimal(0)).minus(moved));
      told.set(taker.reference, (told.get(taker.reference) ?? new Decimal(0)).plus(moved));
    }
  }
  return told;
}

function sum<Theirs extends TheirLine>(
  lines: readonly Theirs[],
  amount: (line: Theirs) => Decimal.Value = ({ quantity }) => quantity,
): Decimal {
  return lines.reduce((total, line) => total.plus(amount(line)), new Decimal(0));
}

function isEqual(one: string, other: string): boolean {
  return new Decimal(one).eq(other);
}
