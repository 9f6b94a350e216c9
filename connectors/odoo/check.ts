/** Proof of access: version, company, rights, and how long the key is still good. */
import { z } from 'zod';
import type { SystemInfo } from '../../src/connector/contract.ts';
import { call, callOrAbsent, searchTable } from './call.ts';
import { fieldsOf } from './fields.ts';
import { type ApiKey, apiKey, DAY_MS, endOfKey, isRenewed } from './key.ts';
import { majorOf, type OdooSession, openServer, type Server, versionOf } from './server.ts';

/** Model, operation, and what for. */
const RIGHTS = [
  ['res.partner', 'read', 'accounts, contacts and addresses'],
  ['product.pricelist.item', 'read', 'prices'],
  ['product.product', 'read', 'prices, stock and orders'],
  ['stock.quant', 'read', 'stock'],
  ['stock.warehouse', 'read', 'stock'],
  ['stock.picking', 'read', 'shipments'],
  ['account.move', 'read', 'invoices'],
  ['sale.order', 'read', 'orders'],
  ['sale.order', 'create', 'orders'],
  ['sale.order', 'write', 'orders'],
] as const;

export async function check(session: OdooSession): Promise<SystemInfo> {
  const server = await openServer(session);
  const companies = await companyNames(session);
  const version = await versionOf(session, server);
  const permissions: Array<{ name: string; granted: boolean }> = [];
  const warnings: string[] = [];
  for (const [model, operation, purpose] of RIGHTS) {
    const granted = await may(session, version, model, operation);
    permissions.push({ name: `${model} ${operation}`, granted: granted === true });
    if (granted === true) continue;
    warnings.push(
      granted === null
        ? `Odoo has no ${model}; install the module that brings it, or leave out ${purpose}`
        : `the user may not ${operation} ${model}; grant it (README), or leave out ${purpose}`,
    );
  }
  const { company } = session.config;
  if (company !== undefined && !companies.some(({ id }) => id === company))
    warnings.push(`the user sees no company ${company}; correct \`company\`, or add it to the user's allowed companies`);
  return {
    summary: `Odoo ${version} over ${server.protocol === 'json-2' ? 'JSON-2' : 'JSON-RPC'}, ${companies.map(({ name }) => name).join(', ')}`,
    warnings: [...warnings, ...(await keyWarnings(session, server, version))],
    permissions,
  };
}

const company = z.looseObject({ id: z.int(), name: z.string() });

async function companyNames(session: OdooSession): Promise<Array<z.infer<typeof company>>> {
  const wanted = session.config.company;
  return searchTable(session, 'res.company', company, {
    domain: wanted === undefined ? [] : [['id', '=', wanted]],
    fields: ['name'],
    limit: 5,
  });
}

/** `null` where the model is not installed. `has_access` came with 18 and took the place of `check_access_rights`. */
async function may(session: OdooSession, version: string, model: string, operation: string): Promise<boolean | null> {
  const method = majorOf(version) >= 18 ? 'has_access' : 'check_access_rights';
  const params = majorOf(version) >= 18 ? { operation } : { operation, raise_exception: false };
  // Of no record in particular: `has_access` works on records, and of none it asks for the model.
  const ids = majorOf(version) >= 18 ? { ids: [] } : {};
  const called = await callOrAbsent(session, { model, method, params, ...ids, effect: 'read' });
  return called === null ? null : called.result === true;
}

/** Odoo refuses to make more than ten (`base.programmatic_api_keys_limit`). */
const MANY_KEYS = 8;

/** Keys tell their end since 18. Which of several is ours they do not tell: `keyName` does. */
async function keyWarnings(session: OdooSession, server: Server, version: string): Promise<string[]> {
  const { keyName, rotateKey } = session.config;
  if (rotateKey && server.protocol === 'json-rpc') return ['`rotateKey` does nothing over JSON-RPC; leave it out'];
  const isTold = (await may(session, version, 'res.users.apikeys', 'read')) === true;
  const fields = isTold ? await fieldsOf(session, 'res.users.apikeys', ['expiration_date']) : new Map<string, string>();
  if (!fields.has('expiration_date')) {
    return server.protocol === 'json-2' ? ['Odoo does not tell when the API key ends; keys live at most three months: note the day'] : [];
  }
  const domain = [['user_id', '=', server.uid ?? (await ownId(session))]];
  const all = await searchTable(session, 'res.users.apikeys', apiKey, { domain, fields: ['name', 'expiration_date'] });
  const named = all.filter(({ name }) => keyName === undefined || name === keyName || (rotateKey && isRenewed(session.config, name)));
  if (named.length === 0) return keyName === undefined ? [] : [`the user has no API key "${keyName}"; correct \`keyName\``];
  return rotateKey ? rotationWarnings(session, named, all.length) : endWarnings(session, named);
}

function endWarnings(session: OdooSession, keys: readonly ApiKey[]): string[] {
  return keys.flatMap((key) => {
    const days = daysLeft(session, key);
    return days > session.config.keyWarningDays
      ? []
      : [`API key "${key.name}" ends in ${days} day${days === 1 ? '' : 's'}; make a new one in Odoo and put it into the configuration`];
  });
}

/** One that lives on is enough: others are those before it. */
function rotationWarnings(session: OdooSession, keys: readonly ApiKey[], count: number): string[] {
  const { keyDays, keyWarningDays } = session.config;
  const days = Math.max(...keys.map((key) => daysLeft(session, key)));
  const many = `the user has ${count} API keys, and Odoo makes no more than 10: remove those that nobody uses`;
  const late = `the API key ends in ${days} day${days === 1 ? '' : 's'} and was not renewed: does a worker run, and may the user make keys (README, "The key ends")?`;
  // Renewed when a third is left: with a quarter left it failed for some days.
  return [...(days > Math.min(keyWarningDays, keyDays / 4) ? [] : [late]), ...(count < MANY_KEYS ? [] : [many])];
}

function daysLeft(session: OdooSession, key: ApiKey): number {
  return Math.max(0, Math.floor((endOfKey(key) - session.now().getTime()) / DAY_MS));
}

const own = z.looseObject({ uid: z.int() });

/** The context of a user holds the user's id (res.users.context_get). */
async function ownId(session: OdooSession): Promise<number> {
  const { result } = await call(session, { model: 'res.users', method: 'context_get', effect: 'read' });
  return own.safeParse(result).data?.uid ?? 0;
}
