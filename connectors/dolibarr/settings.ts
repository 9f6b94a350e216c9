/** What kontor.yaml says about a Dolibarr. Strict, so that a typing error is named. */
import { z } from 'zod';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';

export const dolibarrSettings = z.strictObject({
  url: systemUrl.describe('Where Dolibarr answers, without /api/index.php: https://erp.example.com.'),
  apiKey: z.string().min(1).describe('API key of a user of its own for Kontor, from the environment or a file.'),
  entity: z.int().positive().optional().describe('Entity of the multi-company module to work in; that of the user if absent.'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')
    .describe("Dolibarr's main currency: prices and credit limits are kept in it, and orders are taken in it."),
  validateOrders: z.boolean().default(true).describe('Validates orders, which numbers them. false leaves drafts for people to look at.'),
  warehouse: z.int().min(0).default(0).describe('Id of the warehouse that is told on validation; needed where stock goes down with it.'),
  vatRate: z
    .string()
    .regex(/^\d+(?:\.\d+)?$/, 'must be a percentage such as "20"')
    .optional()
    .describe("VAT of order lines in per cent; the product's own if absent."),
  shippingItem: z
    .string()
    .min(1)
    .optional()
    .describe('Reference of the product or service whose line carries shipping cost. If absent, the cost stands in the private note.'),
  pageSize: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('Records asked for at once. Dolibarr loads each of them alone, so more is slow.'),
  ...httpSettings,
});
export type DolibarrSettings = z.infer<typeof dolibarrSettings>;

const filter = z.string().min(1).optional().describe("Only these, in Dolibarr's own filter language: (t.fk_pays:=:5).");

export const readOptions = z.strictObject({ filter });
export type ReadOptions = z.infer<typeof readOptions>;
