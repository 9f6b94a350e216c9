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

  add(stepId: string, error: unknown): void {
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

  get byReason(): SkippedSteps[] {
    return [...this.#because.values()];
  }
}
