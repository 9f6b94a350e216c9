import { z } from 'zod';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';

const PROTOCOLS = ['auto', 'json-2', 'json-rpc'] as const;
export type Protocol = Exclude<(typeof PROTOCOLS)[number], 'auto'>;

export const odooSettings = z.strictObject({
  url: systemUrl.describe('Where Odoo answers: https://erp.example.com, without /web or /odoo.'),
  database: z.string().min(1).optional().describe('Name of the database. JSON-RPC needs it; JSON-2 where one server holds several.'),
  user: z
    .string()
    .min(1)
    .optional()
    .describe('Login of a user of its own for Kontor. JSON-RPC needs it; with JSON-2 the key tells who it is.'),
  apiKey: z.string().min(1).describe("An API key of that user, from the environment or a file. JSON-RPC takes the user's password too."),
  protocol: z.enum(PROTOCOLS).default('auto').describe('`auto` asks for the version: JSON-2 from Odoo 19 on, JSON-RPC before.'),
  company: z.int().positive().optional().describe("Id of the company to work in (res.company); the user's own if absent."),
  language: z.string().min(2).optional().describe("Language of names and messages, such as de_DE; the user's own if absent."),
  keyName: z.string().min(1).optional().describe('Description of the API key in Odoo, where the user has several: its age is watched.'),
  keyWarningDays: z.int().min(1).max(90).default(21).describe('`kontor check` warns so many days before the API key ends.'),
  rotateKey: z
    .boolean()
    .default(false)
    .describe('Workers renew the API key before it ends, keep the new one sealed in the database, and revoke the old one. JSON-2 only.'),
  keyDays: z.int().min(3).max(89).default(89).describe('How long a renewed key lives; no longer than the groups of the user allow.'),
  ordersUpTo: z
    .enum(['quotation', 'order'])
    .default('order')
    .describe('How far Kontor takes an order: confirmed, or left as a quotation where people look first.'),
  shippingItem: z
    .string()
    .min(1)
    .optional()
    .describe('Internal reference of the product whose line carries shipping cost. If absent, the cost stands in the note.'),
  pageSize: z.int().min(1).max(5000).default(500).describe('Records asked for at once.'),
  ...httpSettings,
});
export type OdooSettings = z.infer<typeof odooSettings>;

const domain = z
  .array(z.json())
  .default([])
  .describe('Only these, as a domain of Odoo: [["category_id.name", "=", "B2B"]]. For contacts and addresses begin with parent_id.');
const fields = z.array(z.string().min(1)).default([]).describe('Further fields for your mapping, such as x_studio_segment.');

/** `read` of accounts, contacts and addresses. */
export const partnerOptions = z.strictObject({ domain, fields });
export type PartnerOptions = z.infer<typeof partnerOptions>;

/** `read` of prices (items of price lists) and stock (products). */
export const productOptions = z.strictObject({
  domain: z.array(z.json()).default([]).describe('Only these, as a domain of Odoo: [["pricelist_id.name", "=", "B2B"]].'),
});
export type ProductOptions = z.infer<typeof productOptions>;

const DOCUMENTS = ['order', 'shipment', 'invoice'] as const;
export type DocumentKind = (typeof DOCUMENTS)[number];

/** `read` of documents and their lines. */
export const documentOptions = z.strictObject({
  kinds: z
    .array(z.enum(DOCUMENTS))
    .min(1)
    .default([...DOCUMENTS])
    .describe('Sales orders, deliveries and returns, invoices and credit notes: leave out those whose module is not installed.'),
});
export type DocumentOptions = z.infer<typeof documentOptions>;
