/** Salesforce at a glance: SOQL over REST, the recycle bin and the log of deletions. Read only. */
import type { Connector } from '../../src/connector/contract.ts';
import { transportOf } from '../../src/connector/http/settings.ts';
import type { HttpProfile, OAuth2Login } from '../../src/connector/http/types.ts';
import { check } from './check.ts';
import { sources } from './read.ts';
import { type SalesforceSettings, salesforceSettings } from './settings.ts';
import { verdicts } from './verdicts.ts';

export const salesforce: Connector<SalesforceSettings> = {
  name: 'salesforce',
  summary: 'Salesforce over its REST API: accounts, contacts, addresses, price books; tells what was deleted',
  config: salesforceSettings,
  traits: { keys: 'exact', offMainThread: false, deletes: 'tombstones', delta: 'changes' },
  http: profile,
  check,
  sources,
};

function profile(config: SalesforceSettings): HttpProfile {
  return {
    baseUrl: `${config.url}/services/data/v${config.apiVersion}`,
    login: { kind: 'oauth2', tokenUrl: `${config.url}/services/oauth2/token`, clientId: config.clientId, ...proofOf(config) },
    verdicts,
    limits: { concurrency: 5 },
    transport: transportOf(config),
  };
}

function proofOf({ clientSecret, privateKey = '', user = '', audience }: SalesforceSettings): Pick<OAuth2Login, 'clientSecret' | 'grant'> {
  if (clientSecret !== undefined) return { clientSecret, grant: { kind: 'client_credentials' } };
  return { grant: { kind: 'jwt_bearer', privateKey, subject: user, audience } };
}
