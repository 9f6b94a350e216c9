/** EspoCRM at a glance: lists of its REST API. Read only. */
import type { Connector } from '../../src/connector/contract.ts';
import { transportOf } from '../../src/connector/http/settings.ts';
import type { HttpProfile, Login } from '../../src/connector/http/types.ts';
import { check } from './check.ts';
import { sources } from './read.ts';
import { type EspocrmSettings, espocrmSettings } from './settings.ts';
import { verdicts } from './verdicts.ts';

export const espocrm: Connector<EspocrmSettings> = {
  name: 'espocrm',
  summary: 'EspoCRM over its REST API: accounts, contacts and their addresses',
  config: espocrmSettings,
  traits: { keys: 'exact', offMainThread: false, deletes: 'none', delta: 'changes' },
  http: profile,
  check,
  sources,
};

function profile(config: EspocrmSettings): HttpProfile {
  return {
    baseUrl: `${config.url}/api/v1`,
    login: loginOf(config),
    verdicts,
    limits: { concurrency: 4 },
    transport: transportOf(config),
  };
}

function loginOf({ apiKey, user = '', password = '' }: EspocrmSettings): Login {
  return apiKey === undefined ? { kind: 'basic', user, password } : { kind: 'header', name: 'x-api-key', value: apiKey };
}
