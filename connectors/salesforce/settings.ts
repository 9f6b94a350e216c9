/** What kontor.yaml says about a Salesforce organization. Strict, so that a typing error is named. */
import { z } from 'zod';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';

export const salesforceSettings = z
  .strictObject({
    url: systemUrl.describe('The My Domain address of the organization: https://acme.my.salesforce.com.'),
    clientId: z.string().min(1).describe('Consumer key of the connected app.'),
    clientSecret: z.string().min(1).optional().describe('Its consumer secret, for the client credentials flow.'),
    privateKey: z
      .string()
      .min(1)
      .optional()
      .describe('RSA key (PEM, PKCS #8) whose certificate the app holds, for the JWT bearer flow; with `user`.'),
    user: z.string().min(1).optional().describe('User name the signed assertion speaks for; with `privateKey`.'),
    audience: systemUrl
      .default('https://login.salesforce.com')
      .describe('Whom the signed assertion is meant for; https://test.salesforce.com for a sandbox.'),
    apiVersion: z
      .string()
      .regex(/^\d{2,3}\.0$/, 'must be a version such as "62.0", in quotes')
      .refine((version) => Number.parseInt(version, 10) >= 29, 'must be 29.0 or later; older ones do not tell what was deleted')
      .default('62.0')
      .describe('Version of the REST API; three of them come out every year, and each lives for years.'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')
      .optional()
      .describe('Currency of the organization, where it has only one: its records do not name it then. Needed for prices.'),
    pageSize: z.int().min(1).max(2000).default(2000).describe('Records asked for at once; Salesforce may give fewer.'),
    ...httpSettings,
  })
  .superRefine(({ clientSecret, privateKey, user }, context) => {
    const isJwt = privateKey !== undefined && user !== undefined;
    if (isJwt === (clientSecret !== undefined) || (privateKey === undefined) !== (user === undefined)) {
      context.addIssue({ code: 'custom', message: 'needs either clientSecret, or privateKey and user', path: [] });
    }
  });
export type SalesforceSettings = z.infer<typeof salesforceSettings>;

const field = z.string().regex(/^[A-Za-z]\w*(?:\.[A-Za-z]\w*){0,5}$/, 'must be the API name of a field, with dots for related records');

/** Of every entity. */
export const readOptions = z.strictObject({
  where: z.string().min(1).optional().describe("Only these, as a SOQL condition: Type = 'Customer'."),
  fields: z
    .array(field)
    .default([])
    .describe('Further fields for your mapping, with dots for related records: Credit_Limit__c, Owner.Email.'),
});
export type ReadOptions = z.infer<typeof readOptions>;
