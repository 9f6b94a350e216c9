import { z } from 'zod';

/** Of a link for people. Far longer than any token of ours. */
export const linkToken = z.string().max(2_000).default('');
