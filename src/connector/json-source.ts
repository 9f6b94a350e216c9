/** A source whose records are JSON: what most connectors to systems with an API are made of. */
import type { ZodType, z } from 'zod';
import type { Cursor, Json, MappingSpec, Page, Problem, Session, Source, Unreadable, Watermark } from './contract.ts';
import { jsonAccess } from './mapping/index.ts';

export interface JsonSourceSpec<Config, Options, Raw extends Json> {
  /** Settings of this entity (`read` in kontor.yaml). */
  readonly options: ZodType<Options>;
  /** What a record must look like to be one; keys it does not name are kept, for mappings in kontor.yaml. Make it with `z.looseObject`. */
  readonly record: z.ZodType<Raw, unknown>;
  /** Yields records as they came; they are checked one by one, so that a bad record is one record. */
  read(session: Session<Config>, options: Options, cursor: Cursor | null): AsyncIterable<Page<unknown>>;
  /** The record's address there, for people: `res.partner/8`. */
  at(raw: Raw): string;
  /** Absent where kontor.yaml must map. */
  readonly mapping?: MappingSpec;
  readonly watermark?: Watermark;
}

export function jsonSource<Config, Options, Raw extends Json>(spec: JsonSourceSpec<Config, Options, Raw>): Source<Config, Options, Raw> {
  return {
    options: spec.options,
    ...(spec.mapping ? { mapping: spec.mapping } : {}),
    ...(spec.watermark ? { watermark: spec.watermark } : {}),
    async *read(session, options, cursor) {
      for await (const page of spec.read(session, options, cursor)) yield checked(spec.record, page);
    },
    origin: (raw) => ({ at: spec.at(raw) }),
    content: (raw) => JSON.stringify(raw),
    payload: (raw) => raw,
    revive: (payload) => spec.record.parse(payload),
    access: jsonAccess,
  };
}

function checked<Raw>(record: z.ZodType<Raw, unknown>, page: Page<unknown>): Page<Raw> {
  const records: Raw[] = [];
  const unreadable: Unreadable[] = [...(page.unreadable ?? [])];
  for (const given of page.records) {
    const parsed = record.safeParse(given);
    if (parsed.success) records.push(parsed.data);
    else unreadable.push({ origin: {}, problems: parsed.error.issues.map(problemOf), payload: (given ?? null) as Json });
  }
  return { ...page, records, unreadable };
}

/** zod's words name no values, so nothing personal is told. */
function problemOf(issue: z.core.$ZodIssue): Problem {
  const column = issue.path.map(String).join('.');
  return {
    code: 'RECORD_INVALID',
    ...(column === '' ? {} : { column }),
    reason: `${column === '' ? 'the record' : column}: ${issue.message}; correct it there, or tell us if this system writes it so`,
  };
}
