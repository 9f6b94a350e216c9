/** The seller's credit limit at the last gate: what counts against it, and what stands still and does not. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reviseOrder } from '../../src/orders/revise.ts';
import { withdrawOrder } from '../../src/orders/withdraw.ts';
import { type HandoffSetup, line, setupHandoff } from './handoff-setup.ts';

let setup: HandoffSetup;
/** 10,000.00 EUR for Hansa and all below it, as the ERP said last night. */
beforeEach(async () => {
  setup = await setupHandoff({ now: new Date().toISOString(), orders: { credit: 'check' } });
  await setup.db.raw("update accounts set credit_limit = 1000000, balance = 0, credit_as_of = current_date - 1 where name = 'Hansa'");
});
afterEach(async () => {
  await setup.erp.close();
});

/** So many ovens of 1000.00. */
function release(reference: string, ovens: number, { account = 'A-2', currency = 'EUR' } = {}) {
  return setup.release(reference, { account, currency, lines: [line('1', '4715', String(ovens), '1000.00', ovens * 100_000)] });
}

async function push({ handoffId }: { handoffId: string }) {
  setup.clock.now = (await setup.handoff(handoffId)).not_before ?? setup.clock.now;
  return setup.push(handoffId);
}

const ACCEPTED = { state: 'accepted' };
const EXCEEDED = { state: 'held', code: 'CREDIT_EXCEEDED' };

describe('of two orders that together exceed the credit limit', () => {
  it('the one that was released first leaves, and the other when there is room', async () => {
    const [first, second] = [await release('W-1', 6), await release('W-2', 6, { account: 'A-3' })];
    expect(await push(second)).toMatchObject(EXCEEDED);
    expect(await push(first)).toMatchObject(ACCEPTED);
    expect(await push(second)).toMatchObject(EXCEEDED);
    await setup.alter('A-1', { credit_limit: 1_200_000 });
    expect(await push(second)).toMatchObject(ACCEPTED);
  });

  it('one leaves when both were held and are looked at in the same moment', async () => {
    await setup.alter('A-1', { credit_limit: 0 });
    const both = [await release('W-1', 6), await release('W-2', 6, { account: 'A-3' })];
    for (const one of both) expect(await push(one)).toMatchObject(EXCEEDED);
    await setup.alter('A-1', { credit_limit: 1_000_000 });
    await Promise.all(both.map(push));
    const states = await Promise.all(both.map(async ({ handoffId }) => (await setup.handoff(handoffId)).state));
    expect(states.sort()).toEqual(['accepted', 'held']);
  });
});

describe('nothing is used of the credit limit by an order that stands still', () => {
  it('because it is far too large', async () => {
    const [mistaken, next] = [await release('W-1', 50), await release('W-2', 6)];
    expect(await push(mistaken)).toMatchObject(EXCEEDED);
    expect(await push(next)).toMatchObject(ACCEPTED);
  });

  it('in another currency', async () => {
    await setup.price('K-8', { product: '4715', unit_price: '1000.00', currency: 'USD' });
    const [dollars, euros] = [await release('W-1', 1, { currency: 'USD' }), await release('W-2', 6)];
    expect(await push(dollars)).toMatchObject({ state: 'held', code: 'CREDIT_STALE' });
    expect(await push(euros)).toMatchObject(ACCEPTED);
  });

  it('because the ERP refused it', async () => {
    await setup.price('K-8', { product: 'NO-SUCH', unit_price: '9000.00' });
    const refused = await setup.release('W-1', { lines: [line('1', 'NO-SUCH', '1', '9000.00', 900_000)] });
    expect(await push(refused)).toMatchObject({ state: 'refused' });
    expect(await push(await release('W-2', 6))).toMatchObject(ACCEPTED);
  });
});

describe('the credit limit is used', () => {
  it('by an order of which nobody knows whether it arrived, until it is known not to have', async () => {
    const lost = await release('W-1', 6);
    setup.erp.accidents.next('request-lost', { on: 'write' });
    expect(await push(lost)).toMatchObject({ state: 'unknown' });
    const other = await release('W-2', 6, { account: 'A-3' });
    expect(await push(other)).toMatchObject(EXCEEDED);
    await withdrawOrder(setup.context, { orderId: lost.orderId, personId: setup.id('P-1'), reason: null, what: 'order' });
    await push(lost);
    expect(await push(other)).toMatchObject(ACCEPTED);
  });

  it('by an order that the ERP took, until a pull tells the balance with it', async () => {
    await push(await release('W-1', 6));
    const next = await release('W-2', 6);
    expect(await push(next)).toMatchObject(EXCEEDED);
    await setup.db.raw("update accounts set credit_as_of = current_date, balance = 400000 where name = 'Hansa'");
    expect(await push(next)).toMatchObject(ACCEPTED);
  });

  it('by what a change adds to an order that the balance holds already', async () => {
    const { orderId, handoffId } = await release('W-1', 6);
    await setup.push(handoffId);
    await setup.db.raw("update accounts set credit_as_of = current_date, balance = 600000 where name = 'Hansa'");
    const change = { lines: [{ reference: '1', product: '4715', quantity: '9' }] };
    const who = { orderId, personId: setup.id('P-1'), reason: null, channel: 'test' };
    const more = await reviseOrder(setup.context, { ...who, from: 1, change });
    expect(await setup.push(more.handoffId ?? '')).toMatchObject(ACCEPTED);
    await setup.db.raw("update accounts set balance = 900000 where name = 'Hansa'");
    const tooMuch = await reviseOrder(setup.context, { ...who, from: 2, change: { lines: [{ ...change.lines[0], quantity: '11' }] } });
    expect(await setup.push(tooMuch.handoffId ?? '')).toMatchObject(EXCEEDED);
  });

  it('by an order that was taken back, until it is cancelled there', async () => {
    const { orderId, handoffId } = await release('W-1', 6);
    await setup.push(handoffId);
    const cancelled = await withdrawOrder(setup.context, { orderId, personId: setup.id('P-1'), reason: null });
    const next = await release('W-2', 6, { account: 'A-3' });
    expect(await push(next)).toMatchObject(EXCEEDED);
    expect(await setup.push(cancelled.handoffId ?? '')).toMatchObject(ACCEPTED);
    expect(await push(next)).toMatchObject(ACCEPTED);
  });
});
