/** Every check of the suite, and how one is run. */
import { accidentChecks } from './accident-checks.ts';
import { orSay } from './at-once.ts';
import { connectionChecks } from './connection-checks.ts';
import { nonsenseChecks } from './nonsense-checks.ts';
import { orderAccidentChecks } from './order-accident-checks.ts';
import { orderChecks } from './order-checks.ts';
import { readingChecks } from './reading-checks.ts';
import { recordChecks } from './record-checks.ts';
import type { Check, CheckContext } from './types.ts';
import { watermarkChecks } from './watermark-checks.ts';

export const CHECKS: readonly Check[] = [
  ...connectionChecks,
  ...readingChecks,
  ...watermarkChecks,
  ...recordChecks,
  ...nonsenseChecks,
  ...accidentChecks,
  ...orderChecks,
  ...orderAccidentChecks,
];

/** Sentences about what is wrong; what a check did not expect to be thrown is one of them. */
export function findingsOf(check: Check, context: CheckContext): Promise<readonly string[]> {
  return orSay('it threw', () => check.run(context));
}
