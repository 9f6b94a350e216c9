/** PostgreSQL. Whatever is not a small number, a truth value or JSON stays the text the server writes. */
import { isoText } from './cells.ts';
import type { ServerKind } from './server.ts';

type Parser = (text: string) => unknown;

/** By type oid (pg_type.dat): int8 and numeric stay text, since a double cannot hold them. */
const PARSERS: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [16, (text) => text === 't'],
  [17, (text) => Buffer.from(text)],
  ...[21, 23, 26, 700, 701].map((oid): [number, Parser] => [oid, Number]),
  ...[114, 3802].map((oid): [number, Parser] => [oid, (text) => JSON.parse(text)]),
  [1114, (text) => isoText(text, false)],
  [1184, (text) => isoText(text, true)],
]);

const types = { getTypeParser: (oid: number): Parser => PARSERS.get(oid) ?? ((text) => text) };

export const postgresql: ServerKind = {
  title: 'PostgreSQL',
  client: 'pg',
  port: 5432,
  connection: ({ encrypt, tls, connectSeconds }) => ({
    application_name: 'kontor',
    connectionTimeoutMillis: connectSeconds * 1_000,
    ssl:
      encrypt === 'no'
        ? false
        : { rejectUnauthorized: encrypt === 'verify', ca: tls?.ca, cert: tls?.cert, key: tls?.key, servername: tls?.serverName },
    types,
  }),
  // Of the transaction only: behind a pooler the session is somebody else's next.
  prepare: ({ statementSeconds }) => [
    `set local statement_timeout = ${statementSeconds * 1_000}; set local timezone = 'UTC'; set local datestyle = 'ISO'`,
  ],
  versionSql: 'show server_version',
  versionOf: (text) => `PostgreSQL ${text.split(' ')[0]}`,
  clockSql: 'select floor(extract(epoch from clock_timestamp()) * 1000)::text as now',
};
