/**
 * The API key, renewed before it ends (documentation: external_api, Programmatic Key Management; odoo/addons/base/models/res_users.py).
 *
 * - generate(key, scope, name, expiration_date): for administrators, and for others where `base.enable_programmatic_api_keys` is set.
 *   No later than the user's groups allow (90 days, administrators any), and not beyond ten living keys of the user (422).
 * - revoke(key): wants the key itself. One whose answer was lost can therefore not be revoked; it ends on its day.
 *
 * The scope `rpc` is all that JSON-2 needs, and may be made of a key without scope as well as of one with this scope.
 */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';
import type { Http, RotatingKeyLogin } from '../../src/connector/http/types.ts';
import { shaped } from '../../src/connector/shaped.ts';
import type { OdooSettings } from './settings.ts';

export const DAY_MS = 86_400_000;
const SCOPE = 'rpc';

type KeySettings = Pick<OdooSettings, 'apiKey' | 'keyName' | 'keyDays'>;

export function rotatingLogin(settings: KeySettings): RotatingKeyLogin {
  const { apiKey, keyDays } = settings;
  return {
    kind: 'rotating-key',
    key: apiKey,
    headers: bearer,
    renewBeforeMs: (keyDays / 3) * DAY_MS,
    endOf: (http, now) => endOf(http, settings, now),
    async renew(http, used, now) {
      // Odoo takes a day for its first moment.
      const endsOn = new Date(now.getTime() + keyDays * DAY_MS).toISOString().slice(0, 10);
      const name = `${nameOf(settings)} ${now.toISOString().slice(0, 10)}`;
      const params = { key: used, scope: SCOPE, name, expiration_date: endsOn };
      const made = await ask(http, 'res.users.apikeys/generate', params, 'write');
      return { key: shaped(z.string().regex(/^[\w-]{20,}$/), made, 'res.users.apikeys.generate'), endsAt: new Date(endsOn) };
    },
    async retire(http, old) {
      await ask(http, 'res.users.apikeys/revoke', { key: old }, 'write');
    },
  };
}

export function bearer(key: string): { readonly authorization: string } {
  return { authorization: `bearer ${key}` };
}

/** Whether a key of this description was made here. */
export function isRenewed(settings: Pick<OdooSettings, 'keyName'>, name: string): boolean {
  const made = nameOf(settings);
  return name.startsWith(`${made} `) && /^\d{4}-\d\d-\d\d$/.test(name.slice(made.length + 1));
}

export const apiKey = z.looseObject({ name: z.string(), expiration_date: z.union([z.string(), z.literal(false)]) });

export type ApiKey = z.infer<typeof apiKey>;

/** Odoo tells stamps in UTC, without saying so. */
export function endOfKey({ expiration_date }: ApiKey): number {
  return expiration_date === false ? Number.POSITIVE_INFINITY : Date.parse(`${expiration_date.replace(' ', 'T')}Z`);
}

function nameOf({ keyName }: Pick<OdooSettings, 'keyName'>): string {
  return keyName ?? 'Kontor';
}

const own = z.looseObject({ uid: z.int() });

/** Odoo does not tell which of several keys is ours: without `keyName` it is the first to end of those we did not make. */
async function endOf(http: Http, settings: KeySettings, now: Date): Promise<Date | 'never' | 'unknown'> {
  const context = await ask(http, 'res.users/context_get', {}, 'read');
  // No JSON-2: JSON-RPC is spoken, with the configured key.
  if (context === undefined) return 'never';
  if ((await ask(http, 'res.users.apikeys/has_access', { ids: [], operation: 'read' }, 'read')) !== true) return 'unknown';
  const { uid } = shaped(own, context, 'res.users.context_get');
  const params = { domain: [['user_id', '=', uid]], fields: ['name', 'expiration_date'] };
  const rows = shaped(z.array(apiKey), await ask(http, 'res.users.apikeys/search_read', params, 'read'), 'res.users.apikeys.search_read');
  const ends = rows
    .filter(({ name }) => (settings.keyName === undefined ? !isRenewed(settings, name) : name === settings.keyName))
    .map(endOfKey)
    .filter((end) => end > now.getTime());
  if (ends.length === 0) return 'unknown';
  const first = Math.min(...ends);
  return first === Number.POSITIVE_INFINITY ? 'never' : new Date(first);
}

/** `undefined` where the address, or the key that is to be revoked, is not there. In English, by which verdicts.ts knows what is not there. */
async function ask(http: Http, what: string, params: { [name: string]: Json }, effect: 'read' | 'write'): Promise<unknown> {
  const answer = await http.send({ method: 'POST', path: `/json/2/${what}`, json: { ...params, context: { lang: 'en_US' } }, effect });
  return answer.verdict === 'empty' ? undefined : answer.json;
}
