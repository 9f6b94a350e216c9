/** Proving who we are: one login at a time, however many requests wait for it, and again only when an answer says it is no longer good. */
import type { Vault } from './border.ts';
import { KeyRing } from './rotating-key.ts';
import type { TokenWire } from './token-endpoint.ts';
import type { Http, HttpProfile } from './types.ts';
import { usableUntil } from './usable-until.ts';

export interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch ms after which it is not used. */
  readonly usableUntil: number;
}

export interface LoginKeeper {
  /** What `headers` would answer, where it is at hand and good. */
  known(): Readonly<Record<string, string>> | undefined;
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Says that these headers were refused. Answers whether another proof can be had. */
  refused(headers: Readonly<Record<string, string>>): boolean;
}

export interface LoginContext {
  /** Without login, for calls that log in. */
  readonly plain: Http;
  readonly tokenWire: TokenWire;
  readonly vault: Vault;
  /** Whether keys that end are renewed by this process. */
  readonly renewsKeys: boolean;
  now(): Date;
  /** The session is over, and what belongs to it (cookies, CSRF token) with it. */
  onEnd(): void;
}

export const NO_LOGIN: LoginKeeper = { known: () => ({}), headers: async () => ({}), refused: () => false };

export function keepLogin(connection: string, profile: HttpProfile, context: LoginContext): LoginKeeper {
  const open = openerOf(connection, profile, context);
  let current: Promise<Proof> | undefined;
  let proof: Proof | undefined;
  let refusedHeaders: Proof['headers'] | undefined;

  const forget = () => {
    current = undefined;
    proof = undefined;
    context.onEnd();
  };
  const opened = async (): Promise<Proof> => {
    try {
      proof = await open(refusedHeaders);
      return proof;
    } catch (error) {
      forget();
      throw error;
    }
  };
  return {
    known: () => (proof && proof.usableUntil > context.now().getTime() ? proof.headers : undefined),
    async headers() {
      if (proof && proof.usableUntil <= context.now().getTime()) forget();
      current ??= opened();
      return (await current).headers;
    },
    refused(headers) {
      if (!CAN_RENEW.includes(profile.login.kind)) return false;
      // Another request may have renewed it in the meantime.
      if (proof?.headers === headers) {
        refusedHeaders = headers;
        forget();
      }
      return true;
    },
  };
}

/** Kinds that may have another proof when one is refused. */
const CAN_RENEW: readonly HttpProfile['login']['kind'][] = ['oauth2', 'session', 'rotating-key'];

const BEARER = 'Bearer ';

function openerOf(
  connection: string,
  { login, baseUrl }: HttpProfile,
  context: LoginContext,
): (refused: Proof['headers'] | undefined) => Promise<Proof> {
  const { plain, tokenWire: wire, vault, now } = context;
  switch (login.kind) {
    case 'none':
      return async () => forEver({});
    case 'basic':
      return async () => forEver({ authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` });
    case 'header':
      return async () => forEver({ [login.name.toLowerCase()]: login.value });
    case 'session':
      return async () => {
        const at = now().getTime();
        const { headers, endsAt } = await login.open(plain);
        return { headers: { ...headers }, usableUntil: endsAt ? usableUntil(at, endsAt.getTime()) : Number.POSITIVE_INFINITY };
      };
    case 'oauth2':
      return async (refusedHeaders) => {
        const refused = refusedHeaders?.authorization?.slice(BEARER.length);
        // Its libraries are loaded by those who log in so.
        const { fetchToken } = await import('./oauth.ts');
        const token = await fetchToken(connection, login, { vault, now, wire, refused });
        return { headers: { authorization: BEARER + token.accessToken }, usableUntil: token.usableUntil };
      };
    case 'rotating-key': {
      const ring = new KeyRing(login, baseUrl, context);
      return (refusedHeaders) => ring.open(refusedHeaders);
    }
  }
}

function forEver(headers: Readonly<Record<string, string>>): Proof {
  return { headers, usableUntil: Number.POSITIVE_INFINITY };
}
