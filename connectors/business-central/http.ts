/** How Business Central is spoken to: OData V4 below the API's root, an application's token, and its limits per user. */
import { transportOf } from '../../src/connector/http/settings.ts';
import type { HttpProfile } from '../../src/connector/http/types.ts';
import type { BusinessCentralSettings } from './settings.ts';
import { verdicts } from './verdicts.ts';

const ONLINE = 'https://api.businesscentral.dynamics.com/v2.0';

export function httpProfile(config: BusinessCentralSettings): HttpProfile {
  const { tenant = '', environment, url, tokenUrl, clientId, clientSecret, scope } = config;
  return {
    baseUrl: url ?? `${ONLINE}/${encodeURIComponent(tenant)}/${encodeURIComponent(environment)}/api/v2.0`,
    login: {
      kind: 'oauth2',
      tokenUrl: tokenUrl ?? `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
      clientId,
      clientSecret,
      scope,
      grant: { kind: 'client_credentials' },
    },
    verdicts,
    // Missing permissions are told by words alone (verdicts.ts), and words come in the caller's language.
    headers: { 'accept-language': 'en-US' },
    // Operational limits of the online service, per user: 6,000 requests in five minutes, five at a time; the rest waits in a queue.
    limits: { concurrency: 5, requestsPerMinute: 1200 },
    transport: transportOf(config),
  };
}

/** For lists read in bulk. The replica may lag behind, which the watermark allows for; never sent when an order is looked up. */
export function bulkHeaders({ pageSize, readReplica }: BusinessCentralSettings): Record<string, string> {
  return { prefer: `odata.maxpagesize=${pageSize}`, ...(readReplica ? { 'data-access-intent': 'ReadOnly' } : {}) };
}
