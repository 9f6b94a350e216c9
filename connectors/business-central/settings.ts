/** What kontor.yaml says about a Business Central company. Strict, so that a typing error is named. */
import { z } from 'zod';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';

const onlineScope = 'https://api.businesscentral.dynamics.com/.default';

export const businessCentralSettings = z
  .strictObject({
    tenant: z.string().min(1).optional().describe('Entra tenant: its id or a domain of it. Needed online.'),
    environment: z.string().min(1).default('production').describe('Name of the environment.'),
    company: z.string().min(1).describe('Id or name of the company. The id saves a request at every turn.'),
    clientId: z.string().min(1).describe('Application (client) id of the app registration.'),
    clientSecret: z.string().min(1).describe('Its secret, from the environment or a file. Entra lets it expire.'),
    url: systemUrl.optional().describe('Root of the API, where it is not the one online: https://erp.example.com:7048/BC/api/v2.0.'),
    tokenUrl: systemUrl.optional().describe('Where tokens are given, where it is not login.microsoftonline.com.'),
    scope: z.string().min(1).default(onlineScope).describe('Scope of the token.'),
    readReplica: z
      .boolean()
      .default(true)
      .describe('Bulk reads go to the read-only replica of the database. Orders are always looked up in the primary.'),
    costCentreDimension: z
      .union([z.literal(1), z.literal(2)])
      .optional()
      .describe('Global dimension (1 or 2) that takes the cost centre of an order; without it cost centres are not sent.'),
    sendNetPrices: z
      .boolean()
      .default(true)
      .describe('Says on every order that its prices are without tax. Set to false for versions in which pricesIncludeTax is read-only.'),
    shippingItem: z
      .string()
      .min(1)
      .optional()
      .describe('Number of the item whose line carries shipping cost. If absent, the cost stands in a comment line.'),
    pageSize: z.int().min(1).max(20_000).default(500).describe('Records asked for at once; Business Central gives at most 20,000.'),
    ...httpSettings,
  })
  .superRefine(({ tenant, url, tokenUrl }, context) => {
    if (tenant !== undefined || (url !== undefined && tokenUrl !== undefined)) return;
    context.addIssue({ code: 'custom', message: 'is needed, unless url and tokenUrl are both given', path: ['tenant'] });
  });
export type BusinessCentralSettings = z.infer<typeof businessCentralSettings>;

/** Balances are sums that Business Central computes on reading: a new invoice does not touch the stamp of its customer. */
export const accountOptions = z.strictObject({
  changes: z
    .enum(['stamped', 'all'])
    .default('stamped')
    .describe('stamped: in a delta only customers whose own record changed. all: every one every time, with its balance.'),
});
export type AccountOptions = z.infer<typeof accountOptions>;

export const noOptions = z.strictObject({});
export type NoOptions = z.infer<typeof noOptions>;

export const stockOptions = z.strictObject({
  site: z.string().min(1).default('ALL').describe('Code of the one site the stock is told for: the API knows no stock per location.'),
});
export type StockOptions = z.infer<typeof stockOptions>;
