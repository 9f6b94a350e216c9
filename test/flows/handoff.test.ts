/** Approved orders on their way to an ERP that breaks in the ways ERPs break. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { template } from '../../connectors/_template/index.ts';
import type { AnyConnector } from '../../src/connector/contract.ts';
import { relayHandoffs } from '../../src/orders/relay.ts';
import { reviseOrder } from '../../src/orders/revise.ts';
import { withdrawOrder } from '../../src/orders/withdraw.ts';
import { type HandoffSetup, line, setupHandoff } from './handoff-setup.ts';

let setup: HandoffSetup;
beforeEach(async () => {
  setup = await setupHandoff();
});
afterEach(async () => {
  await setup.erp.close();
});

/** Takes the hand-off up as often as it asks for it, with the clock moved to when it asked. */
async function carryOn(handoffId: string): Promise<string[]> {
  const states: string[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const { state } = await setup.push(handoffId);
    states.push(String(state));
    const { not_before: notBefore, state: now } = await setup.handoff(handoffId);
    if (now !== 'pending' && now !== 'unknown') return states;
    if (notBefore) setup.clock.now = notBefore;
  }
  throw new Error(`still open after 20 turns: ${states.join(', ')}`);
}

describe('handing off an order', () => {
  it('makes it there once, with our key, and keeps the number it got', async () => {
    const { handoffId, externalKey, orderId } = await setup.release('W-1');
    expect(await setup.push(handoffId)).toMatchObject({ outcome: 'created', state: 'accepted' });
    expect(setup.there(externalKey)).toMatchObject([{ soldTo: 'A-2', lines: [{ product: '4711', quantity: '2', unitPrice: '12.50' }] }]);
    expect(await setup.push(handoffId)).toEqual({ outcome: 'nothing' });
    const receipt = await setup.receipt(orderId);
    expect(receipt?.handoffs).toMatchObject([
      { state: 'accepted', erpNumber: setup.there(externalKey)[0]?.number, attempts: [{ n: 1, outcome: 'created' }] },
    ]);
    expect(receipt?.handoffs[0]?.sentHash).toBe(receipt?.handoffs[0]?.confirmedHash);
  });

  it.each(['answer-lost', 'half-body', 'not-json', 'bad-gateway'] as const)(
    'makes it once although the ERP took it and %s',
    async (accident) => {
      const { handoffId, externalKey } = await setup.release('W-1');
      setup.erp.accidents.next(accident, { on: 'write' });
      const states = await carryOn(handoffId);
      expect(states[0]).toBe('unknown');
      expect(states.at(-1)).toBe('accepted');
      expect(setup.there(externalKey)).toHaveLength(1);
      expect(setup.erp.accidents.waiting).toBe(0);
    },
  );

  it.each(['request-lost', 'unavailable', 'too-many-requests', 'error-inside', 'session-expired'] as const)(
    'gets it there after %s',
    async (accident) => {
      const { handoffId, externalKey } = await setup.release('W-1');
      setup.erp.accidents.next(accident, { on: 'write' });
      expect((await carryOn(handoffId)).at(-1)).toBe('accepted');
      expect(setup.there(externalKey)).toHaveLength(1);
    },
  );

  it('tells a person what the ERP refused, in its own words, and does not send it again by itself', async () => {
    const { handoffId } = await setup.release('W-1', { lines: [line('1', 'NO-SUCH', '1', '1.00', 100)] });
    await setup.price('K-9', { product: 'NO-SUCH', unit_price: '1.00' });
    expect(await setup.push(handoffId)).toMatchObject({ state: 'refused', code: 'ERP_REFUSED' });
    expect((await setup.handoff(handoffId)).reason).toContain('Product NO-SUCH is unknown');
    setup.erp.requests.length = 0;
    expect(await setup.push(handoffId)).toEqual({ outcome: 'nothing' });
    expect(setup.erp.requests).toEqual([]);
  });

  it('adopts an order that stands there with equal content, and stops at one with other content', async () => {
    const same = await setup.release('W-1');
    const other = await setup.release('W-2', { account: 'A-3' });
    const lines = [{ product: '4711', quantity: '2.0', unitPrice: '12.5', lineReference: null }];
    setup.world.placeOrder({ reference: same.externalKey, soldTo: 'A-2', currency: 'EUR', lines });
    setup.world.placeOrder({
      reference: other.externalKey,
      soldTo: 'A-3',
      currency: 'EUR',
      lines: [{ ...lines[0], quantity: '3' }] as never,
    });
    expect(await setup.push(same.handoffId)).toMatchObject({ outcome: 'adopted', state: 'accepted' });
    expect(await setup.push(other.handoffId)).toMatchObject({ state: 'parked', code: 'ORDER_DIFFERS' });
    expect(setup.there(same.externalKey)).toHaveLength(1);
    expect(setup.there(other.externalKey)).toHaveLength(1);
  });

  it('freezes an order that is there twice', async () => {
    const { handoffId, externalKey } = await setup.release('W-1');
    const twin = {
      reference: externalKey,
      soldTo: 'A-2',
      currency: 'EUR',
      lines: [{ product: '4711', quantity: '2', unitPrice: '12.5', lineReference: null }],
    };
    setup.world.placeOrder(twin);
    setup.world.placeOrder(twin);
    expect(await setup.push(handoffId)).toMatchObject({ state: 'doubled', code: 'ORDER_DOUBLED' });
    expect(await setup.push(handoffId)).toEqual({ outcome: 'nothing' });
  });

  it('parks an order whose id there is that of another order of ours: the system was restored, and counts from where it was', async () => {
    const first = await setup.release('W-1');
    const second = await setup.release('W-2', { account: 'A-3' });
    await setup.push(first.handoffId);
    await setup.rows(`update handoffs set erp_id = 'order-2' where id = ${first.handoffId}`);
    expect(await setup.push(second.handoffId)).toMatchObject({ outcome: 'parked', state: 'parked', code: 'ORDER_REFERENCE_TAKEN' });
    expect((await setup.handoff(second.handoffId)).reason).toContain('kontor orders reconcile');
    expect(await setup.push(second.handoffId)).toEqual({ outcome: 'nothing' });
    expect(setup.there(second.externalKey)).toHaveLength(1);
  });

  it('does not send what was altered after it was approved', async () => {
    const { handoffId, externalKey } = await setup.release('W-1');
    await setup.db.raw("update order_revisions set content = jsonb_set(content, '{lines,0,quantity}', '\"3\"'), material_hash = 'forged'");
    expect(await setup.push(handoffId)).toMatchObject({ state: 'parked', code: 'ORDER_STATE' });
    expect(setup.there(externalKey)).toEqual([]);
  });
});

describe('workers and hand-offs', () => {
  it('lets one of two workers send an order, and the other find nothing to do', async () => {
    const { handoffId, externalKey } = await setup.release('W-1');
    const outcomes = await Promise.all([setup.push(handoffId, setup.worker('one')), setup.push(handoffId, setup.worker('two'))]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['created', 'nothing']);
    expect(setup.there(externalKey)).toHaveLength(1);
  });

  it('keeps the order of an account, one at a time, and hands on to the next', async () => {
    const first = await setup.release('W-1');
    const second = await setup.release('W-2');
    const elsewhere = await setup.release('W-3', { account: 'A-3' });
    expect(await setup.push(second.handoffId)).toEqual({ outcome: 'nothing' });
    expect(await setup.push(elsewhere.handoffId)).toMatchObject({ outcome: 'created' });
    expect(await setup.push(first.handoffId)).toMatchObject({ outcome: 'created', next: second.handoffId });
    expect(await setup.push(second.handoffId)).toMatchObject({ outcome: 'created', next: null });
  });

  it('takes over from a worker that is gone only after asking the ERP, once its order would be visible', async () => {
    const { handoffId, externalKey, orderId } = await setup.release('W-1');
    await vanishAfterCreate(handoffId);
    expect(setup.there(externalKey)).toHaveLength(1);
    expect(await setup.push(handoffId)).toEqual({ outcome: 'nothing' });
    expect(await relayHandoffs(setup.context)).toMatchObject({ expired: 1 });
    expect(await setup.handoff(handoffId)).toMatchObject({ state: 'unknown', code: 'LEASE_LOST' });
    setup.clock.now = (await setup.handoff(handoffId)).not_before ?? setup.clock.now;
    expect((await relayHandoffs(setup.context)).due).toEqual([[handoffId]]);
    expect(await setup.push(handoffId)).toMatchObject({ outcome: 'adopted', state: 'accepted' });
    expect(setup.there(externalKey)).toHaveLength(1);
    expect((await setup.receipt(orderId))?.handoffs[0]?.attempts).toMatchObject([{ outcome: 'lost' }, { outcome: 'adopted' }]);
  });

  it('writes nothing for a worker that slept through its lease', async () => {
    const { handoffId } = await setup.release('W-1');
    const claimed = await setup.rows<{ fence: string }>(
      "update handoffs set state = 'sending', fence = 1, attempts = 1, lease_until = now() - interval '1s' returning fence",
    );
    expect(claimed).toHaveLength(1);
    await relayHandoffs(setup.context);
    const { settleClaim } = await import('../../src/store/orders/push-claims.ts');
    const late = await settleClaim(
      setup.db,
      { id: handoffId, fence: '1', attempt: 1 } as never,
      { state: 'refused', outcome: 'refused', code: null, reason: null, notBefore: null, failed: false, mayBeThereSince: null },
      setup.clock.now,
    );
    expect(late).toBeNull();
    expect(await setup.handoff(handoffId)).toMatchObject({ state: 'unknown' });
  });
});

/** Sends it, and dies before it can tell: the ERP has it, the row says "sending", and the lease has run out. */
async function vanishAfterCreate(handoffId: string): Promise<void> {
  await setup.push(handoffId);
  await setup.db.raw(
    `update handoffs set state = 'sending', lease_until = clock_timestamp() - interval '1 second', erp_id = null, erp_number = null, settled_at = null where id = ?`,
    [handoffId],
  );
  await setup.db.raw('update handoff_attempts set ended_at = null, outcome = null where handoff_id = ?', [handoffId]);
}

describe('what holds an order back', () => {
  it('waits while the account or one above it is blocked, says so, and goes on by itself', async () => {
    const { handoffId, orderId } = await setup.release('W-1');
    await setup.alter('A-1', { status: 'blocked' });
    expect(await setup.push(handoffId)).toMatchObject({ state: 'held', code: 'ACCOUNT_BLOCKED' });
    expect((await setup.handoff(handoffId)).reason).toContain('Hansa is blocked');
    await setup.alter('A-1', { status: 'active' });
    setup.clock.now = (await setup.handoff(handoffId)).not_before ?? setup.clock.now;
    expect((await relayHandoffs(setup.context)).due).toEqual([[handoffId]]);
    expect(await setup.push(handoffId)).toMatchObject({ state: 'accepted' });
    expect((await setup.receipt(orderId))?.handoffs[0]?.attempts).toHaveLength(1);
  });

  it('lets orders of the same account pass one that is held', async () => {
    const held = await setup.release('W-1', { lines: [line('1', '4711', '2', '99.00', 19_800)] });
    const next = await setup.release('W-2');
    expect(await setup.push(held.handoffId)).toMatchObject({ state: 'held', code: 'PRICE_CHANGED' });
    expect(await setup.push(next.handoffId)).toMatchObject({ state: 'accepted' });
  });

  it('waits for an account that the ERP does not know', async () => {
    const { handoffId } = await setup.release('W-1');
    await setup.db.raw("delete from links where external_id = 'A-2'");
    expect(await setup.push(handoffId)).toMatchObject({ state: 'held', code: 'ORDER_NOT_MAPPED' });
  });
});

describe('a change or cancellation', () => {
  /** From now on orders go somewhere else. */
  function elsewhere(): HandoffSetup['context'] {
    const { settings } = setup.context;
    return { ...setup.context, settings: { ...settings, orders: { ...settings.orders, target: 'another' } } };
  }

  it('goes where the order went, though orders go elsewhere by now', async () => {
    const { orderId, handoffId, externalKey } = await setup.release('W-1');
    await setup.push(handoffId);
    const context = elsewhere();
    const who = { orderId, personId: setup.id('P-1'), reason: null };
    const change = { lines: [{ reference: '1', product: '4711', quantity: '5' }] };
    const changed = await reviseOrder(context, { ...who, from: 1, change, channel: 'test' });
    expect(await setup.push(changed.handoffId ?? '', context)).toMatchObject({ outcome: 'changed', state: 'accepted' });
    const cancelled = await withdrawOrder(context, who);
    expect(await setup.push(cancelled.handoffId ?? '', context)).toMatchObject({ outcome: 'cancelled', state: 'accepted' });
    expect(setup.there(externalKey)).toMatchObject([{ state: 'cancelled', lines: [{ quantity: '5' }] }]);
  });

  it('waits until what was just made can be seen there', async () => {
    const { orders } = template;
    if (!orders) throw new Error('the template takes orders');
    let isSeen = false;
    const slow: AnyConnector = {
      ...template,
      orders: {
        ...orders,
        traits: { ...orders.traits, lookupLagMs: 3_600_000 },
        steps: [],
        find: async (...asked) => (isSeen ? orders.find(...asked) : []),
      },
    };
    const context = { ...setup.context, connectors: [slow] };
    const { orderId, handoffId, externalKey } = await setup.release('W-1');
    expect(await setup.push(handoffId, context)).toMatchObject({ state: 'accepted' });
    const { handoffId: cancelId } = await withdrawOrder(context, { orderId, personId: setup.id('P-1'), reason: null });
    expect(await setup.push(cancelId ?? '', context)).toEqual({ outcome: 'nothing' });
    await setup.db.raw("update handoffs set look_after = look_after - interval '1 hour'");
    isSeen = true;
    expect((await relayHandoffs(context)).due).toEqual([[cancelId]]);
    expect(await setup.push(cancelId ?? '', context)).toMatchObject({ outcome: 'cancelled', state: 'accepted' });
    expect(setup.there(externalKey)).toMatchObject([{ state: 'cancelled' }]);
  });

  it('of an order that never left goes where orders go now', async () => {
    const { orderId } = await setup.release('W-1');
    const change = { lines: [{ reference: '1', product: '4711', quantity: '5' }] };
    await reviseOrder(elsewhere(), { orderId, personId: setup.id('P-1'), reason: null, from: 1, change, channel: 'test' });
    const told = await setup.rows('select kind, state, connection from handoffs order by seq');
    expect(told).toEqual([
      { kind: 'create', state: 'cancelled', connection: 'erp' },
      { kind: 'create', state: 'pending', connection: 'another' },
    ]);
  });
});
