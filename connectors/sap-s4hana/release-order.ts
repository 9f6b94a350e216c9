/** Lifts the blocks an order was made with, once it is known that it is there once and whole. */
import { entityOf, entityPath, etagOf } from '../../src/connector/odata/index.ts';
import type { OrderStep } from '../../src/connector/orders.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { text } from './partners.ts';
import { standingBlocks } from './placed-order.ts';
import { sending, serviceOf } from './sales-order-service.ts';
import type { SapSettings } from './settings.ts';

export const releaseStep: OrderStep<SapSettings> = {
  name: 'release',
  // Never `placed` where orders are made without a block.
  isDone: ({ state }) => state !== 'placed',
  async run({ config, http }, { id, number }) {
    const service = serviceOf(config);
    const path = service.path(config, entityPath('', text(id)));
    const answer = await http.send({ path, headers: service.headers });
    const order = entityOf(answer.json, service.names.set);
    const blocks = standingBlocks(order, config);
    if (blocks.length === 0) return;
    const etag = etagOf(order, answer.headers);
    // Without it, what somebody else has done to the order in the meantime would be lost.
    if (etag === undefined) {
      throw new RetryLaterError('ERP_ANSWER_UNUSABLE', `order ${number ?? id} came without its ETag; it was left as it is`);
    }
    await http.send({
      method: 'PATCH',
      path,
      headers: { ...sending(service), 'if-match': etag },
      json: Object.fromEntries(blocks.map((field) => [field, ''])),
    });
  },
};
