/**
 * Turns pages of records into rows for the stage. Two steps, because most records of most runs are unchanged:
 * `prepare` computes key and digest of every record, `render` maps only those the database found to differ.
 * Pure computation; runs on a thread of its own for connectors that read files.
 */
import { hash } from 'node:crypto';
import type { AnySource, Cursor, Draft, Fault, Json, Mapper, Origin, Page, Problem } from '../connector/contract.ts';
import { ENTITIES, type EntityName } from '../connector/entities.ts';
import { sortKeys } from '../connector/sort-keys.ts';
import { copyLine, jsonCell } from './copy-text.ts';
import { RowMemory } from './row-memory.ts';

/** Separates keys in one text; a key that holds it is refused. */
const UNIT_SEPARATOR = '\u001f';

export interface PreparedPage {
  /** Of the first keyed record; the keyed ones come first, the others after them. */
  readonly firstSeq: number;
  /** Records of the page, readable, bad or known. */
  readonly size: number;
  readonly keyed: number;
  /** Keys of the keyed records, joined by the unit separator. */
  readonly keys: string;
  /** Content digests of the keyed records, 32 hex digits each, joined by commas. */
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
  readonly keyed: ReadonlyArray<{ raw: unknown; key: string; digest: string }>;
  readonly bad: readonly string[];
}

export interface StagerInput {
  readonly entity: EntityName;
  readonly source: AnySource;
  readonly mapper: Mapper<unknown>;
  readonly mappingDigest: string;
  readonly foldKeys: boolean;
  readonly firstSeq: number;
}

export class PageStager {
  readonly #input: StagerInput;
  readonly #references: readonly string[];
  readonly #memory = new RowMemory();
  #nextSeq: number;

  constructor(input: StagerInput) {
    this.#input = input;
    this.#nextSeq = input.firstSeq;
    this.#references = Object.entries(ENTITIES[input.entity].fields)
      .filter(([, field]) => field.type === 'reference')
      .map(([name]) => name);
  }

  prepare(page: Page<unknown>): Held {
    const { source, mapper, mappingDigest } = this.#input;
    const firstSeq = this.#nextSeq;
    const keyed: Array<{ raw: unknown; key: string; digest: string }> = [];
    const keyless: unknown[] = [];
    for (const raw of page.records) {
      const externalId = mapper.identify(raw);
      if (externalId === undefined || externalId === '' || externalId.includes(UNIT_SEPARATOR)) keyless.push(raw);
      // A changed mapping makes every record differ.
      else keyed.push({ raw, key: this.#keyOf(externalId), digest: digestOf(mappingDigest + source.content(raw)) });
    }
    let seq = firstSeq + keyed.length;
    const bad = [
      ...keyless.map((raw) => this.#badLine(seq++, null, raw, this.#problemsOf(raw))),
      ...(page.unreadable ?? []).map(({ origin, problems, payload }) => badRow(seq++, null, null, origin, problems, payload)),
    ];
    const known = { count: page.known?.length ?? 0, firstSeq: seq, digests: page.known?.join(',') ?? '' };
    this.#nextSeq = seq + known.count;
    const prepared = {
      firstSeq,
      size: this.#nextSeq - firstSeq,
      known,
      keyed: keyed.length,
      keys: keyed.map(({ key }) => key).join(UNIT_SEPARATOR),
      digests: keyed.map(({ digest }) => digest).join(','),
      cursor: page.cursor,
      faults: page.faults ?? [],
      wholeFiles: page.wholeFiles ?? [],
      gone: (page.gone ?? []).map(({ externalId }) => this.#keyOf(externalId)),
      progress: page.progress,
    };
    return { prepared, keyed, bad };
  }

  /** `differing`: positions of the records to be mapped. Rows are written as they are made, so that what they are made of dies young. */
  render(held: Held, differing: Iterable<number>): RenderedPage {
    const { source, mapper } = this.#input;
    const bad = this.#memory.open();
    const drafts = this.#memory.open();
    let badCount = held.bad.length;
    for (const row of held.bad) bad.add(row);
    for (const position of differing) {
      const record = held.keyed[position];
      if (!record) continue;
      const seq = held.prepared.firstSeq + position;
      const mapped = mapper.toDraft(record.raw);
      if (mapped.draft) drafts.add(this.#draftLine(seq, record.key, record.digest, source.origin(record.raw), mapped.draft));
      else {
        bad.add(this.#badLine(seq, record.key, record.raw, mapped.problems));
        badCount += 1;
      }
    }
    return { drafts: drafts.end(), bad: bad.end(), badCount };
  }

  /** Takes back the memory of a rendered page that is stored. */
  reuse(memory: ArrayBuffer): void {
    this.#memory.reuse(memory);
  }

  #keyOf(externalId: string): string {
    return this.#input.foldKeys ? externalId.toLowerCase() : externalId;
  }

  /** Why a record without a usable key is bad: the mapper's own words where it has some. */
  #problemsOf(raw: unknown): Problem[] {
    return (
      this.#input.mapper.toDraft(raw).problems ?? [
        {
          code: 'RECORD_KEY_MISSING',
          field: 'externalId',
          reason: 'the external id is empty or holds control characters; fill it at the source',
        },
      ]
    );
  }

  #draftLine(seq: number, key: string, digest: string, origin: Origin, draft: Draft): string {
    const values = JSON.stringify(draft.values);
    return copyLine([
      String(seq),
      key,
      draft.externalId,
      digest,
      digestOf(values),
      jsonCell(JSON.stringify(origin)),
      this.#refs(draft),
      jsonCell(values),
    ]);
  }

  /** Keys of the records this draft refers to, by field. */
  #refs(draft: Draft): string | null {
    let refs: Record<string, string> | null = null;
    for (const field of this.#references) {
      const target = draft.values[field];
      if (typeof target !== 'string') continue;
      refs ??= {};
      refs[field] = this.#keyOf(target);
    }
    return refs && jsonCell(JSON.stringify(refs));
  }

  #badLine(seq: number, key: string | null, raw: unknown, problems: Problem[]): string {
    const { source, mapper } = this.#input;
    return badRow(seq, key, mapper.identify(raw) ?? null, source.origin(raw), problems, source.payload(raw));
  }
}

/** A bad record without a key is known by its content, so that meeting it again renews its entry in quarantine. */
function badRow(seq: number, key: string | null, externalId: string | null, origin: Origin, problems: Problem[], payload: Json): string {
  const kept = JSON.stringify(payload);
  return copyLine([
    String(seq),
    key ?? `content:${digestOf(JSON.stringify(sortKeys(payload)))}`,
    key,
    externalId,
    jsonCell(JSON.stringify(origin)),
    jsonCell(JSON.stringify(problems)),
    jsonCell(kept),
    null,
  ]);
}

/** 128 bits of SHA-256, as the hex digits of a uuid: half the index size, and no collision to fear below 10^15 records. */
export function digestOf(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex').slice(0, 32);
}
