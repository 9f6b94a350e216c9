/**
 * Makes pages for the stage of pages of records. Two steps, because most records of most runs are unchanged: `add` computes
 * key and digest of every record, `render` maps only those the database found to differ. Records of which certainly nothing is
 * held are mapped as they come.
 * Pure computation; runs on a thread of its own for connectors that read files.
 */
import type { AnySource, Mapper, Page } from '../connector/contract.ts';
import type { EntityName } from '../connector/entities.ts';
import { digestOf } from './digest-of.ts';
import { type Held, OpenPage, type RenderedPage, Rendering, UNIT_SEPARATOR } from './open-page.ts';
import { RowMemory } from './row-memory.ts';
import { type Keyed, StageRows } from './stage-rows.ts';

export interface StagerInput {
  readonly entity: EntityName;
  readonly source: AnySource;
  readonly mapper: Mapper<unknown>;
  readonly mappingDigest: string;
  readonly foldKeys: boolean;
  readonly firstSeq: number;
  /** A page is complete with so many records; 0: each stands alone, since the next may be long in coming. Pages are never cut. */
  readonly gather: number;
}

/** `rendered`: all of its records; `null`: `render` is to be told which. */
export interface StagedPage {
  readonly held: Held;
  readonly rendered: RenderedPage | null;
}

export class PageStager {
  readonly #input: StagerInput;
  readonly #rows: StageRows;
  readonly #memory = new RowMemory();
  #nextSeq: number;
  #open: OpenPage | undefined;

  constructor(input: StagerInput) {
    this.#input = input;
    this.#rows = new StageRows({ ...input, keyOf: (externalId) => this.#keyOf(externalId) });
    this.#nextSeq = input.firstSeq;
  }

  /** Answers the pages that are complete now. `isNew`: whether certainly nothing is held of a record with this digest. */
  add(page: Page<unknown>, isNew: (digest: string) => boolean): StagedPage[] {
    const { keyed, keyless } = this.#identify(page);
    const areNew = keyed.length > 0 && keyed.every(({ digest }) => isNew(digest));
    const complete = this.#open?.rendering && keyed.length > 0 && !areNew ? this.end() : [];
    this.#open ??= new OpenPage(this.#nextSeq, areNew ? new Rendering(this.#memory) : undefined);
    this.#open.add(this.#rows, page, keyed, keyless);
    return this.#open.size < this.#input.gather ? complete : [...complete, ...this.end()];
  }

  /** What was gathered and is not complete: one page, or none. */
  end(): StagedPage[] {
    const page = this.#open?.close(this.#rows, (externalId) => this.#keyOf(externalId));
    this.#open = undefined;
    this.#nextSeq += page?.held.prepared.size ?? 0;
    return page ? [page] : [];
  }

  /** `differing`: positions of the records to be mapped. Called once for a page that is not rendered. */
  render({ prepared, keyed, bad }: Held, differing: Iterable<number>): RenderedPage {
    const rendering = new Rendering(this.#memory);
    for (const row of bad) rendering.addBad(row);
    for (const position of differing) {
      const record = keyed[position];
      if (record) rendering.add(this.#rows, prepared.firstSeq + position, record);
    }
    return rendering.end();
  }

  /** Takes back the memory of a rendered page that is stored. */
  reuse(memory: ArrayBuffer): void {
    this.#memory.reuse(memory);
  }

  #identify(page: Page<unknown>): { keyed: Keyed[]; keyless: unknown[] } {
    const { source, mapper, mappingDigest } = this.#input;
    const keyed: Keyed[] = [];
    const keyless: unknown[] = [];
    for (const raw of page.records) {
      const externalId = mapper.identify(raw);
      if (externalId === undefined || externalId === '' || externalId.includes(UNIT_SEPARATOR)) keyless.push(raw);
      // A changed mapping makes every record differ.
      else keyed.push({ raw, key: this.#keyOf(externalId), digest: digestOf(mappingDigest + source.content(raw)) });
    }
    return { keyed, keyless };
  }

  #keyOf(externalId: string): string {
    return this.#input.foldKeys ? externalId.toLowerCase() : externalId;
  }
}
