/** Makes the session a connector works in. */
import { NeedsOperatorError } from '../errors.ts';
import type { AnyConnector, Session } from './contract.ts';
import type { Border } from './http/border.ts';
import { createHttp, type Line } from './http/create-http.ts';
import { createLine } from './http/line.ts';
import type { Http } from './http/types.ts';

export interface SessionRequest {
  readonly connection: string;
  /** Parsed by the connector's `config`. */
  readonly config: unknown;
  readonly baseFolder: string;
  readonly signal: AbortSignal;
  now(): Date;
  readonly known?: AnySession['known'];
  readonly notAfter?: AnySession['notAfter'];
}

// biome-ignore lint/suspicious/noExplicitAny: sessions of connectors of every configuration
export type AnySession = Session<any>;

/** Lines live as long as the border they use: a worker logs in once, not once a pull. */
const LINES = new WeakMap<Border, Map<string, Line>>();

/** `border` is `null` where a connector that speaks HTTP cannot run: on the reader thread. */
export function openSession(connector: AnyConnector, request: SessionRequest, border: Border | null): AnySession {
  let http: Http | undefined;
  return {
    ...request,
    get http() {
      http ??= open(connector, request, border);
      return http;
    },
  };
}

function open(connector: AnyConnector, request: SessionRequest, border: Border | null): Http {
  const profile = connector.http?.(request.config);
  if (!profile || !border) throw new NeedsOperatorError('INTERNAL', `connector ${connector.name} speaks HTTP without declaring it`);
  const context = { connection: request.connection, profile, border, now: request.now };
  const lines = LINES.get(border) ?? new Map<string, Line>();
  LINES.set(border, lines);
  const name = nameOf(request);
  const line = lines.get(name) ?? createLine(context);
  lines.set(name, line);
  return createHttp({ ...context, signal: request.signal, notAfter: request.notAfter }, line);
}

/** Configurations are read once in the life of a process, and sessions opened by the hundred a second. */
const NAMES = new WeakMap<object, string>();

function nameOf({ connection, config }: SessionRequest): string {
  const known = NAMES.get(config as object);
  if (known !== undefined) return known;
  const name = `${connection}\n${JSON.stringify(config)}`;
  if (typeof config === 'object' && config !== null) NAMES.set(config, name);
  return name;
}
