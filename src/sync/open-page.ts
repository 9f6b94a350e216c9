/** Pages of records on their way to be one page for the stage, and the rows made of them. */
import type { Cursor, Fault, Page } from '../connector/contract.ts';
import type { RowMemory, RowWriter } from './row-memory.ts';
import type { Keyed, StageRows } from './stage-rows.ts';

/** Separates keys in one text; a key that holds it is refused. */
export const UNIT_SEPARATOR = '\u001f';

export interface PreparedPage {
  /** Of the first keyed record; the keyed ones come first, the others after them. */
  readonly firstSeq: number;
  /** Records of the page, readable, bad or known. */
  readonly size: number;
  readonly keyed: number;
  /** Keys of the keyed records, joined by the unit separator; not of a page that is rendered. */
  readonly keys: string;
  /** Their content digests, 32 hex digits each, joined by commas. */
  readonly digests: string;
  /** Records left out because they are known: how many, the number of the first (they come last), and their digests, joined by commas. */
  readonly known: { readonly count: number; readonly firstSeq: number; readonly digests: string };
  readonly cursor: Cursor;
  readonly faults: readonly Fault[];
  readonly wholeFiles: readonly string[];
  /** Keys of what the other side says it has deleted. */
  readonly gone: readonly string[];
  readonly progress: { done: number; total: number } | undefined;
}

/** Rows in COPY text format for stage.drafts and stage.bad, each in an ArrayBuffer of its own. */
export interface RenderedPage {
  readonly drafts: Uint8Array<ArrayBuffer>;
  readonly bad: Uint8Array<ArrayBuffer>;
  readonly badCount: number;
}

export interface Held {
  readonly prepared: PreparedPage;
  /** Those to be rendered when the database has told which. */
  readonly keyed: readonly Keyed[];
  /** Rows for stage.bad. */
  readonly bad: readonly string[];
}

/** Writes rows as they are made, so that what they are made of dies young. */
export class Rendering {
  readonly #drafts: RowWriter;
  readonly #bad: RowWriter;
  #badCount = 0;

  constructor(memory: RowMemory) {
    this.#bad = memory.open();
    this.#drafts = memory.open();
  }

  add(rows: StageRows, seq: number, record: Keyed): void {
    const { isBad, row } = rows.of(seq, record);
    if (isBad) this.addBad(row);
    else this.#drafts.add(row);
  }

  addBad(row: string): void {
    this.#bad.add(row);
    this.#badCount += 1;
  }

  end(): RenderedPage {
    return { drafts: this.#drafts.end(), bad: this.#bad.end(), badCount: this.#badCount };
  }
}

/** Records are rendered as they come or held, all of them alike. */
export class OpenPage {
  readonly rendering: Rendering | undefined;
  readonly #firstSeq: number;
  readonly #pages: Page<unknown>[] = [];
  readonly #held: Keyed[] = [];
  readonly #keyless: unknown[] = [];
  #keyed = 0;
  #others = 0;

  constructor(firstSeq: number, rendering: Rendering | undefined) {
    this.#firstSeq = firstSeq;
    this.rendering = rendering;
  }

  get size(): number {
    return this.#keyed + this.#others;
  }

  add(rows: StageRows, page: Page<unknown>, keyed: readonly Keyed[], keyless: readonly unknown[]): void {
    for (const record of keyed) {
      if (this.rendering) this.rendering.add(rows, this.#firstSeq + this.#keyed, record);
      else this.#held.push(record);
      this.#keyed += 1;
    }
    for (const raw of keyless) this.#keyless.push(raw);
    this.#others += keyless.length + (page.unreadable?.length ?? 0) + (page.known?.length ?? 0);
    this.#pages.push({ ...page, records: [] });
  }

  close(rows: StageRows, keyOf: (externalId: string) => string): { held: Held; rendered: RenderedPage | null } {
    let seq = this.#firstSeq + this.#keyed;
    const pages = this.#pages;
    const bad = [
      ...this.#keyless.map((raw) => rows.ofKeyless(seq++, raw)),
      ...pages.flatMap(({ unreadable = [] }) => unreadable).map((record) => rows.ofUnreadable(seq++, record)),
    ];
    const known = pages.flatMap(({ known = [] }) => known);
    const prepared = {
      firstSeq: this.#firstSeq,
      size: this.size,
      known: { count: known.length, firstSeq: seq, digests: known.join(',') },
      keyed: this.#keyed,
      keys: this.#held.map(({ key }) => key).join(UNIT_SEPARATOR),
      digests: this.#held.map(({ digest }) => digest).join(','),
      cursor: pages.at(-1)?.cursor ?? null,
      faults: pages.flatMap(({ faults = [] }) => faults),
      wholeFiles: pages.flatMap(({ wholeFiles = [] }) => wholeFiles),
      gone: pages.flatMap(({ gone = [] }) => gone).map(({ externalId }) => keyOf(externalId)),
      progress: pages.at(-1)?.progress,
    };
    if (this.rendering) for (const row of bad) this.rendering.addBad(row);
    return { held: { prepared, keyed: this.#held, bad }, rendered: this.rendering?.end() ?? null };
  }
}
