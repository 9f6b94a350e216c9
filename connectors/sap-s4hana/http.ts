/** How S/4HANA is spoken to: OData below one address, a token and its cookies with everything that is no GET. */
import { transportOf } from '../../src/connector/http/settings.ts';
import type { HttpProfile, Login } from '../../src/connector/http/types.ts';
import { type Ask, askEach, askInBatches, type ODataQuery, odataPath } from '../../src/connector/odata/index.ts';
import type { Session } from '../../src/connector/session.ts';
import type { SapSettings } from './settings.ts';
import { verdicts } from './verdicts.ts';

/** Services of version 2 by what they are for. */
export const SERVICE = {
  partner: 'API_BUSINESS_PARTNER',
  order: 'API_SALES_ORDER_SRV',
  credit: 'API_CRDTMBUSINESSPARTNER',
  price: 'API_SLSPRICINGCONDITIONRECORD_SRV',
  stock: 'API_MATERIAL_STOCK_SRV',
} as const;

/** Roots of services below the base address. */
const V2 = 'odata/sap';
const SALES_ORDER_V4 = 'odata4/sap/api_salesorder/srvd_a2x/sap/salesorder/0001';

export function httpProfile(config: SapSettings): HttpProfile {
  return {
    baseUrl: `${config.url}/sap/opu`,
    login: loginOf(config),
    verdicts,
    cookies: true,
    csrf: {
      // Whoever may use a service may fetch a token from it; it is good for the whole session.
      path: (path) => `${path.startsWith(SALES_ORDER_V4) ? SALES_ORDER_V4 : path.split('/').slice(0, 3).join('/')}/?${queryOf(config)}`,
      everyMethod: true,
      header: 'x-csrf-token',
      fetchValue: 'Fetch',
      refused: ({ status, headers }) => status === 403 && headers['x-csrf-token']?.toLowerCase() === 'required',
    },
    transport: transportOf(config),
  };
}

/** `set` is service and entity set, with a key where one entity is meant. */
export function sapPath(config: SapSettings, set: string, query: ODataQuery = {}): string {
  return odataPath(2, `${V2}/${set}`, { ...query, also: alsoOf(config) });
}

/** Of the sales order service in version 4. */
export function v4Path(config: SapSettings, set: string, query: ODataQuery = {}): string {
  return odataPath(4, `${SALES_ORDER_V4}/${set}`, { ...query, also: alsoOf(config) });
}

/** How several reads of one service are asked for. */
export function askOf({ config, http, now }: Session<SapSettings>, service: string): Ask {
  if (!config.batch) return askEach(http);
  return askInBatches(http, { root: `${V2}/${service}`, path: sapPath(config, `${service}/$batch`), verdicts, now });
}

export function askV4({ config, http, now }: Session<SapSettings>, headers: Readonly<Record<string, string>>): Ask {
  if (!config.batch) return askEach(http, headers);
  return askInBatches(http, { root: SALES_ORDER_V4, path: v4Path(config, '$batch'), verdicts, headers, now });
}

function alsoOf({ client, language }: SapSettings): Record<string, string> {
  return { ...(client === undefined ? {} : { 'sap-client': client }), 'sap-language': language };
}

function queryOf(config: SapSettings): string {
  return new URLSearchParams(alsoOf(config)).toString();
}

function loginOf({ user = '', password = '', oauth }: SapSettings): Login {
  if (!oauth) return { kind: 'basic', user, password };
  const { tokenUrl, clientId, clientSecret, scope } = oauth;
  return {
    kind: 'oauth2',
    tokenUrl,
    clientId,
    clientSecret,
    clientAuth: 'basic',
    ...(scope === undefined ? {} : { scope }),
    grant: { kind: 'client_credentials' },
  };
}
