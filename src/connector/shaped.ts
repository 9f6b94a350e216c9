import type { z } from 'zod';
import { RetryLaterError } from '../errors.ts';

/** Of a list whose entries are all of another shape, a few tell enough. */
const MOST_TOLD = 3;

/**
 * The value, if it is as their documentation says; else ERP_ANSWER_UNUSABLE. An answer of another shape is no empty one: taken for one, it
 * would lose records, or place an order again. `what` is what was asked: a path, a method, a list.
 */
export function shaped<T>(shape: z.ZodType<T>, value: unknown, what: string): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`,
  );
  const why = [...faults.slice(0, MOST_TOLD), ...(faults.length > MOST_TOLD ? ['and more'] : [])].join('; ');
  throw new RetryLaterError(
    'ERP_ANSWER_UNUSABLE',
    `${what} answered in a shape that is not documented (${why}); see what stands in between`,
  );
}
