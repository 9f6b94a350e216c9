/**
 * The connector contract: what the engine asks of a system, and what it lends.
 *
 * - connector:  code that speaks to one kind of system; a folder under connectors/
 * - connection: one configured system (connector + settings + mapping + schedules)
 * - record:     one thing as the other side gave it (`Raw`)
 * - draft:      that thing in our words, not yet stored
 * - cursor:     where to resume; opaque JSON that only the connector understands
 *
 * A connector never catches, retries, sleeps or logs on its own account; it declares its traits and the engine acts on them.
 */
import type { ZodType } from 'zod';
import type { EntityName } from './entities.ts';
import type { HttpProfile } from './http/types.ts';
import type { Json } from './json.ts';
import type { OrderTarget } from './orders.ts';
import type { Session } from './session.ts';

export type { Json } from './json.ts';
export type { Session } from './session.ts';

/** Opaque to the engine. `null` means "from the beginning". */
export type Cursor = Json;

/** A draft's values. An absent field means "this system does not know"; `null` means "none". */
export type DraftValue = string | number | boolean | null | string[] | { [key: string]: DraftValue };

/**
 * One record in our words. `values` holds fields of src/connector/entities.ts; references hold the other record's
 * external id in the same connection; money holds integer minor units of the record's `currency`.
 */
export interface Draft {
  externalId: string;
  values: Record<string, DraftValue>;
}

/** Where a record stood on the other side, as an operator would look for it. Rows count from 1, the way spreadsheets show them. */
export interface Origin {
  file?: string;
  sheet?: string;
  row?: number;
  /** A system's own address of the record (URL or id). */
  at?: string;
}

/** One reason why a record, or one field of it, cannot be used. */
export interface Problem {
  code: 'RECORD_INVALID' | 'RECORD_KEY_MISSING' | 'RECORD_KEY_CONFLICT' | 'RECORD_KEY_AMBIGUOUS' | 'HIERARCHY_CYCLE';
  /** Our field, if one is concerned. */
  field?: string;
  /** Their column or path, if one is concerned. */
  column?: string;
  /** A sentence: what is wrong with which value, and the cure. */
  reason: string;
}

/** A record that could be located but not read as one (ragged row, broken quote). */
export interface Unreadable {
  origin: Origin;
  problems: Problem[];
  /** What was there, as far as it could be read. */
  payload: Json;
}

/** A part of the source that could not be read (one file of a folder, one sheet). The run goes on and ends `partial`. */
export interface Fault {
  code: 'SOURCE_UNREADABLE' | 'SOURCE_OUTSIDE_FOLDER' | 'SOURCE_TOO_LARGE' | 'SOURCE_NOT_READY' | 'SOURCE_LAYOUT';
  origin: Origin;
  message: string;
}

/** A record that the other side says it has deleted. A proposal: nothing of ours is removed by it. */
export interface Gone {
  externalId: string;
  /** Instant of the deletion, if told. */
  at?: string;
}

/** Some records in a row, and the cursor that resumes after them. */
export interface Page<Raw> {
  records: readonly Raw[];
  unreadable?: readonly Unreadable[];
  faults?: readonly Fault[];
  /** Told as a notice of the run. */
  gone?: readonly Gone[];
  /** Files (an origin's `file`) whose last record lies in this page, all of them read: what stood in quarantine from there and was not met again is gone. */
  wholeFiles?: readonly string[];
  /** Of records left out because the engine holds them with just this content: their digests, as `KnownContents` told them. */
  known?: readonly string[];
  /** Passing it to `read` goes on after this page; the last page's cursor starts the next delta. */
  cursor: Cursor;
  /** Work done and expected, for progress (bytes or records), if known. */
  progress?: { done: number; total: number };
}

/** Either a draft or the problems that prevent it. Pure; never throws for bad content. */
export type Mapped = { draft: Draft; problems?: undefined } | { draft?: undefined; problems: Problem[] };

/** How records of one shape become drafts. Built by the connector, or from the mapping in kontor.yaml. */
export interface Mapper<Raw> {
  /** The external id as given (trimmed), or `undefined` when there is none. Cheap: called for every record, changed or not. */
  identify(raw: Raw): string | undefined;
  toDraft(raw: Raw): Mapped;
}

/** How one entity is read. `Raw` must be free of functions and cheap to hold. */
export interface Source<Config, Options, Raw> {
  /** Settings of this entity (`entities.<entity>.read` in kontor.yaml). */
  readonly options: ZodType<Options>;
  /**
   * Yields what changed at or after the cursor. Seeing twice is harmless, missing is loss. Ending early is an error, not an
   * end. Throws SOURCE_CHANGED when the cursor stands in the middle of something that is no longer what it was.
   */
  read(session: Session<Config>, options: Options, cursor: Cursor | null): AsyncIterable<Page<Raw>>;
  /** Where the record stood. */
  origin(raw: Raw): Origin;
  /** A text that differs whenever the record's content differs, and not otherwise (place in the file is not content). Fast: hashed for every record. */
  content(raw: Raw): string;
  /** What quarantine keeps, and `replay` and `map` show. */
  payload(raw: Raw): Json;
  /** The inverse of `payload`, for replay. */
  revive(payload: Json, origin: Origin): Raw;
  /** Value accessor for the mapping language; bound once per shape (header), called per record. */
  access(raw: Raw): { shape: unknown; names: readonly string[]; at(name: string): ((raw: Raw) => unknown) | undefined };
  /** How changes of these records are stamped, for sources that read deltas by a stamp (src/connector/watermark.ts). */
  readonly watermark?: Watermark;
  /** The connector's own mapping; kontor.yaml overrides field by field. Without it kontor.yaml must map. */
  readonly mapping?: MappingSpec;
}

/** As written in kontor.yaml; src/connector/mapping/ documents and checks it. */
export type MappingSpec = Readonly<Record<string, Json>>;

/** How a system stamps changes, and how far its stamps can be trusted. */
export interface Watermark {
  /** Its field. */
  readonly field: string;
  /** Grain of the stamp as it is read and compared, in milliseconds: 1000 for whole seconds, 86_400_000 for days. */
  readonly precisionMs: number;
  /** transaction-start: a row is stamped with the begin of its transaction, and so becomes visible later than its stamp says. */
  readonly stamped: 'transaction-start' | 'row' | 'unknown';
  /** Longest time between a row's stamp and the moment others can see it. */
  readonly commitLagMs: number;
  /** Allowance for clocks and zones that cannot be known. */
  readonly slackMs?: number;
}

/** What the engine must know about a system: declared, not guessed. */
export interface Traits {
  /** `fold`: ids that differ only in case or outer blanks are refused as ambiguous. `exact`: the system tells them apart. */
  readonly keys: 'exact' | 'fold';
  /** Reading is heavy computation: the engine runs it on a thread of its own. */
  readonly offMainThread: boolean;
  /** How the other side says that a record is gone. */
  readonly deletes: 'none' | 'tombstones' | 'archived-flag' | 'id-set-difference';
  /** `changes`: read(cursor) yields what changed since. `files`: yields whole files that are new or changed. */
  readonly delta: 'none' | 'changes' | 'files';
}

/** Proof of a working connection, for `kontor check`. */
export interface SystemInfo {
  /** One line: what answered (system and version, or folder and number of files). */
  summary: string;
  /** What is missing or odd, each with its cure. */
  warnings: string[];
  /** What the login may and may not do, where the system lets one ask. */
  permissions?: ReadonlyArray<{ name: string; granted: boolean }>;
}

// biome-ignore lint/suspicious/noExplicitAny: the list of connectors holds sources of every shape
export type AnySource = Source<any, any, any>;

export interface Connector<Config> {
  /** Equals the folder's name, for ever. */
  readonly name: string;
  /** One sentence for `kontor init` and the documentation. */
  readonly summary: string;
  /** `settings` in kontor.yaml, checked before any call. */
  readonly config: ZodType<Config>;
  readonly traits: Traits;
  /** How this kind of system is spoken to. Absent in connectors that read files or databases. */
  readonly http?: (config: Config) => HttpProfile;
  /** The cheapest call that proves access. */
  check(session: Session<Config>): Promise<SystemInfo>;
  readonly sources: { readonly [E in EntityName]?: AnySource };
  /** Takes approved orders. Absent in systems that are only read. */
  readonly orders?: OrderTarget<Config>;
  /** Called after cursors are committed, with the newest cursor of every configured entity: archive files, acknowledge messages. Safe to repeat. */
  settle?(session: Session<Config>, read: ReadonlyArray<{ entity: EntityName; options: unknown; cursor: Cursor }>): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the list of connectors holds configurations of every shape
export type AnyConnector = Connector<any>;
