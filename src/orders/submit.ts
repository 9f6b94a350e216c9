/** Takes orders in: exactly once by origin and reference, however often and from how many sides they are submitted. */
import type { OrderContext } from './order-context.ts';
import { type Known, type SubmitOutcome, submitBatch, type Taken } from './submit-batch.ts';

/** Orders of one transaction: enough that its cost does not count, few enough that one bad order makes few others wait. */
const BATCH = 100;

/** Throws ORDER_INVALID with all problems, or ORDER_CONFLICT. */
export async function submitOrder(context: OrderContext, origin: string, input: unknown): Promise<Taken | Known> {
  const [outcome] = await submitOrders(context, origin, [input]);
  if (!outcome) throw new Error('an order was submitted and has no outcome');
  if (outcome.kind === 'refused') throw outcome.error;
  return outcome;
}

/** In the order of the inputs. A bad one keeps no other from being taken. */
export async function submitOrders(context: OrderContext, origin: string, inputs: readonly unknown[]): Promise<SubmitOutcome[]> {
  const outcomes: SubmitOutcome[] = [];
  for (let from = 0; from < inputs.length; from += BATCH) {
    const batch = inputs.slice(from, from + BATCH);
    outcomes.push(...(await context.db.transaction((trx) => submitBatch(trx, context, origin, batch))));
  }
  return outcomes;
}
