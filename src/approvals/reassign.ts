/** Steps are held by people as they are now: who has left loses them, who stands in gets them (SEMANTICS 2.10). */
import type { Order } from '../domain/orders/order.ts';
import type { Considered } from '../domain/policy/select-approvers.ts';
import { loadDeciders } from '../store/approvals/open-steps.ts';
import { lockSpends } from '../store/approvals/period-spend.ts';
import type { Transaction } from '../store/database.ts';
import { followAccounts } from '../store/orders/follow-accounts.ts';
import { lockOrders } from '../store/orders/orders.ts';
import { advance, type Progress } from './advance.ts';
import { activateSteps } from './assign.ts';

export interface Reassigned extends Progress {
  readonly orderId: string;
  readonly stepId: string;
  /** Why somebody was passed over, or is not stood in for. */
  readonly considered: readonly Considered[];
}

interface StepOfOrder {
  readonly stepId: string;
  readonly orderId: string;
}

/**
 * These steps are given to whoever holds them by rights now. In sets, with their orders locked in the order of their numbers; those that
 * wait no longer are left out, and so are those whose rules cannot be read, which are on the radar. What was approved by all who are left
 * is approved; the caller releases it.
 */
export async function reassignAll(trx: Transaction, steps: readonly StepOfOrder[], now: Date): Promise<Reassigned[]> {
  const { open, deciders } = await holdOpen(trx, steps);
  const stepIds = open.map(({ stepId }) => stepId);
  const { held, stuck } = await activateSteps(trx, stepIds, now, { recount: true });
  const seatings = new Map(held.map(({ step, seating }) => [step.id, seating]));
  const isStuck = new Set(stuck.map(({ stepId }) => stepId));
  const reassigned: Reassigned[] = [];
  for (const { stepId, orderId } of open.filter((step) => !isStuck.has(step.stepId))) {
    const { exhausted, considered } = seatings.get(stepId) ?? { exhausted: '', considered: [] };
    const state = exhausted === null ? ('active' as const) : ('exhausted' as const);
    const progress = deciders.has(stepId) ? await advance(trx, orderId, stepId, now) : { step: state, order: 'pending' as const };
    reassigned.push({ stepId, orderId, considered, ...progress });
  }
  return reassigned;
}

export interface OpenSteps {
  readonly open: readonly StepOfOrder[];
  /** Steps about which somebody has said something: those who are left may be enough. */
  readonly deciders: ReadonlySet<string>;
  readonly orders: ReadonlyMap<string, Order>;
}

/**
 * Those whose orders wait, with these locked and of the companies their accounts belong to now. Where an order may go on, the spend of its
 * company is locked as well: of several companies in the order of their numbers, as everybody does.
 */
export async function holdOpen(trx: Transaction, steps: readonly StepOfOrder[]): Promise<OpenSteps> {
  const locked = await lockOrders(trx, steps.map(({ orderId }) => orderId)); // biome-ignore format: one call
  const pending = locked.filter(({ state }) => state === 'pending_approval');
  const moved = await followAccounts(trx, pending.map(({ id }) => id)); // biome-ignore format: one call
  const orders = new Map(pending.map((order) => [order.id, { ...order, companyId: moved.get(order.id) ?? order.companyId }]));
  const open = steps.filter(({ orderId }) => orders.has(orderId));
  const deciders = new Set((await loadDeciders(trx, open.map(({ stepId }) => stepId))).keys()); // biome-ignore format: one call
  await lockSpends(trx, open.flatMap(({ stepId, orderId }) => (deciders.has(stepId) ? (orders.get(orderId)?.companyId ?? []) : []))); // biome-ignore format: one call
  return { open, deciders, orders };
}
