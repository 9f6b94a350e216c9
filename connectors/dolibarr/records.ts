/** Their records as they come, after flatten.ts. Keys that are not named here are kept, so that a mapping in kontor.yaml may use them. */
import { z } from 'zod';

/** Numbers come as texts in one version and as numbers in the next. */
const either = z.union([z.string(), z.number()]);
const id = either.refine((value) => /^[1-9]\d*$/.test(String(value)), 'must be a row id');
const text = z.string().nullish();
/** Unix seconds. */
const stamp = either.refine((value) => Number(value) > 0, 'must be unix seconds').nullish();
const flag = either.refine((value) => ['0', '1'].includes(String(value)), 'must be 0 or 1');

export const accountRecord = z
  .object({
    id,
    name: text,
    code_client: text,
    parentId: either.nullable(),
    status: flag,
    tva_intra: text,
    email: text,
    phone: text,
    url: text,
    default_lang: text,
    price_level: either.nullish(),
    accountCurrency: z.string(),
    paymentTermsCode: z.string().nullable(),
    creditLimit: either.nullable(),
    date_modification: stamp,
  })
  .catchall(z.json());

export const contactRecord = z
  .object({
    id,
    socid: id,
    firstname: text,
    lastname: text,
    email: text,
    phone_pro: text,
    phone_mobile: text,
    poste: text,
    statut: flag,
    date_modification: stamp,
  })
  .catchall(z.json());

export const addressRecord = z
  .object({
    key: z.string(),
    id,
    account: id,
    role: z.enum(['bill_to', 'ship_to']),
    addressee: text,
    address: text,
    zip: text,
    town: text,
    state: text,
    country_code: text,
    date_modification: stamp,
  })
  .catchall(z.json());

export const priceRecord = z
  .object({
    key: z.string(),
    id,
    ref: z.string(),
    label: text,
    level: z.string().nullable(),
    currency: z.string(),
    unitPrice: either,
    date_modification: stamp,
  })
  .catchall(z.json());

export const stockRecord = z
  .object({
    key: z.string(),
    productId: id,
    ref: z.string(),
    site: z.string(),
    siteName: text,
    real: either.nullable(),
    date_modification: stamp,
  })
  .catchall(z.json());
