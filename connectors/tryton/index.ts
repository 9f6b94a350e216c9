/** Tryton at a glance: JSON-RPC with a session, parties and what belongs to them, sales. */
import { z } from 'zod';
import type { Connector, SystemInfo } from '../../src/connector/contract.ts';
import { transportOf } from '../../src/connector/http/settings.ts';
import type { Http, HttpProfile } from '../../src/connector/http/types.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { aboutCompany } from './company.ts';
import { orders } from './orders.ts';
import { findPermissions } from './permissions.ts';
import { sources } from './read.ts';
import { call, callServer, type TrytonSession } from './rpc.ts';
import { type TrytonSettings, trytonSettings } from './settings.ts';
import { verdicts } from './verdicts.ts';

export const tryton: Connector<TrytonSettings> = {
  name: 'tryton',
  summary: 'Tryton 6 and 7 over JSON-RPC: parties, contacts, addresses, prices and stock; takes orders as sales',
  config: trytonSettings,
  traits: { keys: 'exact', offMainThread: false, deletes: 'archived-flag', delta: 'changes' },
  http: profile,
  check,
  sources,
  orders,
};

/** trytond's own server has few workers; more requests at once only wait there. */
function profile(config: TrytonSettings): HttpProfile {
  return {
    baseUrl: config.url,
    login: { kind: 'session', open: (http) => logIn(http, config) },
    verdicts,
    limits: { concurrency: 4 },
    transport: transportOf(config),
  };
}

/** From 7 on the address of a message bus comes third. */
const opened = z.tuple([z.int(), z.string()], z.unknown());

/** A login changes nothing that matters, so it may be repeated. Sessions end after five idle minutes if nobody set it otherwise: then 401. */
async function logIn(http: Http, config: TrytonSettings): Promise<{ headers: Record<string, string> }> {
  const { user, password, language } = config;
  const { result } = await call(http, config, 'common.db.login', [user, { password }, language], 'read');
  const [userId, session] = shaped(opened, result, 'common.db.login');
  return { headers: { authorization: `Session ${Buffer.from(`${user}:${userId}:${session}`).toString('base64')}` } };
}

async function check(session: TrytonSession): Promise<SystemInfo> {
  const { result } = await callServer(session.http, 'common.server.version');
  const version = shaped(z.string(), result, 'common.server.version');
  const company = await aboutCompany(session);
  const { permissions, warnings } = await findPermissions(session, company.context);
  const major = Number(version.split('.')[0]);
  const known = major >= 6 && major <= 7;
  return {
    summary: `Tryton ${version}, ${company.name}`,
    warnings: [
      ...(known ? [] : [`this connector was made for Tryton 6 and 7, not for ${version}; compare a sample before you trust it`]),
      ...warnings,
    ],
    permissions,
  };
}
