/** What people do to an order that is in. The holder of the key vouches for the person it names. */
import { z } from 'zod';
import { changeSchema } from '../../domain/orders/submission.ts';
import { agreeToChange } from '../../orders/agree.ts';
import { commentOrder } from '../../orders/comment.ts';
import { findPerson } from '../../orders/people.ts';
import { resendHandoffs } from '../../orders/resend.ts';
import { reviseOrder } from '../../orders/revise.ts';
import { withdrawOrder } from '../../orders/withdraw.ts';
import { channelOf, keyOf } from '../admission.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import { reload, requireOrder } from '../order-of-request.ts';
import { orderParams, personReference } from '../shapes/ids.ts';
import { handoffState, summaryShape } from '../shapes/order.ts';
import { ORDER_BODY_LIMIT } from './orders.ts';

const reason = z.string().trim().min(1).max(500);

const revision = z.strictObject({
  person: personReference,
  from: z.int().min(1).describe('The revision the change was made from; refused if the order has moved on since.'),
  // Read by the flow, which tells everything that is wrong with it at once.
  change: z
    .record(z.string(), z.unknown())
    .meta({ ...z.toJSONSchema(changeSchema, { io: 'input', unrepresentable: 'any' }), $schema: undefined }),
  reason: reason.nullish().describe('Why, for those who decide.'),
});

const revised = z
  .object({
    order: summaryShape,
    changes: z.array(z.string()).readonly().describe('In words; none when nothing became different, and then there is no new revision.'),
    isMaterial: z.boolean().describe('Whether what was decided is void.'),
    warnings: z.array(z.string()).readonly(),
    reasons: z.array(z.string()).readonly(),
  })
  .meta({ id: 'Revised' });

const resent = z
  .object({
    dryRun: z.boolean(),
    handoffs: z.array(
      z.object({
        id: z.string(),
        revision: z.int(),
        state: handoffState.describe('Before.'),
        code: z.string().nullable(),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Resent' });

export function addOrderChangeRoutes(app: HttpServer, { lend, wake }: Desk): void {
  app.put(
    '/v1/orders/:id',
    {
      config: { scope: 'orders:write' },
      bodyLimit: ORDER_BODY_LIMIT,
      schema: {
        tags: ['orders'],
        operationId: 'reviseOrder',
        summary: 'Revise an order',
        description: 'What changes it materially is approved anew; after release the change follows the order to the ERP.',
        params: orderParams,
        body: revision,
        response: { 200: revised, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const context = lend();
      const { id } = await requireOrder(context, request, request.params.id);
      const { person, from, change, reason = null } = request.body;
      const { id: personId } = await findPerson(context.db, person);
      const { changes, isMaterial, handoffId, warnings, reasons } = await reviseOrder(context, {
        orderId: id,
        personId,
        from,
        change,
        reason,
        channel: channelOf(request),
      });
      if (handoffId !== null) wake.handoffs([handoffId]);
      return { order: await reload(context, id), changes, isMaterial, warnings, reasons };
    },
  );

  app.post(
    '/v1/orders/:id/withdraw',
    {
      config: { scope: 'orders:write' },
      schema: {
        tags: ['orders'],
        operationId: 'withdrawOrder',
        summary: 'Take an order back',
        description:
          'Before release nothing leaves; afterwards it is cancelled in the ERP. Where a change of a released order waits for approval, `what` must say which of them is withdrawn.',
        params: orderParams,
        body: z.strictObject({
          person: personReference,
          what: z.enum(['order', 'change']).optional().describe('change: only the change that waits; the order stays as it was released.'),
          reason: reason.nullish(),
        }),
        response: { 200: z.object({ order: summaryShape }), '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const context = lend();
      const { id } = await requireOrder(context, request, request.params.id);
      const { person, what, reason = null } = request.body;
      const { id: personId } = await findPerson(context.db, person);
      const { handoffId } = await withdrawOrder(context, { orderId: id, personId, reason, what });
      if (handoffId !== null) wake.handoffs([handoffId]);
      return { order: await reload(context, id) };
    },
  );

  app.post(
    '/v1/orders/:id/agree',
    {
      config: { scope: 'orders:write' },
      schema: {
        tags: ['orders'],
        operationId: 'agreeToChange',
        summary: 'Agree to a change',
        description: 'Whoever ordered agrees to what an approver has changed; the order need not wait for the end of its window.',
        params: orderParams,
        body: z.strictObject({ person: personReference }),
        response: { 200: z.object({ order: summaryShape }), '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const context = lend();
      const { id } = await requireOrder(context, request, request.params.id);
      const { id: personId } = await findPerson(context.db, request.body.person);
      const { handoffIds } = await agreeToChange(context, { orderId: id, personId, channel: channelOf(request) });
      wake.handoffs([...handoffIds]);
      return { order: await reload(context, id) };
    },
  );

  app.post(
    '/v1/orders/:id/comment',
    {
      config: { scope: 'orders:write' },
      schema: {
        tags: ['orders'],
        operationId: 'commentOrder',
        summary: 'Say something about an order',
        params: orderParams,
        body: z.strictObject({ person: personReference, text: z.string().trim().min(1).max(4_000) }),
        response: { 200: z.object({ order: summaryShape }), '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const context = lend();
      const { id } = await requireOrder(context, request, request.params.id);
      const { id: personId } = await findPerson(context.db, request.body.person);
      await commentOrder(context, { orderId: id, personId, text: request.body.text, channel: channelOf(request) });
      return { order: await reload(context, id) };
    },
  );

  app.post(
    '/v1/orders/:id/resend',
    {
      config: { scope: 'resync:write' },
      schema: {
        tags: ['orders'],
        operationId: 'resendOrder',
        summary: 'Send the hand-offs of an order again that stand still',
        description: 'Under the same key, and looked for there first. Refused while nobody knows whether the ERP has it.',
        params: orderParams,
        body: z.strictObject({ reason, dryRun: z.boolean().default(false) }),
        response: { 200: resent, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const context = lend();
      const { id } = await requireOrder(context, request, request.params.id);
      const { reason, dryRun } = request.body;
      const handoffs = await resendHandoffs(context, { orderIds: [id], reason, actor: keyOf(request).name, dryRun });
      if (!dryRun) wake.handoffs(handoffs.map((one) => one.id));
      return { dryRun, handoffs };
    },
  );
}
