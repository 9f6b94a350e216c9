/** The connector at a glance: Odoo 14 to 19 and its successors, over JSON-2 where the server has it, else over JSON-RPC. */
import type { Connector } from '../../src/connector/contract.ts';
import { transportOf } from '../../src/connector/http/settings.ts';
import type { HttpProfile, Login } from '../../src/connector/http/types.ts';
import { check } from './check.ts';
import { bearer, rotatingLogin } from './key.ts';
import { orders } from './orders.ts';
import { sources } from './read.ts';
import { type OdooSettings, odooSettings } from './settings.ts';
import { verdicts } from './verdicts.ts';

export const odoo: Connector<OdooSettings> = {
  name: 'odoo',
  summary: 'Odoo 14 to 19, by JSON-2 or JSON-RPC',
  config: odooSettings,
  traits: { keys: 'exact', offMainThread: false, deletes: 'archived-flag', delta: 'changes' },
  http: profile,
  check,
  sources,
  orders,
};

function profile(config: OdooSettings): HttpProfile {
  return {
    baseUrl: config.url,
    login: loginOf(config),
    verdicts,
    ...(config.database === undefined ? {} : { headers: { 'x-odoo-database': config.database } }),
    transport: transportOf(config),
  };
}

/** JSON-RPC carries the key in every call's arguments; JSON-2 in a header. Where it is not known yet which it will be, the header does no harm. */
function loginOf(config: OdooSettings): Login {
  if (config.protocol === 'json-rpc') return { kind: 'none' };
  if (config.rotateKey) return rotatingLogin(config);
  return { kind: 'header', name: 'authorization', value: bearer(config.apiKey).authorization };
}
