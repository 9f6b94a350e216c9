/** Orders in, and looking at them. */
import { z } from 'zod';
import { predictDecision } from '../../approvals/predict-decision.ts';
import { MOST_LINES, submissionSchema } from '../../domain/orders/submission.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { submitOrder } from '../../orders/submit.ts';
import { loadDecisions } from '../../store/approvals/decisions.ts';
import { loadEvaluations } from '../../store/approvals/evaluations.ts';
import { loadOrder, loadRevision } from '../../store/orders/orders.ts';
import { resolveReferences } from '../../store/orders/resolve.ts';
import { orderBudgets } from '../../store/views/order-budgets.ts';
import { listOrderLog, listSteps, type StepDetail } from '../../store/views/order-details.ts';
import { listVisibleOrders } from '../../store/views/visible-orders.ts';
import { keyOf, originOf } from '../admission.ts';
import { bodyAsItIs } from '../body-as-it-is.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import { presentDecision, reload, requireOrder } from '../order-of-request.ts';
import { orderParams, rowId } from '../shapes/ids.ts';
import { detailShape, orderState, summaryShape, whyShape } from '../shapes/order.ts';

/** A line is a few hundred bytes; this is room for all an order may have, with remarks. */
export const ORDER_BODY_LIMIT = MOST_LINES * 1_024;

const submitted = z
  .object({
    order: summaryShape,
    isNew: z.boolean().describe('false: the same content had come in before; nothing was done.'),
    warnings: z.array(z.string()).describe('Of rules that warn.'),
    reasons: z.array(z.string()).describe('Of rules that deny it; its state is rejected_by_system.'),
  })
  .meta({ id: 'Submitted' });

const filter = z.strictObject({
  state: orderState.optional(),
  account: z.string().max(100).optional().describe('External id, customer number, or `id:` and our own.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: rowId.optional().describe('Id of the last order of the page before.'),
});

const listShape = z.object({
  orders: z.array(summaryShape),
  next: z.string().nullable().describe('`before` of the next page; null when this is the last.'),
});

export function addOrderRoutes(app: HttpServer, { lend, wake }: Desk): void {
  app.post(
    '/v1/orders',
    {
      config: { scope: 'orders:write' },
      bodyLimit: ORDER_BODY_LIMIT,
      validatorCompiler: bodyAsItIs,
      schema: {
        tags: ['orders'],
        operationId: 'submitOrder',
        summary: 'Submit an order',
        description: 'Safe to repeat: the same content under the same reference answers the same order, other content is refused.',
        body: submissionSchema,
        response: { 200: submitted, 201: submitted, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request, reply) => {
      const context = lend();
      const outcome = await submitOrder(context, keyOf(request).origin, request.body);
      const isNew = outcome.kind === 'taken';
      const { warnings, reasons, handoffId } = isNew ? outcome : { warnings: [], reasons: [], handoffId: null };
      if (handoffId !== null) wake.handoffs([handoffId]);
      const order = await reload(context, outcome.order.id);
      reply.header('location', `/v1/orders/${encodeURIComponent(order.externalKey)}`);
      return reply.code(isNew ? 201 : 200).send({ order, isNew, warnings: [...warnings], reasons: [...reasons] });
    },
  );

  app.get(
    '/v1/orders',
    {
      config: { scope: 'orders:read' },
      schema: {
        tags: ['orders'],
        operationId: 'listOrders',
        summary: 'Orders, newest first',
        querystring: filter,
        response: { 200: listShape, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const { db } = lend();
      const { account, ...rest } = request.query;
      const origin = originOf(keyOf(request));
      if (account === undefined) return listVisibleOrders(db, { ...rest, origin });
      const [accountId, ...others] = (await resolveReferences(db, 'account', [account])).get(account) ?? [];
      if (accountId === undefined || others.length > 0)
        throw new NeedsOperatorError('NOT_FOUND', `${others.length > 0 ? 'several accounts are' : 'no account is'} called "${account}"`);
      return listVisibleOrders(db, { ...rest, origin, accountId });
    },
  );

  app.get(
    '/v1/orders/:id',
    {
      config: { scope: 'orders:read' },
      schema: {
        tags: ['orders'],
        operationId: 'showOrder',
        summary: 'One order with its lines, steps, decisions and history',
        params: orderParams,
        response: { 200: detailShape, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const { db } = lend();
      const order = await requireOrder(lend(), request, request.params.id);
      const [{ content }, steps, decisions, log] = await Promise.all([
        loadRevision(db, order.id),
        listSteps(db, order.id),
        loadDecisions(db, order.id),
        listOrderLog(db, order.id),
      ]);
      const expected = await predict(lend(), order.id, steps);
      return { order, content, steps, decisions: decisions.map(presentDecision), expected, log };
    },
  );

  app.get(
    '/v1/orders/:id/why',
    {
      config: { scope: 'orders:read' },
      schema: {
        tags: ['orders'],
        operationId: 'why',
        summary: 'Why an order is where it is',
        description: 'What the rules said about every revision, newest first, as it was said; and who is asked now.',
        params: orderParams,
        response: { 200: whyShape, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const { db } = lend();
      const order = await requireOrder(lend(), request, request.params.id);
      const [steps, evaluations, budgets] = await Promise.all([
        listSteps(db, order.id),
        loadEvaluations(db, order.id),
        orderBudgets(db, order.id),
      ]);
      const expected = await predict(lend(), order.id, steps);
      return { order, waitsFor: steps.filter(({ state }) => state === 'active' || state === 'exhausted'), budgets, expected, evaluations };
    },
  );
}

async function predict({ db, now }: ReturnType<Desk['lend']>, id: string, steps: readonly StepDetail[]) {
  const order = await loadOrder(db, id);
  return order && predictDecision(db, { id, companyId: order.companyId, steps }, now());
}
