/** What an attempt may have left behind in the ERP: by that is known how whatever fails afterwards must be taken. */
import type { OrderTarget } from '../connector/orders.ts';
import { KontorError } from '../errors.ts';

export class Footprint {
  #hasBegun = false;
  #hasChanged = false;

  /** Right before something is sent that changes the system. */
  beforeSend(): void {
    this.#hasBegun = true;
  }

  /** The same target, whose good answers are remembered. */
  // biome-ignore lint/suspicious/noExplicitAny: targets of connectors of every configuration
  watch(target: OrderTarget<any>): OrderTarget<any> {
    const noting =
      <Given extends unknown[], Answer>(act: (...given: Given) => Promise<Answer>) =>
      async (...given: Given): Promise<Answer> => {
        const answer = await act(...given);
        this.#hasChanged = true;
        return answer;
      };
    const { create, steps, cancel, revise } = target;
    return {
      ...target,
      create: noting(create.bind(target)),
      steps: steps.map((step) => ({ ...step, run: noting(step.run.bind(step)) })),
      ...(cancel && { cancel: noting(cancel.bind(target)) }),
      ...(revise && { revise: noting(revise.bind(target)) }),
    };
  }

  /** A defect may have struck on either side of the wire; every other failure says of itself whether it was. */
  isLeftBy(error: unknown): boolean {
    if (this.#hasChanged) return true;
    if (!(error instanceof KontorError)) return this.#hasBegun;
    return this.#hasBegun && (error.code === 'ERP_OUTCOME_UNKNOWN' || error.code === 'ERP_ANSWER_UNUSABLE');
  }
}
