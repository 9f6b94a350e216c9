/** Steps the clock could do nothing about, by what was in the way: a thousand of one company are one line of the log. */
import { KontorError } from '../errors.ts';

export interface SkippedSteps {
  readonly code: string;
  readonly message: string;
  readonly stepIds: readonly string[];
}

export class Skipped {
  readonly #because = new Map<string, { code: string; message: string; stepIds: string[] }>();
  readonly #ids = new Set<string>();

  /** Once for each step, however often it was tried. */
  add(stepId: string, error: unknown): void {
    if (this.#ids.has(stepId)) return;
    this.#ids.add(stepId);
    const message = error instanceof Error ? error.message : String(error);
    const code = error instanceof KontorError ? error.code : 'INTERNAL';
    const known = this.#because.get(message);
    if (known) known.stepIds.push(stepId);
    else this.#because.set(message, { code, message, stepIds: [stepId] });
  }

  get ids(): string[] {
    return [...this.#ids];
  }

  /** Those a person must put right; what is a defect is tried again with every look. */
  get stuck(): Array<{ stepId: string; because: string }> {
    const known = [...this.#because.values()].filter(({ code }) => code !== 'INTERNAL');
    return known.flatMap(({ message, stepIds }) => stepIds.map((stepId) => ({ stepId, because: message })));
  }

  /** Those of which these are to be told, and every defect. */
  news(stepIds: readonly string[]): SkippedSteps[] {
    const fresh = new Set(stepIds);
    const told = this.byReason.map((one) => ({ ...one, stepIds: one.stepIds.filter((id) => one.code === 'INTERNAL' || fresh.has(id)) }));
    return told.filter((one) => one.stepIds.length > 0);
  }

  get byReason(): SkippedSteps[] {
    return [...this.#because.values()];
  }
}

/** Numbers in a line of the log. */
const TOLD = 50;

/** Answers how many steps. */
export function warnOfSkipped(log: { warn(facts: object, message: string): void }, skipped: readonly SkippedSteps[]): number {
  for (const { code, message, stepIds } of skipped)
    log.warn(
      { code, steps: stepIds.length, stepIds: stepIds.slice(0, TOLD) },
      `these steps stand still, until it is put right: ${message}`,
    );
  return skipped.reduce((sum, { stepIds }) => sum + stepIds.length, 0);
}
