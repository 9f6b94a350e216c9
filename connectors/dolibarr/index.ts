/** Dolibarr 17 and later, by its REST module. */
import { z } from 'zod';
import type { Connector, SystemInfo } from '../../src/connector/contract.ts';
import { transportOf } from '../../src/connector/http/settings.ts';
import type { HttpProfile } from '../../src/connector/http/types.ts';
import type { DolibarrSession } from './lists.ts';
import { orders } from './orders.ts';
import { sources } from './read.ts';
import { type DolibarrSettings, dolibarrSettings } from './settings.ts';
import { verdicts } from './verdicts.ts';

export const dolibarr: Connector<DolibarrSettings> = {
  name: 'dolibarr',
  summary: 'Dolibarr: third parties, contacts, addresses, prices by level, stock by warehouse; takes orders',
  config: dolibarrSettings,
  traits: { keys: 'exact', offMainThread: false, deletes: 'archived-flag', delta: 'changes' },
  http: profile,
  check,
  sources,
  orders,
};

function profile(config: DolibarrSettings): HttpProfile {
  return {
    baseUrl: `${config.url}/api/index.php`,
    login: { kind: 'header', name: 'dolapikey', value: config.apiKey },
    verdicts,
    headers: { accept: 'application/json', ...(config.entity === undefined ? {} : { dolapientity: String(config.entity) }) },
    transport: transportOf(config),
  };
}

const status = z.object({ success: z.looseObject({ dolibarr_version: z.string() }) });
const user = z.looseObject({ login: z.string().nullish(), rights: z.looseObject({}).nullish() });

/** Right -> what is missing without it. */
const RIGHTS: Readonly<Record<string, string>> = {
  'societe.lire': 'no third party can be read',
  'societe.client.voir': 'third parties of other sales representatives stay hidden, without a word',
  'societe.contact.lire': 'no contact can be read',
  'produit.lire': 'no price can be read, and orders cannot be made',
  'stock.lire': 'no stock can be read',
  'commande.lire': 'orders cannot be looked up',
  'commande.creer': 'orders cannot be made',
};

async function check({ http }: DolibarrSession): Promise<SystemInfo> {
  const version = status.safeParse((await http.send({ path: 'status' })).json).data?.success.dolibarr_version;
  const who = user.safeParse((await http.send({ path: 'users/info', query: { includepermissions: 1 } })).json).data;
  const summary = `Dolibarr${version === undefined ? '' : ` ${version}`}${who?.login ? `, user ${who.login}` : ''}`;
  const rights = who?.rights;
  if (!rights) return { summary, warnings: [] };
  const permissions = Object.keys(RIGHTS).map((name) => ({ name, granted: isGranted(rights, name.split('.')) }));
  const warnings = permissions
    .filter(({ granted }) => !granted)
    .map(({ name }) => `the user lacks "${name}": ${RIGHTS[name]}; grant it on the user's card, under Permissions`);
  return { summary, warnings, permissions };
}

function isGranted(rights: Readonly<Record<string, unknown>>, path: readonly string[]): boolean {
  const end = path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined),
    rights,
  );
  return end === 1 || end === '1' || end === true;
}
