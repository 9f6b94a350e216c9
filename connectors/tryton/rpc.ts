/** One call of Tryton's JSON-RPC. Every parameter list ends with the context (trytond/rpc.py: "Missing context argument"). */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';
import type { Effect, Http, HttpAnswer } from '../../src/connector/http/types.ts';
import { isJsonObject, type JsonObject } from '../../src/connector/json.ts';
import type { Session } from '../../src/connector/session.ts';
import { shaped } from '../../src/connector/shaped.ts';
import type { TrytonSettings } from './settings.ts';
import { decode } from './typed-json.ts';

export type TrytonSession = Session<TrytonSettings>;
export type Context = JsonObject;
export type Row = JsonObject;

interface Answer {
  readonly result: unknown;
  readonly serverAt: Date | null;
}

/** At the database's address, trailing slash and all. The result comes as it was sent, typed values still marked. */
export function call(
  http: Http,
  { database }: Pick<TrytonSettings, 'database'>,
  method: string,
  params: Json[],
  effect: Effect,
): Promise<Answer> {
  return post(http, `/${encodeURIComponent(database)}/`, method, params, effect);
}

/** Asks the server, not a database: its version needs no login. */
export function callServer(http: Http, method: string): Promise<Answer> {
  return post(http, '/', method, [], 'read');
}

/** Rows as plain JSON (typed-json.ts), in the order asked for. What is no record comes too: a bad record is one record, and is told as such. */
export async function searchRead(
  { http, config }: TrytonSession,
  model: string,
  search: { domain: Json[]; fields: readonly string[]; limit?: number; order?: Json[] },
  context: Context,
): Promise<{ rows: Row[]; all: Json[]; serverAt: Date | null }> {
  const { domain, fields, limit = null, order = null } = search;
  const { result, serverAt } = await call(
    http,
    config,
    `model.${model}.search_read`,
    [domain, 0, limit, order, [...fields], context],
    'read',
  );
  const all = shaped(list, decode(result), `${model}.search_read`);
  return { rows: all.filter(isJsonObject), all, serverAt };
}

const list = z.array(z.json());

async function post(http: Http, path: string, method: string, params: Json[], effect: Effect): Promise<Answer> {
  const answer: HttpAnswer = await http.send({ method: 'POST', path, json: { id: 1, method, params }, effect });
  const { result } = shaped(
    z.looseObject({ result: z.unknown() }).refine((json) => 'result' in json, 'has no result'),
    answer.json,
    method,
  );
  return { result, serverAt: answer.serverAt };
}
