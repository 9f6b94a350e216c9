/** Lists of EspoCRM: conditions travel as PHP reads arrays from an address, where[0][type]=... */
import { z } from 'zod';
import type { Json, Session } from '../../src/connector/contract.ts';
import { isJsonObject, type JsonObject } from '../../src/connector/json.ts';
import { shaped } from '../../src/connector/shaped.ts';
import type { EspocrmSettings, WhereItem } from './settings.ts';

export type EspocrmSession = Session<EspocrmSettings>;
export type Row = Readonly<JsonObject>;

export interface Search {
  readonly where: readonly WhereItem[];
  readonly select: readonly string[];
  readonly maxSize: number;
}

const answered = z.looseObject({ list: z.array(z.json()) });

export interface Rows {
  readonly rows: readonly Row[];
  /** What is no record at all. */
  readonly nonsense: readonly Json[];
  readonly serverAt: Date | null;
}

/** In the order of ids. Counting all that fit costs the server more than the page itself, so it is asked not to. */
export async function list({ http }: EspocrmSession, entityType: string, { where, select, maxSize }: Search): Promise<Rows> {
  const { json, serverAt } = await http.send({
    path: entityType,
    query: {
      ...flat('where', where as readonly Json[] as Json),
      select: select.join(','),
      orderBy: 'id',
      order: 'asc',
      offset: 0,
      maxSize,
    },
    headers: { 'x-no-total': 'true' },
  });
  const records = shaped(answered, json, `a list of ${entityType}`).list;
  return { rows: records.filter(isJsonObject), nonsense: records.filter((one) => !isJsonObject(one)), serverAt };
}

/** { a: [{ b: 1 }] } -> { "a[0][b]": "1" } */
export function flat(name: string, value: Json | undefined): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null) return { [name]: value === null ? '' : String(value) };
  return Object.fromEntries(Object.entries(value).flatMap(([key, held]) => Object.entries(flat(`${name}[${key}]`, held))));
}

/** "2026-03-02 08:00:12" in UTC, whatever zone the users see. */
export function stampText(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

export function instant(stamp: Json | undefined): Date | null {
  if (typeof stamp !== 'string' || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(stamp)) return null;
  const at = new Date(`${stamp.replace(' ', 'T')}Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}
