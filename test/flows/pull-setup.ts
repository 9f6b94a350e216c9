/** A folder of files, a connection that reads it, and a database of its own: what a pull is told with. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Knex } from 'knex';
import { onTestFinished } from 'vitest';
import { connectors } from '../../connectors/index.ts';
import { DEFAULT_APPROVALS } from '../../src/config/approvals-schema.ts';
import { DEFAULT_MAIL } from '../../src/config/mail-schema.ts';
import { DEFAULT_HTTP, DEFAULT_ORDERS } from '../../src/config/orders-schema.ts';
import { type ConnectionSettings, DEFAULT_FORMATS, DEFAULT_GUARDS, type Settings } from '../../src/config/settings.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { databaseBorder } from '../../src/store/border.ts';
import { type Run, type RunMode, requestRun } from '../../src/store/runs.ts';
import { executeRun } from '../../src/sync/execute-run.ts';
import type { PullContext } from '../../src/sync/pull-context.ts';
import { createTestDatabase } from '../support/database.ts';

export const ACCOUNT_MAPPING = {
  externalId: 'No',
  name: 'Name',
  parent: { column: 'Parent', optional: true },
  currency: { value: 'EUR' },
  creditLimit: { column: 'Limit', optional: true },
};
export const CONTACT_MAPPING = { externalId: 'Id', account: 'Account', name: 'Name', superior: { column: 'Boss', optional: true } };

export interface Customers {
  db: Knex;
  folder: string;
  context: PullContext;
  /** Writes a csv file of these lines into the folder. */
  write(name: string, lines: readonly string[]): Promise<void>;
  pull(entity?: EntityName, mode?: RunMode, selection?: string[]): Promise<Run>;
  /** Profiles by external id. */
  accounts(): Promise<Record<string, { name: string; parent: string | null; credit_limit: string | null }>>;
  rows<Row = Record<string, unknown>>(sql: string): Promise<Row[]>;
}

export async function customers(change: { accountMapping?: object; now?: () => Date } = {}): Promise<Customers> {
  const { db } = await createTestDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'kontor-pull-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const connection: ConnectionSettings = {
    name: 'sheets',
    connector: 'spreadsheet',
    settings: { folder, stableMs: 0 },
    formats: DEFAULT_FORMATS,
    entities: [
      { entity: 'account', read: { files: ['accounts*.csv'] }, mapping: (change.accountMapping ?? ACCOUNT_MAPPING) as never },
      { entity: 'contact', read: { files: ['contacts*.csv'] }, mapping: CONTACT_MAPPING as never },
    ],
    schedule: null,
    guards: DEFAULT_GUARDS,
  };
  const context = contextFor(db, folder, connection, change.now);
  return {
    db,
    folder,
    context,
    write: (name, lines) => writeFile(path.join(folder, name), `${lines.join('\n')}\n`),
    async pull(entity = 'account', mode = 'delta', selection) {
      const request = { connection: 'sheets', entity, mode, trigger: 'test', ...(selection && { selection }) };
      const { runId } = await requestRun(db, request, context.now());
      const run = await executeRun(context, runId);
      if (!run) throw new Error(`run ${runId} is missing`);
      return run;
    },
    async accounts() {
      const { rows } = await db.raw(`
        select l.external_id, a.name, above.external_id as parent, a.credit_limit from accounts a join links l on l.local_id = a.id
        left join links above on above.local_id = a.parent_id order by l.external_id`);
      return Object.fromEntries(rows.map(({ external_id, ...rest }: { external_id: string }) => [external_id, rest]));
    },
    rows: async (sql) => (await db.raw(sql)).rows,
  };
}

export function contextFor(db: Knex, baseFolder: string, connection: ConnectionSettings, now = () => new Date()): PullContext {
  const settings: Settings = {
    file: null,
    baseFolder,
    database: { url: '' },
    redis: null,
    worker: { concurrency: 1, drainMs: 1_000 },
    log: { level: 'silent' },
    orders: DEFAULT_ORDERS,
    approvals: DEFAULT_APPROVALS,
    http: DEFAULT_HTTP,
    mail: DEFAULT_MAIL,
    connections: new Map([[connection.name, connection]]),
  };
  return { db, border: databaseBorder(db), settings, connectors, holder: `test ${process.pid}`, signal: new AbortController().signal, now };
}
