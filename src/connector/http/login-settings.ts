/** How one logs in to a system that is declared in kontor.yaml: the part of `settings` that says so, to be spread into a strict object. */
import { z } from 'zod';
import { systemUrl } from './settings.ts';
import type { Login } from './types.ts';

export const headerName = z.string().regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header');

const oauth = z.strictObject({
  tokenUrl: systemUrl.describe('Where tokens are given.'),
  clientId: z.string().min(1).describe('Name of the client.'),
  clientSecret: z.string().min(1).describe('Its secret, from the environment or a file.'),
  clientAuth: z.enum(['post', 'basic']).default('post').describe('How the client shows its secret.'),
  scope: z.string().min(1).optional().describe('What is asked for, in the words of the system.'),
});

/** `keyHeader`: the header an API key goes into where none is named. */
export function loginSettings({ keyHeader }: { keyHeader: string }) {
  const apiKey = z.strictObject({
    header: headerName.default(keyHeader).describe('Its name.'),
    value: z.string().min(1).describe('All of its value: `Bearer abc`, or the key alone.'),
  });
  return {
    user: z.string().min(1).optional().describe('For basic authentication; with `password`.'),
    password: z.string().min(1).optional().describe('Its password, from the environment or a file.'),
    apiKey: apiKey.optional().describe('A key in a header.'),
    oauth: oauth.optional().describe('OAuth 2.0 client credentials.'),
  };
}

const declared = z.object(loginSettings({ keyHeader: 'authorization' }));
type DeclaredLogin = z.infer<typeof declared>;

/** For `superRefine` of the whole object. */
export function refuseSeveralLogins({ user, password, apiKey, oauth: token }: DeclaredLogin, context: z.RefinementCtx): void {
  const ways = [user ?? password, apiKey, token].filter((way) => way !== undefined).length;
  if (ways > 1) context.addIssue({ code: 'custom', message: 'user and password, apiKey and oauth exclude each other', path: [] });
  if ((user === undefined) !== (password === undefined))
    context.addIssue({ code: 'custom', message: 'user and password belong together', path: [] });
}

export function loginOf({ user, password, apiKey, oauth: token }: DeclaredLogin): Login {
  if (user !== undefined && password !== undefined) return { kind: 'basic', user, password };
  if (apiKey) return { kind: 'header', name: apiKey.header, value: apiKey.value };
  if (!token) return { kind: 'none' };
  const { scope, ...client } = token;
  return { kind: 'oauth2', ...client, ...(scope === undefined ? {} : { scope }), grant: { kind: 'client_credentials' } };
}
