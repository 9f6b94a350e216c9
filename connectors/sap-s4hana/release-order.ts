/** Lifts the blocks an order was made with, once it is known that it is there once and whole. */
import type { OrderStep } from '../../src/connector/orders.ts';
import { orderPath, orderWithTag } from './order-rows.ts';
import { standingBlocks } from './placed-order.ts';
import { sending, serviceOf } from './sales-order-service.ts';
import type { SapSettings } from './settings.ts';

export const releaseStep: OrderStep<SapSettings> = {
  name: 'release',
  // Never `placed` where orders are made without a block.
  isDone: ({ state }) => state !== 'placed',
  async run(session, placed) {
    const { config, http } = session;
    const { order, etag } = await orderWithTag(session, placed);
    const blocks = standingBlocks(order, config);
    if (blocks.length === 0) return;
    await http.send({
      method: 'PATCH',
      path: orderPath(session, placed),
      headers: { ...sending(serviceOf(config)), 'if-match': etag },
      json: Object.fromEntries(blocks.map((field) => [field, ''])),
    });
  },
};
