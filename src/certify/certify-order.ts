/** Makes one order in a sandbox, measures how long it stays invisible, holds what is found against what was sent, and takes it back. */
import { differencesBetween } from '../connector/differences-between.ts';
import type { AnySession } from '../connector/open-session.ts';
import { lookupLagOf, type OrderTarget, type OrderToPlace, type PlacedOrder } from '../connector/orders.ts';
import { cancelOrder } from '../connector/place-order.ts';
import { KontorError, NeedsOperatorError } from '../errors.ts';
import type { OrderCertificate } from './certificate.ts';

// biome-ignore lint/suspicious/noExplicitAny: targets of connectors of every configuration
type Target = OrderTarget<any>;

export interface OrderWatch {
  /** Between two looks, so the grain of what is measured. */
  readonly everyMs: number;
  wait(ms: number): Promise<void>;
}

/** Looked for so long at least, although less is declared: what is found later is the finding. */
const LEAST_WATCH_MS = 60_000;

/** Throws what making it throws: a refused order measures nothing. */
export async function certifyOrder(
  target: Target | undefined,
  session: AnySession,
  order: OrderToPlace,
  watch: OrderWatch,
): Promise<OrderCertificate> {
  const { reference } = order;
  if (!target) throw new NeedsOperatorError('USAGE', `connection ${session.connection} takes no orders; certify it without --order`);
  if ((await target.find(session, reference)).length > 0)
    throw new NeedsOperatorError('ORDER_REFERENCE_TAKEN', `${session.connection} has an order ${reference} already; try again`);
  const declaredMs = lookupLagOf(target, session.config);
  await target.create(session, order);
  const { found, visibleAfterMs, looks } = await watchFor(target, session, reference, Math.max(LEAST_WATCH_MS, declaredMs), watch);
  const cancelled = found && target.cancel ? await cancel(target, session, order) : null;
  const name = found?.number ?? found?.id ?? reference;
  return {
    reference,
    number: found?.number ?? null,
    declaredMs,
    visibleAfterMs,
    looks,
    cancelled: found !== null && target.cancel !== undefined && cancelled === null,
    findings: [
      ...lagFindings(visibleAfterMs, declaredMs, reference),
      ...(found ? differencesBetween(order, found) : []).map((difference) => `order ${name} is not what was sent: ${difference}`),
    ],
    left:
      found && !target.cancel
        ? `order ${name} stays there: this connector cancels none`
        : cancelled && `order ${name} stays there: ${cancelled}`,
  };
}

interface Seen {
  readonly found: PlacedOrder | null;
  /** `null`: never in that time. */
  readonly visibleAfterMs: number | null;
  readonly looks: number;
}

async function watchFor(target: Target, session: AnySession, reference: string, forMs: number, watch: OrderWatch): Promise<Seen> {
  const madeAt = session.now().getTime();
  for (let looks = 1; ; looks += 1) {
    const begunMs = session.now().getTime() - madeAt;
    const [found] = await target.find(session, reference);
    // The first look that shows it: it may have been visible a little earlier, never later.
    if (found) return { found, visibleAfterMs: begunMs, looks };
    if (begunMs > forMs) return { found: null, visibleAfterMs: null, looks };
    await watch.wait(watch.everyMs);
  }
}

async function cancel(target: Target, session: AnySession, order: OrderToPlace): Promise<string | null> {
  try {
    await cancelOrder(target, session, order);
    return null;
  } catch (error) {
    if (!(error instanceof KontorError) || session.signal.aborted) throw error;
    return `${error.code} ${error.message}`;
  }
}

function lagFindings(visibleAfterMs: number | null, declaredMs: number, reference: string): string[] {
  if (visibleAfterMs === null)
    return [`order ${reference} was made, and is not found; correct how orders are found, and look for it there`];
  if (visibleAfterMs <= declaredMs) return [];
  const [seen, declared] = [visibleAfterMs, declaredMs].map((ms) => `${(ms / 1_000).toFixed(1)} s`);
  return [
    `an order stayed invisible for up to ${seen}, and ${declared} are reckoned with: one whose answer is lost could be sent twice; raise \`lookupLagSeconds\``,
  ];
}
