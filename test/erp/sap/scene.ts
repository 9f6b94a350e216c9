/** Connections to S/4's models on CAP, straight or through a proxy where accidents happen. */
import { inject, onTestFinished } from 'vitest';
import { odata } from '../../../connectors/odata/index.ts';
import { sapS4hana } from '../../../connectors/sap-s4hana/index.ts';
import type { SapSettings } from '../../../connectors/sap-s4hana/settings.ts';
import { type ConnectionSettings, DEFAULT_FORMATS, DEFAULT_GUARDS } from '../../../src/config/settings.ts';
import { memoryBorder } from '../../../src/connector/http/memory-border.ts';
import { openSession } from '../../../src/connector/open-session.ts';
import type { Session } from '../../../src/connector/session.ts';
import { type AccidentProxy, startAccidentProxy } from '../../simulator/accident-proxy.ts';
import { AREA, COMPANY } from '../../simulator/dialects/sap-s4-partner-rows.ts';
import type { AccidentName } from '../../simulator/server.ts';
import type { SapTold } from './start.ts';

/** What a login by user and password for every request can suffer: its proof has no end. */
export const ACCIDENTS: readonly AccidentName[] = [
  ...(['answer-lost', 'request-lost', 'half-body', 'slow-body', 'too-many-requests', 'unavailable', 'bad-gateway'] as const),
  ...(['wrong-content-type', 'not-json', 'error-inside'] as const),
];

export function told(): SapTold | undefined {
  return inject('peers').sap as SapTold | undefined;
}

export function realSap(): SapTold {
  const peer = told();
  if (!peer) throw new Error('there is no S/4; the test should have been skipped');
  return peer;
}

/** As kontor.yaml would say it. */
export function settingsFor(url: string): Record<string, unknown> {
  const { user, password } = realSap();
  const salesArea = { organization: AREA.SalesOrganization, channel: AREA.DistributionChannel, division: AREA.Division };
  return { url, user, password, client: '100', salesArea, companyCode: COMPANY, hierarchy: 'head-office', pageSize: 200 };
}

export function connectionTo(url: string): ConnectionSettings {
  return {
    name: 'erp',
    connector: 'sap-s4hana',
    settings: settingsFor(url),
    formats: DEFAULT_FORMATS,
    entities: [
      { entity: 'account', read: {}, mapping: {} as never },
      { entity: 'contact', read: {}, mapping: {} as never },
      { entity: 'address', read: {}, mapping: {} as never },
    ],
    schedule: null,
    guards: DEFAULT_GUARDS,
  };
}

export function sapSession(url: string, more: Record<string, unknown> = {}): Session<SapSettings> {
  const config = sapS4hana.config.parse({ ...settingsFor(url), ...more });
  return openSession(
    sapS4hana,
    { connection: 'erp', config, baseFolder: '.', signal: new AbortController().signal, now: () => new Date() },
    memoryBorder(),
  );
}

/** The same system, read by the connector that knows none. */
export function anySession(version: 2 | 4): Session<unknown> {
  const { url, user, password } = realSap();
  const root = version === 2 ? 'sap/opu/odata/sap' : 'odata/v4';
  const config = odata.config.parse({ url: `${url}/${root}/API_BUSINESS_PARTNER`, version, user, password });
  return openSession(
    odata,
    { connection: 'any', config, baseFolder: '.', signal: new AbortController().signal, now: () => new Date() },
    memoryBorder(),
  );
}

export async function proxied(): Promise<AccidentProxy> {
  const proxy = await startAccidentProxy({
    target: realSap().url,
    isWrite: ({ method, path }) => method !== 'GET' && !path.endsWith('/$batch'),
    errorInside: () => ({
      status: 200,
      json: { error: { code: 'SY/530', message: { lang: 'en', value: 'An application exception has occurred' } } },
    }),
  });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** Root of the version 2 services, shown as version 4; and of the sales order service of version 4, where anybody may read. */
export const AS_V4 = 'odata/v4';
export const SALES_ORDER_V4 = 'sap/opu/odata4/sap/api_salesorder/srvd_a2x/sap/salesorder/0001';

/** Straight to the server, as one of its users; `path` is from the root. Throws what it says. */
export async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const { url, user, password } = realSap();
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const token = method === 'GET' || path.startsWith(AS_V4) ? {} : await tokenFor(`${url}/${SALES_ORDER_V4}/`, authorization);
  const answer = await fetch(`${url}/${path}`, {
    method,
    headers: {
      authorization,
      ...token,
      ...(method === 'PATCH' ? { 'if-match': '*' } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
  return text === '' ? null : JSON.parse(text);
}

async function tokenFor(service: string, authorization: string): Promise<Record<string, string>> {
  const { headers } = await fetch(service, { headers: { authorization, 'x-csrf-token': 'Fetch' } });
  return { 'x-csrf-token': headers.get('x-csrf-token') ?? '', cookie: headers.getSetCookie().map((one) => one.split(';')[0]).join('; ') }; // biome-ignore format: one set
}
