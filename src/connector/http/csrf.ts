/** Cookies, and the token that must accompany writes together with the cookies it came with. */
import { CookieJar } from 'tough-cookie';
import type { WireAnswer, WireRequest } from './transport.ts';
import type { HttpProfile, HttpRequest } from './types.ts';

/** The cookies of one session. An answer's cookies go where its request's came from: a late one does not spoil the next session. */
export interface Cookies {
  with(request: WireRequest): WireRequest;
  keep(url: string, answer: WireAnswer): void;
}

export interface CsrfKeeper {
  /** The token's header for a request to this path; fetched with `send` when there is none. {} for systems without. */
  headers(path: string, send: (request: HttpRequest) => Promise<Pick<WireAnswer, 'headers'>>): Promise<Readonly<Record<string, string>>>;
  /** Whether a request with these headers was refused for want of a good token; then the token is forgotten. */
  refused(answer: WireAnswer, headers: Readonly<Record<string, string>>): boolean;
  /** The session is over: its cookies and token go together. */
  forget(): void;
  cookies(): Cookies;
}

export function keepCsrf({ csrf, cookies: hasCookies, login }: HttpProfile): CsrfKeeper {
  let cookies = hasCookies ? newCookies() : NO_COOKIES;
  let token: Promise<Readonly<Record<string, string>>> | undefined;
  let current: Readonly<Record<string, string>> | undefined;
  const forget = () => {
    token = undefined;
    current = undefined;
    if (hasCookies) cookies = newCookies();
  };
  return {
    async headers(path, send) {
      if (!csrf) return {};
      const from = typeof csrf.path === 'string' ? csrf.path : csrf.path(path);
      token ??= send({ path: from, headers: { [csrf.header]: csrf.fetchValue }, expect: 'text' }).then(({ headers }) => {
        const value = headers[csrf.header.toLowerCase()];
        // Behind some gateways there is none, and none is asked for.
        current = value === undefined ? {} : { [csrf.header.toLowerCase()]: value };
        return current;
      });
      try {
        return await token;
      } catch (error) {
        token = undefined;
        throw error;
      }
    },
    refused(answer, headers) {
      const isRefused = csrf?.refused(answer) ?? false;
      // Another request may have fetched a new one in the meantime.
      if (isRefused && headers === current) {
        // Where cookies are the login, they stay; else the token's session goes with it.
        if (login.kind === 'session') token = undefined;
        else forget();
      }
      return isRefused;
    },
    forget,
    cookies: () => cookies,
  };
}

const NO_COOKIES: Cookies = { with: (request) => request, keep: () => undefined };

function newCookies(): Cookies {
  const jar = new CookieJar();
  return {
    with(request) {
      const cookie = jar.getCookieStringSync(request.url);
      return cookie === '' ? request : { ...request, headers: { ...request.headers, cookie } };
    },
    keep(url, { setCookies }) {
      for (const cookie of setCookies) jar.setCookieSync(cookie, url, { ignoreError: true });
    },
  };
}
