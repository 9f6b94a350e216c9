/**
 * API keys that end on a day, renewed before it. The first stands in the configuration; those after it are kept in the vault.
 *
 * A new key is stored before it is used, and an old one is retired only by a request that the new one proves. Whoever is killed
 * between two steps loses no access: before storing the old key is good (and the new one nobody's until it ends), after it both are.
 */
import { hkdfSync } from 'node:crypto';
import { KontorError } from '../../errors.ts';
import type { Vault } from './border.ts';
import type { Http, RotatingKeyLogin } from './types.ts';

type Headers = Readonly<Record<string, string>>;

export interface KeyContext {
  /** Without login. */
  readonly plain: Http;
  readonly vault: Vault;
  /** Whether this process renews; else it uses what others keep. */
  readonly renewsKeys: boolean;
  now(): Date;
}

interface Kept {
  readonly key: string;
  /** ISO instant. */
  readonly endsAt: string;
  /** Keys before it that are still to be retired, the oldest first. */
  readonly old: readonly string[];
}

/** How often one process asks whether its key ends, and looks whether another renewed it. */
const LOOK_MS = 86_400_000;

export class KeyRing {
  readonly #login: RotatingKeyLogin;
  readonly #context: KeyContext;
  readonly #entry: readonly [name: string, sealedWith: string];
  /** Headers that were given out, for they are what is refused. */
  readonly #given = new WeakMap<Headers, string>();
  #tendedAt = Number.NEGATIVE_INFINITY;

  constructor(login: RotatingKeyLogin, baseUrl: string, context: KeyContext) {
    this.#login = login;
    this.#context = context;
    this.#entry = vaultEntryOf(login, baseUrl);
  }

  /** Headers of a key that is thought to be good, to be asked for anew at `usableUntil` (epoch ms). `refused` are the last that were not. */
  async open(refused: Headers | undefined): Promise<{ headers: Headers; usableUntil: number }> {
    const { vault, renewsKeys, now } = this.#context;
    const refusedKey = refused && this.#given.get(refused);
    const kept = parsed(await vault.look(...this.#entry));
    let key = keyAfter(refusedKey, kept ? [kept.key, ...kept.old.toReversed(), this.#login.key] : [this.#login.key]);
    const at = now().getTime();
    if (renewsKeys && at - this.#tendedAt >= LOOK_MS) {
      key = await this.#tend(key, kept, refusedKey);
      this.#tendedAt = at;
    }
    const headers = this.#login.headers(key);
    this.#given.set(headers, key);
    return { headers, usableUntil: at + LOOK_MS };
  }

  /** Renews where it is time to, retires what is over. Answers the key to use. */
  async #tend(used: string, found: Kept | null, refused: string | undefined): Promise<string> {
    let key = used;
    try {
      const kept = (await this.#isDue(used, found)) ? await this.#renew(used, refused) : found;
      if (!kept || (kept === found && kept.key !== used)) return used;
      key = kept.key;
      if (kept.old.length > 0) await this.#retire(kept);
    } catch (error) {
      // The old key is good for a while, and tomorrow this is tried again: no pull stops for it.
      if (!(error instanceof KontorError)) throw error;
    }
    return key;
  }

  async #isDue(used: string, kept: Kept | null): Promise<boolean> {
    const isSoon = (endsAt: number) => endsAt - this.#context.now().getTime() < this.#login.renewBeforeMs;
    if (used === kept?.key) return isSoon(Date.parse(kept.endsAt));
    // One that should be retired is in use, because the one after it was refused.
    if (used !== this.#login.key) return true;
    const endsAt = await this.#login.endOf(this.#provenBy(used), this.#context.now());
    return endsAt === 'unknown' || (endsAt !== 'never' && isSoon(endsAt.getTime()));
  }

  async #renew(used: string, refused: string | undefined): Promise<Kept> {
    const text = await this.#context.vault.exchange(...this.#entry, async (stored) => {
      const kept = parsed(stored);
      // Another worker was quicker, or we could not store it the last time.
      if (stored !== null && kept && kept.key !== used && kept.key !== refused) return stored;
      const { key, endsAt } = await this.#login.renew(this.#provenBy(used), used, this.#context.now());
      const old = [...(kept ? [...kept.old, kept.key] : []), used];
      return written({ key, endsAt: endsAt.toISOString(), old: [...new Set(old)] });
    });
    return JSON.parse(text) as Kept;
  }

  /** The request that retires is the new key's proof: if it is not good, the old one stays. */
  async #retire(kept: Kept): Promise<void> {
    for (const key of kept.old) await this.#login.retire(this.#provenBy(kept.key), key);
    await this.#context.vault.exchange(...this.#entry, async (stored) => {
      const now = parsed(stored) ?? kept;
      return written({ ...now, old: now.old.filter((key) => !kept.old.includes(key)) });
    });
  }

  #provenBy(key: string): Http {
    return { send: (request) => this.#context.plain.send({ ...request, headers: { ...request.headers, ...this.#login.headers(key) } }) };
  }
}

/** The first of `keys`; after a refusal the one behind the refused one, and behind the last the first again. */
function keyAfter(refused: string | undefined, keys: readonly string[]): string {
  const place = refused === undefined ? -1 : keys.indexOf(refused);
  const key = keys[(place + 1) % keys.length];
  if (key === undefined) throw new TypeError('there is always the configured key');
  return key;
}

function parsed(text: string | null): Kept | null {
  return text === null ? null : (JSON.parse(text) as Kept);
}

function written(kept: Kept): string {
  return JSON.stringify(kept);
}

/** Both follow from the configured key: who configures another begins anew, and the name betrays none of it. */
function vaultEntryOf({ key }: RotatingKeyLogin, baseUrl: string): readonly [name: string, sealedWith: string] {
  const { host, href } = new URL(baseUrl);
  const digest = Buffer.from(hkdfSync('sha256', key, href, 'kontor vault name of a key', 16));
  return [`${host} ${digest.toString('hex')}`, JSON.stringify(['rotating-key', key])];
}
