/**
 * Tokens that rotate, in PostgreSQL: sealed with a key made of secrets that only the configuration holds, and changed by one
 * worker at a time. A worker that slept through its lease and comes back with a token finds the version raised, and takes
 * what the other one stored.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Vault } from '../connector/http/border.ts';
import { KontorError } from '../errors.ts';
import { connectionLost, type Database } from './database.ts';
import { withLease } from './leases.ts';

const LEASE_MS = 15_000;
/** Waiting for another worker's exchange. */
const LONGEST_WAIT_MS = 60_000;
const PAUSE_MS = 50;
/** Of storing: what is lost here must be asked for by a person. */
const PAUSES_TO_STORE_MS = [100, 500, 2_000];

interface Kept {
  readonly value: string | null;
  readonly version: string;
}

export function databaseVault(db: Database): Vault {
  /** Given to us, and not yet stored because the database was away. */
  const unsaved = new Map<string, { sealedWith: string; value: string }>();

  const load = async (name: string, sealedWith: string): Promise<Kept> => {
    const row = await db('token_vault').where({ name }).first<{ sealed: Buffer; version: string } | undefined>('sealed', 'version');
    return { value: row ? unseal(row.sealed, name, sealedWith) : null, version: row?.version ?? '0' };
  };

  const change = async (name: string, sealedWith: string, renew: (kept: string | null) => Promise<string>): Promise<string> => {
    const stored = await load(name, sealedWith);
    const ours = unsaved.get(name);
    const kept = ours?.sealedWith === sealedWith ? ours.value : stored.value;
    const value = await renew(kept);
    if (value === stored.value) return value;
    unsaved.set(name, { sealedWith, value });
    const isStored = await persistently(() => store(db, { name, sealed: seal(value, name, sealedWith), version: stored.version }));
    unsaved.delete(name);
    if (isStored) return value;
    const { value: theirs, version } = await load(name, sealedWith);
    if (theirs !== null) return theirs;
    await persistently(() => store(db, { name, sealed: seal(value, name, sealedWith), version }));
    return value;
  };

  return {
    async exchange(name, sealedWith, renew) {
      const request = { name: `tokens of ${name}`, holder: `${hostname()} ${process.pid}`, ttlMs: LEASE_MS };
      for (const givenUpAtMs = performance.now() + LONGEST_WAIT_MS; ; ) {
        try {
          return await withLease(db, request, () => change(name, sealedWith, renew));
        } catch (error) {
          const isHeld = error instanceof KontorError && error.code === 'ALREADY_RUNNING';
          if (!isHeld || performance.now() >= givenUpAtMs) throw error;
        }
        await sleep(PAUSE_MS * (0.5 + Math.random()));
      }
    },
    async look(name, sealedWith) {
      return (await load(name, sealedWith)).value;
    },
  };
}

/** Whether it was stored: not when another has stored since `version` was read. */
async function store(db: Database, { name, sealed, version }: { name: string; sealed: Buffer; version: string }): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `insert into token_vault as v (name, version, sealed, updated_at) values (:name, 1, :sealed, clock_timestamp())
     on conflict (name) do update set version = v.version + 1, sealed = excluded.sealed, updated_at = excluded.updated_at
     where v.version = :version
     returning version`,
    { name, sealed, version },
  );
  return rows.length > 0;
}

async function persistently<Result>(act: () => Promise<Result>): Promise<Result> {
  for (const pauseMs of PAUSES_TO_STORE_MS) {
    try {
      return await act();
    } catch (error) {
      if (!connectionLost(error)) throw error;
      await sleep(pauseMs);
    }
  }
  return act();
}

const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = SALT_BYTES + IV_BYTES + TAG_BYTES;

/** salt, iv, tag, then the text; the name is sealed in, so that rows cannot be exchanged. */
function seal(text: string, name: string, sealedWith: string): Buffer {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(sealedWith, salt), iv).setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), body]);
}

/** `null` when it was sealed with other secrets: the configuration has changed, and what is kept belongs to the old one. */
function unseal(sealed: Buffer, name: string, sealedWith: string): string | null {
  const salt = sealed.subarray(0, SALT_BYTES);
  const iv = sealed.subarray(SALT_BYTES, SALT_BYTES + IV_BYTES);
  const tag = sealed.subarray(SALT_BYTES + IV_BYTES, HEAD_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(sealedWith, salt), iv).setAAD(Buffer.from(name)).setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

function keyOf(sealedWith: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', sealedWith, salt, 'kontor token vault', 32));
}
