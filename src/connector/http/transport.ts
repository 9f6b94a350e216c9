/** One request over the wire, and nothing else: axios with kept connections, proxies, TLS, one deadline for all of it. */
import http, { validateHeaderName, validateHeaderValue } from 'node:http';
import https from 'node:https';
import type { AxiosAdapter, AxiosRequestHeaders, InternalAxiosRequestConfig } from 'axios';
import { type Agents, connectionsFor, openAgents } from './agents.ts';
import { Seats } from './seats.ts';
import { type Trace, traced } from './traced.ts';
import type { TransportSettings } from './types.ts';
import { AnswerTooLarge, ENCODINGS, type WireAnswer, wireAnswer } from './wire-answer.ts';

export type { WireAnswer } from './wire-answer.ts';

export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  /** On the clock of performance.now(): past this instant no byte of it may leave. */
  readonly notAfter?: (() => number) | undefined;
}

export type WireFailureKind = 'unreachable' | 'certificate' | 'timeout' | 'cut-off' | 'too-large' | 'stopped' | 'too-late' | 'unsendable';

/** Why no answer came. `sent: false` is certain: nothing reached the system. */
export class WireFailure extends Error {
  readonly sent: boolean;
  readonly kind: WireFailureKind;

  constructor(kind: WireFailureKind, sent: boolean, message: string) {
    super(message);
    this.kind = kind;
    this.sent = sent;
  }
}

export interface Transport {
  /** To be held while sending: there are no more than connections. Answers how to give it back; `null` when the signal came first. */
  seat(signal: AbortSignal): Promise<(() => void) | null>;
  send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer>;
  close(): void;
}

export function createTransport(baseUrl: string, settings: TransportSettings): Transport {
  const agents = openAgents(baseUrl, settings);
  const seats = new Seats(connectionsFor(settings));
  return {
    seat: (signal) => seats.take(signal),
    async send(request, signal) {
      refuseUnsendable(request);
      const { deadline, ended } = deadlineOf(signal, request.timeoutMs);
      const trace: Trace = { connected: false, tooLate: false };
      try {
        if (isTooLate(request)) throw tooLate();
        const axios = await loadAxios();
        const headers = axios.headers({
          accept: 'application/json',
          'user-agent': 'kontor',
          'accept-encoding': ENCODINGS,
          ...request.headers,
        });
        // Told to stop before it begins, the adapter says so, and sends all the same.
        if (deadline.aborted) throw new WireFailure('stopped', false, 'the request was stopped');
        const answer = await axios.send({ ...configOf(request, agents, settings, deadline, trace), headers });
        return await wireAnswer(answer.status, answer.headers as Record<string, unknown>, answer.data, settings.maxAnswerBytes);
      } catch (error) {
        throw failureOf(error, { trace, signal, deadline, timeoutMs: request.timeoutMs, settings });
      } finally {
        ended();
      }
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/**
 * The part of axios that sends: its interceptors, defaults and transformations have nothing to do here, and cost as much again. Loaded
 * with the first request: neither the command line nor the thread that reads files should wait for it.
 */
let axios: Promise<{ send: AxiosAdapter; headers(all: Record<string, string>): AxiosRequestHeaders }> | undefined;

function loadAxios() {
  axios ??= import('axios').then(({ getAdapter, AxiosHeaders }) => ({ send: getAdapter('http'), headers: (all) => new AxiosHeaders(all) }));
  return axios;
}

function configOf(
  request: WireRequest,
  agents: Agents,
  settings: TransportSettings,
  signal: AbortSignal,
  trace: Trace,
): Omit<InternalAxiosRequestConfig, 'headers'> {
  const { method, url, body } = request;
  const watch = { trace, isTooLate: () => isTooLate(request) };
  return {
    method,
    url,
    data: body,
    signal,
    httpAgent: agents.http,
    httpsAgent: agents.https,
    transport: url.startsWith('https:') ? traced(https, 'secureConnect', watch, agents.certificates) : traced(http, 'connect', watch),
    proxy: false,
    maxRedirects: 0,
    // Its own way takes half a packed answer for a whole one.
    decompress: false,
    responseType: 'arraybuffer',
    maxContentLength: settings.maxAnswerBytes,
    maxBodyLength: Number.POSITIVE_INFINITY,
    validateStatus: () => true,
  };
}

/** One deadline for connecting, sending and the last byte; the listener goes with the request, for signals live long. */
function deadlineOf(signal: AbortSignal, timeoutMs: number): { deadline: AbortSignal; ended: () => void } {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const timer = setTimeout(stop, timeoutMs);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return {
    deadline: controller.signal,
    ended: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    },
  };
}

/** A line break in a secret must neither become a second header nor look like a broken connection. */
function refuseUnsendable({ headers }: WireRequest): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      // No cause: it repeats the value.
      const shown = /^[\w-]+$/.test(name) ? name : 'with a strange name';
      throw new WireFailure('unsendable', false, `header ${shown} holds a line break or a character that headers cannot carry`);
    }
  }
}

interface Circumstances {
  readonly trace: Trace;
  readonly signal: AbortSignal;
  readonly deadline: AbortSignal;
  readonly timeoutMs: number;
  readonly settings: TransportSettings;
}

/** Only the code of an error goes on: axios hangs the whole request on its errors, secrets included. */
function failureOf(error: unknown, { trace, signal, deadline, timeoutMs, settings }: Circumstances): WireFailure {
  const { connected } = trace;
  if (error instanceof WireFailure) return error;
  if (trace.tooLate) return tooLate();
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (signal.aborted) return new WireFailure('stopped', connected, 'the request was stopped');
  if (deadline.aborted) {
    const what = connected ? 'complete answer' : 'connection';
    return new WireFailure(connected ? 'timeout' : 'unreachable', connected, `no ${what} within ${timeoutMs / 1000} s`);
  }
  if (error instanceof AnswerTooLarge || (error instanceof Error && /maxContentLength/.test(error.message))) {
    return new WireFailure('too-large', true, `the answer is longer than ${settings.maxAnswerBytes} bytes`);
  }
  // TLS 1.3 refuses a client's certificate after the client has begun to send; the server has read none of it.
  if ((connected ? /ALERT_(.*CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/ : /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|EPROTO/).test(code)) {
    return new WireFailure('certificate', false, `no secure connection (${code})`);
  }
  if (!connected) return new WireFailure('unreachable', false, `no connection (${code || 'no reason given'})`);
  return new WireFailure('cut-off', true, `the connection broke off (${code || 'no reason given'})`);
}

function isTooLate({ notAfter }: WireRequest): boolean {
  return notAfter !== undefined && performance.now() > notAfter();
}

function tooLate(): WireFailure {
  return new WireFailure('too-late', false, 'the time in which it might be sent was over');
}
