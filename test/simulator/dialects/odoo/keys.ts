/** API keys of the one user (19: odoo/addons/base/models/res_users.py): they end by date, ten live at once, and others are made with them. */
import type { World } from '../../world.ts';
import { accessDenied, Raised, userError } from './failures.ts';

type Values = Readonly<Record<string, unknown>>;

export const KEY = '6578616d706c65206a736f6e20617069206b6579';

export interface KeyOptions {
  /** Those of the user; the first is the configured one. One that never ends if absent. */
  readonly keys?: ReadonlyArray<{ name: string; expiration_date: string | false }>;
  /** `base.enable_programmatic_api_keys` */
  readonly makesKeys?: boolean;
}

interface ApiKey {
  readonly id: number;
  readonly secret: string;
  readonly name: string;
  readonly scope: string | null;
  /** Epoch ms. */
  readonly endsAt: number;
}

const LIMIT = 10;
const LONGEST_MS = 90 * 86_400_000;

export class ApiKeys {
  readonly #options: KeyOptions;
  #keys: ApiKey[];
  #count: number;

  constructor(options: KeyOptions) {
    this.#options = options;
    const given = options.keys ?? [{ name: 'Kontor', expiration_date: false }];
    this.#keys = given.map(({ name, expiration_date }, place) => ({
      id: place + 1,
      secret: place === 0 ? KEY : `other-key-${place}`,
      name,
      scope: null,
      endsAt: expiration_date === false ? Number.POSITIVE_INFINITY : stampOf(expiration_date),
    }));
    this.#count = given.length;
  }

  /** For tests: a person removes what the test picks. */
  remove(picks: (key: { secret: string; name: string }) => boolean): void {
    this.#keys = this.#keys.filter((key) => !picks(key));
  }

  living(world: World): readonly ApiKey[] {
    return this.#keys.filter(({ endsAt }) => endsAt >= world.now().getTime());
  }

  isGood(secret: unknown, world: World): boolean {
    return this.living(world).some((key) => key.secret === secret && (key.scope === null || key.scope === 'rpc'));
  }

  rows(): Values[] {
    return this.#keys.map(({ id, name, scope, endsAt }) => ({
      id,
      name,
      scope: scope ?? false,
      user_id: [6, 'Kontor'],
      expiration_date: Number.isFinite(endsAt) ? new Date(endsAt).toISOString().slice(0, 19).replace('T', ' ') : false,
    }));
  }

  generate(params: Values, world: World): string {
    const { key, scope, name, expiration_date } = required(params, ['key', 'scope', 'name', 'expiration_date'], 'generate');
    this.#refuseUnlessAllowed();
    if (this.living(world).length >= LIMIT) throw userError(`Limit of ${LIMIT} API keys is reached for programmatic creation`);
    if (!this.isGood(key, world)) throw denied('The provided API key is invalid or does not belong to the current user.');
    if (typeof expiration_date !== 'string') throw validationError('The API key must have an expiration date');
    const endsAt = stampOf(expiration_date);
    if (endsAt > world.now().getTime() + LONGEST_MS) throw validationError('You cannot exceed 90.0 days.');
    this.#count += 1;
    const secret = String(this.#count).padStart(40, '0');
    this.#keys.push({ id: this.#count, secret, name: String(name), scope: typeof scope === 'string' ? scope : null, endsAt });
    return secret;
  }

  revoke(params: Values, world: World): true {
    const { key } = required(params, ['key'], 'revoke');
    this.#refuseUnlessAllowed();
    if (!this.living(world).some(({ secret }) => secret === key)) throw denied('The provided API key is invalid.');
    this.remove(({ secret }) => secret === key);
    return true;
  }

  #refuseUnlessAllowed(): void {
    if (!this.#options.makesKeys) throw userError('Programmatic API keys are not enabled');
  }
}

function denied(message: string): Raised {
  const { exception, status } = accessDenied();
  return new Raised(exception, message, status);
}

const validationError = (message: string): Raised => new Raised('odoo.exceptions.ValidationError', message, 422);

function required(params: Values, names: readonly string[], method: string): Values {
  const missing = names.find((name) => !(name in params));
  if (missing !== undefined) throw new Raised('builtins.TypeError', `missing a required argument: '${missing}' of ${method}`, 422);
  return params;
}

/** A day is its first moment. */
function stampOf(text: string): number {
  return Date.parse(`${text.length === 10 ? `${text} 00:00:00` : text}Z`.replace(' ', 'T'));
}
