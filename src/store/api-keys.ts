/** Keys of the HTTP interface. Only their digests are kept: who reads the table can show none of them. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { NeedsOperatorError } from '../errors.ts';
import type { Database } from './database.ts';

/** Scope -> what it allows. */
export const API_SCOPES = {
  'orders:read': 'see orders, why they wait, and their receipts',
  'orders:write': 'submit, revise, withdraw and comment orders',
  'decisions:write': 'decide for people it vouches for',
  'budgets:read': 'see budgets, what is left of them, and their movements',
  'budgets:write': 'close and reopen budgets, and move money between them for people it vouches for',
  'radar:read': 'see what stands still, without what was ordered',
  'runs:read': 'see runs',
  'resync:write': 'ask for pulls, and send hand-offs again that stand still',
  'orders:all': 'all of these for orders of every origin, not only its own',
} as const;

export type ApiScope = keyof typeof API_SCOPES;

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** Orders carry it. Keys of one storefront share it, so that a key can be replaced. */
  readonly origin: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  /** From this instant on it is refused. */
  readonly expiresAt: Date | null;
  /** To the hour: a write with every request would cost more than it tells. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export type NewApiKey = Pick<ApiKey, 'name' | 'origin' | 'scopes' | 'expiresAt'>;

const PREFIX = 'kontor_';
const SHAPE = /^kontor_[\w-]{43}$/;
const USE_PRECISION_MS = 3_600_000;

const COLUMNS = `id, name, origin, scopes, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt",
  revoked_at as "revokedAt"`;

/** Answers the key itself, this once. Throws USAGE when the name is taken, also by a revoked key: what it did carries its name. */
export async function createApiKey(db: Database, key: NewApiKey, now: Date): Promise<{ secret: string; key: ApiKey }> {
  const secret = `${PREFIX}${randomBytes(32).toString('base64url')}`;
  const { rows } = await db.raw<{ rows: ApiKey[] }>(
    `insert into api_keys (name, origin, digest, scopes, created_at, expires_at)
     values (:name, :origin, :digest, :scopes, :now, :expiresAt) on conflict on constraint api_keys_name_key do nothing returning ${COLUMNS}`,
    { ...key, scopes: [...key.scopes], digest: digestOf(secret), now },
  );
  if (rows[0]) return { secret, key: rows[0] };
  throw new NeedsOperatorError(
    'USAGE',
    `there is a key "${key.name}" already; choose another name, and \`--origin\` to let both speak for one storefront`,
  );
}

/** In the order of their making. */
export async function listApiKeys(db: Database): Promise<ApiKey[]> {
  const { rows } = await db.raw<{ rows: ApiKey[] }>(`select ${COLUMNS} from api_keys order by id`);
  return rows;
}

/** Holds from the next request on. `false`: it was revoked already. */
export async function revokeApiKey(db: Database, name: string, now: Date): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    'update api_keys set revoked_at = ? where name = ? and revoked_at is null returning id',
    [now, name],
  );
  if (rows.length > 0) return true;
  const { rows: known } = await db.raw<{ rows: unknown[] }>('select 1 from api_keys where name = ?', [name]);
  if (known.length === 0) throw new NeedsOperatorError('NOT_FOUND', `there is no key "${name}"; \`kontor keys list\` lists them`);
  return false;
}

/** Throws KEY_REFUSED unless the key is known, and neither over nor revoked. */
export async function admitApiKey(db: Database, secret: string, now: Date): Promise<ApiKey> {
  const found = SHAPE.test(secret) ? await findByDigest(db, digestOf(secret)) : null;
  if (!found) throw new NeedsOperatorError('KEY_REFUSED', 'nobody knows this API key; `kontor keys create` makes one');
  const { key } = found;
  if (key.revokedAt)
    throw new NeedsOperatorError('KEY_REFUSED', `the API key "${key.name}" was revoked; \`kontor keys create\` makes another`);
  if (key.expiresAt && key.expiresAt <= now)
    throw new NeedsOperatorError('KEY_REFUSED', `the API key "${key.name}" has expired; \`kontor keys create\` makes another`);
  await noteUse(db, key, now);
  return key;
}

/**
 * One round of SHA-256: 256 random bits leave nothing to guess, which is all that a slow hash makes dearer, and every request
 * pays for it.
 */
function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** How long the index takes tells of digests, which nobody can choose; the last comparison takes as long for every key. */
async function findByDigest(db: Database, digest: string): Promise<{ key: ApiKey } | null> {
  const { rows } = await db.raw<{ rows: Array<ApiKey & { digest: string }> }>(`select digest, ${COLUMNS} from api_keys where digest = ?`, [
    digest,
  ]);
  if (!rows[0]) return null;
  const { digest: kept, ...key } = rows[0];
  return timingSafeEqual(Buffer.from(kept), Buffer.from(digest)) ? { key } : null;
}

async function noteUse(db: Database, { id, lastUsedAt }: ApiKey, now: Date): Promise<void> {
  const hour = new Date(Math.floor(now.getTime() / USE_PRECISION_MS) * USE_PRECISION_MS);
  if (lastUsedAt && lastUsedAt >= hour) return;
  await db.raw('update api_keys set last_used_at = :hour where id = :id and (last_used_at is null or last_used_at < :hour)', { id, hour });
}
