/** Reads a table, view or query: what changed since, in the order of ids. */
import { z } from 'zod';
import type { Cursor, Json, Page, Session, Watermark } from '../../src/connector/contract.ts';
import { didYouMean } from '../../src/connector/mapping/nearest-name.ts';
import { readStamp } from '../../src/connector/stamp-format.ts';
import { newestStamp, pullByWatermark } from '../../src/connector/watermark.ts';
import { KontorError, NeedsOperatorError } from '../../src/errors.ts';
import { BYTES, idPart, plainCell } from './cells.ts';
import type { Database, DatabaseRow } from './database.ts';
import { openDatabase } from './open-database.ts';
import type { ChangedAt, ReadOptions } from './read-options.ts';
import { pageQuery, withoutIdQuery } from './select.ts';
import type { SqlSettings } from './settings.ts';
import { bytesIn } from './sqlserver.ts';

const place = z.array(z.union([z.object({ n: z.string() }), z.object({ s: z.string() })])).nullable();

export async function* readTable(
  session: Session<SqlSettings>,
  options: ReadOptions,
  cursor: Cursor | null,
): AsyncGenerator<Page<unknown>> {
  const { config, now } = session;
  const { changedAt } = options;
  refuseParameters(config, options);
  const database = await openDatabase(session);
  try {
    const columns = await told(database, options, async () => database.columnsOf?.(options));
    const more = columns ? { columns } : {};
    yield* pullByWatermark<unknown>({
      cursor,
      watermark: watermarkOf(changedAt),
      now,
      async page({ since, next }) {
        const behind = place.parse(next);
        const serverAt = behind === null ? await database.clock() : null;
        const page = pageQuery(database.knex, options, { since, behind, limit: config.pageSize, ...more });
        const rows = await told(database, options, () => database.ask(page));
        const strange =
          behind === null ? await database.ask(withoutIdQuery(database.knex, options, { limit: config.pageSize, ...more })) : [];
        const last = rows.length < config.pageSize ? undefined : rows.at(-1);
        return {
          records: [...strange, ...rows].map((row) => recordOf(row, options)),
          next: last ? behindOf(last, options) : null,
          newest: newestOf(rows, changedAt),
          serverAt,
        };
      },
    });
  } finally {
    await database.close();
  }
}

/** With its address, for people. */
function recordOf(row: DatabaseRow, { table, id }: ReadOptions): Record<string, Json> {
  const record: Record<string, Json> = { '@at': '' };
  for (const [name, value] of Object.entries(row)) {
    const cell = plainCell(value);
    if (cell === BYTES) throw bytesIn(name);
    record[name] = cell;
  }
  const parts = id.map((name) => String(record[name] ?? ''));
  return { ...record, '@at': `${table ?? 'query'}(${parts.join(',')})` };
}

function behindOf(row: DatabaseRow, { id }: ReadOptions): Json {
  return id.map((name) => {
    const part = idPart(row[name]);
    if (part) return { ...part };
    throw new NeedsOperatorError('SOURCE_LAYOUT', `column "${name}" cannot be an id: it holds neither numbers nor texts; correct \`id\``);
  });
}

function newestOf(rows: readonly DatabaseRow[], changedAt: ChangedAt | undefined): Date | null {
  if (!changedAt) return null;
  const { column, type, zone } = changedAt;
  const format = { format: type === 'seconds' || type === 'milliseconds' ? type : 'iso', zone };
  const stamps = rows.map((row) => {
    const stamp = plainCell(row[column]);
    if (type === 'timestamp' && zone !== 'UTC' && typeof stamp === 'string' && /(?:Z|[+-]\d\d:?\d\d)$/.test(stamp))
      throw new NeedsOperatorError('CONFIG_INVALID', `stamps of column "${column}" carry their zone; leave out \`changedAt.zone\``);
    return readStamp(stamp, format)?.getTime();
  });
  return newestStamp(stamps);
}

/** A civil time comes twice when clocks are put back. */
function watermarkOf(changedAt: ChangedAt | undefined): Watermark {
  if (!changedAt) return { field: '', precisionMs: 1_000, stamped: 'unknown', commitLagMs: 0 };
  const { column, type, zone, precisionMs, commitLagSeconds } = changedAt;
  const grain = type === 'date' ? 86_400_000 : 1_000;
  const slackMs = zone === 'UTC' || type === 'seconds' || type === 'milliseconds' ? 0 : 3_600_000;
  return { field: column, precisionMs: precisionMs ?? grain, stamped: 'transaction-start', commitLagMs: commitLagSeconds * 1_000, slackMs };
}

/** Adds the names that somebody may have meant; they are names of tables and columns, never of customers. */
async function told<Result>(
  database: Database,
  { table, id, columns = [], changedAt }: ReadOptions,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof KontorError) || table === undefined) throw error;
    const wanted = [...id, ...columns, ...(changedAt ? [changedAt.column] : [])];
    if (error.code === 'ERP_NOT_FOUND') {
      const names = await database.names();
      const short = table.split('.').at(-1) ?? table;
      throw new NeedsOperatorError('ERP_NOT_FOUND', `${error.message}; correct \`table\`${didYouMean(short, names)}`);
    }
    if (error.code !== 'SOURCE_LAYOUT') throw error;
    const names = await database.names(table);
    const missing = wanted.filter((name) => !names.includes(name));
    const cures = missing.map((name) => `there is no column "${name}"${didYouMean(name, names)}`);
    throw new NeedsOperatorError('SOURCE_LAYOUT', [error.message, ...cures].join('; '));
  }
}

/** mysql2 takes every question mark for a parameter, also one in a text. */
function refuseParameters({ system }: SqlSettings, { query = '', where = '' }: ReadOptions): void {
  if (system === 'mysql' && `${query}${where}`.includes('?'))
    throw new NeedsOperatorError(
      'CONFIG_INVALID',
      'a question mark in `query` or `where` is taken for a parameter by MySQL; write char(63)',
    );
}
