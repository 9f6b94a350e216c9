/** Typed settings: what kontor.yaml and the environment become, once, at start. */
import type { MappingSpec } from '../connector/contract.ts';
import type { EntityName } from '../connector/entities.ts';
import type { ApprovalSettings } from './approvals-schema.ts';
import type { MailSettings } from './mail-schema.ts';
import type { HttpSettings, OrderSettings } from './orders-schema.ts';

export interface Settings {
  /** Path of kontor.yaml, `null` when running on defaults and environment alone. */
  readonly file: string | null;
  /** Folder that relative paths start from: the folder of kontor.yaml. */
  readonly baseFolder: string;
  readonly database: { readonly url: string } | { readonly embeddedFolder: string };
  /** `null`: queues run on the same PostgreSQL. */
  readonly redis: RedisSettings | null;
  readonly worker: WorkerSettings;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent' };
  readonly connections: ReadonlyMap<string, ConnectionSettings>;
  readonly orders: OrderSettings;
  readonly approvals: ApprovalSettings;
  readonly http: HttpSettings;
  readonly mail: MailSettings;
}

export interface RedisSettings {
  /** redis:// or rediss:// of one server; of any cluster node when `cluster`; ignored when `sentinels` are named. */
  readonly url: string;
  readonly cluster: boolean;
  readonly sentinels?: { readonly name: string; readonly nodes: ReadonlyArray<{ host: string; port: number }>; readonly password?: string };
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly rejectUnauthorized?: boolean };
  readonly prefix: string;
}

export interface WorkerSettings {
  /** Jobs at a time in one worker process. */
  readonly concurrency: number;
  /** How long a worker asked to stop may finish what it holds. */
  readonly drainMs: number;
}

export interface ConnectionSettings {
  readonly name: string;
  readonly connector: string;
  /** Checked by the connector's own schema; secrets resolved. */
  readonly settings: unknown;
  /** How numbers and dates are written there; the mapping language's defaults. */
  readonly formats: FormatSettings;
  /** In the order of kontor.yaml. */
  readonly entities: readonly EntitySettings[];
  readonly schedule: ScheduleSettings | null;
  readonly guards: GuardSettings;
}

export interface EntitySettings {
  readonly entity: EntityName;
  /** Checked by the source's own schema. */
  readonly read: unknown;
  readonly mapping: MappingSpec;
}

export interface FormatSettings {
  /** Decimal sign of texts that hold numbers. */
  readonly decimal: '.' | ',';
  /** Thousands separator, '' for none. */
  readonly group: '' | '.' | ',' | ' ' | "'";
  /** Date format in luxon tokens (dd.MM.yyyy); ISO 8601 is always understood. */
  readonly date: string;
  /** IANA zone in which instants become civil dates. */
  readonly zone: string;
}

export interface ScheduleSettings {
  readonly cron: string;
  readonly zone: string;
  /** What to do about due instants that passed while no worker ran: all in order, the latest only, or none. */
  readonly catchUp: 'all' | 'latest' | 'none';
}

export interface GuardSettings {
  /** A run stops when more than this share of its records is bad ... */
  readonly maxRejectedShare: number;
  /** ... and at least this many are. */
  readonly minRejected: number;
}

export const DEFAULT_FORMATS: FormatSettings = { decimal: '.', group: '', date: 'yyyy-MM-dd', zone: 'UTC' };
export const DEFAULT_GUARDS: GuardSettings = { maxRejectedShare: 0.2, minRejected: 10 };
