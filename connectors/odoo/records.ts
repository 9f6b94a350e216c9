/** Their records, flattened (flatten.ts). Other keys are kept, so that a mapping in kontor.yaml may use them. */
import { z } from 'zod';

const text = z.string().nullish();
const amount = z.number().nullish();
const id = z.int().positive();
/** UTC, whole seconds. */
const stamp = z.string().nullish();

export const account = z
  .object({
    id,
    name: text,
    ref: text,
    state: z.enum(['active', 'blocked', 'archived']),
    parent: id.nullable(),
    vat: text,
    currency: text,
    paymentTerms: text,
    creditLimit: amount,
    balance: amount,
    priceList: text,
    lang: text,
    email: text,
    phone: text,
    website: text,
    write_date: stamp,
  })
  .catchall(z.json());

export const contact = z
  .object({
    id,
    account: id.nullable(),
    name: text,
    email: text,
    phone: text,
    mobile: text,
    function: text,
    lang: text,
    state: z.enum(['active', 'blocked', 'archived']),
    write_date: stamp,
  })
  .catchall(z.json());

/** One address in one role. */
export const address = z
  .object({
    id,
    account: id.nullable(),
    role: z.enum(['bill_to', 'ship_to']),
    name: text,
    street: text,
    street2: text,
    zip: text,
    city: text,
    region: text,
    countryCode: text,
    validTo: text,
    write_date: stamp,
  })
  .catchall(z.json());

export const price = z
  .object({
    id: z.string(),
    priceList: z.string(),
    product: text,
    productName: text,
    unit: text,
    unitPrice: z.number(),
    currency: z.string(),
    minQuantity: amount,
    validFrom: text,
    validTo: text,
    write_date: stamp,
  })
  .catchall(z.json());

export const stock = z
  .object({
    id: z.string(),
    site: z.string(),
    siteName: text,
    product: text,
    unit: text,
    onHand: z.number(),
    available: z.number(),
  })
  .catchall(z.json());

export const document = z
  .object({
    id: z.string(),
    kind: z.enum(['order', 'shipment', 'return', 'invoice', 'credit_note']),
    account: id.nullable(),
    number: text,
    reference: text,
    about: text,
    state: z.string(),
    stateThere: text,
    version: text,
    datedOn: text,
    dueOn: text,
    currency: text,
    total: amount,
    openAmount: amount,
    carrier: text,
    trackingNumber: text,
    url: text,
    write_date: stamp,
  })
  .catchall(z.json());

export const documentLine = z
  .object({
    id: z.string(),
    document: text,
    about: text,
    product: text,
    productName: text,
    quantity: amount,
    unit: text,
    currency: text,
    unitPrice: amount,
    amount,
    state: text,
    shipped: amount,
    write_date: stamp,
  })
  .catchall(z.json());
