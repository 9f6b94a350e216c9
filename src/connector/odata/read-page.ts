/** Reads one page of an entity set, with everything it expands. */
import { RetryLaterError } from '../../errors.ts';
import type { Http } from '../http/types.ts';
import { type CutCollection, type ODataPage, type ODataRow, pageOf, plainRow } from './answer.ts';

export interface ODataRead extends ODataPage {
  /** The server's clock, if it tells. */
  readonly serverAt: Date | null;
}

/** A server that cuts an expansion this often leads in a circle. */
const MOST_CUTS = 10_000;

/** `path` from `odataPath`, or the server's own link. Rows come without wrapping, expansions whole. */
export async function readPage(http: Http, path: string, headers: Readonly<Record<string, string>> = {}): Promise<ODataRead> {
  const { json, serverAt } = await http.send({ path, headers });
  const page = pageOf(json, nameOf(path));
  const cuts: CutCollection[] = [];
  const note = (cut: CutCollection) => void cuts.push(cut);
  const rows = page.rows.map((row) => plainRow(row, note));
  for (let turn = 0; turn < cuts.length; turn += 1) await fillUp(http, path, cuts[turn] as CutCollection, headers, note);
  return { ...page, rows, serverAt };
}

/** Every row of a set that is known to be small, such as the relations of a page's rows. A row that is none would be missing without a word. */
export async function readAll(http: Http, path: string, headers: Readonly<Record<string, string>> = {}): Promise<ODataRow[]> {
  const rows: ODataRow[] = [];
  for (let at: string | null = path; at !== null; ) {
    const page: ODataRead = await readPage(http, at, headers);
    if (page.strange.length > 0) throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `${nameOf(at)}: the list holds what is no entity`);
    rows.push(...page.rows);
    at = nextOf(at, page.next);
  }
  return rows;
}

/**
 * Where the next page is. Links of version 4 may be relative: they are meant from the folder of the present address. A path from the
 * root becomes a whole address, since `Http` would append it to the base; it puts the connection's own host into whole addresses.
 */
export function nextOf(path: string, next: string | null): string | null {
  if (next === null || /^https?:\/\//i.test(next)) return next;
  if (next.startsWith('/')) return `https://server.invalid${next}`;
  const place = path.replace(/\?.*$/, '');
  return `${place.slice(0, place.lastIndexOf('/') + 1)}${next}`;
}

async function fillUp(
  http: Http,
  path: string,
  cut: CutCollection,
  headers: Readonly<Record<string, string>>,
  note: (cut: CutCollection) => void,
): Promise<void> {
  let at: string | null = nextOf(path, cut.next);
  for (let turn = 0; at !== null && turn < MOST_CUTS; turn += 1) {
    const { json } = await http.send({ path: at, headers });
    const page: ODataPage = pageOf(json, nameOf(at));
    cut.rows.push(...page.rows.map((row) => plainRow(row, note)));
    at = nextOf(at, page.next);
  }
  if (at !== null) throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `${nameOf(at)}: its links to the next page find no end`);
}

/** For messages: without host and query. */
function nameOf(path: string): string {
  return path.replace(/^https?:\/\/[^/]+/i, '').replace(/\?.*$/, '');
}
