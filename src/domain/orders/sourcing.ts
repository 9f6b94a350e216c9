/**
 * Where the goods of an order should come from: the nearest site that has them, other sites for what it lacks, and no site for goods worth
 * less than the least value of a split (SEMANTICS 2.22). A proposal to the ERP; it promises nothing and never more than there is.
 * Pure: equal questions have equal answers, in whatever order lines, sites and stock are given.
 */
import { Decimal } from 'decimal.js';
import { byNearness, type Place, type Ranked, type Site } from './nearness.ts';
import { describeProposal, type Proposal } from './sourcing-proposal.ts';

const Exact = Decimal.clone({ precision: 100, toExpNeg: -9e15, toExpPos: 9e15 });
type Exact = InstanceType<typeof Exact>;

export interface LineToSource {
  /** Unique among the lines. */
  readonly reference: string;
  readonly product: string;
  readonly quantity: string;
  readonly unit: string | null;
  /** Of the whole line; minor units. */
  readonly amount: number;
}

export interface StockToSource {
  readonly site: string;
  readonly product: string;
  readonly unit: string | null;
  readonly available: string;
}

export interface SourcingQuestion {
  readonly shipTo: Place | null;
  readonly sites: readonly Site[];
  readonly stock: readonly StockToSource[];
  readonly lines: readonly LineToSource[];
  /** Minor units. */
  readonly minSplitValue: number;
}

export function proposeSites(question: SourcingQuestion): Proposal {
  const lines = [...question.lines].sort((a, b) => (a.reference < b.reference ? -1 : 1));
  const ranked = byNearness(question.sites, question.shipTo);
  const stock = stockBySite(question.stock);
  const leftOut: string[] = [];
  for (;;) {
    const allowed = ranked.filter(({ site }) => !leftOut.includes(site.name));
    const taken = take(lines, allowed, stock);
    const values = valuesOf(lines, taken);
    const poorest = poorestSplit(allowed, values, question.minSplitValue);
    if (!poorest) return describeProposal(lines, { allowed, taken, values, leftOut });
    leftOut.push(poorest);
  }
}

/** The site to send each line from where one line can name only one: that of its largest part, the nearer of two equal ones. */
export function mainSites({ lines }: Pick<Proposal, 'lines'>): Map<string, string> {
  return new Map(
    lines.flatMap(({ reference, parts }) => {
      const [first, ...rest] = parts;
      const largest = rest.reduce((best, part) => (best && new Exact(part.quantity).gt(best.quantity) ? part : best), first);
      return largest ? [[reference, largest.site] as const] : [];
    }),
  );
}

/** Site and product -> unit -> what may be promised. Rows of one site and product add up. */
function stockBySite(rows: readonly StockToSource[]): Map<string, Array<{ unit: string | null; available: Exact }>> {
  const stock = new Map<string, Array<{ unit: string | null; available: Exact }>>();
  for (const { site, product, unit, available } of rows) {
    const key = keyOf(site, product);
    const held = stock.get(key) ?? [];
    const same = held.find((one) => one.unit === unit);
    if (same) same.available = same.available.plus(available);
    else held.push({ unit, available: new Exact(available) });
    stock.set(key, held);
  }
  for (const held of stock.values()) held.sort((a, b) => ((a.unit ?? '') < (b.unit ?? '') ? -1 : 1));
  return stock;
}

function keyOf(site: string, product: string): string {
  return JSON.stringify([site, product]);
}

type Taken = ReadonlyMap<string, ReadonlyArray<{ site: string; quantity: Exact }>>;

/** Line by line, from the nearest site on. Of stock in another unit nobody knows how much it is. */
function take(lines: readonly LineToSource[], sites: readonly Ranked[], stock: ReturnType<typeof stockBySite>): Taken {
  const used = new Map<object, Exact>();
  return new Map(
    lines.map(({ reference, product, quantity, unit }) => {
      let open = new Exact(quantity);
      const parts: Array<{ site: string; quantity: Exact }> = [];
      for (const { site } of sites) {
        let here = new Exact(0);
        for (const held of stock.get(keyOf(site.name, product)) ?? []) {
          if (held.unit !== null && unit !== null && held.unit !== unit) continue;
          const left = held.available.minus(used.get(held) ?? 0);
          const part = Exact.min(left, open);
          if (part.lte(0)) continue;
          used.set(held, part.plus(used.get(held) ?? 0));
          here = here.plus(part);
          open = open.minus(part);
        }
        if (here.gt(0)) parts.push({ site: site.name, quantity: here });
      }
      return [reference, parts];
    }),
  );
}

function valuesOf(lines: readonly LineToSource[], taken: Taken): Map<string, Exact> {
  const values = new Map<string, Exact>();
  for (const { reference, quantity, amount } of lines) {
    for (const part of taken.get(reference) ?? []) {
      const value = part.quantity.times(amount).div(quantity);
      values.set(part.site, value.plus(values.get(part.site) ?? 0));
    }
  }
  return values;
}

/** The site that is not worth its split, the least worth of several and the farthest of equals; `undefined` when all are. */
function poorestSplit(sites: readonly Ranked[], values: ReadonlyMap<string, Exact>, least: number): string | undefined {
  if (values.size < 2) return undefined;
  const poor = sites.flatMap(({ site }) => {
    const value = values.get(site.name);
    return value?.lt(least) ? [{ name: site.name, value }] : [];
  });
  const [first, ...rest] = poor;
  return rest.reduce((worst, one) => (worst && one.value.lte(worst.value) ? one : worst), first)?.name;
}
