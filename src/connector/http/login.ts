/** Proving who we are: one login at a time, however many requests wait for it, and again only when an answer says it is no longer good. */
import type { Vault } from './border.ts';
import { fetchToken } from './oauth.ts';
import type { Http, HttpProfile } from './types.ts';

export interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch ms after which it must not be used. */
  readonly endsAt: number;
}

export interface LoginKeeper {
  headers(): Promise<Readonly<Record<string, string>>>;
  /** Says that these headers were refused. Answers whether another proof can be had. */
  refused(headers: Readonly<Record<string, string>>): boolean;
}

/** A proof is renewed this much before its end: a request takes time, and clocks differ. */
const EARLY_MS = 30_000;

export function keepLogin(
  connection: string,
  { login }: HttpProfile,
  { plain, vault, now, signal }: { plain: Http; vault: Vault; now: () => Date; signal: () => AbortSignal },
): LoginKeeper {
  const open = opener();
  let current: Promise<Proof> | undefined;
  let proof: Proof | undefined;

  return {
    async headers() {
      if (proof && proof.endsAt - EARLY_MS <= now().getTime()) forget();
      current ??= open().then(
        (opened) => {
          proof = opened;
          return opened;
        },
        (error) => {
          forget();
          throw error;
        },
      );
      return (await current).headers;
    },
    refused(headers) {
      if (login.kind !== 'oauth2' && login.kind !== 'session') return false;
      // Another request may have renewed it in the meantime.
      if (proof?.headers === headers) forget();
      return true;
    },
  };

  function forget(): void {
    current = undefined;
    proof = undefined;
  }

  function opener(): () => Promise<Proof> {
    switch (login.kind) {
      case 'none':
        return async () => forEver({});
      case 'basic':
        return async () => forEver({ authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` });
      case 'header':
        return async () => forEver({ [login.name.toLowerCase()]: login.value });
      case 'session':
        return async () => {
          const { headers, endsAt } = await login.open(plain);
          return { headers, endsAt: endsAt?.getTime() ?? Number.POSITIVE_INFINITY };
        };
      case 'oauth2':
        return async () => {
          const refused = proof?.headers.authorization;
          const { accessToken, endsAt } = await fetchToken(connection, login, { vault, now, plain, signal: signal(), refused });
          return { headers: { authorization: `Bearer ${accessToken}` }, endsAt };
        };
    }
  }
}

function forEver(headers: Readonly<Record<string, string>>): Proof {
  return { headers, endsAt: Number.POSITIVE_INFINITY };
}
