/** Gathers what an approver is shown: the order as it is, in names instead of ids, in the language of the reader. */
import { z } from 'zod';
import { changeEntries } from '../notify/tell/order-parts.ts';
import { sayRule, sayStep } from '../notify/tell/step-words.ts';
import type { OpenedLink } from '../orders/open-link.ts';
import { heldSteps } from '../store/approvals/decisions.ts';
import { loadEvaluations } from '../store/approvals/evaluations.ts';
import { loadAddressesOf, loadToldOrders, loadToldSteps, type ToldStep } from '../store/mail/told-orders.ts';
import { orderBudgets } from '../store/views/order-budgets.ts';
import type { HttpContext } from './http-context.ts';
import { loadLinkReader } from './link-reader.ts';
import type { Closed, DecisionSheet } from './pages/decide-page.ts';

const reasonsOf = z.object({ reasons: z.array(z.string()) }).catch({ reasons: [] });

export async function loadDecisionSheet(
  context: HttpContext,
  { claims, order: { id }, seen, revision, step, decision }: OpenedLink,
  form: Pick<DecisionSheet, 'token' | 'action'>,
): Promise<DecisionSheet> {
  const { db } = context;
  const { personId } = claims;
  const [reader, orders, steps, addresses, evaluations, held, budgets] = await Promise.all([
    loadLinkReader(context, personId),
    loadToldOrders(db, [id]),
    loadToldSteps(db, [step.id]),
    loadAddressesOf(db, [seen.content, revision.content]),
    loadEvaluations(db, id),
    heldSteps(db, id, personId),
    orderBudgets(db, id),
  ]);
  const [order, told] = [orders.get(id), steps.get(step.id)];
  if (!order || !told) throw new Error(`order ${id}, or its step ${step.id}, is gone`);
  const { name: person, tongue } = reader;
  const { trace } = evaluations.find((one) => one.revision === step.revision) ?? {};
  // What was found is told in English; who reads another language gets the names of the rules, as in the mail.
  const reasons = tongue.language.split('-')[0] === 'en' ? reasonsOf.parse(trace).reasons : told.rules.map((rule) => sayRule(rule, tongue));
  return {
    ...form,
    order,
    versionReason: revision.reason,
    step: sayStep(told, tongue),
    personId,
    person,
    addresses,
    reasons,
    budgets,
    changes: changeEntries(seen, revision, addresses, tongue),
    decision,
    maySee: held.includes(step.id),
    closed: whyClosed({ order, step, holders: told.holders, personId }),
    tongue,
  };
}

interface Question extends Pick<OpenedLink, 'step'> {
  readonly order: Pick<DecisionSheet['order'], 'state'>;
  readonly holders: ToldStep['holders'];
  readonly personId: string;
}

function whyClosed({ order, step, holders, personId }: Question): Closed | null {
  if (order.state !== 'pending_approval') return { why: 'ended', names: [] };
  if (step.state === 'waiting') return { why: 'waiting', names: [] };
  if (step.state !== 'active' && step.state !== 'exhausted') return { why: 'decided', names: [] };
  if (holders.some((holder) => holder.personId === personId)) return null;
  const names = holders.map(({ name }) => name);
  return { why: names.length > 0 ? 'others' : 'nobody', names };
}
