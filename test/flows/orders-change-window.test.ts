import { afterEach, describe, expect, it } from 'vitest';
import { agreeToChange } from '../../src/orders/agree.ts';
import { decideOrder } from '../../src/orders/decide.ts';
import { resendHandoffs } from '../../src/orders/resend.ts';
import { reviseOrder } from '../../src/orders/revise.ts';
import { submitOrder } from '../../src/orders/submit.ts';
import { withdrawOrder } from '../../src/orders/withdraw.ts';
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { type HandoffSetup, setupHandoff } from './handoff-setup.ts';

let open: HandoffSetup | undefined;
afterEach(() => open?.erp.close());

/** Greta's order of 50 EUR waits for Jens; Monday 10:00 in Berlin, and Greta works from nine to five. */
async function changed({
  change = { lines: [{ reference: '1', product: '4711', quantity: '3' }] } as object,
  window = '4 business hours',
} = {}) {
  const setup = await setupHandoff({ orders: { changeWindow: window } });
  open = setup;
  const { db, context, id, clock, rows } = setup;
  const when = { orderTotal: { gt: 10, currency: 'EUR' } };
  const document = { mode: 'own', rules: [{ name: 'ask', effect: 'require', when, stages: [{ approvers: [{ superior: 1 }] }] }] };
  await db.transaction((trx) => insertPolicy(trx, { accountId: id('A-1'), by: 'test', reason: null, document, draft: false }, clock.now));
  const given = { reference: 'R-1', account: 'A-2', orderedBy: 'P-1', lines: [{ product: '4711', quantity: '4' }] };
  const { order } = await submitOrder(context, 'shop', given);
  const as = (who: string) => ({ orderId: order.id, personId: id(who) });
  const revise = (who: string, from: number, what: object) =>
    reviseOrder(context, { ...as(who), from, change: what, reason: null, channel: 'test' });
  const { handoffId } = await revise('P-2', 1, change);
  return {
    ...setup,
    order,
    revise,
    handoffId: handoffId ?? '',
    approve: (who: string) => decideOrder(context, { ...as(who), verdict: 'approve', comment: null, channel: 'test' }),
    withdraw: () => withdrawOrder(context, { ...as('P-1'), reason: null }),
    agree: (who = 'P-1') => agreeToChange(context, { ...as(who), channel: 'test' }),
    at: (instant: string) => {
      clock.now = new Date(instant);
    },
    told: () =>
      rows<{ person_id: string; withdraw_until: Date | null }>(
        `select n.person_id, r.withdraw_until from notifications n join order_revisions r on r.order_id = n.order_id and r.n = n.revision
         where n.event = 'order.changed' order by n.id`,
      ),
    orders: () => setup.there(order.externalKey),
  };
}

describe('an order that its approver has changed', () => {
  it('waits for the requester, who is told until when, and leaves when the window is over', async () => {
    const { handoffId, push, handoff, told, at, id, orders, rows } = await changed();
    expect(await told()).toEqual([{ person_id: id('P-1'), withdraw_until: new Date('2026-11-23T13:00:00Z') }]);
    expect(await push(handoffId)).toMatchObject({ outcome: 'held', code: 'CHANGE_WINDOW' });
    expect(await handoff(handoffId)).toMatchObject({ state: 'held', attempts: 0 });
    at('2026-11-23T12:59:59Z');
    expect(await push(handoffId)).toMatchObject({ outcome: 'held' });
    at('2026-11-23T13:00:01Z');
    // Waits are kept by the database's clock, which no test turns.
    await rows('update handoffs set not_before = null');
    expect(await push(handoffId)).toMatchObject({ state: 'accepted' });
    expect(orders()).toHaveLength(1);
  });

  it('counts the window in working time: what is changed in the evening may be taken back the next morning', async () => {
    const { told } = await changed({ window: '9 business hours' });
    expect((await told())[0]?.withdraw_until).toEqual(new Date('2026-11-24T10:00:00Z'));
  });

  it('withdrawn within the window was never sent', async () => {
    const { handoffId, push, withdraw, handoff, orders, at } = await changed();
    await push(handoffId);
    expect(await withdraw()).toMatchObject({ state: 'cancelled', handoffId: null });
    expect(await handoff(handoffId)).toMatchObject({ state: 'cancelled', attempts: 0 });
    at('2026-11-25T13:00:00Z');
    expect(await push(handoffId)).toEqual({ outcome: 'nothing' });
    expect(orders()).toEqual([]);
  });

  it('leaves at once when the requester agrees, and nobody else can', async () => {
    const { handoffId, push, agree, orders } = await changed();
    await push(handoffId);
    await expect(agree('P-2')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await agree()).toEqual({ handoffIds: [handoffId] });
    expect(await push(handoffId)).toMatchObject({ state: 'accepted' });
    expect(orders()).toHaveLength(1);
    await expect(agree()).rejects.toMatchObject({ code: 'ORDER_STATE' });
  });

  it('is not sent by an operator before its window is over', async () => {
    const { handoffId, push, context, order } = await changed();
    await push(handoffId);
    const request = { orderIds: [order.id], reason: 'hurry', actor: 'ops' };
    await expect(resendHandoffs(context, request)).rejects.toMatchObject({
      code: 'ORDER_STATE',
      message: expect.stringContaining('take it back'),
    });
    expect(await resendHandoffs(context, { connection: 'erp', reason: 'hurry', actor: 'ops' })).toEqual([]);
    expect(await push(handoffId)).toMatchObject({ outcome: 'held' });
  });

  it('does not hold up other orders of the account', async () => {
    const { handoffId, push, release } = await changed();
    await push(handoffId);
    const other = await release('R-2');
    expect(await push(other.handoffId)).toMatchObject({ state: 'accepted' });
  });

  it('waits for nobody once the requester has changed it further, for that he has seen', async () => {
    const { revise, approve, push, told } = await changed();
    await revise('P-1', 2, { lines: [{ reference: '1', product: '4711', quantity: '2' }] });
    const { handoffId } = await approve('P-2');
    expect(await push(handoffId ?? '')).toMatchObject({ state: 'accepted' });
    expect(await told()).toHaveLength(1);
  });

  it('in a detail is told, and leaves as soon as it is approved', async () => {
    const { approve, push, told } = await changed({ change: { note: 'ring twice' } });
    expect((await told())[0]?.withdraw_until).toBeNull();
    const { handoffId } = await approve('P-2');
    expect(await push(handoffId ?? '')).toMatchObject({ state: 'accepted' });
  });
});
