/** What kontor.yaml says about a system with an API of its own that has no connector. Strict, so that a typing error is named. */
import { z } from 'zod';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';

const headerName = z.string().regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header');

const oauth = z.strictObject({
  tokenUrl: systemUrl.describe('Where tokens are given.'),
  clientId: z.string().min(1).describe('Name of the client.'),
  clientSecret: z.string().min(1).describe('Its secret, from the environment or a file.'),
  clientAuth: z.enum(['post', 'basic']).default('post').describe('How the client shows its secret.'),
  scope: z.string().min(1).optional().describe('What is asked for, in the words of the system.'),
});

const apiKey = z.strictObject({
  header: headerName.default('authorization').describe('Its name.'),
  value: z.string().min(1).describe('All of its value: `Bearer abc`, or the key alone.'),
});

export const restSettings = z
  .strictObject({
    url: systemUrl.describe('Root of the API, below which the paths of the entities are: https://erp.example.com/api/v2.'),
    user: z.string().min(1).optional().describe('For basic authentication; with `password`.'),
    password: z.string().min(1).optional().describe('Its password, from the environment or a file.'),
    apiKey: apiKey.optional().describe('A key in a header.'),
    oauth: oauth.optional().describe('OAuth 2.0 client credentials.'),
    headers: z.record(headerName, z.string()).default({}).describe('Sent with every request, such as accept or a tenant.'),
    query: z.record(z.string(), z.string()).default({}).describe('Sent with every request but those that follow a link of the system.'),
    checkPath: z.string().default('').describe('What `kontor check` asks for: an address that wants a login and answers JSON.'),
    pageSize: z.int().min(2).max(20_000).default(200).describe('Records asked for at once, where `paging` names a parameter for it.'),
    ...httpSettings,
  })
  .superRefine(({ user, password, apiKey: key, oauth: token }, context) => {
    const ways = [user ?? password, key, token].filter((way) => way !== undefined).length;
    if (ways > 1) context.addIssue({ code: 'custom', message: 'user and password, apiKey and oauth exclude each other', path: [] });
    if ((user === undefined) !== (password === undefined))
      context.addIssue({ code: 'custom', message: 'user and password belong together', path: [] });
  });
export type RestSettings = z.infer<typeof restSettings>;
