/** Their records as they come. Keys that are not named here are kept, so that a mapping in kontor.yaml may use them. */
import { z } from 'zod';

const text = z.string().nullable();
/** They write amounts as texts, "1234.50": they must not go through a float. */
const decimal = z.string().nullable();
const stamp = z.iso.datetime();

export const customer = z
  .object({
    id: z.string().min(1),
    number: text,
    name: text,
    parentId: text,
    vatId: text,
    currency: text,
    terms: text,
    creditLimit: decimal,
    balance: decimal,
    priceList: text,
    email: text,
    phone: text,
    website: text,
    language: text,
    state: z.enum(['active', 'blocked', 'archived']),
    changedAt: stamp,
  })
  .catchall(z.json());

export const person = z
  .object({
    id: z.string().min(1),
    customerId: text,
    firstName: text,
    lastName: text,
    email: text,
    phone: text,
    jobTitle: text,
    state: z.enum(['active', 'archived']),
    changedAt: stamp,
  })
  .catchall(z.json());

/** One address in one role: `flattenAddress` makes several of one that is used for several things. */
export const address = z
  .object({
    id: z.string().min(1),
    role: z.string(),
    customerId: text,
    name: text,
    street: text,
    street2: text,
    postalCode: text,
    city: text,
    region: text,
    country: text,
    changedAt: stamp,
  })
  .catchall(z.json());

export const price = z
  .object({
    id: z.string().min(1),
    customerId: text,
    priceList: text,
    product: text,
    unitPrice: decimal,
    currency: text,
    minQuantity: decimal,
    validFrom: text,
    validTo: text,
    changedAt: stamp,
  })
  .catchall(z.json());

export const stock = z
  .object({
    id: z.string().min(1),
    site: text,
    siteName: text,
    product: text,
    onHand: decimal,
    available: decimal,
    changedAt: stamp,
  })
  .catchall(z.json());

/** One page of any list. */
export const list = z.object({ items: z.array(z.unknown()), more: z.boolean() });

export const order = z.object({
  id: z.string(),
  number: z.string().nullable(),
  reference: z.string(),
  customerId: z.string(),
  currency: z.string(),
  state: z.string(),
  lines: z.array(z.object({ product: z.string(), quantity: z.string(), unitPrice: z.string() })),
});
export type TemplateOrder = z.infer<typeof order>;
