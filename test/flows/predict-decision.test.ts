import { expect, it } from 'vitest';
import { predictDecision } from '../../src/approvals/predict-decision.ts';
import { decideOrder } from '../../src/orders/decide.ts';
import { listSteps } from '../../src/store/views/order-details.ts';
import { clockDesk } from './escalation-setup.ts';

it('an order that waits says when it will probably be decided: first by its clock, then by how long such decisions took', async () => {
  const { db, context, clock, id, submit, order } = await clockDesk();
  const expected = async (orderId: string) =>
    predictDecision(db, { id: orderId, companyId: id('A-1'), steps: await listSteps(db, orderId) }, clock.now);
  expect(await expected(order.id)).toEqual({ at: new Date('2026-11-25T09:00:00Z'), basis: 'clock', decisions: 0 });

  for (let n = 2; n < 7; n += 1) {
    clock.now = new Date('2026-11-23T09:00:00Z');
    const placed = await submit({ reference: `R-${n}` });
    clock.now = new Date(`2026-11-23T${9 + n}:00:00Z`);
    const decision = { orderId: placed.order.id, personId: id('P-2'), comment: null, channel: 'test', verdict: 'approve' as const };
    await decideOrder(context, decision);
    expect(await expected(placed.order.id)).toBeNull();
  }
  // It has waited for a day; two hours, three, and so on were what the others took.
  clock.now = new Date('2026-11-23T11:30:00Z');
  expect(await expected(order.id)).toEqual({ at: new Date('2026-11-23T13:30:00Z'), basis: 'history', decisions: 5 });
});
