/** A proposal of sites, and how it is told to people. */
import { Decimal } from 'decimal.js';
import type { Nearness, Ranked } from './nearness.ts';

const Exact = Decimal.clone({ precision: 100, toExpNeg: -9e15, toExpPos: 9e15 });

export interface SourcedPart {
  readonly site: string;
  readonly quantity: string;
}

export interface SourcedLine {
  readonly reference: string;
  readonly product: string;
  /** Nearest first. */
  readonly parts: readonly SourcedPart[];
  /** What no site of the proposal has. */
  readonly missing: string;
}

export interface SourcedSite {
  readonly site: string;
  readonly by: Nearness['by'];
  readonly distanceKm: number | null;
  readonly leadDays: number;
  readonly cost: number;
  /** Of the goods that should leave from there; minor units. */
  readonly value: number;
}

export interface Proposal {
  /** By line reference. */
  readonly lines: readonly SourcedLine[];
  /** Those that are needed, nearest first. */
  readonly sites: readonly SourcedSite[];
  /** Sites left out because a split would be worth too little. */
  readonly leftOut: readonly string[];
  readonly cost: number;
  /** Days until the last of the goods leave. */
  readonly leadDays: number;
  /** A sentence for people. */
  readonly reason: string;
}

/** What the search came to. */
export interface Found {
  readonly allowed: readonly Ranked[];
  /** By line reference. */
  readonly taken: ReadonlyMap<string, ReadonlyArray<{ site: string; quantity: Decimal }>>;
  readonly values: ReadonlyMap<string, Decimal>;
  readonly leftOut: readonly string[];
}

export function describeProposal(
  asked: ReadonlyArray<{ reference: string; product: string; quantity: string }>,
  { allowed, taken, values, leftOut }: Found,
): Proposal {
  const lines = asked.map(({ reference, product, quantity }): SourcedLine => {
    const parts = taken.get(reference) ?? [];
    const missing = parts.reduce((open, part) => open.minus(part.quantity), new Exact(quantity));
    return {
      reference,
      product,
      parts: parts.map((part) => ({ site: part.site, quantity: part.quantity.toFixed() })),
      missing: missing.toFixed(),
    };
  });
  const sites = allowed.flatMap(({ site, nearness: { by, distanceKm } }): SourcedSite[] => {
    const value = values.get(site.name);
    if (!value) return [];
    return [{ site: site.name, by, distanceKm, leadDays: site.leadDays, cost: site.cost, value: value.round().toNumber() }];
  });
  return {
    lines,
    sites,
    leftOut: [...leftOut].sort(),
    cost: sites.reduce((sum, { cost }) => sum.plus(cost), new Exact(0)).toNumber(),
    leadDays: Math.max(0, ...sites.map(({ leadDays }) => leadDays)),
    reason: reasonOf(lines, sites, leftOut),
  };
}

function reasonOf(lines: readonly SourcedLine[], sites: readonly SourcedSite[], leftOut: readonly string[]): string {
  const short = lines.filter(({ missing }) => missing !== '0').length;
  if (sites.length === 0) return 'no site has any of it; the ERP decides';
  const named = sites.map(({ site, by, distanceKm }) => `${site} (${distanceKm === null ? nearBy(by) : `${distanceKm} km`})`);
  const what = sites.length === 1 ? `from ${named[0]}, the nearest that has the goods` : `from ${named.join(', then ')}, nearest first`;
  const rest = short === 0 ? [] : [`${short} of ${lines.length} line${lines.length === 1 ? ' is' : 's are'} not in stock in full`];
  const spared = leftOut.length === 0 ? [] : [`not from ${[...leftOut].sort().join(', ')}: worth less than a split may be`];
  return [what, ...rest, ...spared].join('; ');
}

function nearBy(by: Nearness['by']): string {
  return by === 'nothing' ? 'place not known' : `by ${by}`;
}
