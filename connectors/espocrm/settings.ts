/** What kontor.yaml says about an EspoCRM. Strict, so that a typing error is named. */
import { z } from 'zod';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';

export const espocrmSettings = z
  .strictObject({
    url: systemUrl.describe('Where people open EspoCRM, without /api: https://crm.example.com.'),
    apiKey: z.string().min(1).optional().describe('Key of an API user of its own for Kontor.'),
    user: z.string().min(1).optional().describe('Login of a regular user, where no API user can be made; with `password`.'),
    password: z.string().min(1).optional().describe('Its password, from the environment or a file.'),
    pageSize: z.int().min(1).max(200).default(200).describe('Records asked for at once; EspoCRM gives 200 unless it is set otherwise.'),
    ...httpSettings,
  })
  .superRefine(({ apiKey, user, password }, context) => {
    const isBasic = user !== undefined && password !== undefined;
    if (isBasic === (apiKey !== undefined) || (user === undefined) !== (password === undefined)) {
      context.addIssue({ code: 'custom', message: 'needs either apiKey, or user and password', path: [] });
    }
  });
export type EspocrmSettings = z.infer<typeof espocrmSettings>;

/** A condition as EspoCRM takes it: { type: equals, attribute: type, value: Customer }, or { type: or, value: [...] }. */
const whereItem = z.strictObject({
  type: z.string().regex(/^[A-Za-z]+$/, 'must be the name of a comparison, such as equals or in'),
  attribute: z.string().regex(/^\w+$/, 'must be the name of an attribute').optional(),
  value: z.json().optional(),
});
export type WhereItem = z.infer<typeof whereItem>;

/** Of every entity. */
export const readOptions = z.strictObject({
  where: z.array(whereItem).default([]).describe('Only these: conditions as in the search parameters of its API; all must hold.'),
  fields: z
    .array(z.string().regex(/^\w+$/, 'must be the name of an attribute'))
    .default([])
    .describe('Further attributes for your mapping, such as cExternalId; fields made by customers begin with c.'),
});
export type ReadOptions = z.infer<typeof readOptions>;
