/** What all seeds together came to, as a table. */
import type { Violation } from './judge.ts';
import type { Played } from './play.ts';

const VIOLATIONS: readonly Violation[] = ['doubled', 'lost', 'stuck', 'out of order', 'unexplained'];

export interface Totals {
  readonly seeds: number;
  readonly orders: number;
  readonly attempts: number;
  readonly delivered: number;
  /** Refused or held as planned. */
  readonly refusedAsPlanned: number;
  /** Parked, refused or held though nothing of the kind was planned; each says why. */
  readonly shown: Readonly<Record<string, number>>;
  readonly violations: Readonly<Record<Violation, number>>;
  readonly mishaps: Readonly<Record<string, number>>;
  readonly outages: Readonly<Record<string, number>>;
  readonly kills: Readonly<Record<string, number>>;
  readonly stops: Readonly<Record<string, number>>;
}

export function totalsOf(played: readonly Played[]): Totals {
  const sum = (of: (one: Played) => number) => played.reduce((all, one) => all + of(one), 0);
  const findings = played.flatMap((one) => one.findings);
  const sprung = played.flatMap((one) => one.sprung);
  const at = (act: string) => counted(sprung.filter((one) => one.act === act).map((one) => one.at));
  return {
    seeds: played.length,
    orders: sum(({ orders }) => orders),
    attempts: sum(({ attempts }) => attempts),
    delivered: sum(({ delivered }) => delivered),
    refusedAsPlanned: sum(({ refusedAsPlanned }) => refusedAsPlanned),
    shown: counted(played.flatMap(({ shown }) => Object.entries(shown).flatMap(([code, times]) => Array<string>(times).fill(code)))),
    violations: Object.fromEntries(
      VIOLATIONS.map((name) => [name, findings.filter(({ violation }) => violation === name).length]),
    ) as Record<Violation, number>,
    mishaps: counted(played.flatMap(({ mishaps }) => mishaps)),
    outages: counted(played.flatMap(({ outages }) => outages)),
    kills: at('kill'),
    stops: at('stop'),
  };
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export function* drawReport(byBackend: ReadonlyMap<string, Totals>): Generator<string> {
  const columns = [...byBackend.values()];
  const row = (what: string, of: (totals: Totals) => number | undefined) =>
    `| ${[what, ...columns.map((one) => of(one) ?? 0)].join(' | ')} |`;
  const names = (of: (totals: Totals) => Readonly<Record<string, number>>) =>
    [...new Set(columns.flatMap((one) => Object.keys(of(one))))].sort();
  yield `| queue on | ${[...byBackend.keys()].join(' | ')} |`;
  yield `| --- |${' ---: |'.repeat(columns.length)}`;
  yield row('seeds', ({ seeds }) => seeds);
  yield row('orders', ({ orders }) => orders);
  yield row('attempts', ({ attempts }) => attempts);
  yield row('**delivered exactly once**', ({ delivered }) => delivered);
  yield row('refused or held, as planned', ({ refusedAsPlanned }) => refusedAsPlanned);
  for (const code of names(({ shown }) => shown)) yield row(`left to a person: ${code}`, ({ shown }) => shown[code]);
  for (const name of VIOLATIONS) yield row(`**${name}**`, ({ violations }) => violations[name]);
  for (const name of names(({ mishaps }) => mishaps)) yield row(`ERP: ${name}`, ({ mishaps }) => mishaps[name]);
  for (const name of names(({ outages }) => outages)) yield row(name, ({ outages }) => outages[name]);
  for (const name of names(({ kills }) => kills)) yield row(`kill -9 ${name}`, ({ kills }) => kills[name]);
  for (const name of names(({ stops }) => stops)) yield row(`put to sleep ${name}`, ({ stops }) => stops[name]);
}
