/** One request over the wire, and nothing else: axios with kept connections, proxies, TLS, one deadline for all of it. */
import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { AxiosError } from 'axios';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import type { HttpAnswer, TransportSettings } from './types.ts';

export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
}

export type WireAnswer = Omit<HttpAnswer, 'verdict'> & { readonly setCookies: readonly string[] };

/** Why no answer came. `sent: false` is certain: nothing reached the system. */
export class WireFailure extends Error {
  readonly sent: boolean;
  readonly kind: 'unreachable' | 'certificate' | 'timeout' | 'cut-off' | 'too-large' | 'stopped';

  constructor(kind: WireFailure['kind'], sent: boolean, message: string, cause: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.sent = sent;
  }
}

export interface Transport {
  send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer>;
  close(): void;
}

const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

export function createTransport(baseUrl: string, settings: TransportSettings): Transport {
  const agents = agentsFor(baseUrl, settings);
  const client = axios.create({
    ...agents,
    proxy: false,
    maxRedirects: 0,
    responseType: 'arraybuffer',
    maxContentLength: settings.maxAnswerBytes,
    maxBodyLength: Number.POSITIVE_INFINITY,
    validateStatus: () => true,
    transformRequest: [(body: unknown) => body],
    transformResponse: [(body: unknown) => body],
  });
  return {
    async send({ method, url, headers, body, timeoutMs }, signal) {
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await client.request<Buffer>({
          method,
          url,
          headers: { accept: 'application/json', ...headers },
          data: body,
          signal: AbortSignal.any([signal, deadline]),
        });
        return wireAnswer(answer.status, answer.headers as Record<string, unknown>, Buffer.from(answer.data));
      } catch (error) {
        throw failureOf(error, { signal, deadline, timeoutMs, settings });
      }
    },
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

/** Turns bytes into an answer. JSON is parsed when it is said to be JSON and is. */
export function wireAnswer(status: number, headers: Readonly<Record<string, unknown>>, body: Buffer): WireAnswer {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && value !== null) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  const text = body.toString('utf8');
  const at = Date.parse(flat.date ?? '');
  const setCookies = [headers['set-cookie'] ?? []].flat().map(String);
  return {
    status,
    headers: flat,
    setCookies,
    text,
    json: parsed(flat['content-type'], text),
    serverAt: Number.isNaN(at) ? null : new Date(at),
  };
}

function parsed(type: string | undefined, text: string): unknown {
  if (type === undefined || !/[/+]json\b/i.test(type) || text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function agentsFor(baseUrl: string, { proxy, tls, limits }: TransportSettings): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  const kept: AgentOptions = { keepAlive: true, maxSockets: Math.max(4, limits?.concurrency ?? 0), scheduling: 'lifo' };
  const secure = { ca: tls?.ca, cert: tls?.cert, key: tls?.key, servername: tls?.serverName };
  const certificates = Object.fromEntries(Object.entries(secure).filter(([, value]) => value !== undefined));
  const via = proxy ?? getProxyForUrl(baseUrl);
  if (via === '') return { httpAgent: new HttpAgent(kept), httpsAgent: new HttpsAgent({ ...kept, ...certificates }) };
  return {
    httpAgent: new HttpProxyAgent(via, kept) as unknown as HttpAgent,
    httpsAgent: new HttpsProxyAgent(via, { ...kept, ...certificates }) as unknown as HttpsAgent,
  };
}

function failureOf(
  error: unknown,
  { signal, deadline, timeoutMs, settings }: { signal: AbortSignal; deadline: AbortSignal; timeoutMs: number; settings: TransportSettings },
): WireFailure {
  const code = error instanceof AxiosError ? (error.code ?? '') : '';
  if (signal.aborted) return new WireFailure('stopped', true, 'the request was stopped', error);
  if (deadline.aborted) return new WireFailure('timeout', true, `no complete answer within ${timeoutMs / 1000} s`, error);
  if (NEVER_SENT.has(code)) return new WireFailure('unreachable', false, `no connection (${code})`, error);
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code))
    return new WireFailure('certificate', false, `its certificate is not accepted (${code})`, error);
  if (error instanceof AxiosError && /maxContentLength/.test(error.message)) {
    return new WireFailure('too-large', true, `the answer is longer than ${settings.maxAnswerBytes} bytes`, error);
  }
  return new WireFailure('cut-off', true, `the connection broke off (${code || 'no reason given'})`, error);
}
