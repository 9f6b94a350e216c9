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
