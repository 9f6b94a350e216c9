/** Their records, flattened (flatten.ts). Other keys are kept, so that a mapping in kontor.yaml may use them. Fields the user may not see are absent. */
import { z } from 'zod';

const text = z.string().nullish();
/** 17 hexadecimal digits, or a UUID where it is set so. */
const id = z.string().min(1);

export const account = z
  .object({
    id,
    modifiedAt: text,
    name: text,
    emailAddress: text,
    phoneNumber: text,
    website: text,
    industry: text,
    assignedUserName: text,
  })
  .catchall(z.json());

export const contact = z
  .object({
    id,
    modifiedAt: text,
    accountId: text,
    name: text,
    firstName: text,
    lastName: text,
    emailAddress: text,
    phoneNumber: text,
    title: text,
    state: z.enum(['active', 'inactive']),
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
  })
  .catchall(z.json());
