import { z } from 'zod';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';

export const ORDER_STAGES = ['draft', 'quotation', 'confirmed', 'processing'] as const;
export type OrderStage = (typeof ORDER_STAGES)[number];

export const trytonSettings = z.strictObject({
  url: systemUrl.describe('Where trytond answers, without the database: https://erp.example.com.'),
  database: z.string().min(1).describe('Name of the database.'),
  user: z.string().min(1).describe('Login of a user of its own for Kontor, in the groups the README lists.'),
  password: z.string().min(1).describe('Its password, from the environment or a file. Application keys of users do not work for RPC.'),
  company: z.int().positive().optional().describe("Id of the company to work in; the user's own if absent."),
  language: z.string().min(2).default('en').describe('Language of names and messages; English ones are understood best.'),
  pageSize: z.int().min(1).max(5000).default(500).describe('Records asked for at once.'),
  lookupLagSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(30)
    .describe('How long a call may go on in Tryton after its connection broke: so long an order that is not found is not sent again.'),
  ordersUpTo: z
    .enum(ORDER_STAGES)
    .default('processing')
    .describe('How far Kontor takes an order. `confirmed` where Tryton waits before it processes, `draft` where people look first.'),
  shippingItem: z
    .string()
    .min(1)
    .optional()
    .describe('Code of the product whose line carries shipping cost. If absent, the cost stands in the comment.'),
  ...httpSettings,
});
export type TrytonSettings = z.infer<typeof trytonSettings>;

const domain = z.array(z.json()).default([]).describe('Only these, as a domain of Tryton: [["categories.name", "=", "Customers"]].');
const fields = z
  .array(z.string().min(1))
  .default([])
  .describe('Further fields for your mapping, with dots for related ones: categories.name.');

export const accountOptions = z.strictObject({
  domain,
  fields,
  parentRelation: z
    .string()
    .min(1)
    .optional()
    .describe('Name of the relation type that leads from a unit to the party above it (module party_relationship).'),
});
export type AccountOptions = z.infer<typeof accountOptions>;

export const contactOptions = z.strictObject({
  domain,
  fields,
  types: z
    .array(z.string().min(1))
    .min(1)
    .default(['email'])
    .describe('Types of contact mechanisms that are people when they carry a name.'),
});
export type ContactOptions = z.infer<typeof contactOptions>;

export const addressOptions = z.strictObject({ domain, fields });
export type AddressOptions = z.infer<typeof addressOptions>;

export const productOptions = z.strictObject({ domain });
export type ProductOptions = z.infer<typeof productOptions>;

const DOCUMENTS = ['order', 'shipment', 'return', 'invoice'] as const;
export type DocumentKind = (typeof DOCUMENTS)[number];

/** `read` of documents and their lines. */
export const documentOptions = z.strictObject({
  kinds: z
    .array(z.enum(DOCUMENTS))
    .min(1)
    .default([...DOCUMENTS])
    .describe('Sales, shipments, returns, invoices with credit notes: leave out those that are not for Kontor, or not installed.'),
});
export type DocumentOptions = z.infer<typeof documentOptions>;
