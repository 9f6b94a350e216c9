/** Who approved an order, as its ERP is told. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideOrder } from '../../src/orders/decide.ts';
import { reviseOrder } from '../../src/orders/revise.ts';
import { submitOrder } from '../../src/orders/submit.ts';
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { type HandoffSetup, setupHandoff } from './handoff-setup.ts';

const JENS = 'approved by Jens Brandt on 2026-11-23';
const LINES = [{ reference: '1', product: '4711', quantity: '4' }];

let setup: HandoffSetup;
let orderId: string;

/** Greta's order of 50.00, about which Jens is asked: nothing below 20.00 is asked about. */
beforeEach(async () => {
  setup = await setupHandoff();
  const rules = [
    { name: 'ask', effect: 'require', when: { orderTotal: { gt: 20, currency: 'EUR' } }, stages: [{ approvers: [{ superior: 1 }] }] },
  ];
  const policy = { accountId: setup.id('A-1'), by: 'test', reason: null, document: { mode: 'own', rules }, draft: false };
  await setup.db.transaction((trx) => insertPolicy(trx, policy, setup.clock.now));
  const given = { reference: 'R-1', account: 'A-2', orderedBy: 'P-1', lines: LINES };
  orderId = (await submitOrder(setup.context, 'shop', given)).order.id;
});
afterEach(async () => {
  await setup.erp.close();
});

const revise = (change: object, from: number) =>
  reviseOrder(setup.context, { orderId, personId: setup.id('P-1'), from, change, reason: null, channel: 'test' });
const decide = (verdict: 'approve' | 'decline') =>
  decideOrder(setup.context, { orderId, personId: setup.id('P-2'), verdict, comment: null, channel: 'test' });

/** What is due is sent; answers what the ERP was told of approvals. */
async function tellErp(): Promise<string[]> {
  const [open] = await setup.rows<{ id: string }>("select id from handoffs where state = 'pending'");
  expect(await setup.push(open?.id ?? '')).toMatchObject({ state: 'accepted' });
  const [order] = setup.world.rows('order');
  return (order?.note ?? '').split('\n').filter((line) => /approved|released/.test(line));
}

describe('the ERP is told who approved an order', () => {
  it('of which details were corrected before, or after', async () => {
    await revise({ note: 'Ring twice' }, 1);
    await decide('approve');
    await revise({ note: 'Ring three times' }, 2);
    expect(await tellErp()).toEqual([JENS]);
  });

  it('that stands as it was released, since a change was declined', async () => {
    await decide('approve');
    await revise({ requestedDeliveryOn: '2027-01-15' }, 1);
    await decide('decline');
    expect(await tellErp()).toEqual([JENS]);
  });

  it('and that rules did, where nobody was asked about what it has become', async () => {
    await decide('approve');
    await revise({ lines: [{ ...LINES[0], quantity: '1' }] }, 1);
    expect(await tellErp()).toEqual(['released by rules']);
  });
});
