/** kontor.yaml and the environment become settings: once, at start, with every problem told at once. */
import { access, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { AnyConnector } from '../connector/contract.ts';
import { NeedsOperatorError } from '../errors.ts';
import { readConnection } from './connection.ts';
import { type Environment, overrideFromEnvironment } from './environment.ts';
import { explainIssues } from './explain-issues.ts';
import { displayPath, Problems } from './problems.ts';
import { fileSchema } from './schema.ts';
import { resolveSecrets, type SecretContext, SecretValues } from './secrets.ts';
import type { ConnectionSettings, RedisSettings, Settings } from './settings.ts';
import { parseYaml, type YamlDocument } from './yaml-document.ts';

export const FILE_NAME = 'kontor.yaml';

export interface LoadOptions {
  /** Named by --config; else KONTOR_CONFIG, else kontor.yaml in `cwd` if there is one. */
  file?: string | undefined;
  env: Environment;
  cwd: string;
  connectors: readonly AnyConnector[];
  /** Collects the secret values met, so that logs and screens can censor them. */
  secrets?: SecretValues;
  /** Connections whose systems will be spoken to: only their secrets are read and their settings checked. Default all. */
  connections?: 'all' | readonly string[];
}

type FileSettings = z.output<typeof fileSchema>;

/** Fails with CONFIG_INVALID, CONFIG_MISSING or SECRET_UNAVAILABLE. Without a file: defaults, environment, no connections. */
export async function loadSettings(options: LoadOptions): Promise<Settings> {
  const { env, cwd, connectors } = options;
  const file = await findFile(options);
  const baseFolder = file ? dirname(file) : resolve(cwd);
  const name = file ? displayPath(file, cwd) : FILE_NAME;
  const document = file ? parseYaml(name, await readText(file, name)) : null;
  const overridden = overrideFromEnvironment(document?.value ?? {}, env);
  const problems = new Problems(document, name, overridden.variableAt);
  const secrets: SecretContext = { env, baseFolder, values: options.secrets ?? new SecretValues() };

  const own = await resolveOwn(overridden.value, secrets, problems);
  const parsed = fileSchema.safeParse(own);
  if (!parsed.success) problems.add(...explainIssues(parsed.error.issues, fileSchema, own, []));
  else if (parsed.data.redis && !parsed.data.redis.url && !parsed.data.redis.sentinels && document?.value.redis) {
    problems.add({ path: ['redis'], message: 'redis names no server; add url or sentinels, or set REDIS_URL' });
  }
  const { connections: wanted = 'all' } = options;
  const context = {
    connectors,
    problems,
    secretsFor: (connection: string) => (wanted === 'all' || wanted.includes(connection) ? secrets : null),
  };
  const connections = await readConnections(document, context);
  const target = parsed.data?.orders.target;
  if (target !== undefined && !takesOrders(target, connections, connectors)) {
    problems.add({ path: ['orders', 'target'], message: `orders.target names "${target}", which is no connection that takes orders` });
  }
  problems.throwIfAny();
  return assemble(parsed.data as FileSettings, file, baseFolder, connections);
}

function takesOrders(name: string, connections: ReadonlyMap<string, ConnectionSettings>, connectors: readonly AnyConnector[]): boolean {
  const connection = connections.get(name);
  return connectors.some((connector) => connector.name === connection?.connector && connector.orders !== undefined);
}

async function findFile({ file, env, cwd }: LoadOptions): Promise<string | null> {
  const named = file ?? (env.KONTOR_CONFIG || undefined);
  const path = resolve(cwd, named ?? FILE_NAME);
  const found = await access(path).then(
    () => true,
    () => false,
  );
  if (found) return path;
  if (named === undefined) return null;
  const by = file === undefined ? 'KONTOR_CONFIG' : '--config';
  throw new NeedsOperatorError(
    'CONFIG_MISSING',
    `${by} names ${displayPath(path, cwd)}, which does not exist; correct it or run \`kontor init\``,
  );
}

async function readText(file: string, name: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    const why =
      cause instanceof TypeError ? 'is not UTF-8 text; save it as UTF-8' : 'cannot be read; check that it is a file this user may read';
    throw new NeedsOperatorError('CONFIG_INVALID', `${name}: ${why}`, { cause });
  }
}

/** Secrets of Kontor's own database and Redis; those of the connections are resolved with their connector at hand. */
async function resolveOwn(value: Record<string, unknown>, secrets: SecretContext, problems: Problems): Promise<Record<string, unknown>> {
  const resolved = { ...value };
  for (const section of ['database', 'redis', 'http', 'mail']) {
    if (resolved[section] === undefined) continue;
    const answer = await resolveSecrets(resolved[section], [section], secrets);
    problems.addSecrets(...answer.failures);
    resolved[section] = answer.failures.length > 0 ? undefined : answer.value;
    rememberPasswords(answer.value, secrets.values);
  }
  return resolved;
}

/** A URL may hold its password in plain text. */
function rememberPasswords(section: unknown, values: SecretValues): void {
  const url = (section as { url?: unknown } | null)?.url;
  if (typeof url !== 'string' || !URL.canParse(url)) return;
  const { password } = new URL(url);
  values.remember(password);
  values.remember(decodeURIComponent(password));
}

async function readConnections(
  document: YamlDocument | null,
  context: Parameters<typeof readConnection>[2],
): Promise<ReadonlyMap<string, ConnectionSettings>> {
  const connections = new Map<string, ConnectionSettings>();
  const raw = document?.value.connections;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return connections;
  for (const [name, given] of Object.entries(raw)) {
    const connection = await readConnection(name, given, context);
    if (connection) connections.set(name, connection);
  }
  return connections;
}

function assemble(
  parsed: FileSettings,
  file: string | null,
  baseFolder: string,
  connections: ReadonlyMap<string, ConnectionSettings>,
): Settings {
  const { database, redis, worker, log, orders, approvals, http, mail } = parsed;
  return {
    file,
    baseFolder,
    database: database.url ? { url: database.url } : { embeddedFolder: resolve(baseFolder, database.folder) },
    redis: redis && (redis.url || redis.sentinels) ? redisSettings(redis) : null,
    worker,
    log,
    connections,
    orders,
    approvals,
    http,
    mail,
  };
}

/** Leaves out what is not set: the settings distinguish absent from undefined. */
function redisSettings({ url, prefix, cluster, sentinels, tls }: NonNullable<FileSettings['redis']>): RedisSettings {
  return {
    url: url ?? '',
    prefix,
    cluster,
    ...(sentinels && { sentinels: withoutUndefined(sentinels) }),
    ...(tls && { tls: withoutUndefined(tls) }),
  };
}

function withoutUndefined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
