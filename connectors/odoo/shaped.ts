import type { z } from 'zod';
import { RetryLaterError } from '../../src/errors.ts';

/** An answer of another shape than documented is no empty one. */
export function shaped<T>(shape: z.ZodType<T>, value: unknown, what: string): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const why = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new RetryLaterError(
    'ERP_ANSWER_UNUSABLE',
    `${what} answered in a shape that is not documented (${why}); see what stands in between`,
  );
}
