/** The one place where failures of databases become ours. Their words name values of customers, so only those about names and grammar are told. */
import { KontorError, NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';

type Kind =
  | 'login'
  | 'denied'
  | 'no-database'
  | 'no-table'
  | 'no-column'
  | 'grammar'
  | 'writes'
  | 'slow'
  | 'busy'
  | 'certificate'
  | 'damaged';

/** SQLSTATE of PostgreSQL; error codes of MySQL and MariaDB; numbers of SQL Server; codes of sockets and TLS. */
const KINDS: Readonly<Record<string, Kind>> = {
  '28P01': 'login',
  '28000': 'login',
  ER_ACCESS_DENIED_ERROR: 'login',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'login',
  ELOGIN: 'login',
  '18456': 'login', // biome-ignore format: a table
  '42501': 'denied',
  ER_DBACCESS_DENIED_ERROR: 'denied',
  ER_TABLEACCESS_DENIED_ERROR: 'denied',
  ER_COLUMNACCESS_DENIED_ERROR: 'denied',
  ER_SPECIFIC_ACCESS_DENIED_ERROR: 'denied',
  ER_PROCACCESS_DENIED_ERROR: 'denied',
  '229': 'denied',
  '230': 'denied',
  '916': 'denied', // biome-ignore format: a table
  '3D000': 'no-database',
  ER_BAD_DB_ERROR: 'no-database',
  '4060': 'no-database', // biome-ignore format: a table
  '42P01': 'no-table',
  '3F000': 'no-table',
  ER_NO_SUCH_TABLE: 'no-table',
  '208': 'no-table', // biome-ignore format: a table
  '42703': 'no-column',
  ER_BAD_FIELD_ERROR: 'no-column',
  '207': 'no-column', // biome-ignore format: a table
  '42601': 'grammar',
  '42883': 'grammar',
  ER_PARSE_ERROR: 'grammar',
  '102': 'grammar',
  '156': 'grammar',
  '1033': 'grammar', // biome-ignore format: a table
  '25006': 'writes',
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: 'writes',
  '57014': 'slow',
  ER_QUERY_TIMEOUT: 'slow',
  ER_STATEMENT_TIMEOUT: 'slow',
  // MariaDB; drivers know MySQL's names only.
  '1969': 'slow',
  ETIMEOUT: 'slow', // biome-ignore format: a table
  '40001': 'busy',
  '40P01': 'busy',
  '55P03': 'busy',
  ER_LOCK_DEADLOCK: 'busy',
  ER_LOCK_WAIT_TIMEOUT: 'busy',
  '1205': 'busy',
  '1222': 'busy', // biome-ignore format: a table
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
  CERT_HAS_EXPIRED: 'certificate',
  HANDSHAKE_SSL_ERROR: 'certificate',
  HANDSHAKE_NO_SSL_SUPPORT: 'certificate', // biome-ignore format: a table
};

/** Down, starting, full, cut off: it may pass. */
const PASSING =
  /^(?:E(?:CONNREFUSED|CONNRESET|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|TIMEDOUT|PIPE|SOCKET|CONNCLOSED)|PROTOCOL_\w+|57P0\d|53\d\d\d|08\d\d\d|ER_(?:CON_COUNT_ERROR|TOO_MANY_USER_CONNECTIONS|SERVER_SHUTDOWN|CONNECTION_KILLED|QUERY_INTERRUPTED)|KnexTimeoutError)$/;

/** SQLite says everything in words only, and so do drivers of others what the server did not say. */
const WORDS: ReadonlyArray<[RegExp, Kind]> = [
  [/^no such table/, 'no-table'],
  [/^no such column/, 'no-column'],
  [/^file is not a database|^database disk image is malformed/, 'damaged'],
  [/syntax error|no such function|incomplete input/, 'grammar'],
  [/readonly database/, 'writes'],
  [/server does not support (?:SSL|secure)|self.signed certificate|unable to verify/i, 'certificate'],
];

/** Where it happened, for messages. */
export interface Where {
  readonly connection: string;
  /** "PostgreSQL at db.example.com:5432, database erp" */
  readonly place: string;
}

export function failureOf(error: unknown, { connection, place }: Where): KontorError {
  if (error instanceof KontorError) return error;
  const { code, words } = read(error);
  const kind = KINDS[code] ?? WORDS.find(([pattern]) => pattern.test(words))?.[1];
  const at = `${connection}: ${place}`;
  const options = { details: { code } };
  switch (kind) {
    case 'login':
      return new NeedsOperatorError('ERP_LOGIN_REFUSED', `${at} refused the login (${code}); check \`user\` and \`password\``, options);
    case 'denied':
      return new NeedsOperatorError('ERP_PERMISSION_MISSING', `${at}: ${words}; grant the login to read it`, options);
    case 'no-database':
      return new NeedsOperatorError('ERP_NOT_FOUND', `${at}: there is no such database; correct \`database\``, options);
    case 'no-table':
      return new NeedsOperatorError('ERP_NOT_FOUND', `${at}: ${words}`, options);
    case 'no-column':
      return new NeedsOperatorError('SOURCE_LAYOUT', `${at}: ${words}`, options);
    case 'grammar':
      return new NeedsOperatorError(
        'ERP_REFUSED',
        `${at} does not understand the statement: ${words}; correct \`query\` or \`where\``,
        options,
      );
    case 'writes':
      return new NeedsOperatorError('ERP_REFUSED', `${at}: the statement would write, and was not carried out; correct \`query\``, options);
    case 'certificate':
      return new NeedsOperatorError(
        'SOURCE_UNREADABLE',
        `${at}: TLS did not come about (${code}); compare \`encrypt\` and \`tls\` with the server`,
        options,
      );
    case 'damaged':
      return new NeedsOperatorError('SOURCE_UNREADABLE', `${at} is no SQLite database, or a damaged one; correct \`file\``, options);
    case 'slow':
      return new RetryLaterError(
        'ERP_UNREACHABLE',
        `${at}: a page took longer than \`statementSeconds\`; index the columns of \`id\` and \`changedAt\``,
        options,
      );
    case 'busy':
      return new RetryLaterError('ERP_UNREACHABLE', `${at}: the statement gave way to others (${code})`, options);
    default:
      if (PASSING.test(code)) return new RetryLaterError('ERP_UNREACHABLE', `${at} does not answer (${code})`, options);
      return new NeedsOperatorError(
        'ERP_REFUSED',
        `${at} refused the statement with ${code === '' ? 'no code' : code}; run it there by hand to see why`,
        options,
      );
  }
}

/** Code and first words, without the statement that knex puts before them. */
function read(error: unknown): { code: string; words: string } {
  const { name, code, number, errno, message = '', originalError, cause } = (error ?? {}) as Record<string, unknown> & { message?: string };
  const inner = (originalError ?? cause) as { code?: unknown } | undefined;
  const known = [number, code, errno, inner?.code, name].filter((one) => one !== undefined && one !== null).map(String);
  const best = known.find((one) => one in KINDS) ?? known.find((one) => PASSING.test(one)) ?? known[0] ?? '';
  const own = /connection timeout|timeout expired|terminated unexpectedly|Connection terminated/i.test(message) ? 'ETIMEDOUT' : best;
  return {
    code: known.some((one) => one in KINDS) ? best : own,
    words: (message.split(' - ').at(-1) ?? '').split('\n')[0]?.slice(0, 200) ?? '',
  };
}
