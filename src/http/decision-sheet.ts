/** Gathers what an approver is shown: the order as it is, in names instead of ids. */
import { z } from 'zod';
import type { OpenedLink } from '../orders/open-link.ts';
import { heldSteps } from '../store/approvals/decisions.ts';
import { loadEvaluations } from '../store/approvals/evaluations.ts';
import { loadPeople, loadTrees } from '../store/orders/resolve.ts';
import { orderBudgets } from '../store/views/order-budgets.ts';
import { listSteps, loadAddressLabels } from '../store/views/order-details.ts';
import type { HttpContext } from './http-context.ts';
import { reload } from './order-of-request.ts';
import type { DecisionSheet } from './pages/decide-page.ts';

const reasonsOf = z.object({ reasons: z.array(z.string()) }).catch({ reasons: [] });

export async function loadDecisionSheet(
  context: HttpContext,
  { claims, order, revision, step, decision, changes }: OpenedLink,
  { token, action }: Pick<DecisionSheet, 'token' | 'action'>,
): Promise<DecisionSheet> {
  const { db } = context;
  const { shipTo } = revision.content;
  const [summary, people, addresses, evaluations, trees, steps, held, budgets] = await Promise.all([
    reload(context, order.id),
    loadPeople(db, [claims.personId]),
    loadAddressLabels(db, shipTo === null ? [] : [shipTo]),
    loadEvaluations(db, order.id),
    loadTrees(db, [order.accountId]),
    listSteps(db, order.id),
    heldSteps(db, order.id, claims.personId),
    orderBudgets(db, order.id),
  ]);
  const holders = steps.find(({ id }) => id === step.id)?.holders ?? [];
  const { trace } = evaluations.find((one) => one.revision === step.revision) ?? {};
  return {
    token,
    action,
    order,
    revision,
    step: step.name,
    person: people.get(claims.personId)?.name ?? '',
    account: summary.account.name,
    orderedBy: summary.orderedBy.name,
    onBehalfOf: summary.onBehalfOf?.name ?? null,
    shipTo: shipTo === null ? null : (addresses.get(shipTo) ?? null),
    reasons: reasonsOf.parse(trace).reasons,
    budgets,
    changes,
    decision,
    maySee: held.includes(step.id),
    closed: whyClosed({ order, step, holders, personId: claims.personId }),
    zone: (trees.get(order.accountId) ?? []).find(({ timeZone }) => timeZone !== null)?.timeZone ?? null,
  };
}

interface Question extends Pick<OpenedLink, 'order' | 'step'> {
  readonly holders: ReadonlyArray<{ readonly id: string; readonly name: string | null }>;
  readonly personId: string;
}

function whyClosed({ order, step, holders, personId }: Question): string | null {
  if (order.state !== 'pending_approval') return 'There is nothing to decide any more.';
  if (step.state === 'waiting') return 'This step waits for the one before it. Come back when you are asked.';
  if (step.state !== 'active' && step.state !== 'exhausted') return 'This step has been decided.';
  if (holders.some(({ id }) => id === personId)) return null;
  const others = holders.flatMap(({ name }) => name ?? []).join(', ');
  return others === '' ? 'You are not asked about this order any more.' : `You are not asked about this order any more; ${others} decides.`;
}
