/** Every check of the suite, and how one is run. */
import { KontorError } from '../../src/errors.ts';
import { accidentChecks } from './accident-checks.ts';
import { sayError } from './at-once.ts';
import { connectionChecks } from './connection-checks.ts';
import { nonsenseChecks } from './nonsense-checks.ts';
import { orderAccidentChecks } from './order-accident-checks.ts';
import { orderChangeChecks } from './order-change-checks.ts';
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
  ...orderChangeChecks,
];

/** Sentences about what is wrong. What a check did not expect to be thrown is one of them: `ended with` what a system may cause, `threw` what is a defect. */
export async function findingsOf(check: Check, context: CheckContext): Promise<readonly string[]> {
  try {
    return await check.run(context);
  } catch (error) {
    const isOfSystem = error instanceof KontorError && /^(ERP|ORDER)_/.test(error.code);
    return [`it ${isOfSystem ? 'ended with' : 'threw'} ${sayError(error)}`];
  }
}
