/**
 * SQL Server. Its driver makes doubles of decimals and Dates (of milliseconds) of everything with a time, so the server itself is asked for
 * the columns of the statement, and to write those as text.
 */
import type { Knex } from 'knex';
import { NeedsOperatorError } from '../../src/errors.ts';
import type { ReadOptions } from './read-options.ts';
import { sourceQuery } from './select.ts';
import type { ServerKind } from './server.ts';

/** knex speaks to it through this driver. */
export const SQLSERVER_DRIVER = 'tedious';

/** Style numbers: CAST and CONVERT (Transact-SQL). */
const AS_TEXT: ReadonlyArray<[RegExp, string]> = [
  [/^(?:decimal|numeric|bigint)\b/, 'convert(varchar(60), ??)'],
  [/^(?:small)?money\b/, 'convert(varchar(60), ??, 2)'],
  [/^date$/, 'convert(varchar(10), ??, 23)'],
  [/^(?:datetime|datetime2|smalldatetime)\b(?!offset)/, 'convert(varchar(40), ??, 126)'],
  [/^datetimeoffset\b/, 'convert(varchar(40), ??, 127)'],
  [/^time\b/, 'convert(varchar(20), ??, 114)'],
  [/^(?:xml|sql_variant)\b/, 'convert(nvarchar(4000), ??)'],
];
const BYTES = /^(?:binary|varbinary|image|timestamp|rowversion|geometry|geography|hierarchyid)\b/;

export interface Described {
  readonly name: string;
  /** `system_type_name`: "decimal(18,2)" */
  readonly type: string;
}

/** How each column is asked for. Throws SOURCE_LAYOUT for columns of bytes. */
export function expressionsFor(db: Knex, described: readonly Described[]): Knex.Raw[] {
  return described.map(({ name, type }) => {
    if (BYTES.test(type)) throw bytesIn(name);
    const text = AS_TEXT.find(([pattern]) => pattern.test(type))?.[1];
    return text === undefined ? db.raw('??', [name]) : db.raw(`${text} as ??`, [name, name]);
  });
}

export function bytesIn(column: string): NeedsOperatorError {
  return new NeedsOperatorError(
    'SOURCE_LAYOUT',
    `column "${column}" holds bytes, which no mapping can use; name the others in \`columns\``,
  );
}

/** The statement whose columns are asked for, as text: it stands in a parameter. */
export function describeQuery(db: Knex, options: ReadOptions): Knex.Raw {
  const statement = sourceQuery(db, options).toQuery();
  return db.raw('select name, system_type_name as type from sys.dm_exec_describe_first_result_set(?, null, 0) order by column_ordinal', [
    statement,
  ]);
}

export const sqlserver: ServerKind = {
  title: 'SQL Server',
  client: 'mssql',
  port: 1433,
  connection: ({ encrypt, tls, statementSeconds, connectSeconds }) => ({
    options: {
      encrypt: encrypt !== 'no',
      trustServerCertificate: encrypt !== 'verify',
      ...(tls?.serverName === undefined ? {} : { serverName: tls.serverName }),
      ...(tls ? { cryptoCredentialsDetails: { ca: tls.ca, cert: tls.cert, key: tls.key } } : {}),
      requestTimeout: statementSeconds * 1_000,
      connectTimeout: connectSeconds * 1_000,
      appName: 'kontor',
      // A replica for reading is taken where there is one.
      readOnlyIntent: true,
      useUTC: true,
    },
  }),
  prepare: ({ statementSeconds }) => [`set lock_timeout ${statementSeconds * 1_000}`],
  versionSql: "select cast(serverproperty('ProductVersion') as varchar(40)) as version",
  versionOf: (text) => `SQL Server ${text}`,
  clockSql: "select cast(datediff_big(millisecond, '1970-01-01', sysutcdatetime()) as varchar(20)) as now",
  async columnsOf(db, options, ask) {
    const rows = await ask(describeQuery(db, options));
    return expressionsFor(
      db,
      rows.map(({ name, type }) => ({ name: String(name), type: String(type) })),
    );
  },
};
