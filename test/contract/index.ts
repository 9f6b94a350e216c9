/** Every check of the suite, and how one is run. */
import { orSay } from './at-once.ts';
import { readingChecks } from './reading-checks.ts';
import type { Check, CheckContext } from './types.ts';
import { watermarkChecks } from './watermark-checks.ts';

export const CHECKS: readonly Check[] = [...readingChecks, ...watermarkChecks];

/** Sentences about what is wrong; what a check did not expect to be thrown is one of them. */
export function findingsOf(check: Check, context: CheckContext): Promise<readonly string[]> {
  return orSay('it threw', () => check.run(context));
}
