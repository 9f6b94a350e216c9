/** The environment variables Kontor reads, and the setting each overrides. docs/configuration.md shows this table. */

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentVariable {
  readonly name: string;
  /** Path in kontor.yaml; none for those that are not settings. */
  readonly path: readonly string[] | null;
  readonly kind: 'text' | 'number' | 'boolean';
  readonly about: string;
}

export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  { name: 'KONTOR_CONFIG', path: null, kind: 'text', about: 'path of kontor.yaml, like --config' },
  { name: 'DATABASE_URL', path: ['database', 'url'], kind: 'text', about: 'PostgreSQL; without it an embedded one is started' },
  { name: 'KONTOR_DATA_FOLDER', path: ['database', 'folder'], kind: 'text', about: 'folder of the embedded PostgreSQL' },
  { name: 'REDIS_URL', path: ['redis', 'url'], kind: 'text', about: 'Redis for the queues; without it they run on PostgreSQL' },
  { name: 'KONTOR_REDIS_PREFIX', path: ['redis', 'prefix'], kind: 'text', about: 'first part of every key in Redis' },
  { name: 'KONTOR_REDIS_CLUSTER', path: ['redis', 'cluster'], kind: 'boolean', about: 'the Redis named is a node of a cluster' },
  { name: 'KONTOR_CONCURRENCY', path: ['worker', 'concurrency'], kind: 'number', about: 'jobs at a time in one worker' },
  { name: 'KONTOR_DRAIN_MS', path: ['worker', 'drainMs'], kind: 'number', about: 'how long a stopping worker may finish its jobs' },
  { name: 'KONTOR_HTTP_HOST', path: ['http', 'host'], kind: 'text', about: 'address of the HTTP interface' },
  { name: 'KONTOR_HTTP_PORT', path: ['http', 'port'], kind: 'number', about: 'port of the HTTP interface' },
  { name: 'KONTOR_LINK_SECRET', path: ['http', 'linkSecret'], kind: 'text', about: 'signs decision links; at least 32 characters' },
  { name: 'KONTOR_MAIL_PASSWORD', path: ['mail', 'password'], kind: 'text', about: 'password of the login at the SMTP server' },
  { name: 'KONTOR_LOG_LEVEL', path: ['log', 'level'], kind: 'text', about: 'debug, info, warn, error or silent' },
];

export interface Overridden {
  readonly value: Record<string, unknown>;
  /** The variable that set the value at a path, if one did. */
  variableAt(path: readonly PropertyKey[]): string | undefined;
}

/** Lays the environment over what kontor.yaml says. A variable set to nothing counts as not set. */
export function overrideFromEnvironment(value: Record<string, unknown>, env: Environment): Overridden {
  const result = { ...value };
  const setBy = new Map<string, string>();
  for (const { name, path, kind } of ENVIRONMENT) {
    const text = env[name];
    if (!path || text === undefined || text === '') continue;
    const [section = '', key = ''] = path;
    const before = result[section];
    if (before !== undefined && before !== null && (typeof before !== 'object' || Array.isArray(before))) continue;
    result[section] = { ...before, [key]: fromText(text, kind) };
    setBy.set(path.join('.'), name);
  }
  return { value: result, variableAt: (path) => setBy.get(path.map(String).join('.')) };
}

/** A text that is not of its kind stays as it is: the schema then says what was expected. */
function fromText(text: string, kind: EnvironmentVariable['kind']): unknown {
  if (kind === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (kind === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}
