/** Proof of access: which organization, which objects and fields the login sees, how much of the day's quota is used. */
import { z } from 'zod';
import type { SystemInfo } from '../../src/connector/contract.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { KontorError } from '../../src/errors.ts';
import { ADDRESS_FIELDS, describeObject, FIELDS, type ObjectShape, SOME_HAVE } from './objects.ts';
import { type SalesforceSession, soql } from './soql.ts';

const organization = z.looseObject({
  records: z.tuple(
    [z.looseObject({ Name: z.string(), OrganizationType: z.string().nullish(), IsSandbox: z.boolean().nullish() })],
    z.unknown(),
  ),
});

const NEEDED = [
  { object: 'Account', fields: [...FIELDS.Account, ...ADDRESS_FIELDS], forWhat: 'accounts and addresses' },
  { object: 'Contact', fields: FIELDS.Contact, forWhat: 'contacts' },
  { object: 'PricebookEntry', fields: FIELDS.PricebookEntry, forWhat: 'prices' },
] as const;
/** Share of the quota from which on it is worth a word. */
const MUCH = 0.8;

export async function check(session: SalesforceSession): Promise<SystemInfo> {
  const q = soql({ select: ['Name', 'OrganizationType', 'IsSandbox'], from: 'Organization', where: [] });
  const { json, headers } = await session.http.send({ path: 'query', query: { q } });
  const { Name, OrganizationType, IsSandbox } = shaped(organization, json, 'a query of Organization').records[0];
  const permissions: Array<{ name: string; granted: boolean }> = [];
  const warnings = [...quotaWarnings(headers['sforce-limit-info'])];
  for (const { object, fields, forWhat } of NEEDED) {
    const shape = await shapeIfSeen(session, object);
    permissions.push({ name: `read ${object}`, granted: shape !== null });
    if (shape === null) {
      warnings.push(`the login may not read ${object}, so there are no ${forWhat}; grant it in a permission set, or leave them out`);
      continue;
    }
    const hidden = fields.filter((field) => !shape.has(field));
    if (hidden.length > 0) {
      const which = `${hidden.join(', ')} of ${object}`;
      warnings.push(`the login does not see ${which}, so nothing is said of them; grant it in field-level security, or leave it so`);
    }
    if (object === 'PricebookEntry' && !shape.has(SOME_HAVE.currency) && session.config.currency === undefined)
      warnings.push('prices name no currency, for the organization has only one; set `currency` of the connection before you pull prices');
  }
  const kind = `${OrganizationType ?? 'organization'}${IsSandbox === true ? ', sandbox' : ''}`;
  return { summary: `Salesforce ${Name} (${kind}), API ${session.config.apiVersion}`, warnings, permissions };
}

/** An object that is hidden is no failure of the connection, so these are answers here. */
function shapeIfSeen(session: SalesforceSession, object: string): Promise<ObjectShape | null> {
  return describeObject(session, object).catch((error: unknown) => {
    if (error instanceof KontorError && (error.code === 'ERP_NOT_FOUND' || error.code === 'ERP_PERMISSION_MISSING')) return null;
    throw error;
  });
}

/** "api-usage=14000/15000", perhaps with more behind it. */
export function quotaWarnings(limitInfo: string | undefined): string[] {
  const [, used, most] = /api-usage=(\d+)\/(\d+)/.exec(limitInfo ?? '') ?? [];
  if (used === undefined || most === undefined || Number(used) < Number(most) * MUCH) return [];
  return [`${used} of ${most} requests of the last 24 hours are used up by everybody together; pull less often, or ask for a higher limit`];
}
