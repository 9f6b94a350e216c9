/** One of everything that nobody brings on by itself, at a customer of order-setup.ts. */
import { submitOrder } from '../../src/orders/submit.ts';
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { queueNotices } from '../../src/store/notifications.ts';
import type { OrdersSetup } from './order-setup.ts';

/**
 * KO-1 waits for nobody, KO-2 for Jens (P-2) beyond its ladder, KO-3 was refused by the ERP, and Maren (P-3) was not told of KO-2. KO-4
 * waits for Jens in its time. All are of the origin shop.
 */
export async function standStill({ db, context, id, alter, rows, clock }: OrdersSetup): Promise<void> {
  const when = { orderTotal: { gt: 10, currency: 'EUR' } };
  const document = { mode: 'own', rules: [{ name: 'ask', effect: 'require', when, stages: [{ approvers: [{ superior: 1 }] }] }] };
  await db.transaction((trx) => insertPolicy(trx, { accountId: id('A-1'), by: 'test', reason: null, document, draft: false }, clock.now));
  const submit = async (reference: string, product: string) => {
    const given = { reference, account: 'A-2', orderedBy: 'P-1', lines: [{ product, quantity: '1' }] };
    return (await submitOrder(context, 'shop', given)).order.id;
  };
  const approvers = ['P-2', 'P-3', 'P-4'];
  for (const person of approvers) await alter(person, { status: 'inactive' });
  await submit('R-1', '4711');
  for (const person of approvers) await alter(person, { status: 'active' });
  const waited = await submit('R-2', '4711');
  await rows(`update approval_steps set listed_at = ?, listed_because = 'nobody decided in time' where order_id = ?`, [clock.now, waited]);
  const refused = await submit('R-3', '4712');
  await rows(
    `update handoffs set state = 'refused', code = 'ORDER_REFUSED', reason = 'the article is blocked', settled_at = ? where order_id = ?`,
    [clock.now, refused],
  );
  await submit('R-4', '4711');
  const notice = { event: 'approval.asked' as const, dedupeKey: 'radar', personId: id('P-3'), orderId: waited, revision: 1 };
  await db.transaction((trx) => queueNotices(trx, [notice], clock.now));
  await rows(
    `update notifications set state = 'failed', code = 'NO_ADDRESS', because = 'the profile has no mail address', settled_at = ? where dedupe_key = 'radar'`,
    [clock.now],
  );
}
