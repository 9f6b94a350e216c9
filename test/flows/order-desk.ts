/** One order that waits for people, and what people may do about it. */
import { decideOrder } from '../../src/orders/decide.ts';
import { reviseOrder } from '../../src/orders/revise.ts';
import { submitOrder } from '../../src/orders/submit.ts';
import { withdrawOrder } from '../../src/orders/withdraw.ts';
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { setupOrders } from './order-setup.ts';

export const LINES = [{ product: '4711', quantity: '4' }];
export const FIRST = { approvers: [{ superior: 1 }] };

/** A customer whose orders above 10 EUR need these stages; `order` is one of 50 EUR by Greta, whose superior is Jens. */
export async function desk(stages: readonly object[] = [FIRST], more: object = {}) {
  const setup = await setupOrders({ orders: { target: 'erp' } });
  const { db, context, id, rows, clock } = setup;
  const rules = [{ name: 'ask', effect: 'require', when: { orderTotal: { gt: 10, currency: 'EUR' } }, stages }];
  const put = (document: object) =>
    db.transaction((trx) => insertPolicy(trx, { accountId: id('A-1'), by: 'test', reason: null, document, draft: false }, clock.now));
  await put({ mode: 'own', rules, ...more });
  const submit = (given: object = {}) =>
    submitOrder(context, 'shop', { reference: 'R-1', account: 'A-2', orderedBy: 'P-1', lines: LINES, ...given });
  const { order } = await submit();
  const person = (externalId: string) => ({ orderId: order.id, personId: id(externalId), comment: null, channel: 'test' });
  return {
    ...setup,
    order,
    put,
    submit,
    approve: (who: string, more: object = {}) => decideOrder(context, { ...person(who), verdict: 'approve', ...more }),
    decline: (who: string, more: object = {}) => decideOrder(context, { ...person(who), verdict: 'decline', ...more }),
    withdraw: (who: string, what?: 'order' | 'change') =>
      withdrawOrder(context, { orderId: order.id, personId: id(who), reason: null, what }),
    revise: (who: string, change: object, from = 1) =>
      reviseOrder(context, { orderId: order.id, personId: id(who), from, change, reason: null, channel: 'test' }),
    state: async () => (await rows<{ state: string }>(`select state from orders where id = ${order.id}`))[0]?.state,
    steps: async () =>
      (
        await rows<{ state: string; revision: number }>(
          `select state, revision from approval_steps where order_id = ${order.id} order by revision, stage`,
        )
      ).map(({ state, revision }) => `${revision} ${state}`),
    handoffs: async () =>
      (
        await rows<{ kind: string; state: string; revision: number }>(
          `select kind, state, revision from handoffs where order_id = ${order.id} order by seq`,
        )
      ).map(({ kind, state, revision }) => `${kind} ${revision} ${state}`),
    log: async () =>
      (await rows<{ kind: string }>(`select kind from order_log where order_id = ${order.id} order by id`)).map(({ kind }) => kind),
  };
}
