/** The parts of kontor.yaml about orders and the HTTP interface. */
import { z } from 'zod';

const text = z.string().min(1);
const share = z.number().min(0).max(1);

const site = z.strictObject({
  country: text.optional().describe('ISO 3166-1 alpha-2.'),
  postalCode: text.optional().describe('Postal code.'),
  latitude: z.number().min(-90).max(90).optional().describe('Degrees north.'),
  longitude: z.number().min(-180).max(180).optional().describe('Degrees east.'),
  leadDays: z.int().min(0).default(0).describe('Days until goods leave this site.'),
  cost: z.number().min(0).default(0).describe('Decides between sites equally near.'),
});

export const ordersSchema = z
  .strictObject({
    target: text.optional().describe('Connection that approved orders are handed off to. Without it orders wait for one.'),
    keyPrefix: z
      .string()
      .regex(/^[A-Z0-9-]{1,12}$/, 'may hold 1 to 12 capital letters, digits and hyphens')
      .default('KO-')
      .describe('First part of the reference every order carries in the ERP, for ever. Differs between installations that share an ERP.'),
    prices: z
      .enum(['contract', 'given'])
      .default('contract')
      .describe('contract: what the profile says, and nothing else is sold. given: the storefront is believed where no price is held.'),
    priceTolerance: share.default(0).describe('Share by which a given price may differ from the contract price (0.01 = 1 %).'),
    dateToleranceDays: z.int().min(0).default(7).describe('A requested date moved by more than this needs approval again.'),
    changeWindow: text
      .regex(
        /^(0*[1-9]\d{0,2}(\.\d{1,2})?\s+(business|working)\s+hours?|0*[1-9]\d{0,2}\s+(business|working|calendar)\s+days?)$/i,
        'must be a span such as "4 business hours", "1 business day" or "2 calendar days"',
      )
      .optional()
      .describe('How long an order that an approver has changed waits for whoever ordered it to take it back. Without it, not at all.'),
    credit: z.enum(['check', 'ignore']).default('check').describe('Whether an exceeded credit limit holds the hand-off.'),
    creditMaxAgeHours: z.number().min(0).default(48).describe('An older credit snapshot is not called enough.'),
    confirmTolerance: share.default(0).describe('Share by which a confirmed price may differ before a person is asked.'),
    rateMaxAgeDays: z
      .int()
      .min(0)
      .max(366)
      .default(7)
      .describe('An exchange rate that is older than this on the day of an order is not used; what it would convert needs approval.'),
    sites: z.record(text, site).default({}).describe('Sites goods leave from, by the name stock uses.'),
    minSplitValue: text
      .regex(/^\d+(\.\d+)?$/, 'must be a decimal such as "50.00"')
      .default('0')
      .describe('A site is added to an order only for goods worth at least this, in its currency.'),
  })
  .prefault({})
  .describe('How orders are checked and handed off.');

export const httpSchema = z
  .strictObject({
    host: text.default('127.0.0.1').describe('Address to listen on.'),
    port: z.int().min(0).max(65_535).default(8080).describe('Port; 0 lets the system choose.'),
    publicUrl: z
      .url('must be an address such as https://approvals.example.com')
      .optional()
      .describe('Where people reach it; begins the links in mails.'),
    linkSecret: z
      .string()
      .min(32, 'must have at least 32 characters')
      .optional()
      .describe('Signs decision links. A secret: name it, do not write it here.'),
    linkDays: z.int().min(1).max(90).default(14).describe('How long a decision link may be used.'),
  })
  .prefault({})
  .describe('The HTTP interface (`kontor serve`).');

export type OrderSettings = Readonly<z.output<typeof ordersSchema>>;
export type HttpSettings = Readonly<z.output<typeof httpSchema>>;

export const DEFAULT_ORDERS: OrderSettings = ordersSchema.parse({});
export const DEFAULT_HTTP: HttpSettings = httpSchema.parse({});
