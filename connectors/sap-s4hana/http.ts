/** How S/4HANA is spoken to: OData V2 below one address, a token and its cookies with everything that writes. */
import { transportOf } from '../../src/connector/http/settings.ts';
import type { HttpProfile, Login } from '../../src/connector/http/types.ts';
import { type ODataQuery, odataPath } from '../../src/connector/odata/index.ts';
import type { SapSettings } from './settings.ts';
import { verdicts } from './verdicts.ts';

/** Services by what they are for. */
export const SERVICE = {
  partner: 'API_BUSINESS_PARTNER',
  order: 'API_SALES_ORDER_SRV',
  credit: 'API_CRDTMBUSINESSPARTNER',
  price: 'API_SLSPRICINGCONDITIONRECORD_SRV',
  stock: 'API_MATERIAL_STOCK_SRV',
} as const;

export function httpProfile(config: SapSettings): HttpProfile {
  return {
    baseUrl: `${config.url}/sap/opu/odata/sap`,
    login: loginOf(config),
    verdicts,
    cookies: true,
    csrf: {
      path: sapPath(config, `${SERVICE.order}/`),
      header: 'x-csrf-token',
      fetchValue: 'Fetch',
      refused: ({ status, headers }) => status === 403 && headers['x-csrf-token']?.toLowerCase() === 'required',
    },
    transport: transportOf(config),
  };
}

/** `set` is service and entity set, with a key where one entity is meant. */
export function sapPath({ client, language }: SapSettings, set: string, query: ODataQuery = {}): string {
  const also = { ...(client === undefined ? {} : { 'sap-client': client }), 'sap-language': language };
  return odataPath(2, set, { ...query, also });
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
