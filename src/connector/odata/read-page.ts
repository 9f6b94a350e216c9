/** Reads one page of an entity set, with everything it expands. */
import { RetryLaterError } from '../../errors.ts';
import type { Http } from '../http/types.ts';
import { type CutCollection, type ODataPage, type ODataRow, pageOf, plainRow } from './answer.ts';
import { type Ask, askEach } from './batch.ts';

export interface ODataRead extends ODataPage {
  /** The server's clock, if it tells. */
  readonly serverAt: Date | null;
}

/** A server that cuts an expansion this often leads in a circle. */
const MOST_CUTS = 10_000;

/** `path` from `odataPath`, or the server's own link. Rows come without wrapping, expansions whole; what is missing of them is had by `ask`. */
export async function readPage(
  http: Http,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  ask: Ask = askEach(http, headers),
): Promise<ODataRead> {
  const { json, serverAt } = await http.send({ path, headers });
  const page = pageOf(json, nameOf(path));
  return { ...page, rows: await plainRows(page.rows, path, ask), serverAt };
}

/** Every row of a set that is known to be small, such as the relations of a page's rows. A row that is none would be missing without a word. */
export async function readAll(http: Http, path: string, headers: Readonly<Record<string, string>> = {}): Promise<ODataRow[]> {
  return readAllOf(askEach(http, headers), [path]);
}

/** Every row of several such sets, in the order of the paths. */
export async function readAllOf(ask: Ask, paths: readonly string[]): Promise<ODataRow[]> {
  const sets: ODataRow[][] = paths.map(() => []);
  let open: readonly Open[] = paths.map((at, place) => ({ at, into: sets[place] as ODataRow[] }));
  while (open.length > 0) open = await readOn(ask, open, wholePage);
  return sets.flat();
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

/** A list that goes on at an address, and where its rows belong. */
interface Open {
  readonly at: string;
  readonly into: ODataRow[];
}

function wholePage(json: unknown, at: string): ODataPage {
  const page = pageOf(json, nameOf(at));
  if (page.strange.length > 0) throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `${nameOf(at)}: the list holds what is no entity`);
  return page;
}

/** The next page of every list; answers the lists that go on behind it. */
async function readOn(ask: Ask, open: readonly Open[], pageIn: typeof wholePage): Promise<Open[]> {
  const answers = await ask(open.map(({ at }) => at));
  const rest: Open[] = [];
  for (const [place, { at, into }] of open.entries()) {
    const page = pageIn(answers[place], at);
    into.push(...(await plainRows(page.rows, at, ask)));
    const next = nextOf(at, page.next);
    if (next !== null) rest.push({ at: next, into });
  }
  return rest;
}

/** Without wrapping, and with what the server cut out of their expansions, also inside of what it cut out. */
async function plainRows(rows: readonly ODataRow[], path: string, ask: Ask): Promise<ODataRow[]> {
  const cuts: CutCollection[] = [];
  const plain = rows.map((row) => plainRow(row, (cut) => void cuts.push(cut)));
  let open: readonly Open[] = cuts.map((cut) => ({ at: nextOf(path, cut.next) as string, into: cut.rows }));
  for (let turn = 0; open.length > 0; turn += 1) {
    const [first] = open as [Open];
    if (turn === MOST_CUTS) throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `${nameOf(first.at)}: its links to the next page find no end`);
    open = await readOn(ask, open, (json, at) => pageOf(json, nameOf(at)));
  }
  return plain;
}

/** For messages: without host and query. */
function nameOf(path: string): string {
  return path.replace(/^https?:\/\/[^/]+/i, '').replace(/\?.*$/, '');
}
