/** Parts that many requests and answers share. */
import { z } from 'zod';

/** Longer than any id, shorter than what PostgreSQL could not read. */
export const rowId = z.string().regex(/^\d{1,18}$/, 'is no id; ids are digits');

export const instant = z.date();
