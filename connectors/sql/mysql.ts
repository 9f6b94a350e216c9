/** MySQL and MariaDB. Zero dates ("0000-00-00") mean "none" in both, and are told as NULL. */
import { Digits, isoText } from './cells.ts';
import type { ServerKind } from './server.ts';

interface Field {
  readonly type: string;
  string(): string | null;
  buffer(): Buffer | null;
}

function typeCast(field: Field, next: () => unknown): unknown {
  switch (field.type) {
    case 'LONGLONG':
    case 'DECIMAL':
    case 'NEWDECIMAL': {
      const text = field.string();
      return text === null ? null : new Digits(text);
    }
    case 'BIT': {
      const bits = field.buffer();
      return bits === null ? null : Number.parseInt(bits.toString('hex') || '0', 16);
    }
    case 'DATE':
    case 'DATETIME':
    case 'TIMESTAMP': {
      const text = field.string();
      if (text === null || text.startsWith('0000-00-00')) return null;
      return field.type === 'DATE' ? text : isoText(text, field.type === 'TIMESTAMP');
    }
    default:
      return next();
  }
}

export const mysql: ServerKind = {
  title: 'MySQL',
  client: 'mysql2',
  port: 3306,
  connection: ({ encrypt, tls, connectSeconds }) => ({
    connectTimeout: connectSeconds * 1_000,
    charset: 'utf8mb4',
    dateStrings: true,
    multipleStatements: false,
    ...(encrypt === 'no' ? {} : { ssl: { rejectUnauthorized: encrypt === 'verify', ca: tls?.ca, cert: tls?.cert, key: tls?.key } }),
    typeCast,
  }),
  prepare: ({ statementSeconds }, version) => [
    "set session time_zone = '+00:00'",
    /mariadb/i.test(version)
      ? `set session max_statement_time = ${statementSeconds}`
      : `set session max_execution_time = ${statementSeconds * 1_000}`,
  ],
  versionSql: 'select version() as version',
  versionOf: (text) => (/mariadb/i.test(text) ? `MariaDB ${text.split('-')[0]}` : `MySQL ${text}`),
  clockSql: 'select cast(unix_timestamp(now(3)) * 1000 as char) as now',
};
