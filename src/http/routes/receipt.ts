/** The receipt of an order: for programs in JSON, for customers as a page. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { orderReceipt } from '../../store/views/order-receipt.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { errorShape } from '../error-answer.ts';
import { loadLinkReader } from '../link-reader.ts';
import { requireOrder } from '../order-of-request.ts';
import { sendPage } from '../pages/page.ts';
import { receiptPage } from '../pages/receipt-page.ts';
import { orderParams } from '../shapes/ids.ts';
import { receiptShape } from '../shapes/receipt.ts';

export function addReceiptRoutes(app: HttpServer, { lend }: Desk): void {
  app.get(
    '/v1/orders/:id/receipt',
    {
      config: { scope: 'orders:read' },
      schema: {
        tags: ['orders'],
        operationId: 'receipt',
        summary: 'What happened to an order on its way to the ERP, with the evidence',
        description:
          'With `accept: text/html` a page one can send to a customer, without the words of the ERP, in the language of whoever ordered.',
        params: orderParams,
        response: {
          200: {
            description: 'The receipt.',
            content: { 'application/json': { schema: receiptShape }, 'text/html': { schema: z.string() } },
          },
          '4xx': errorShape,
          '5xx': errorShape,
        },
      },
    },
    async (request, reply) => {
      const context = lend();
      const { id, orderedBy } = await requireOrder(context, request, request.params.id);
      const receipt = await orderReceipt(context.db, id);
      if (!receipt) throw new Error(`order ${id} is gone`);
      reply.header('vary', 'accept');
      if (!prefersPage(request)) return reply.send(receipt);
      const { tongue } = await loadLinkReader(context, orderedBy.id);
      return sendPage(reply, 200, receiptPage(receipt, tongue));
    },
  );
}

/** JSON for everyone who does not name pages before it. */
function prefersPage({ headers: { accept = '' } }: FastifyRequest): boolean {
  const weigh = (type: string) => {
    const named = accept.split(',').find((one) => one.trim().toLowerCase().split(';')[0] === type);
    return named === undefined ? 0 : Number(/;\s*q=([\d.]+)/.exec(named)?.[1] ?? 1);
  };
  return weigh('text/html') > weigh('application/json');
}
