/** Cookies, and the token that must accompany writes together with the cookies it came with. */
import { CookieJar } from 'tough-cookie';
import type { WireAnswer, WireRequest } from './transport.ts';
import type { HttpProfile, HttpRequest } from './types.ts';

export interface CsrfKeeper {
  /** The token's header; fetched with `send` when there is none. {} for systems without. */
  headers(send: (request: HttpRequest) => Promise<WireAnswer>): Promise<Readonly<Record<string, string>>>;
  /** Whether a write was refused for want of a token; then it is forgotten. */
  refused(answer: WireAnswer): boolean;
  forget(): void;
  withCookies(request: WireRequest): WireRequest;
  keepCookies(url: string, answer: WireAnswer): void;
}

export function keepCsrf({ csrf, cookies }: HttpProfile): CsrfKeeper {
  let jar = new CookieJar();
  let token: Promise<string> | undefined;
  const forget = () => {
    token = undefined;
    jar = new CookieJar();
  };
  return {
    async headers(send) {
      if (!csrf) return {};
      token ??= send({ path: csrf.path, headers: { [csrf.header]: csrf.fetchValue } }).then(
        ({ headers }) => headers[csrf.header.toLowerCase()] ?? '',
      );
      try {
        return { [csrf.header]: await token };
      } catch (error) {
        token = undefined;
        throw error;
      }
    },
    refused(answer) {
      const isRefused = csrf?.refused(answer) ?? false;
      if (isRefused) forget();
      return isRefused;
    },
    forget,
    withCookies(request) {
      const cookie = cookies ? jar.getCookieStringSync(request.url) : '';
      return cookie === '' ? request : { ...request, headers: { ...request.headers, cookie } };
    },
    keepCookies(url, { setCookies }) {
      if (cookies) for (const cookie of setCookies) jar.setCookieSync(cookie, url, { ignoreError: true });
    },
  };
}
