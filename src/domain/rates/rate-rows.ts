/** Exchange rates from the rows of a table. Every row is looked at, and all that is wrong is told with its place and cure. */
import { Refused } from '../../connector/mapping/cell.ts';
import { currencyOf } from '../../connector/mapping/words.ts';
import type { OrderProblem } from '../orders/problem.ts';
import { forOne, type Rate } from './rate.ts';

const FIELDS = ['date', 'from', 'to', 'rate', 'per', 'source'] as const;
export type RateField = (typeof FIELDS)[number];
const NEEDED: readonly RateField[] = ['date', 'from', 'to', 'rate'];

export interface RateColumns {
  /** Field -> place of its column. */
  readonly places: ReadonlyMap<RateField, number>;
  readonly missing: readonly RateField[];
}

/** Case and blanks around names do not matter. */
export function findRateColumns(names: readonly string[]): RateColumns {
  const folded = names.map((name) => name.trim().toLowerCase());
  const places = new Map(FIELDS.map((field) => [field, folded.indexOf(field)] as const).filter(([, at]) => at >= 0));
  return { places, missing: NEEDED.filter((field) => !places.has(field)) };
}

/** Values as they were read: a date and a number in canonical form, or why they are none. */
export interface RateRow {
  /** `rates.xlsx, sheet "May", row 7`. */
  readonly place: string;
  readonly date: string | Refused;
  readonly from: string;
  readonly to: string;
  readonly rate: string | Refused;
  /** How many units of `from` it is for. */
  readonly per: string | Refused;
  /** '' where the row names none. */
  readonly source: string;
}

export interface ReadRates {
  readonly rates: readonly Rate[];
  readonly problems: readonly OrderProblem[];
}

/** Rows that say the same twice are one. */
export function readRateRows(rows: readonly RateRow[], source: string | null): ReadRates {
  const problems: OrderProblem[] = [];
  const seen = new Map<string, Rate & { place: string }>();
  for (const row of rows) {
    const found = readRow(row, source);
    if ('problems' in found) {
      problems.push(...found.problems);
      continue;
    }
    const key = JSON.stringify([found.from, found.to, found.on, found.source]);
    const before = seen.get(key);
    if (!before) seen.set(key, { ...found, place: row.place });
    else if (before.rate !== found.rate) {
      const reason = `${found.from}/${found.to} of ${found.on} (${found.source}) is ${found.rate} here and ${before.rate} in ${before.place}`;
      problems.push({ path: row.place, reason, cure: 'leave one of them, or name their sources' });
    }
  }
  return { rates: [...seen.values()].map(({ place: _, ...rate }) => rate), problems };
}

function readRow(row: RateRow, fallback: string | null): Rate | { problems: OrderProblem[] } {
  const problems: OrderProblem[] = [];
  const refuse = (field: RateField, reason: string, cure: string) => {
    problems.push({ path: `${row.place}, column "${field}"`, reason, cure });
  };
  const { date: on, rate, per } = row;
  if (on instanceof Refused) refuse('date', ...split(on.reason));
  const [from, to] = [readCurrency('from', row.from, refuse), readCurrency('to', row.to, refuse)];
  if (from !== null && from === to) refuse('to', `both currencies are ${to}`, 'name two');
  if (rate instanceof Refused) refuse('rate', ...split(rate.reason));
  else if (rate === '0') refuse('rate', 'a rate of zero would make everything free', 'give the rate, or leave the row out');
  else if (rate.startsWith('-')) refuse('rate', `${rate} is less than zero`, 'correct its sign');
  if (per instanceof Refused) refuse('per', ...split(per.reason));
  else if (per === '0' || per.startsWith('-'))
    refuse('per', `${per} units have no rate`, 'say how many units it is for, or leave it blank for one');
  const source = row.source.trim() || fallback;
  if (source === null) refuse('source', 'is blank', 'fill it, or name the source of all of them with --source');
  const isUnread = on instanceof Refused || rate instanceof Refused || per instanceof Refused;
  if (problems.length > 0 || isUnread || from === null || to === null || source === null) return { problems };
  return { from, to, on, rate: forOne(rate, per), source };
}

type Refuse = (field: RateField, reason: string, cure: string) => void;

function readCurrency(field: 'from' | 'to', text: string, refuse: Refuse): string | null {
  const currency = currencyOf(text.trim());
  if (!(currency instanceof Refused)) return currency;
  const reason = text.trim() === '' ? 'is blank' : `"${text.trim()}" is no currency`;
  refuse(field, reason, 'use three letters of ISO 4217 such as EUR');
  return null;
}

function split(reason: string): [string, string] {
  const at = reason.lastIndexOf('; ');
  return at < 0 ? [reason, 'correct it'] : [reason.slice(0, at), reason.slice(at + 2)];
}
