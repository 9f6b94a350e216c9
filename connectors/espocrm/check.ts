/** Proof of access: who we are there, and what our role lets us read. */
import { z } from 'zod';
import type { SystemInfo } from '../../src/connector/contract.ts';
import { shaped } from '../../src/connector/shaped.ts';
import type { EspocrmSession } from './search.ts';

const app = z.looseObject({
  user: z.looseObject({ userName: z.string(), type: z.string().nullish() }),
  acl: z.looseObject({
    /** By scope: false, true, or what may be done to whose records. PHP writes an empty table as a list. */
    table: z.record(z.string(), z.json()).or(z.array(z.never())).optional(),
    /** Fields the role hides, by scope and kind of access. */
    fieldTable: z.record(z.string(), z.json()).or(z.array(z.never())).optional(),
  }),
  settings: z.looseObject({ version: z.string().nullish(), applicationName: z.string().nullish() }).optional(),
});

const scope = z.looseObject({ read: z.string() });
const FOR_WHAT = { Account: 'accounts and addresses', Contact: 'contacts' } as const;

export async function check({ http }: EspocrmSession): Promise<SystemInfo> {
  const { json } = await http.send({ path: 'App/user' });
  const { user, acl, settings } = shaped(app, json, 'App/user');
  const isAdmin = user.type === 'admin' || user.type === 'super-admin';
  const table: Record<string, unknown> = Array.isArray(acl.table) ? {} : (acl.table ?? {});
  const found = Object.entries(FOR_WHAT).map(([name, forWhat]) => ({ name, forWhat, read: isAdmin ? 'all' : readOf(table[name]) }));
  const title = `${settings?.applicationName ?? 'EspoCRM'}${settings?.version ? ` ${settings.version}` : ''}`;
  return {
    summary: `${title}, as ${user.userName}`,
    permissions: found.map(({ name, read }) => ({ name: `read ${name}`, granted: read !== 'no' })),
    warnings: [
      ...found.flatMap(({ name, forWhat, read }) => {
        if (read === 'no') return [`the role may not read ${name}, so there are no ${forWhat}; grant it in the role, or leave them out`];
        if (read === 'all') return [];
        return [`the role reads ${name} of its ${read} only: what moves out of its sight stays here as it was; set read to "all"`];
      }),
      ...(isAdmin ? ['the login is an administrator, and needs to read only; make an API user with a role of its own'] : []),
    ],
  };
}

/** `true` for scopes without levels. */
function readOf(granted: unknown): string {
  if (granted === true) return 'all';
  return scope.safeParse(granted).data?.read ?? 'no';
}
