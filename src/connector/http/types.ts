/**
 * How a connector speaks HTTP: it describes its system once (`HttpProfile`) and is lent an `Http` that keeps to it.
 * Time-outs, keep-alive, proxies, TLS, cookies, login, limits, breaker, retries of reads and redaction are the border's work.
 */
import type { Json } from '../json.ts';

/**
 * - read:  changes nothing there. Repeated after a failure, and its failures are `RetryLaterError`s.
 * - write: may change something. Never repeated here; when nobody can know whether it was carried out, ERP_OUTCOME_UNKNOWN.
 */
export type Effect = 'read' | 'write';

export interface HttpRequest {
  /** GET if absent. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  /** Relative to the profile's base URL, or absolute at the same origin (a server's own link to the next page). */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: Json;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as it is; name its type in `headers`. */
  readonly body?: string;
  /** Reads are GET and HEAD if absent; a POST that only asks must say so. */
  readonly effect?: Effect;
  /** What a good answer holds. `json` if absent: anything else is ERP_ANSWER_UNUSABLE. `text` takes every type. */
  readonly expect?: 'json' | 'text';
  /** Of this request, if it takes longer than others. */
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; several values joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when the answer says it is JSON and is; else `undefined`. */
  readonly json: unknown;
  readonly text: string;
  /** The server's clock (Date header, whole seconds); `null` when it does not tell. */
  readonly serverAt: Date | null;
  /** What the verdict table said of it: `ok`, or `empty` where a system says "nothing" with an error status. */
  readonly verdict: 'ok' | 'empty';
}

/** Lent by the engine for one connection. Every failure is a KontorError with a code ERP_...; nothing needs catching. */
export interface Http {
  /** Answers with verdict `ok` or `empty`; throws otherwise. */
  send(request: HttpRequest): Promise<HttpAnswer>;
}

/**
 * What an answer means; the engine acts on it.
 * - ok, empty:    goes to the connector
 * - login:        session or token no longer good: renewed once and sent again, then ERP_LOGIN_REFUSED
 * - denied:       ERP_PERMISSION_MISSING    - missing: ERP_NOT_FOUND    - conflict: ERP_CONFLICT
 * - refused:      the system understood and said no, nothing was changed: ERP_REFUSED with its words
 * - limited:      too many requests, nothing was changed: ERP_RATE_LIMITED, all workers slow down
 * - unavailable:  may heal; a write may or may not have been carried out
 * - busy:         may heal, and a write was certainly NOT carried out (lock, serialisation failure, rolled back)
 */
export type Verdict = 'ok' | 'empty' | 'login' | 'denied' | 'missing' | 'conflict' | 'refused' | 'limited' | 'unavailable' | 'busy';

/** One line of a system's table from answer to meaning. The first that fits decides; COMMON_VERDICTS come after a system's own. */
export interface VerdictRule {
  /** Any status if absent; `4xx` and `5xx` are classes. */
  readonly status?: number | readonly number[] | '2xx' | '4xx' | '5xx';
  /** Looks at headers and body; `json` is `undefined` unless the body is JSON. */
  matches?(answer: Omit<HttpAnswer, 'verdict'>): boolean;
  readonly verdict: Verdict;
  /** The system's own words, for the operator. Keep names and addresses of people out of it. */
  says?(answer: Omit<HttpAnswer, 'verdict'>): string | undefined;
  /** When it said when; Retry-After is understood without this. */
  retryAfterMs?(answer: Omit<HttpAnswer, 'verdict'>): number | undefined;
}

/** How requests prove who sends them. */
export type Login =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  /** A fixed header, such as an API key. */
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | OAuth2Login
  | SessionLogin
  | RotatingKeyLogin;

export interface OAuth2Login {
  readonly kind: 'oauth2';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** How the client shows its secret; `post` (in the form) if absent. */
  readonly clientAuth?: 'post' | 'basic';
  readonly scope?: string;
  /**
   * - client_credentials: a token for the application
   * - refresh_token: `refreshToken` is only the first; a rotated one is kept in the vault, before it is used
   * - jwt_bearer: a signed assertion (RFC 7523) by `privateKey` (PEM, RS256) for `subject`, to `audience`
   */
  readonly grant:
    | { readonly kind: 'client_credentials' }
    | { readonly kind: 'refresh_token'; readonly refreshToken: string }
    | { readonly kind: 'jwt_bearer'; readonly privateKey: string; readonly subject: string; readonly audience: string };
  readonly extra?: Readonly<Record<string, string>>;
}

/** A login call of the system's own. `open` is called once however many wait, and again when an answer's verdict is `login`. */
export interface SessionLogin {
  readonly kind: 'session';
  /** Answers the headers that later requests carry. `http` sends without login. Throw ERP_LOGIN_REFUSED when told so. */
  open(http: Http): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly endsAt?: Date }>;
}

/**
 * An API key that ends on a day. `key` is only the first; those that are made in its place are kept in the vault, sealed with it.
 * Each `http` proves itself by one key. What these calls throw is no failure of a request: the old key is used on.
 */
export interface RotatingKeyLogin {
  readonly kind: 'rotating-key';
  readonly key: string;
  /** What proves a key. */
  headers(key: string): Readonly<Record<string, string>>;
  /** A key is renewed when less of its life is left. */
  readonly renewBeforeMs: number;
  /** When the configured key, which `http` uses, ends. `unknown`: it is renewed at once, for of what we make we know it. */
  endOf(http: Http, now: Date): Promise<Date | 'never' | 'unknown'>;
  /** Makes one more key with the help of `used`, which stays good. */
  renew(http: Http, used: string, now: Date): Promise<{ readonly key: string; readonly endsAt: Date }>;
  /** Ends `old`, by a request that is refused unless the key of `http` is good. Nothing if it has ended already. */
  retire(http: Http, old: string): Promise<void>;
}

/** A token that must accompany writes: fetched with the cookies it belongs to, and once more when it is refused. */
export interface CsrfProfile {
  /** GET this to have one. A function answers the place that gives it to whoever may ask for the path. */
  readonly path: string | ((path: string) => string);
  /** Wanted by every method but GET and HEAD, even where it only asks. */
  readonly everyMethod?: boolean;
  readonly header: string;
  readonly fetchValue: string;
  /** Says that a request was refused for want of a good token (and so was not carried out). */
  refused(answer: Omit<HttpAnswer, 'verdict'>): boolean;
}

export interface HttpProfile {
  /** Relative paths are appended to it. */
  readonly baseUrl: string;
  readonly login: Login;
  /** The system's own lines, before the common ones. */
  readonly verdicts: readonly VerdictRule[];
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** One cookie jar per session; needed by some logins and by CSRF tokens. */
  readonly cookies?: boolean;
  readonly csrf?: CsrfProfile;
  readonly limits?: RateLimits;
  /** From the connection's settings (`httpSettings`). */
  readonly transport: TransportSettings;
}

/** Per credential, kept by all workers together. Learned limits come on top of these. */
export interface RateLimits {
  /** Requests under way at one time. */
  readonly concurrency?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
}

export interface TransportSettings {
  readonly timeoutMs: number;
  /** `http://host:port`; without it HTTPS_PROXY, HTTP_PROXY and NO_PROXY count. */
  readonly proxy?: string | undefined;
  readonly tls?:
    | {
        /** PEM texts. */
        readonly ca?: string | undefined;
        readonly cert?: string | undefined;
        readonly key?: string | undefined;
        readonly serverName?: string | undefined;
      }
    | undefined;
  readonly maxAnswerBytes: number;
  readonly limits?: RateLimits | undefined;
}
