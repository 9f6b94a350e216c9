/** Orders of which nobody knows whether they arrived, and of which something has become different meanwhile. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideOrder } from '../../src/orders/decide.ts';
import { resendHandoffs } from '../../src/orders/resend.ts';
import { reviseOrder } from '../../src/orders/revise.ts';
import { withdrawOrder } from '../../src/orders/withdraw.ts';
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { type HandoffSetup, setupHandoff } from './handoff-setup.ts';

let setup: HandoffSetup;
beforeEach(async () => {
  setup = await setupHandoff();
});
afterEach(async () => {
  await setup.erp.close();
});

type Lost = 'request-lost' | 'answer-lost';
type Released = Awaited<ReturnType<HandoffSetup['release']>>;

/** Sent, and the connection broke. */
async function sendInto(accident: Lost): Promise<Released> {
  const order = await setup.release('W-1');
  setup.erp.accidents.next(accident, { on: 'write' });
  expect(await setup.push(order.handoffId)).toMatchObject({ state: 'unknown' });
  return order;
}

/** When it asked to be looked at again. */
async function push(handoffId: string) {
  setup.clock.now = (await setup.handoff(handoffId)).not_before ?? setup.clock.now;
  return setup.push(handoffId);
}

async function pushAll(orderId: string): Promise<void> {
  for (const { id } of await setup.rows<{ id: string }>('select id from handoffs where order_id = ? order by seq', [orderId]))
    await push(id);
}

const withdraw = (orderId: string) => withdrawOrder(setup.context, { orderId, personId: setup.id('P-1'), reason: null, what: 'order' });
const revise = (orderId: string, quantity: string) =>
  reviseOrder(setup.context, {
    ...{ orderId, personId: setup.id('P-1'), from: 1, reason: null, channel: 'test' },
    change: { lines: [{ reference: '1', product: '4711', quantity }] },
  });

async function handoffs(orderId: string): Promise<string[]> {
  const rows = await setup.rows<{ told: string }>(
    "select concat_ws(' ', kind, revision, state) as told from handoffs where order_id = ? order by seq",
    [orderId],
  );
  return rows.map(({ told }) => told);
}

const quantitiesOf = (externalKey: string) => setup.there(externalKey).map(({ lines }) => lines.map(({ quantity }) => quantity).join());
const statesOf = (externalKey: string) => setup.there(externalKey).map(({ state }) => state);

describe('an order that was withdrawn while nobody knew whether it had arrived', () => {
  it('is not sent when it had not, and neither is its cancellation', async () => {
    const { orderId, handoffId, externalKey } = await sendInto('request-lost');
    await withdraw(orderId);
    expect(await push(handoffId)).toMatchObject({ outcome: 'absent', state: 'cancelled' });
    expect(await handoffs(orderId)).toEqual(['create 1 cancelled', 'cancel 1 cancelled']);
    await pushAll(orderId);
    expect(setup.there(externalKey)).toEqual([]);
    expect((await setup.receipt(orderId))?.handoffs[0]?.attempts).toMatchObject([{ outcome: 'unknown' }, { outcome: 'absent' }]);
  });

  it('is cancelled there when it had', async () => {
    const { orderId, externalKey } = await sendInto('answer-lost');
    await withdraw(orderId);
    await pushAll(orderId);
    expect(await handoffs(orderId)).toEqual(['create 1 accepted', 'cancel 1 accepted']);
    expect(statesOf(externalKey)).toEqual(['cancelled']);
  });

  it('is cancelled there without having been confirmed first', async () => {
    const order = await setup.release('W-1');
    setup.erp.accidents.next('request-lost', { on: ({ path }) => path.endsWith('/confirm') });
    await setup.push(order.handoffId);
    await withdraw(order.orderId);
    await pushAll(order.orderId);
    expect(setup.there(order.externalKey)).toMatchObject([{ state: 'cancelled', steps: ['placed', 'cancelled'] }]);
  });

  it('is not made anew by a person who sends it again', async () => {
    const { orderId, handoffId, externalKey } = await sendInto('request-lost');
    await setup.db.raw("update handoffs set state = 'parked', code = 'INTERNAL', reason = 'a defect' where id = ?", [handoffId]);
    await withdraw(orderId);
    await resendHandoffs(setup.context, { orderIds: [orderId], reason: 'mended', actor: 'ops' });
    await pushAll(orderId);
    expect([await handoffs(orderId), setup.there(externalKey)]).toEqual([['create 1 cancelled', 'cancel 1 cancelled'], []]);
  });
});

describe('an order in whose way something came while nobody knew whether it had arrived', () => {
  const obstacles = [
    ['ACCOUNT_BLOCKED', () => setup.alter('A-1', { status: 'blocked' }), () => setup.alter('A-1', { status: 'active' })],
    ['PRICE_CHANGED', () => setup.alter('K-1', { unit_price: '99' }), () => setup.alter('K-1', { unit_price: '12.50' })],
  ] as const;

  it.each(obstacles)('is held when it had not: %s', async (code, raise, remove) => {
    const { handoffId, externalKey, orderId } = await sendInto('request-lost');
    await raise();
    expect(await push(handoffId)).toMatchObject({ outcome: 'absent', state: 'held', code });
    expect(await push(handoffId)).toMatchObject({ outcome: 'held', code });
    expect(setup.there(externalKey)).toEqual([]);
    await remove();
    expect(await push(handoffId)).toMatchObject({ outcome: 'created', state: 'accepted' });
    expect(setup.there(externalKey)).toHaveLength(1);
    expect((await setup.receipt(orderId))?.handoffs[0]?.attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'absent', 'created']);
  });

  it.each(obstacles)('is found when it had: %s', async (_, raise) => {
    const { handoffId, externalKey } = await sendInto('answer-lost');
    await setup.push(handoffId);
    setup.world.stepOrder(setup.there(externalKey)[0]?.id ?? '', 'confirmed');
    await raise();
    expect(await push(handoffId)).toMatchObject({ outcome: 'adopted', state: 'accepted' });
  });

  it('is not confirmed there before that has passed, and lets others go meanwhile', async () => {
    const { handoffId, externalKey } = await sendInto('answer-lost');
    await setup.alter('K-1', { unit_price: '99' });
    expect(await push(handoffId)).toMatchObject({ outcome: 'unfinished', state: 'held', code: 'PRICE_CHANGED' });
    const next = await setup.release('W-2', { lines: [] });
    expect(await push(next.handoffId)).toMatchObject({ code: 'ERP_REFUSED' });
    expect(statesOf(externalKey)).toEqual(['draft']);
    await setup.alter('K-1', { unit_price: '12.50' });
    expect(await push(handoffId)).toMatchObject({ outcome: 'adopted', state: 'accepted' });
    expect(statesOf(externalKey)).toEqual(['confirmed']);
  });

  it('is cancelled there when it is withdrawn while it is held unfinished', async () => {
    const { orderId, handoffId, externalKey } = await sendInto('answer-lost');
    await setup.alter('A-1', { status: 'blocked' });
    await push(handoffId);
    await withdraw(orderId);
    await pushAll(orderId);
    expect([await handoffs(orderId), statesOf(externalKey)]).toEqual([['create 1 accepted', 'cancel 1 accepted'], ['cancelled']]);
  });
});

describe('an order that was changed while nobody knew whether it had arrived', () => {
  it('is sent as it was changed when it had not', async () => {
    const { orderId, externalKey } = await sendInto('request-lost');
    await revise(orderId, '5');
    expect(await handoffs(orderId)).toEqual(['create 1 unknown', 'change 2 pending']);
    await pushAll(orderId);
    expect(await handoffs(orderId)).toEqual(['create 1 cancelled', 'create 2 accepted']);
    expect(quantitiesOf(externalKey)).toEqual(['5']);
  });

  it('is changed there when it had', async () => {
    const { orderId, externalKey } = await sendInto('answer-lost');
    await revise(orderId, '5');
    await pushAll(orderId);
    expect(await handoffs(orderId)).toEqual(['create 1 accepted', 'change 2 accepted']);
    expect(quantitiesOf(externalKey)).toEqual(['5']);
  });

  it('is not sent while people decide about the change, and goes as it was released when they decline', async () => {
    const rules = [
      { name: 'ask', effect: 'require', when: { orderTotal: { gt: 40, currency: 'EUR' } }, stages: [{ approvers: [{ superior: 1 }] }] },
    ];
    const policy = { accountId: setup.id('A-1'), by: 'test', reason: null, document: { mode: 'own', rules }, draft: false };
    await setup.db.transaction((trx) => insertPolicy(trx, policy, setup.clock.now));
    const { orderId, handoffId, externalKey } = await sendInto('request-lost');
    await revise(orderId, '5');
    expect(await push(handoffId)).toMatchObject({ outcome: 'absent', state: 'cancelled' });
    expect(setup.there(externalKey)).toEqual([]);
    const word = { orderId, personId: setup.id('P-2'), verdict: 'decline' as const, comment: null, channel: 'test' };
    await decideOrder(setup.context, word);
    await pushAll(orderId);
    expect([await handoffs(orderId), quantitiesOf(externalKey)]).toEqual([['create 1 cancelled', 'create 3 accepted'], ['2']]);
  });
});

describe('a change of which nobody knows whether it arrived', () => {
  async function changeInto(accident: Lost): Promise<Released & { changeId: string }> {
    const order = await setup.release('W-1');
    await setup.push(order.handoffId);
    const { handoffId } = await revise(order.orderId, '5');
    setup.erp.accidents.next(accident, { on: 'write' });
    expect(await setup.push(handoffId ?? '')).toMatchObject({ state: 'unknown' });
    return { ...order, changeId: handoffId ?? '' };
  }

  it('is not sent again when the order was withdrawn meanwhile', async () => {
    const { orderId, changeId, externalKey } = await changeInto('request-lost');
    await withdraw(orderId);
    expect(await push(changeId)).toMatchObject({ outcome: 'absent', state: 'cancelled' });
    await pushAll(orderId);
    expect(await handoffs(orderId)).toEqual(['create 1 accepted', 'change 2 cancelled', 'cancel 2 accepted']);
    expect(setup.there(externalKey)).toMatchObject([{ state: 'cancelled', lines: [{ quantity: '2' }] }]);
  });

  it('is held when it had not, and something stands in its way', async () => {
    const { changeId, externalKey } = await changeInto('request-lost');
    await setup.alter('A-2', { status: 'on_hold' });
    expect(await push(changeId)).toMatchObject({ outcome: 'absent', state: 'held', code: 'ACCOUNT_BLOCKED' });
    expect(quantitiesOf(externalKey)).toEqual(['2']);
    await setup.alter('A-2', { status: 'active' });
    expect(await push(changeId)).toMatchObject({ outcome: 'changed', state: 'accepted' });
    expect(quantitiesOf(externalKey)).toEqual(['5']);
  });

  it('is found when it had, whatever stands in its way', async () => {
    const { changeId, externalKey } = await changeInto('answer-lost');
    await setup.alter('A-2', { status: 'on_hold' });
    expect(await push(changeId)).toMatchObject({ outcome: 'adopted', state: 'accepted' });
    expect(quantitiesOf(externalKey)).toEqual(['5']);
  });
});
