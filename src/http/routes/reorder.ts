/** What was ordered once, again: proposed at today's prices, and submitted. */
import { z } from 'zod';
import { NeedsOperatorError } from '../../errors.ts';
import { pricedWhenTaken, type Reorder, reorder } from '../../orders/reorder.ts';
import { submitOrder } from '../../orders/submit.ts';
import type { HistoryEntry } from '../../store/views/order-history.ts';
import { keyOf, originOf } from '../admission.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import type { HttpContext } from '../http-context.ts';
import { reload, requireOrder } from '../order-of-request.ts';
import { personReference } from '../shapes/ids.ts';
import { summaryShape } from '../shapes/order.ts';

const params = z.object({
  id: z
    .string()
    .min(1)
    .max(200)
    .describe(
      "Its key in the ERP, our id, the storefront's reference; or `document:NUMBER` of an order placed elsewhere, for keys with `orders:all`.",
    ),
});

const text = z.string();
const changed = z
  .array(z.object({ product: text, was: text.nullable(), is: text }))
  .readonly()
  .describe('Lines whose price is another than it was.');
const unpriced = z.array(text).readonly().describe('Goods that have no contract price today: an order with them is refused.');

const proposed = z
  .object({
    submission: z
      .object({
        account: text,
        orderedBy: text,
        currency: text.optional(),
        shipTo: text.optional(),
        billTo: text.optional(),
        costCentre: text.optional(),
        lines: z.array(z.object({ product: text, quantity: text, unit: text.nullable(), unitPrice: text.nullable() })),
      })
      .describe('A body of `POST /v1/orders`; give it a reference.'),
    changed,
    unpriced,
  })
  .meta({ id: 'Reorder' });

const reordered = z
  .object({
    order: summaryShape,
    isNew: z.boolean().describe('false: it had come in before under this reference; nothing was done.'),
    changed,
    unpriced,
    warnings: z.array(text).readonly(),
    reasons: z.array(text).readonly(),
  })
  .meta({ id: 'Reordered' });

export function addReorderRoutes(app: HttpServer, { lend, wake }: Desk): void {
  app.get(
    '/v1/orders/:id/reorder',
    {
      config: { scope: 'orders:read' },
      schema: {
        tags: ['orders'],
        operationId: 'proposeReorder',
        summary: "The same goods again, at today's contract prices",
        description: 'Nothing is stored. Number, date and remarks were about that order alone and are left out.',
        params,
        querystring: z.strictObject({ person: personReference.describe('Who would order.') }),
        response: { 200: proposed, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request) => {
      const context = lend();
      const source = await sourceOf(context, request, request.params.id);
      const made = await reorder(context, { ...source, as: request.query.person, reference: '-' });
      return { ...made, submission: presented(made) };
    },
  );

  app.post(
    '/v1/orders/:id/reorder',
    {
      config: { scope: 'orders:write' },
      schema: {
        tags: ['orders'],
        operationId: 'reorder',
        summary: "Order the same goods again, at today's contract prices",
        description:
          'Safe to repeat: the same reference answers the same order, whatever the prices have become. To be sure of the prices that were shown, submit the proposal to `POST /v1/orders`.',
        params,
        body: z.strictObject({ person: personReference, reference: text.trim().min(1).max(100).describe('Of the new order.') }),
        response: { 200: reordered, 201: reordered, '4xx': errorShape, '5xx': errorShape },
      },
    },
    async (request, reply) => {
      const context = lend();
      const { person, reference } = request.body;
      const source = await sourceOf(context, request, request.params.id);
      const made = await reorder(context, { ...source, as: person, reference });
      const outcome = await submitOrder(context, keyOf(request).origin, pricedWhenTaken(made));
      const isNew = outcome.kind === 'taken';
      const { warnings, reasons, handoffId } = isNew ? outcome : { warnings: [], reasons: [], handoffId: null };
      if (handoffId !== null) wake.handoffs([handoffId]);
      const order = await reload(context, outcome.order.id);
      reply.header('location', `/v1/orders/${encodeURIComponent(order.externalKey)}`);
      const { changed: others, unpriced: without } = made;
      return reply.code(isNew ? 201 : 200).send({ order, isNew, changed: others, unpriced: without, warnings, reasons });
    },
  );
}

type Source = Pick<HistoryEntry, 'source' | 'id'>;

/** Orders placed elsewhere belong to no origin: only who may see all may see them. */
async function sourceOf(context: HttpContext, request: Parameters<typeof requireOrder>[1], name: string): Promise<Source> {
  const [, document] = /^document:(\d{1,18})$/.exec(name) ?? [];
  if (document === undefined) return { source: 'ours', id: (await requireOrder(context, request, name)).id };
  if (originOf(keyOf(request)) === null) return { source: 'elsewhere', id: document };
  throw new NeedsOperatorError('NOT_FOUND', 'there is no such order that this key may see; `GET /v1/orders` lists them');
}

function presented({ submission: { reference: _, ...rest } }: Reorder): z.input<typeof proposed>['submission'] {
  const { account, orderedBy, currency, shipTo, billTo, costCentre, lines = [] } = rest;
  const given = Object.entries({ currency, shipTo, billTo, costCentre }).filter(([, value]) => value != null);
  return { account, orderedBy, ...Object.fromEntries(given), lines };
}
