/** Records as our flattening leaves them. Keys that are not named here are kept, so that a mapping in kontor.yaml may use them. */
import { z } from 'zod';

const text = z.string().nullable().optional();
/** SAP writes amounts and quantities as texts: they must not go through a float. */
const decimal = z.string().nullable().optional();
const part = z.record(z.string(), z.json());

export const accountRecord = z
  .object({
    BusinessPartner: z.string().min(1),
    Customer: z.string().min(1),
    status: z.enum(['active', 'on_hold', 'blocked', 'closed']),
    parent: text,
    changedAt: text,
    customer: part,
    salesArea: part,
    company: part,
    address: part,
    email: text,
    phone: text,
    website: text,
    creditLimit: decimal,
  })
  .catchall(z.json());

export const contactRecord = z
  .object({
    id: z.string().min(1),
    account: z.string().min(1),
    relation: part,
    email: text,
    phone: text,
    status: z.enum(['active', 'suspended', 'left']),
  })
  .catchall(z.json());

export const addressRecord = z
  .object({
    id: z.string().min(1),
    account: z.string().min(1),
    role: z.enum(['bill_to', 'ship_to', 'pay_to']),
    validFrom: text,
    validTo: text,
    isDefault: z.boolean().optional(),
  })
  .catchall(z.json());

export const priceRecord = z
  .object({
    id: z.string().min(1),
    Material: z.string().min(1),
    account: text,
    unitPrice: decimal,
    from: decimal,
    validFrom: text,
    validTo: text,
    condition: part,
  })
  .catchall(z.json());

export const stockRecord = z
  .object({ id: z.string().min(1), Material: z.string().min(1), Plant: z.string(), onHand: z.string(), available: z.string() })
  .catchall(z.json());
