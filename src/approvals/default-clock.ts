/** The clock of stages whose rules have none: that of kontor.yaml, off unless it is set. */
import type { Settings } from '../config/settings.ts';
import { combineClocks, type StepClock } from '../domain/policy/clock-schema.ts';

export function defaultClock({ approvals }: Settings): StepClock | null {
  return combineClocks([approvals]);
}
