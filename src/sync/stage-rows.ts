/** One record as a row for the stage, in COPY text format: a draft, or a bad record with its problems. Pure. */
import type { AnySource, Draft, Json, Mapper, Origin, Problem, Unreadable } from '../connector/contract.ts';
import { ENTITIES, type EntityName } from '../connector/entities.ts';
import { sortKeys } from '../connector/sort-keys.ts';
import { copyLine, jsonCell } from './copy-text.ts';
import { digestOf } from './digest-of.ts';

export interface Keyed {
  readonly raw: unknown;
  readonly key: string;
  readonly digest: string;
}

/** Columns of stage.drafts and stage.bad, in the order of the rows made here. */
export const DRAFT_COLUMNS = 'seq, key, external_id, content_digest, fingerprint, origin, refs, draft';
export const BAD_COLUMNS = 'seq, identity, key, external_id, origin, problems, payload, draft';

export class StageRows {
  readonly #source: AnySource;
  readonly #mapper: Mapper<unknown>;
  readonly #keyOf: (externalId: string) => string;
  readonly #references: readonly string[];

  constructor({
    entity,
    source,
    mapper,
    keyOf,
  }: {
    entity: EntityName;
    source: AnySource;
    mapper: Mapper<unknown>;
    keyOf: (externalId: string) => string;
  }) {
    this.#source = source;
    this.#mapper = mapper;
    this.#keyOf = keyOf;
    this.#references = Object.entries(ENTITIES[entity].fields)
      .filter(([, field]) => field.type === 'reference')
      .map(([name]) => name);
  }

  /** Maps the record. */
  of(seq: number, { raw, key, digest }: Keyed): { isBad: boolean; row: string } {
    const mapped = this.#mapper.toDraft(raw);
    return mapped.draft
      ? { isBad: false, row: this.#draft(seq, key, digest, this.#source.origin(raw), mapped.draft) }
      : { isBad: true, row: this.#bad(seq, key, raw, mapped.problems) };
  }

  /** Why a record without a usable key is bad: the mapper's own words where it has some. */
  ofKeyless(seq: number, raw: unknown): string {
    const reason = 'the external id is empty or holds control characters; fill it at the source';
    const problems = this.#mapper.toDraft(raw).problems ?? [{ code: 'RECORD_KEY_MISSING', field: 'externalId', reason }];
    return this.#bad(seq, null, raw, problems);
  }

  ofUnreadable(seq: number, { origin, problems, payload }: Unreadable): string {
    return badRow(seq, null, null, origin, problems, payload);
  }

  #draft(seq: number, key: string, digest: string, origin: Origin, draft: Draft): string {
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

  #bad(seq: number, key: string | null, raw: unknown, problems: readonly Problem[]): string {
    return badRow(seq, key, this.#mapper.identify(raw) ?? null, this.#source.origin(raw), problems, this.#source.payload(raw));
  }
}

/** A bad record without a key is known by its content, so that meeting it again renews its entry in quarantine. */
function badRow(
  seq: number,
  key: string | null,
  externalId: string | null,
  origin: Origin,
  problems: readonly Problem[],
  payload: Json,
): string {
  return copyLine([
    String(seq),
    key ?? `content:${digestOf(JSON.stringify(sortKeys(payload)))}`,
    key,
    externalId,
    jsonCell(JSON.stringify(origin)),
    jsonCell(JSON.stringify(problems)),
    jsonCell(JSON.stringify(payload)),
    null,
  ]);
}
