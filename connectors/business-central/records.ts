/** Their records as they come, after flatten.ts. Keys that are not named here are kept, so that a mapping in kontor.yaml may use them. */
import { z } from 'zod';

const id = z.guid();
const stamp = z.iso.datetime({ offset: true });
const text = z.string().nullish();
/** Decimals come as JSON numbers. */
const decimal = z.number().nullish();

export const customerRecord = z
  .object({
    id,
    number: z.string(),
    displayName: z.string(),
    phoneNumber: text,
    email: text,
    website: text,
    salespersonCode: text,
    taxRegistrationNumber: text,
    currencyCode: text,
    paymentTermsCode: text,
    creditLimitInCurrency: decimal,
    balanceInCurrency: decimal,
    blocked: text,
    lastModifiedDateTime: stamp,
  })
  .catchall(z.json());

/** The customer's one address, once for each thing it is used for. */
export const addressRecord = z
  .object({
    id,
    role: z.enum(['bill_to', 'ship_to']),
    displayName: text,
    addressLine1: text,
    addressLine2: text,
    city: text,
    state: text,
    country: text,
    postalCode: text,
    lastModifiedDateTime: stamp,
  })
  .catchall(z.json());

export const contactRecord = z
  .object({
    id,
    customerId: z.guid(),
    displayName: z.string(),
    firstName: text,
    lastName: text,
    professionalTitle: text,
    phoneNumber: text,
    mobilePhoneNumber: text,
    email: text,
    privacyBlocked: z.boolean(),
    lastModifiedDateTime: stamp,
  })
  .catchall(z.json());

export const priceRecord = z
  .object({
    id,
    number: z.string(),
    displayName: text,
    baseUnitOfMeasureCode: text,
    netUnitPrice: decimal,
    currencyCode: text,
    lastModifiedDateTime: stamp,
  })
  .catchall(z.json());

export const stockRecord = z
  .object({
    id,
    number: z.string(),
    displayName: text,
    site: z.string(),
    baseUnitOfMeasureCode: text,
    inventory: decimal,
    lastModifiedDateTime: stamp,
  })
  .catchall(z.json());
