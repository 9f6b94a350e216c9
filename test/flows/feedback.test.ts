/** What became of accepted orders, asked of a simulated ERP and read from documents that were pulled. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeFeedback } from '../../src/orders/take-feedback.ts';
import { acceptDifference } from '../../src/store/orders/differences.ts';
import { storeDocument } from './feedback-setup.ts';
import { type HandoffSetup, line, setupHandoff } from './handoff-setup.ts';

let setup: HandoffSetup;
beforeEach(async () => {
  setup = await setupHandoff({ orders: { confirmTolerance: 0.01 } });
});
afterEach(async () => {
  await setup.erp.close();
});

interface Kept {
  state: string;
  lines: Array<Record<string, string>>;
}

async function accepted(reference: string): Promise<{ orderId: string; erpId: string; externalKey: string }> {
  const lines = [line('1', '4711', '10', '12', 120_00), line('2', '4712', '5', '3.999', 20_00)];
  const { handoffId, orderId, externalKey } = await setup.release(reference, { lines });
  expect(await setup.push(handoffId)).toMatchObject({ state: 'accepted' });
  return { orderId, externalKey, erpId: setup.there(externalKey)[0]?.id ?? '' };
}

async function later(minutes: number) {
  setup.clock.now = new Date(setup.clock.now.getTime() + minutes * 60_000);
  return takeFeedback(setup.context);
}

async function progress(orderId: string): Promise<Kept | undefined> {
  const [row] = await setup.rows<Kept>('select state, lines from order_progress where order_id = ?', [orderId]);
  return row;
}

const differences = () => setup.rows<{ id: string; state: string }>('select id, state, differences from order_differences order by id');

describe('the progress of accepted orders', () => {
  it('is asked for at their ERP, and goes forward with it', async () => {
    const { orderId, erpId } = await accepted('W-1');
    expect(await later(0)).toMatchObject({ asked: 1, moved: 1, failed: [] });
    expect(await progress(orderId)).toMatchObject({ state: 'confirmed', lines: [{ confirmed: '10', open: '10' }, { confirmed: '5' }] });
    setup.world.stepOrder(erpId, 'shipped');
    expect(await later(2)).toMatchObject({ asked: 1, moved: 1 });
    setup.world.change('order', erpId, { state: 'confirmed' });
    expect(await later(2)).toMatchObject({ asked: 1, moved: 0 });
    expect(await progress(orderId)).toMatchObject({ state: 'shipped', lines: [{ shipped: '10', open: '0' }, { shipped: '5' }] });
    const log = await setup.rows<{ kind: string }>("select kind from order_log where kind like 'progress%' order by id");
    expect(log.map(({ kind }) => kind)).toEqual(['progress.confirmed', 'progress.shipped']);
  });

  it('is found by reference when the order has left for the archive, and then is final', async () => {
    const { orderId, erpId } = await accepted('W-1');
    await later(0);
    setup.world.post(erpId);
    expect(await later(2)).toMatchObject({ asked: 1, silent: 0, moved: 1 });
    expect((await progress(orderId))?.state).toBe('invoiced');
    expect(await later(10_000)).toMatchObject({ asked: 0 });
  });

  it('goes on for the others where it cannot be written down for one, who is told of', async () => {
    const [first, stuck, last] = [await accepted('W-1'), await accepted('W-2'), await accepted('W-3')];
    await setup.db.raw(`alter table order_progress add constraint stuck check (order_id <> ${stuck.orderId})`);
    await expect(later(0)).rejects.toThrow(/stuck/);
    expect([await progress(first.orderId), await progress(stuck.orderId), await progress(last.orderId)]).toMatchObject([
      { state: 'confirmed' },
      undefined,
      { state: 'confirmed' },
    ]);
    await setup.db.raw('alter table order_progress drop constraint stuck');
    await later(10);
    expect((await progress(stuck.orderId))?.state).toBe('confirmed');
  });

  it('is asked for ever more rarely while nothing happens', async () => {
    await accepted('W-1');
    const asked: number[] = [];
    for (const minutes of [0, 0.5, 1, 1, 60, 3, 4, 3_000, 59, 2]) asked.push((await later(minutes)).asked);
    expect(asked).toEqual([1, 0, 1, 1, 1, 0, 1, 1, 0, 1]);
  });

  it('comes from shipments that were pulled, line by line, also while the ERP is not asked', async () => {
    const { orderId, externalKey } = await accepted('W-1');
    await later(0);
    const order = await storeDocument(setup.db, setup.clock.now, {
      kind: 'order',
      reference: externalKey,
      state: 'open',
      lines: [
        { reference: '1', product: '4711', quantity: '10', unit_price: '12' },
        { reference: '2', product: '4712', quantity: '5', unit_price: '3.999' },
      ],
    });
    const shipment = { kind: 'shipment', state: 'shipped', about_id: order.id };
    await storeDocument(setup.db, setup.clock.now, { ...shipment, lines: [{ about_id: order.lines[1], quantity: '5' }] });
    expect(await later(0.1)).toMatchObject({ asked: 0, moved: 1 });
    expect(await progress(orderId)).toMatchObject({ state: 'partly_shipped', lines: [{ open: '10' }, { shipped: '5', open: '0' }] });
    await storeDocument(setup.db, setup.clock.now, { ...shipment, lines: [{ product: '4711', quantity: '10' }] });
    await later(0.1);
    expect((await progress(orderId))?.state).toBe('shipped');
  });

  it('goes on at one ERP while another does not answer', async () => {
    const { orderId } = await accepted('W-1');
    setup.erp.accidents.next('unavailable', { on: 'read', times: 9 });
    const { failed } = await later(0);
    expect(failed).toMatchObject([{ connection: 'erp' }]);
    expect(await progress(orderId)).toBeUndefined();
  });

  it('stays as it is when the ERP knows nothing of the order any more', async () => {
    const { orderId, erpId } = await accepted('W-1');
    await later(0);
    setup.world.remove('order', erpId);
    expect(await later(2)).toMatchObject({ asked: 1, silent: 1, moved: 0 });
    expect((await progress(orderId))?.state).toBe('confirmed');
  });
});

describe('what is confirmed otherwise than approved', () => {
  it('is held for a person once, and gone when it has healed', async () => {
    const { erpId } = await accepted('W-1');
    const lines = setup.world.row('order', erpId)?.lines ?? [];
    const dearer = lines.map((one) => ({ ...one, unitPrice: one.product === '4711' ? '13.00' : one.unitPrice }));
    setup.world.change('order', erpId, { lines: dearer });
    expect(await later(0)).toMatchObject({ differences: 1 });
    expect(await later(2)).toMatchObject({ asked: 1, differences: 0 });
    expect(await differences()).toMatchObject([
      { state: 'open', differences: [{ line: '1', about: 'price', approved: '12', sent: '12', confirmed: '13' }] },
    ]);
    setup.world.change('order', erpId, { lines });
    await later(2);
    expect(await differences()).toMatchObject([{ state: 'gone' }]);
    setup.world.change('order', erpId, { lines: dearer });
    expect(await later(2)).toMatchObject({ differences: 1 });
    expect(await differences()).toMatchObject([{ state: 'open' }]);
  });

  it('is none within the tolerance of prices', async () => {
    const { erpId } = await accepted('W-1');
    const lines = setup.world.row('order', erpId)?.lines ?? [];
    setup.world.change('order', erpId, {
      lines: lines.map((one) => ({ ...one, unitPrice: one.product === '4712' ? '4.03' : one.unitPrice })),
    });
    expect(await later(0)).toMatchObject({ asked: 1, differences: 0 });
  });

  it('stays accepted when a person has said so, until it becomes another', async () => {
    const { erpId } = await accepted('W-1');
    const [first, second] = setup.world.row('order', erpId)?.lines ?? [];
    if (!first || !second) throw new Error('no lines');
    setup.world.change('order', erpId, { lines: [first, { ...second, quantity: '4' }] });
    await later(0);
    const [open] = await differences();
    await setup.db.transaction((trx) =>
      acceptDifference(trx, open?.id ?? '', { reason: 'four are enough', by: 'Ines', now: setup.clock.now }),
    );
    await expect(
      setup.db.transaction((trx) => acceptDifference(trx, open?.id ?? '', { reason: 'twice', by: 'Ines', now: setup.clock.now })),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await later(2)).toMatchObject({ asked: 1, differences: 0 });
    setup.world.change('order', erpId, { lines: [first, { ...second, quantity: '3' }] });
    expect(await later(2)).toMatchObject({ differences: 1 });
    expect((await differences()).map(({ state }) => state)).toEqual(['accepted', 'open']);
  });
});
