/** Their records, flattened (flatten.ts). Other keys are kept, so that a mapping in kontor.yaml may use them. A key is absent where its field is hidden. */
import { z } from 'zod';

const text = z.string().nullish();
/** 18 characters; REST never gives the short form. */
const id = z.string().min(1);
const related = z.record(z.string(), z.json()).nullish();
const state = z.enum(['active', 'deleted']);

export const account = z
  .object({
    Id: id,
    SystemModstamp: z.string(),
    state,
    Name: text,
    AccountNumber: text,
    ParentId: text,
    Phone: text,
    Website: text,
    Industry: text,
    Owner: related,
    currency: text,
  })
  .catchall(z.json());

export const contact = z
  .object({
    Id: id,
    SystemModstamp: z.string(),
    state,
    AccountId: text,
    Name: text,
    FirstName: text,
    LastName: text,
    Email: text,
    Phone: text,
    MobilePhone: text,
    Title: text,
    ReportsToId: text,
  })
  .catchall(z.json());

/** One of the two addresses of an account. */
export const address = z
  .object({
    id,
    account: id,
    role: z.enum(['bill_to', 'ship_to']),
    lines: z.array(z.string()),
    city: text,
    region: text,
    postalCode: text,
    country: text,
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
    validTo: text,
  })
  .catchall(z.json());

export const price = z
  .object({
    Id: id,
    SystemModstamp: z.string(),
    state,
    Name: text,
    ProductCode: text,
    UnitPrice: z.number().nullish(),
    currency: text,
    priceList: text,
    validTo: text,
    Product2: related,
    Pricebook2: related,
  })
  .catchall(z.json());
