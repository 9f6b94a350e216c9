/** `kontor keys`: who may use the HTTP interface, and for what. */
import { type Command, InvalidArgumentError } from 'commander';
import { NAME_PATTERN } from '../../config/schema.ts';
import { suggestName } from '../../config/suggest-name.ts';
import { API_SCOPES, type ApiKey, type ApiScope, createApiKey, listApiKeys, revokeApiKey } from '../../store/api-keys.ts';
import type { App } from '../app.ts';
import { civilDay, withExamples } from '../arguments.ts';
import { formatInstant } from '../format.ts';
import { drawTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** Orders that came in by other ways carry these as their origin. */
const TAKEN_NAMES = ['cli', 'inbox'];

interface CreateOptions {
  readonly scopes: ApiScope[];
  readonly origin?: string;
  readonly expires?: string;
}

export function addKeysCommand(program: Command, app: App): void {
  const keys = program.command('keys').description('say who may use the HTTP interface, and for what');
  const create = keys
    .command('create')
    .description('make a key and print it, this once')
    .argument('<name>', 'who uses it; the origin of the orders that come with it', keyName)
    .requiredOption('--scopes <list>', `what it may do: ${Object.keys(API_SCOPES).join(', ')}`, scopeList)
    .option('--origin <name>', 'the origin of its orders, where another key is replaced; its name if absent', originName)
    .option('--expires <day>', 'first day on which it is refused, YYYY-MM-DD (UTC); never if absent', civilDay)
    .action(async (name: string, { scopes, origin = name, expires }: CreateOptions) => {
      const { db } = await app.store(await app.settings([]));
      const expiresAt = expires === undefined ? null : new Date(`${expires}T00:00:00Z`);
      const { secret, key } = await createApiKey(db, { name, origin, scopes, expiresAt }, new Date());
      app.out.answer({ ...key, key: secret }, () => [secret]);
      app.out.hint(`keep it now; it cannot be shown again. It may ${scopes.join(', ')}`);
    });
  withExamples(create, [
    'kontor keys create shop --scopes orders:read,orders:write,decisions:write',
    'kontor keys create shop-2027 --origin shop --scopes orders:read,orders:write --expires 2028-01-01',
    'kontor keys create operations --scopes orders:read,runs:read,resync:write,orders:all',
  ]);

  const list = keys
    .command('list', { isDefault: true })
    .description('keys, without the keys themselves')
    .action(async () => {
      const { db } = await app.store(await app.settings([]));
      const now = new Date();
      app.out.answer({ keys: (await listApiKeys(db)).map((key) => ({ ...key, state: stateOf(key, now) })) }, drawKeys);
    });
  withExamples(list, ['kontor keys', 'kontor keys list --json']);

  const revoke = keys
    .command('revoke')
    .description('refuse a key from now on, for ever')
    .argument('<name>', 'name of the key')
    .action(async (name: string) => {
      const { db } = await app.store(await app.settings([]));
      const isNew = await revokeApiKey(db, name, new Date());
      app.out.answer({ name, revoked: isNew }, () => [isNew ? `revoked  ${name}` : `${name} was revoked already`]);
    });
  withExamples(revoke, ['kontor keys revoke shop']);
}

function keyName(text: string): string {
  if (TAKEN_NAMES.includes(text)) throw new InvalidArgumentError(`orders that come in another way carry it as their origin.`);
  return originName(text);
}

function originName(text: string): string {
  if (!NAME_PATTERN.test(text))
    throw new InvalidArgumentError('it must be lower-case letters, digits and hyphens, and begin with a letter.');
  return text;
}

function scopeList(text: string): ApiScope[] {
  const names = Object.keys(API_SCOPES) as ApiScope[];
  return text.split(',').map((part) => {
    const found = names.find((name) => name === part.trim());
    if (!found) throw new InvalidArgumentError(`"${part.trim()}" is no scope; ${suggestName(part.trim(), names)}`);
    return found;
  });
}

type KeyState = 'valid' | 'expired' | 'revoked';

function stateOf({ revokedAt, expiresAt }: ApiKey, now: Date): KeyState {
  if (revokedAt) return 'revoked';
  return expiresAt && expiresAt <= now ? 'expired' : 'valid';
}

function* drawKeys({ keys }: { keys: Array<ApiKey & { state: KeyState }> }, terminal: Terminal): Generator<string> {
  if (keys.length === 0) {
    yield 'no keys; make one with `kontor keys create NAME --scopes orders:read,orders:write`';
    return;
  }
  const titles = ['key', 'state', 'origin', 'scopes', 'created', 'expires', 'last used'];
  const rows = keys.map(({ name, state, origin, scopes, createdAt, expiresAt, lastUsedAt }) => [
    name,
    state,
    origin,
    scopes.join(', '),
    formatInstant(createdAt),
    formatInstant(expiresAt),
    formatInstant(lastUsedAt),
  ]);
  yield* drawTable(
    titles.map((title) => ({ title, least: 8 })),
    rows,
    terminal,
  );
}
