/** What kontor.yaml says about an S/4HANA system. Strict, so that a typing error is named. */
import { z } from 'zod';
import { httpSettings, systemUrl } from '../../src/connector/http/settings.ts';

const code = (most: number, what: string) => z.string().regex(new RegExp(`^[A-Z0-9_]{1,${most}}$`), `must be ${what}, as SAP writes it`);
const role = z.enum(['bill_to', 'ship_to', 'pay_to']);

const salesArea = z.strictObject({
  organization: code(4, 'a sales organization'),
  channel: code(2, 'a distribution channel'),
  division: code(2, 'a division'),
});

const oauth = z.strictObject({
  tokenUrl: systemUrl.describe('Where the communication arrangement gives tokens.'),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  scope: z.string().min(1).optional(),
});

const relationship = z.strictObject({
  relationship: code(6, 'a relationship category'),
  parentIs: z.enum(['first', 'second']).default('first').describe('Which partner of the relationship stands above.'),
});

export const sapSettings = z
  .strictObject({
    url: systemUrl.describe('Address of the system without /sap/opu: https://my-api.s4hana.example.com.'),
    user: z.string().min(1).optional().describe('Communication user; with `password`.'),
    password: z.string().min(1).optional().describe('Its password, from the environment or a file.'),
    oauth: oauth.optional().describe('OAuth 2.0 client credentials, in place of user and password.'),
    client: z
      .string()
      .regex(/^\d{3}$/, 'must have three digits')
      .optional()
      .describe('SAP client; the system has a default.'),
    language: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be two capital letters')
      .default('EN')
      .describe('Language of messages and of notes on orders.'),
    salesArea: salesArea.describe('Whose terms customers have, and where orders go.'),
    companyCode: code(4, 'a company code').optional().describe('Needed for `hierarchy: head-office`.'),
    hierarchy: z
      .union([z.enum(['none', 'head-office']), relationship])
      .default('none')
      .describe('Where the account above is found: head office of the company code, or a relationship of business partners.'),
    creditSegment: code(10, 'a credit segment').optional().describe('Reads credit limits of this segment; without it none are read.'),
    addressUsages: z
      .record(z.string(), role)
      .default({ BILL_TO: 'bill_to', SHIP_TO: 'ship_to', PAY_TO: 'pay_to' })
      .describe('What addresses of these usages are for; the standard address (XXDEFAULT) stands in for bill-to and ship-to.'),
    orderType: code(4, 'a sales document type').default('OR').describe('Of the orders that are sent.'),
    priceCondition: code(4, 'a condition type')
      .nullable()
      .default('PMP0')
      .describe('Manual condition type that carries the agreed unit price; null lets SAP find the price.'),
    noteText: code(4, 'a text id')
      .nullable()
      .default('TX01')
      .describe('Header text that takes the note of an order; null leaves notes out.'),
    orderBlock: z
      .strictObject({
        delivery: code(2, 'a delivery block reason').optional(),
        billing: code(2, 'a billing block reason').optional(),
      })
      .refine(({ delivery, billing }) => (delivery ?? billing) !== undefined, 'must name a reason for `delivery`, `billing` or both')
      .optional()
      .describe('Orders are made with these blocks, which are lifted once the order has been found again; none if absent.'),
    rejectionReason: code(2, 'a reason for rejection')
      .optional()
      .describe('With it the items of a cancelled order are rejected, and items a change leaves out; without it no order is cancelled.'),
    salesOrders: z
      .enum(['v2', 'v4'])
      .default('v2')
      .describe('Which sales order service takes the orders: API_SALES_ORDER_SRV, or that of OData version 4.'),
    batch: z.boolean().default(true).describe('Several reads go as one $batch; false where a gateway forbids it.'),
    filterSize: z.int().min(1).max(100).default(25).describe('Keys asked for in one filter; fewer where a gateway refuses long addresses.'),
    pageSize: z.int().min(1).max(5000).default(100).describe('Business partners asked for at once.'),
    ...httpSettings,
  })
  .superRefine(({ user, password, oauth: token, hierarchy, companyCode }, context) => {
    const isBasic = user !== undefined && password !== undefined;
    if (isBasic === (token !== undefined) || (user === undefined) !== (password === undefined)) {
      context.addIssue({ code: 'custom', message: 'needs either user and password, or oauth', path: [] });
    }
    if (hierarchy === 'head-office' && companyCode === undefined) {
      context.addIssue({ code: 'custom', message: 'is needed for hierarchy: head-office', path: ['companyCode'] });
    }
  });
export type SapSettings = z.infer<typeof sapSettings>;

const changes = (standard: 'stamped' | 'all') =>
  z
    .enum(['stamped', 'all'])
    .default(standard)
    .describe('stamped: in a delta only business partners whose own stamp changed. all: every one, every time.');

/** Terms, limits and relationships carry no stamp; the nightly full pull brings them. */
export const accountOptions = z.strictObject({ changes: changes('stamped') });
export type PartnerOptions = z.infer<typeof accountOptions>;

/** Addresses and relationships to people do not touch the stamp of their business partner. */
export const childOptions = z.strictObject({ changes: changes('all') });

export const priceOptions = z.strictObject({
  conditionTypes: z.array(code(4, 'a condition type')).min(1).default(['PPR0']).describe('Which conditions are prices.'),
});
export type PriceOptions = z.infer<typeof priceOptions>;

export const stockOptions = z.strictObject({
  plants: z.array(code(4, 'a plant')).min(1).optional().describe('All that the user may see if absent.'),
});
export type StockOptions = z.infer<typeof stockOptions>;
