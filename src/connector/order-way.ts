/** What placing, changing and cancelling an order share: look, send once, look again. */
import { type ErrorCode, NeedsOperatorError, RetryLaterError } from '../errors.ts';
import { lookupLagOf, type OrderTarget, type OrderToPlace, type PlacedOrder } from './orders.ts';
import type { Session } from './session.ts';

export interface SendOptions {
  /** Called right before something is sent that changes the system. What it throws is passed on, and nothing is sent. */
  readonly beforeSend?: (call: string) => void;
}

/** What identifies an order there. */
export type OrderName = Pick<OrderToPlace, 'reference' | 'soldTo'>;

export class OrderWay<Config> {
  /** In order of their beginning. */
  readonly calls: string[] = [];
  readonly #target: OrderTarget<Config>;
  readonly #session: Session<Config>;
  readonly #order: OrderName;
  readonly #options: SendOptions;

  constructor(target: OrderTarget<Config>, session: Session<Config>, order: OrderName, options: SendOptions) {
    checkReference(target, order.reference);
    this.#target = target;
    this.#session = session;
    this.#order = order;
    this.#options = options;
  }

  /** Throws ORDER_DOUBLED and ORDER_REFERENCE_TAKEN. */
  async find(): Promise<PlacedOrder | undefined> {
    this.calls.push('find');
    return only(await this.#target.find(this.#session, this.#order.reference), this.#order);
  }

  async foundAgain(): Promise<PlacedOrder> {
    const placed = await this.find();
    if (placed) return placed;
    const { reference } = this.#order;
    throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', `order ${reference} was taken but cannot be found yet; it is looked for again`, {
      retryAfterMs: this.lookupWaitMs,
    });
  }

  /** An answer that cannot be read leaves open whether it was done. Who looks before `lookupLagMs` would not see it, and do it again. */
  async send<Answer>(call: string, run: () => Promise<Answer>): Promise<Answer> {
    this.#options.beforeSend?.(call);
    this.calls.push(call);
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof RetryLaterError) || !OPEN.includes(error.code)) throw error;
      const retryAfterMs = Math.max(error.retryAfterMs ?? 0, this.lookupWaitMs);
      throw new RetryLaterError('ERP_OUTCOME_UNKNOWN', error.message, { cause: error, details: error.details, retryAfterMs });
    }
  }

  async takeSteps(found: PlacedOrder): Promise<PlacedOrder> {
    let placed = found;
    for (const step of this.#target.steps) {
      if (step.isDone(placed)) continue;
      const before = placed;
      await this.send(step.name, () => step.run(this.#session, before));
      placed = await this.foundAgain();
      if (!step.isDone(placed)) throw this.refusal(placed, `stays "${placed.stateThere}" although step "${step.name}" was answered well`);
    }
    return placed;
  }

  refusal(placed: PlacedOrder, why: string): NeedsOperatorError {
    return new NeedsOperatorError('ERP_REFUSED', `order ${nameOf(placed)} (${this.#order.reference}) ${why}; look at it there`);
  }

  get lookupWaitMs(): number {
    return Math.max(1_000, lookupLagOf(this.#target, this.#session.config));
  }
}

const OPEN: readonly ErrorCode[] = ['ERP_OUTCOME_UNKNOWN', 'ERP_ANSWER_UNUSABLE'];

export function nameOf({ number, id }: PlacedOrder): string {
  return number ?? id;
}

function checkReference(target: OrderTarget<never>, reference: string): void {
  const { maxReferenceLength, referencePattern, referenceField } = target.traits;
  if (reference.length <= maxReferenceLength && new RegExp(`^(?:${referencePattern})$`).test(reference)) return;
  throw new NeedsOperatorError(
    'ERP_REFUSED',
    `reference "${reference}" does not fit into ${referenceField}: at most ${maxReferenceLength} characters of ${referencePattern}`,
  );
}

function only(found: readonly PlacedOrder[], { reference, soldTo }: OrderName): PlacedOrder | undefined {
  const live = found.filter(({ state }) => state !== 'cancelled');
  if (live.length > 1) {
    throw new NeedsOperatorError(
      'ORDER_DOUBLED',
      `reference ${reference} is there ${live.length} times: ${live.map(nameOf).join(', ')}; cancel all but one there`,
    );
  }
  const placed = live[0] ?? found[0];
  // The field is open to people, and to the order numbers of other buyers: their order must not be taken for ours, nor ours be made beside it.
  if (placed && placed.soldTo !== null && placed.soldTo !== soldTo) {
    throw new NeedsOperatorError(
      'ORDER_REFERENCE_TAKEN',
      `reference ${reference} stands on order ${nameOf(placed)} of customer ${placed.soldTo}, not of ${soldTo}; correct the reference or the customer there`,
    );
  }
  return placed;
}
