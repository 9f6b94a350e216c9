/** Which Odoo answers, and how it is spoken to. Calls are stateless in both protocols: there is no session to keep or to lose. */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';
import type { Effect, Http } from '../../src/connector/http/types.ts';
import type { Session } from '../../src/connector/session.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { NeedsOperatorError } from '../../src/errors.ts';
import type { OdooSettings, Protocol } from './settings.ts';

export type OdooSession = Session<OdooSettings>;

export interface Server {
  readonly protocol: Protocol;
  /** "17.0", "saas~18.4"; `null` where nobody asked yet. */
  readonly version: string | null;
  /** Who we are; JSON-RPC wants it in every call. */
  readonly uid: number | null;
}

/** Odoo 19 is the first with JSON-2 (documentation: external_api). */
const FIRST_WITH_JSON_2 = 19;

/** For as long as a session is lent: asking before every page would log the user in before every page. */
const OPENED = new WeakMap<Http, Server>();

export async function openServer(session: OdooSession): Promise<Server> {
  const known = OPENED.get(session.http);
  if (known) return known;
  const server = await recognise(session);
  OPENED.set(session.http, server);
  return server;
}

async function recognise(session: OdooSession): Promise<Server> {
  const { protocol } = session.config;
  if (protocol === 'json-2') return { protocol, version: null, uid: null };
  const version = protocol === 'auto' ? await publicVersion(session.http) : null;
  if (version !== null && majorOf(version) >= FIRST_WITH_JSON_2) return { protocol: 'json-2', version, uid: null };
  return { protocol: 'json-rpc', version, uid: await authenticate(session) };
}

const publicAnswer = z.looseObject({ version: z.string() });

/** `null` before 18, where the address does not exist. */
async function publicVersion(http: Http): Promise<string | null> {
  const { json, verdict } = await http.send({ path: '/web/version' });
  return verdict === 'empty' ? null : shaped(publicAnswer, json, '/web/version').version;
}

const rpcVersion = z.looseObject({ server_version: z.string() });

/** Of any server; asks where nobody did. */
export async function versionOf({ http }: OdooSession, { version, protocol }: Server): Promise<string> {
  if (version !== null) return version;
  if (protocol === 'json-2') return (await publicVersion(http)) ?? 'of unknown version';
  const { result } = await callService(http, 'common', 'version', [], 'read');
  return shaped(rpcVersion, result, 'common.version').server_version;
}

/** "saas~18.4+e" -> 18 */
export function majorOf(version: string): number {
  return Number(/\d+/.exec(version)?.[0] ?? 0);
}

async function authenticate({ http, config, connection }: OdooSession): Promise<number> {
  const { database, user, apiKey } = config;
  if (database === undefined || user === undefined) {
    throw new NeedsOperatorError(
      'CONFIG_INVALID',
      `${connection}: this server is spoken to by JSON-RPC, which needs \`database\` and \`user\` in the settings`,
    );
  }
  const { result, isAbsent } = await callService(http, 'common', 'authenticate', [database, user, apiKey, {}], 'read');
  if (typeof result === 'number') return result;
  if (isAbsent) {
    throw new NeedsOperatorError(
      'ERP_NOT_FOUND',
      `${connection}: neither /web/version nor /jsonrpc is there; correct \`url\`, or set \`protocol\` if something in between hides /web/version`,
    );
  }
  throw new NeedsOperatorError(
    'ERP_LOGIN_REFUSED',
    `${connection}: Odoo does not know this user with this key in database "${database}"; check \`user\` and \`apiKey\` (keys end after at most three months)`,
  );
}

const envelope = z.looseObject({ jsonrpc: z.literal('2.0'), result: z.unknown() });

/** One JSON-RPC call. A method that gives nothing back leaves `result` out. */
export async function callService(
  http: Http,
  service: 'common' | 'object',
  method: string,
  args: Json[],
  effect: Effect,
): Promise<{ result: unknown; serverAt: Date | null; isAbsent: boolean; isPage: boolean }> {
  const json = { jsonrpc: '2.0', method: 'call', id: 1, params: { service, method, args } };
  const answer = await http.send({ method: 'POST', path: '/jsonrpc', json, effect });
  const isAbsent = answer.verdict === 'empty';
  const result = isAbsent ? undefined : shaped(envelope, answer.json, '/jsonrpc').result;
  return { result, serverAt: answer.serverAt, isAbsent, isPage: isAbsent && answer.json === undefined };
}
