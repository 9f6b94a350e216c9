/** Parts that many requests and answers share. */
import { z } from 'zod';

/** Longer than any id, shorter than what PostgreSQL could not read. */
export const rowId = z.string().regex(/^\d{1,18}$/, 'is no id; ids are digits');

export const instant = z.date();

export const orderParams = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(160)
    .describe("Its key in the ERP (KO-17), our id, or the storefront's reference; `id:17` and `ref:17` where one looks like the other."),
});

export const personReference = z.string().trim().min(1).max(100).describe('External id of the person, or `id:` and our own.');
