/** What kontor.yaml says about a system that offers OData and has no connector of its own. Strict, so that a typing error is named. */
import { z } from 'zod';
import { loginSettings, refuseSeveralLogins } from '../../src/connector/http/login-settings.ts';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';

export const odataSettings = z
  .strictObject({
    url: systemUrl.describe('Root of the service, below which its entity sets are: https://erp.example.com/odata/v4.'),
    version: z.union([z.literal(2), z.literal(4)]).describe('Of OData: 2 or 4.'),
    ...loginSettings({ keyHeader: 'x-api-key' }),
    query: z.record(z.string(), z.string()).default({}).describe('Options that go with every request, such as sap-client or company.'),
    pageSize: z.int().min(1).max(20_000).default(500).describe('Rows asked for at once.'),
    ...httpSettings,
  })
  .superRefine(refuseSeveralLogins);
export type ODataSettings = z.infer<typeof odataSettings>;

const property = z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a property');

const changed = z.strictObject({
  field: property.describe('Property that holds the instant of the last change.'),
  type: z
    .enum(['instant', 'datetime', 'date'])
    .default('instant')
    .describe('instant: with a zone. datetime: version 2 without. date: a day.'),
  precisionMs: z.int().positive().optional().describe('Grain of the stamps; a second, or a day for dates, if absent.'),
  commitLagSeconds: z.int().nonnegative().default(900).describe('Longest time between a stamp and the moment others can see the row.'),
});

export const readOptions = z
  .strictObject({
    entitySet: z
      .string()
      .regex(/^[A-Za-z_][\w./]*$/, 'must be the name of an entity set')
      .describe('What is read.'),
    key: z
      .record(property, z.enum(['string', 'guid', 'integer', 'decimal']))
      .refine((key) => Object.keys(key).length > 0, 'needs at least one property')
      .describe('Properties of the key with their types, in the order the system sorts them well.'),
    filter: z.string().min(1).optional().describe('$filter in the words of the service.'),
    select: z.array(property).min(1).optional().describe('$select; key and stamp are added.'),
    expand: z.array(z.string().min(1)).min(1).optional().describe('$expand in the words of the service.'),
    changed: changed.optional().describe('Without it every pull reads everything.'),
    paging: z
      .enum(['keyset', 'next'])
      .default('keyset')
      .describe('keyset: by the key, which survives changes between two pages. next: by the links of the server.'),
  })
  .describe('How an entity is read; without a default, for every system names things differently.');
export type ReadOptions = z.infer<typeof readOptions>;
