/** What waits for a person, and what the person decides. The holder of the key vouches that it was this person. */
import { z } from 'zod';
import { decideOrder } from '../../orders/decide.ts';
import { findPerson } from '../../orders/people.ts';
import { loadDecisions } from '../../store/approvals/decisions.ts';
import { waitingApprovals } from '../../store/views/waiting-approvals.ts';
import { channelOf, keyOf, originOf } from '../admission.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import { presentDecision, reload, requireOrder } from '../order-of-request.ts';
import { instant, orderParams, personReference, rowId } from '../shapes/ids.ts';
import { decisionShape, minor, namedPerson, summaryShape } from '../shapes/order.ts';

const waiting = z.object({
  approvals: z.array(
    z
      .object({
        stepId: z.string(),
        step: z.string(),
        orderId: z.string(),
        externalKey: z.string(),
        reference: z.string(),
        origin: z.string(),
        revision: z.int().describe('To be named with the decision.'),
        account: z.string(),
        orderedBy: z.string(),
        currency: z.string(),
        total: minor,
        submittedAt: instant,
        assignedAt: instant.nullable(),
        for: namedPerson.nullable().describe('Whose place the person takes.'),
      })
      .meta({ id: 'WaitingApproval' }),
  ),
  next: z.string().nullable().describe('`after` of the next page; null when this is the last.'),
});

const decided = z
  .object({
    order: summaryShape,
    decision: decisionShape,
    isNew: z.boolean().describe('false: it had been decided so before; nothing was done.'),
  })
  .meta({ id: 'Decided' });

const decision = z.strictObject({
  person: personReference,
  verdict: z.enum(['approve', 'decline']),
  revision: z.int().min(1).describe('The one the person has seen; refused if something material has changed since.'),
  comment: z.string().trim().max(4_000).nullish(),
  fromBudget: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'With the last approval: code of a budget that gives what the order takes beyond its own. The person needs authority over it.',
    ),
  step: rowId.optional().describe('Id of the step; the one the person is asked about now if absent.'),
});

export function addApprovalRoutes(app: HttpServer, { lend, wake }: Desk): void {
  app.get(
    '/v1/approvals',
    {
      config: { scope: 'orders:read' },
      schema: {
        tags: ['approvals'],
        operationId: 'listApprovals',
        summary: 'Steps that wait for a person, longest first',
        querystring: z.strictObject({
          person: personReference,
          limit: z.coerce.number().int().min(1).max(200).default(50),
          after: rowId.optional().describe('Id of the last step of the page before.'),
        }),
        response: { 200: waiting, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const { db } = lend();
      const { person, limit, after } = request.query;
      const { id: personId } = await findPerson(db, person);
      return waitingApprovals(db, { personId, origin: originOf(keyOf(request)), limit, after });
    },
  );

  app.post(
    '/v1/orders/:id/decisions',
    {
      config: { scope: 'decisions:write' },
      schema: {
        tags: ['approvals'],
        operationId: 'decide',
        summary: 'Decide a step for a person',
        description: 'Said again, it is answered with what was decided; the opposite of what was decided is refused, with who and when.',
        params: orderParams,
        body: decision,
        response: { 200: decided, 201: decided, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request, reply) => {
      const context = lend();
      const { id } = await requireOrder(context, request, request.params.id);
      const { person, verdict, revision, comment, step, fromBudget } = request.body;
      const { id: personId } = await findPerson(context.db, person);
      const { already, handoffId } = await decideOrder(context, {
        orderId: id,
        personId,
        verdict,
        revision,
        stepId: step,
        fromBudget,
        comment: comment || null,
        channel: channelOf(request),
      });
      if (handoffId !== null) wake.handoffs([handoffId]);
      const said = already ?? (await loadDecisions(context.db, id)).findLast((one) => one.personId === personId);
      if (!said) throw new Error(`a decision on order ${id} was recorded and is not there`);
      return reply.code(already ? 200 : 201).send({ order: await reload(context, id), decision: presentDecision(said), isNew: !already });
    },
  );
}
