/**
 * A simulated Salesforce: REST API with SOQL, OAuth 2, a recycle bin, and a log of deletions that forgets.
 * Answers are those of the REST API Developer Guide (errors as a list of errorCode and message, stamps as whole seconds with +0000, a
 * Sforce-Limit-Info header on everything, 403 for the quota). Batches end before the limit of a query, and their cursors expire.
 */

import type { KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { type Dialect, Refusal, type SimAnswer, type SimContext, type SimRequest } from '../dialect.ts';
import type { World } from '../world.ts';
import { AccountStamps } from './crm-addresses.ts';
import { stampText } from './salesforce/objects.ts';
import { run, typeOf } from './salesforce/query.ts';
import { parseSoql, SoqlError } from './salesforce/soql.ts';

const CLIENT = { clientId: '3MVG9.consumer-key', clientSecret: 'consumer-secret' };
const USER = 'kontor@example.com';
export const LOGIN_HOST = 'https://login.salesforce.com';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export interface SalesforceOptions {
  /** Objects and fields the login does not see: "PricebookEntry", "Account.Industry". */
  readonly hidden?: readonly string[];
  /** Nothing older is in the log of deletions. */
  readonly purgedUntil?: Date;
  /** Of the signed assertions it takes, in place of the client's secret. */
  readonly certificate?: KeyObject;
  /** Requests of the last 24 hours before the first of ours, of 15,000. */
  readonly used?: number;
}

export function failure(status: number, errorCode: string, message: string): SimAnswer {
  return { status, json: [{ message, errorCode }] };
}

export function salesforceDialect({ hidden = [], purgedUntil, certificate, used = 0 }: SalesforceOptions = {}): Dialect {
  const unseen = new Set(hidden);
  const stamps = new AccountStamps();
  const tokens = new Set<string>();
  const cursors = new Map<string, object[]>();
  let count = 0;

  async function token(request: SimRequest, world: World, { url }: SimContext): Promise<SimAnswer> {
    const form = new URLSearchParams(request.body.toString('utf8'));
    const refused = (error: string, error_description: string) => ({ status: 400, json: { error, error_description } });
    if (request.method !== 'POST') return refused('invalid_request', 'must use HTTP POST');
    if (form.get('grant_type') === 'client_credentials' && !certificate) {
      if (form.get('client_id') !== CLIENT.clientId) return refused('invalid_client_id', 'client identifier invalid');
      if (form.get('client_secret') !== CLIENT.clientSecret) return refused('invalid_client', 'invalid client credentials');
    } else if (form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' && certificate) {
      const wanted = { issuer: CLIENT.clientId, subject: USER, audience: LOGIN_HOST, currentDate: world.clock.now() };
      const isGood = await jwtVerify(form.get('assertion') ?? '', certificate, wanted).then(() => true, () => false); // biome-ignore format: one chain
      if (!isGood) return refused('invalid_grant', 'invalid assertion');
    } else return refused('unsupported_grant_type', 'grant type not supported');
    count += 1;
    const access_token = `00D000000000001!AQ.${count}`;
    tokens.add(`Bearer ${access_token}`);
    return {
      status: 200,
      json: { access_token, instance_url: url, id: `${url}/id/1`, token_type: 'Bearer', issued_at: '0', signature: 'x=' },
    };
  }

  function route(request: SimRequest, world: World, context: SimContext): SimAnswer {
    const [, version = '', path = ''] = /^\/services\/data\/v(\d+)\.0\/(.+?)\/?$/.exec(request.path) ?? [];
    if (Number(version) < 31 || Number(version) > 66) return failure(404, 'NOT_FOUND', 'The requested resource does not exist');
    if (path === 'query' || path === 'queryAll') {
      const all = run(parseSoql(request.query.get('q') ?? ''), world, stamps, { hidden: unseen, withDeleted: path === 'queryAll' });
      return batch(all, 0, version, context);
    }
    const [, cursor = '', offset = ''] = /^query(?:All)?\/(\w+)-(\d+)$/.exec(path) ?? [];
    if (cursor !== '') {
      const all = cursors.get(cursor);
      return all ? batch(all, Number(offset), version, context) : failure(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    const [, object = '', what] = /^sobjects\/(\w+)\/(describe|deleted)$/.exec(path) ?? [];
    if (what === undefined || unseen.has(object)) return failure(404, 'NOT_FOUND', 'The requested resource does not exist');
    return what === 'describe' ? describe(object) : deleted(object, request.query, world);
  }

  /** Wide rows come in batches that are smaller than what was asked for. */
  function batch(all: object[], offset: number, version: string, { pageSize }: SimContext): SimAnswer {
    const size = Math.max(1, pageSize - 1);
    const records = all.slice(offset, offset + size);
    const done = offset + size >= all.length;
    if (done) return { status: 200, json: { totalSize: all.length, done, records } };
    const cursor = `01g${cursors.size}`;
    cursors.set(cursor, all);
    const nextRecordsUrl = `/services/data/v${version}.0/query/${cursor}-${offset + size}`;
    return { status: 200, json: { totalSize: all.length, done, nextRecordsUrl, records } };
  }

  function describe(object: string): SimAnswer {
    const fields = typeOf(object, unseen).fields.map(({ name, type, relation = null }) => ({ name, type, relationshipName: relation }));
    return { status: 200, json: { name: object, queryable: true, replicateable: true, fields } };
  }

  /** Seconds of both ends are ignored; `startDate` must be before `endDate` by more than a minute; 30 days back at most, 15 in the log. */
  function deleted(object: string, query: URLSearchParams, world: World): SimAnswer {
    const { kind } = typeOf(object, unseen);
    const [start, end] = [minuteOf(query.get('start')), minuteOf(query.get('end'))];
    const now = world.now().getTime();
    const refused = (message: string) => failure(400, 'INVALID_REPLICATION_DATE', message);
    if (Number.isNaN(start) || Number.isNaN(end)) return refused('startDate and endDate are required');
    if (end - start <= MINUTE_MS) return refused('startDate before endDate');
    if (end > now || start < now - 30 * DAY_MS) return refused('startDate cannot be more than 30 days ago, endDate not in the future');
    const earliest = Math.max(purgedUntil?.getTime() ?? 0, now - 15 * DAY_MS);
    const binned = kind === 'account' || kind === 'contact' ? world.rows(kind).filter(({ active }) => !active) : [];
    const all = [
      ...world.tombstones.filter((one) => one.kind === kind).map(({ id, removedAt }) => ({ id, at: removedAt.getTime() })),
      ...binned.map(({ id, changedAt }) => ({ id, at: changedAt.getTime() })),
    ];
    const told = all.filter(({ at }) => at >= start && at < end && at >= earliest);
    return {
      status: 200,
      json: {
        deletedRecords: told.map(({ id, at }) => ({ id, deletedDate: stampText(new Date(at)) })),
        earliestDateAvailable: stampText(new Date(earliest)),
        latestDateCovered: stampText(new Date(end)),
      },
    };
  }

  return {
    name: 'salesforce',
    isWrite: () => false,
    errorInside: () => failure(400, 'QUERY_TIMEOUT', 'Your query request was running for too long.'),
    limitSignal: () => failure(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
    expireSessions() {
      tokens.clear();
      cursors.clear();
    },
    settings: (url) => (certificate ? { url, clientId: CLIENT.clientId, user: USER } : { url, ...CLIENT }),
    async handle(request, world, context) {
      stamps.observe(world);
      if (request.path === '/services/oauth2/token') return token(request, world, context);
      if (!tokens.has(request.headers.authorization ?? '')) return failure(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
      count += 1;
      try {
        const answer = route(request, world, context);
        return { ...answer, headers: { 'sforce-limit-info': `api-usage=${used + count}/15000` } };
      } catch (error) {
        if (error instanceof SoqlError) throw new Refusal(failure(400, error.code, error.message));
        throw error;
      }
    },
  };
}

function minuteOf(text: string | null): number {
  return Math.floor(Date.parse(text ?? '') / MINUTE_MS) * MINUTE_MS;
}
