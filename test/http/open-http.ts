/** The border as a connector meets it, for one profile. */
import type { Border } from '../../src/connector/http/border.ts';
import { createHttp } from '../../src/connector/http/create-http.ts';
import { createLine } from '../../src/connector/http/line.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import type { Transport } from '../../src/connector/http/transport.ts';
import type { Http, HttpProfile, TransportSettings } from '../../src/connector/http/types.ts';

export interface HttpOptions {
  readonly profile?: Partial<Omit<HttpProfile, 'transport'>>;
  readonly transport?: Partial<TransportSettings>;
  readonly border?: Border;
  readonly signal?: AbortSignal;
  readonly connection?: string;
  readonly wire?: Transport;
  now?(): Date;
  notAfter?(): number;
}

export function openHttp(baseUrl: string, options: HttpOptions = {}): Http {
  const [http] = openSessions(baseUrl, options, [options.signal ?? new AbortController().signal]);
  if (!http) throw new TypeError('no session');
  return http;
}

/** Several sessions on one line, as the pulls of one connection in one worker. */
export function openSessions(baseUrl: string, options: HttpOptions, signals: readonly AbortSignal[]): Http[] {
  const { profile, transport, border = memoryBorder(), now = () => new Date() } = options;
  const settings = { timeoutMs: 10_000, maxAnswerBytes: 1_000_000, ...transport };
  const whole: HttpProfile = { baseUrl, login: { kind: 'none' }, verdicts: [], ...profile, transport: settings };
  const context = { connection: options.connection ?? 'shop', profile: whole, border, now };
  const line = createLine(context, options.wire);
  return signals.map((signal) => createHttp({ ...context, signal, notAfter: options.notAfter }, line));
}
