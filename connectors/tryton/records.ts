/** Their records, decoded (typed-json.ts) and flattened (flatten.ts). Other keys are kept, so that a mapping in kontor.yaml may use them. */
import { z } from 'zod';

const text = z.string().nullish();
/** Exact, as text: amounts never go through floats. */
const decimal = z.string().nullish();
const id = z.int().positive();

export const party = z
  .object({
    id,
    name: text,
    code: text,
    state: z.enum(['active', 'archived']),
    currency: z.string(),
    language: text,
    taxRegistration: text,
    email: text,
    phone: text,
    website: text,
    paymentTerms: text,
    creditLimit: decimal,
    balance: decimal,
    priceList: text,
    parent: id.nullish(),
  })
  .catchall(z.json());

export const contactMechanism = z
  .object({
    id,
    party: id.nullable(),
    type: z.string(),
    name: z.string(),
    value: text,
    email: text,
    phone: text,
    state: z.enum(['active', 'archived']),
  })
  .catchall(z.json());

/** One address in one role. */
export const address = z
  .object({
    id,
    party: id.nullable(),
    role: z.enum(['bill_to', 'ship_to']),
    isDefault: z.boolean(),
    addressee: text,
    lines: z.array(z.string()),
    postal_code: text,
    city: text,
    region: text,
    country_code: text,
    validTo: text,
  })
  .catchall(z.json());

export const price = z
  .object({
    id: z.string(),
    priceList: z.string().nullable(),
    product: z.string(),
    productName: text,
    unit: text,
    unitPrice: z.string(),
    currency: z.string(),
    minQuantity: z.number().nullable(),
  })
  .catchall(z.json());

export const stock = z
  .object({
    id: z.string(),
    site: z.string(),
    siteName: z.string(),
    product: z.string(),
    unit: text,
    onHand: z.number(),
    available: z.number().nullish(),
  })
  .catchall(z.json());

export const document = z
  .object({
    id: z.string(),
    kind: z.enum(['order', 'shipment', 'return', 'invoice', 'credit_note']),
    account: id.nullable(),
    number: text,
    reference: text,
    purchaseOrderNumber: text,
    about: text,
    state: z.string(),
    stateThere: text,
    version: text,
    datedOn: text,
    dueOn: text,
    currency: text,
    total: decimal,
    openAmount: decimal,
    carrier: text,
    trackingNumber: text,
  })
  .catchall(z.json());

export const documentLine = z
  .object({
    id: z.string(),
    document: text,
    about: text,
    reference: text,
    product: text,
    productName: text,
    quantity: z.number().nullish(),
    unit: text,
    currency: text,
    unitPrice: decimal,
    amount: decimal,
    state: text,
  })
  .catchall(z.json());
