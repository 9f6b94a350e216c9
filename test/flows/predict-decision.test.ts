import { expect, it } from 'vitest';
import { predictDecision } from '../../src/approvals/predict-decision.ts';
import { decideOrder } from '../../src/orders/decide.ts';
import { loadDecisionTimes } from '../../src/store/approvals/decision-times.ts';
import { listSteps } from '../../src/store/views/order-details.ts';
import { clockDesk } from './escalation-setup.ts';

type Desk = Awaited<ReturnType<typeof clockDesk>>;

/** Five orders of Monday morning are approved after two hours, three, and so on. */
async function decideFive({ context, clock, id, submit }: Desk): Promise<string[]> {
  const orderIds: string[] = [];
  for (let n = 2; n < 7; n += 1) {
    clock.now = new Date('2026-11-23T09:00:00Z');
    const placed = await submit({ reference: `R-${n}` });
    clock.now = new Date(`2026-11-23T${9 + n}:00:00Z`);
    const decision = { orderId: placed.order.id, personId: id('P-2'), comment: null, channel: 'test', verdict: 'approve' as const };
    await decideOrder(context, decision);
    orderIds.push(placed.order.id);
  }
  return orderIds;
}

it('an order that waits says when it will probably be decided: first by its clock, then by how long such decisions took', async () => {
  const setup = await clockDesk();
  const { db, clock, id, order } = setup;
  const expected = async (orderId: string) =>
    predictDecision(db, { id: orderId, companyId: id('A-1'), steps: await listSteps(db, orderId) }, clock.now);
  expect(await expected(order.id)).toEqual({ at: new Date('2026-11-25T09:00:00Z'), basis: 'clock', decisions: 0 });

  for (const decided of await decideFive(setup)) expect(await expected(decided)).toBeNull();
  // It has waited for a day; two hours, three, and so on were what the others took.
  clock.now = new Date('2026-11-23T11:30:00Z');
  expect(await expected(order.id)).toEqual({ at: new Date('2026-11-23T13:30:00Z'), basis: 'history', decisions: 5 });
});

it('looks through the newest orders of the company and no further, however long it has ordered', async () => {
  const setup = await clockDesk();
  await decideFive(setup);
  const times = (orders: number, decisions = 200) => loadDecisionTimes(setup.db, setup.id('A-1'), { decisions, orders });
  const tookHours = (all: Awaited<ReturnType<typeof times>>) =>
    all.map(({ assignedAt, at }) => (at.getTime() - assignedAt.getTime()) / 3_600_000);
  expect(tookHours(await times(2_000))).toEqual([6, 5, 4, 3, 2]);
  expect(tookHours(await times(2))).toEqual([6, 5]);
  expect(tookHours(await times(2_000, 3))).toEqual([6, 5, 4]);
});
