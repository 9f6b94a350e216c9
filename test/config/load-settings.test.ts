import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type LoadOptions, loadSettings } from '../../src/config/load-settings.ts';
import { DEFAULT_MAIL } from '../../src/config/mail-schema.ts';
import { DEFAULT_HTTP, DEFAULT_ORDERS } from '../../src/config/orders-schema.ts';
import { redact } from '../../src/config/redact.ts';
import { SecretValues } from '../../src/config/secrets.ts';
import type { AnyConnector, AnySource } from '../../src/connector/contract.ts';
import { KontorError } from '../../src/errors.ts';

const source: AnySource = {
  options: z.strictObject({ table: z.string(), kind: z.enum(['full', 'delta']).default('full') }),
  read: async function* () {},
  origin: () => ({}),
  content: String,
  payload: () => null,
  revive: () => null,
  access: () => ({ shape: null, names: [], at: () => undefined }),
};

const ledger: AnyConnector = {
  name: 'ledger',
  summary: 'A ledger for tests.',
  config: z.strictObject({ url: z.url(), password: z.string().optional(), pageSize: z.int().min(1).default(100) }),
  traits: { keys: 'exact', offMainThread: false, deletes: 'none', delta: 'none' },
  check: async () => ({ summary: 'fine', warnings: [] }),
  sources: { account: source, contact: source },
};

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'kontor-config-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

async function load(yaml: string | null, options: Partial<LoadOptions> = {}) {
  if (yaml !== null) await writeFile(join(cwd, 'kontor.yaml'), yaml);
  return loadSettings({ env: {}, cwd, connectors: [ledger], ...options });
}

async function failure(yaml: string | null, options: Partial<LoadOptions> = {}): Promise<{ code: string; lines: string[] }> {
  const error: unknown = await load(yaml, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof KontorError)) throw new Error('expected a KontorError', { cause: error });
  return { code: error.code, lines: error.message.split('\n') };
}

const connection = (more = '', settings = 'url: https://erp.example') => `connections:
  erp:
    connector: ledger
    settings:
      ${settings}
    entities:
      account:
        read: { table: customers }
        mapping: { externalId: No, name: Name }
${more}`;

describe('loading settings', () => {
  it('runs on defaults when there is no file', async () => {
    expect(await load(null)).toEqual({
      file: null,
      baseFolder: cwd,
      database: { embeddedFolder: join(cwd, '.kontor') },
      redis: null,
      worker: { concurrency: 4, drainMs: 30_000 },
      log: { level: 'info' },
      connections: new Map(),
      orders: DEFAULT_ORDERS,
      approvals: {},
      http: DEFAULT_HTTP,
      mail: DEFAULT_MAIL,
    });
  });

  it('fills a connection with defaults and keeps the order of its entities', async () => {
    const settings = await load(`connections:
  erp:
    connector: ledger
    settings: { url: 'https://erp.example' }
    formats: { decimal: ',', group: '.', zone: Europe/Berlin }
    schedule: { cron: '*/15 * * * *' }
    entities:
      contact: { read: { table: people }, mapping: { externalId: No, name: Name, account: Company } }
      account: { read: { table: customers }, mapping: { externalId: No, name: Name } }
`);
    expect(settings.connections.get('erp')).toMatchObject({
      name: 'erp',
      connector: 'ledger',
      settings: { url: 'https://erp.example', pageSize: 100 },
      formats: { decimal: ',', group: '.', date: 'yyyy-MM-dd', zone: 'Europe/Berlin' },
      schedule: { cron: '*/15 * * * *', zone: 'Europe/Berlin', catchUp: 'latest' },
      guards: { maxRejectedShare: 0.2, minRejected: 10 },
      entities: [
        { entity: 'contact', read: { table: 'people', kind: 'full' } },
        { entity: 'account', read: { table: 'customers', kind: 'full' } },
      ],
    });
  });

  it('lets the environment win over the file', async () => {
    const env = {
      DATABASE_URL: 'postgres://kontor@db/kontor',
      REDIS_URL: 'rediss://cache:6380',
      KONTOR_CONCURRENCY: '9',
      KONTOR_REDIS_CLUSTER: 'true',
      KONTOR_LOG_LEVEL: '',
    };
    const settings = await load('worker: { concurrency: 2 }\nlog: { level: warn }\ndatabase: { folder: here }', { env });
    expect(settings).toMatchObject({
      database: { url: 'postgres://kontor@db/kontor' },
      redis: { url: 'rediss://cache:6380', prefix: 'kontor', cluster: true },
      worker: { concurrency: 9 },
      log: { level: 'warn' },
    });
  });

  it('reads the file that --config or KONTOR_CONFIG names, and starts relative paths from its folder', async () => {
    const other = join(cwd, 'other.yaml');
    await writeFile(other, 'database: { folder: data }');
    const byEnvironment = await load(null, { env: { KONTOR_CONFIG: 'other.yaml' } });
    const byOption = await load('log: { level: error }', { file: other });
    expect([byEnvironment.file, byOption.file]).toEqual([other, other]);
    expect(byOption.database).toEqual({ embeddedFolder: join(cwd, 'data') });
  });

  it('says which name led to a file that is missing', async () => {
    expect(await failure(null, { file: 'gone.yaml' })).toEqual({
      code: 'CONFIG_MISSING',
      lines: ['--config names gone.yaml, which does not exist; correct it or run `kontor init`'],
    });
  });
});

describe('a file with mistakes', () => {
  const mistakes: Array<[title: string, yaml: string, expected: string[]]> = [
    [
      'a key nobody knows',
      'worker:\n  concurency: 3',
      ['kontor.yaml:2:3: "concurency" is not known in worker; did you mean "concurrency"? known: concurrency, drainMs'],
    ],
    [
      'a key nobody knows at the top',
      'conections: {}',
      [
        'kontor.yaml:1:1: "conections" is not known in the file; did you mean "connections"? known: database, redis, worker, log, connections, orders, approvals, http, mail',
      ],
    ],
    [
      'a value outside a list',
      'log:\n  level: warning',
      ['kontor.yaml:2:10: log.level has a value that is not allowed; did you mean "warn"? allowed: debug, info, warn, error, silent'],
    ],
    ['a value of the wrong kind', 'worker: { concurrency: many }', ['kontor.yaml:1:24: worker.concurrency is a text; it must be a number']],
    ['a section that is no section', 'worker: 5', ['kontor.yaml:1:9: worker is a number; it must be a block of keys']],
    [
      'a zone that does not exist',
      connection('    schedule: { cron: "0 3 * * *", zone: Europe/Berln }'),
      ['kontor.yaml:10:42: connections.erp.schedule.zone is not an IANA time zone such as Europe/Berlin'],
    ],
    [
      'a cron expression that is none',
      connection('    schedule: { cron: every day }'),
      ['kontor.yaml:10:23: connections.erp.schedule.cron is not a cron expression such as "*/15 * * * *" (minute hour day month weekday)'],
    ],
    [
      'equal separators',
      connection("    formats: { decimal: ',', group: ',' }"),
      ['kontor.yaml:10:37: connections.erp.formats.group "," is the decimal sign already; name the other one, or "" for none'],
    ],
    [
      'an unknown connector',
      'connections:\n  erp:\n    connector: leger\n    entities: { account: { mapping: { externalId: No, name: N } } }',
      ['kontor.yaml:3:16: there is no connector "leger"; did you mean "ledger"? known: ledger'],
    ],
    [
      'a missing connector',
      'connections:\n  erp:\n    entities: { account: {} }',
      ['kontor.yaml:2:3: connections.erp.connector is missing; it must be a text'],
    ],
    [
      'a connection without entities',
      'connections:\n  erp:\n    connector: ledger\n    settings: { url: "https://e.example" }\n    entities: {}',
      [
        'kontor.yaml:5:5: connections.erp.entities must name at least one of account, contact, address, price, stock, rate, document, documentLine',
      ],
    ],
    [
      'an entity the connector does not read',
      'connections:\n  erp:\n    connector: ledger\n    settings: { url: "https://e.example" }\n    entities:\n      address: { mapping: { role: R } }',
      ['kontor.yaml:6:7: the connector ledger does not read "address"; it reads: account, contact'],
    ],
    [
      'a connection name with blanks',
      connection().replace('erp:', 'My ERP:'),
      ['kontor.yaml:2:3: the name "My ERP" must be lower-case letters, digits and hyphens, and begin with a letter'],
    ],
    [
      'a setting the connector refuses',
      connection('', 'url: https://erp.example\n      pagesize: 5'),
      ['kontor.yaml:6:7: "pagesize" is not known in connections.erp.settings; did you mean "pageSize"? known: url, password, pageSize'],
    ],
    [
      'a read option the connector refuses',
      connection().replace('table: customers', 'tabl: customers'),
      [
        'kontor.yaml:8:9: connections.erp.entities.account.read.table is missing; it must be a text',
        'kontor.yaml:8:17: "tabl" is not known in connections.erp.entities.account.read; did you mean "table"? known: table, kind',
      ],
    ],
    [
      'a database that is not PostgreSQL',
      'database: { url: "mysql://x" }',
      ['kontor.yaml:1:18: database.url must begin with postgres:// or postgresql://'],
    ],
    [
      'a Redis section without a server',
      'redis:\n  prefix: shop',
      ['kontor.yaml:1:1: redis names no server; add url or sentinels, or set REDIS_URL'],
    ],
    ['a key written twice', 'log: {}\nlog: {}', ['kontor.yaml:2:1: this key is already there above; remove one of the two']],
    ['a tab', 'log:\n\tlevel: info', ['kontor.yaml:2:1: a tab cannot indent; use spaces']],
    ['two documents', 'log: {}\n---\nlog: {}', ['kontor.yaml:2:1: a second document begins here ("---"); keep one']],
    ['a tag', 'log: !env X', ['kontor.yaml:1:6: tags (!name) are not known here; remove it, or put the text in quotes']],
    [
      'a secret in a flow block without quotes',
      `log: {}\nredis: { url: \${REDIS}, prefix: a }\nworker: {}`,
      [`kontor.yaml:2:16: inside { } and [ ] a text with \${ } must stand in quotes`],
    ],
    ['a list instead of keys', '- a\n- b', ['kontor.yaml:1:1: must hold keys like "connections:", not a single value or a list']],
    [
      'a prototype in disguise',
      '__proto__: { log: 1 }',
      [
        'kontor.yaml:1:1: "__proto__" is not known in the file; known: database, redis, worker, log, connections, orders, approvals, http, mail',
      ],
    ],
    ['brackets without end', '['.repeat(200), ['kontor.yaml: brackets nest deeper than 50; close them']],
    [
      'aliases that multiply',
      `a: &a [${'1,'.repeat(9)}]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]`,
      ['kontor.yaml: its aliases (*name) cannot be resolved; write the values out'],
    ],
  ];

  it.each(mistakes)('names line, cause and cure for %s', async (_title, yaml, expected) => {
    expect(await failure(yaml)).toEqual({ code: 'CONFIG_INVALID', lines: expected });
  });

  it('tells all problems at once, in the order of the file', async () => {
    const { lines } = await failure(`log: { level: loud }\n${connection('    guards: { minRejected: 0 }', 'url: nowhere')}`);
    expect(lines.map((line) => line.split(': ')[0])).toEqual(['kontor.yaml:1:15', 'kontor.yaml:6:12', 'kontor.yaml:11:28']);
  });

  it('names the environment variable when the mistake stands there', async () => {
    expect(await failure('worker: { concurrency: 2 }', { env: { KONTOR_CONCURRENCY: 'many' } })).toEqual({
      code: 'CONFIG_INVALID',
      lines: ['environment variable KONTOR_CONCURRENCY: worker.concurrency is a text; it must be a number'],
    });
  });

  it('refuses text that is not UTF-8', async () => {
    await writeFile(join(cwd, 'kontor.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]));
    expect(await failure(null)).toEqual({ code: 'CONFIG_INVALID', lines: ['kontor.yaml: is not UTF-8 text; save it as UTF-8'] });
  });
});

describe('secrets', () => {
  const settingsOf = async (password: string, env = {}) =>
    (await load(connection('', `url: https://erp.example\n      password: ${password}`), { env })).connections.get('erp')?.settings;

  it('come from the environment, whole, within a text or by default', async () => {
    const env = { PASS: 's3cret-value' };
    expect(await settingsOf(`\${PASS}`, env)).toMatchObject({ password: 's3cret-value' });
    expect(await settingsOf(`x-\${PASS}-y`, env)).toMatchObject({ password: 'x-s3cret-value-y' });
    expect(await settingsOf(`\${NONE:-fallback}`)).toMatchObject({ password: 'fallback' });
    expect(await settingsOf(`"$$\{PASS}"`, env)).toMatchObject({ password: `\${PASS}` });
  });

  it('come from a file and from a command, without the line end', async () => {
    await writeFile(join(cwd, 'secret.txt'), 'from-a-file\n');
    await writeFile(join(cwd, 'tell.mjs'), 'console.log("from-a-command")');
    expect(await settingsOf('file:secret.txt')).toMatchObject({ password: 'from-a-file' });
    expect(await settingsOf('{ file: secret.txt }')).toMatchObject({ password: 'from-a-file' });
    expect(await settingsOf(`{ command: ['${process.execPath}', tell.mjs] }`)).toMatchObject({ password: 'from-a-command' });
  });

  const unavailable: Array<[title: string, password: string, expected: RegExp]> = [
    ['a variable', `\${ERP_PASSWORD}`, /^kontor.yaml:6:17: the environment variable ERP_PASSWORD is not set; set it, or write a default/],
    ['a file', 'file:gone.txt', /^kontor.yaml:6:17: the secret file gone.txt cannot be read \(ENOENT\); create it/],
    [
      'a command that is missing',
      '{ command: [no-such-program, -x] }',
      /^kontor.yaml:6:7: the secret command "no-such-program" failed \(ENOENT\); run it by hand/,
    ],
    ['a command that fails', `{ command: ['${process.execPath}', -e, 'process.exit(3)'] }`, /failed \(exit code 3\); run it by hand/],
    ['a command that is silent', `{ command: ['${process.execPath}', -e, '0'] }`, /printed nothing; run it by hand/],
  ];

  it.each(unavailable)('that cannot be read name themselves and the cure: %s', async (_title, password, expected) => {
    const { code, lines } = await failure(connection('', `url: https://erp.example\n      password: ${password}`));
    expect(code).toBe('SECRET_UNAVAILABLE');
    expect(lines).toEqual([expect.stringMatching(expected)]);
  });

  it('are not asked for when no other system is spoken to', async () => {
    const yaml = connection('', 'url: https://erp.example\n      password: file:gone.txt');
    expect((await load(yaml, { connections: ['other'] })).connections.get('erp')?.connector).toBe('ledger');
  });

  it('never show: not in redacted settings, not in censored text', async () => {
    const secrets = new SecretValues();
    const env = { PASS: 'tr0ub4dor&3', DATABASE_URL: 'postgres://kontor:dbpass1@db/kontor' };
    const settings = await load(connection('', `url: https://erp.example\n      password: \${PASS}`), { env, secrets });
    const shown = JSON.stringify(redact(settings, secrets));
    expect(shown).toContain('https://erp.example');
    expect(shown).not.toMatch(/tr0ub4dor|dbpass1/);
    expect(secrets.censor('login tr0ub4dor&3 at ?p=tr0ub4dor%263 with dbpass1')).toBe('login *** at ?p=*** with ***');
  });

  it('in a file this user may not read are told as such', async () => {
    await writeFile(join(cwd, 'locked'), 'x'.repeat(70_000));
    await chmod(join(cwd, 'locked'), 0o600);
    expect((await failure(connection('', 'url: https://erp.example\n      password: file:locked'))).lines[0]).toMatch(
      /larger than 65536 bytes/,
    );
  });
});

describe('the target of orders', () => {
  it.each([
    ['that is no connection', 'orders: { target: erp }'],
    [
      'that takes no orders',
      'orders: { target: erp }\nconnections:\n  erp:\n    connector: ledger\n    settings: { url: "https://e.example" }\n    entities: { account: { read: { table: a }, mapping: { externalId: No, name: N } } }',
    ],
  ])('is refused by line: one %s', async (_title, yaml) => {
    await expect(load(yaml)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/kontor\.yaml:1:\d+: orders\.target names "erp", which is no connection that takes orders/),
    });
  });
});

it('says of an address of the public what one looks like', async () => {
  await expect(load('http: { publicUrl: approvals.example.com }')).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('http.publicUrl must be an address such as https://approvals.example.com'),
  });
});
