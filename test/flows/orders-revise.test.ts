import { describe, expect, it } from 'vitest';
import { signLink } from '../../src/approvals/links.ts';
import { decideByLink, openLink } from '../../src/orders/open-link.ts';
import { reviseOrder } from '../../src/orders/revise.ts';
import { insertPolicy } from '../../src/store/approvals/policies.ts';
import { loadRevision } from '../../src/store/orders/orders.ts';
import { desk, FIRST } from './order-desk.ts';

const more = (quantity: string) => ({ lines: [{ reference: '1', product: '4711', quantity }] });

describe('a change by the requester', () => {
  it('is a new revision, and whatever was decided about the old one is void', async () => {
    const { approve, revise, steps, log } = await desk([FIRST, { approvers: [{ person: 'P-4' }] }]);
    await approve('P-2');
    const { revision, changes, isMaterial } = await revise('P-1', more('6'));
    expect({ n: revision.n, total: revision.total, isMaterial }).toEqual({ n: 2, total: 7_500, isMaterial: true });
    expect(changes).toEqual(['line 1: quantity 4 → 6', 'total: 50.00 EUR → 75.00 EUR']);
    expect(await steps()).toEqual(['1 approved', '1 void', '2 active', '2 waiting']);
    expect(await log()).toContain('revised');
    await expect(approve('P-2', { revision: 1 })).rejects.toMatchObject({ code: 'ORDER_CONFLICT', details: { revision: 2 } });
    expect(await approve('P-2')).toMatchObject({ step: 'approved', order: 'pending' });
  });

  it('that needs nobody any more lets the order go', async () => {
    const { revise, handoffs, state } = await desk();
    expect((await revise('P-1', { lines: [{ product: '4712', quantity: '1' }] })).handoffId).not.toBeNull();
    expect([await state(), await handoffs()]).toEqual(['released', ['create 2 pending']]);
  });

  it('of texts, or of the date within the tolerance, voids nothing', async () => {
    const { revise, approve, steps, handoffs, rows, order } = await desk([FIRST], {});
    const texts = {
      note: 'Ring twice',
      purchaseOrderNumber: 'PO-7',
      lines: [{ reference: '1', product: '4711', quantity: '4', text: 'blue' }],
    };
    expect(await revise('P-1', texts)).toMatchObject({ isMaterial: false, revision: { n: 2 } });
    expect(await steps()).toEqual(['1 active']);
    expect(await approve('P-2', { revision: 1 })).toMatchObject({ order: 'approved' });
    expect(await handoffs()).toEqual(['create 2 pending']);
    expect(await rows(`select content ->> 'note' as note from order_revisions where order_id = ${order.id} and n = 2`)).toEqual([
      { note: 'Ring twice' },
    ]);
  });

  it('of the date beyond the tolerance voids what was decided', async () => {
    const { revise, steps } = await desk();
    expect(await revise('P-1', { requestedDeliveryOn: '2026-12-01' })).toMatchObject({ isMaterial: true });
    expect(await revise('P-1', { requestedDeliveryOn: '2026-12-08' }, 2)).toMatchObject({ isMaterial: false });
    expect(await revise('P-1', { requestedDeliveryOn: '2026-12-16' }, 3)).toMatchObject({ isMaterial: true });
    expect(await steps()).toEqual(['1 void', '2 void', '4 active']);
  });

  it('of the date is measured from what was asked about, however small the steps', async () => {
    const { revise, steps } = await desk();
    await revise('P-1', { requestedDeliveryOn: '2026-12-01' });
    expect(await revise('P-1', { requestedDeliveryOn: '2026-12-08' }, 2)).toMatchObject({ isMaterial: false });
    expect(await revise('P-1', { requestedDeliveryOn: '2026-12-09' }, 3)).toMatchObject({ isMaterial: true });
    expect(await revise('P-1', { requestedDeliveryOn: '2026-12-16' }, 4)).toMatchObject({ isMaterial: false });
    expect(await steps()).toEqual(['1 void', '2 void', '4 active']);
  });

  it('of the date is measured from what was released, not from a change that was declined', async () => {
    const { revise, approve, decline } = await desk();
    await revise('P-1', { requestedDeliveryOn: '2026-12-01' });
    await approve('P-2');
    await revise('P-1', { requestedDeliveryOn: '2026-12-20' }, 2);
    await decline('P-2');
    expect(await revise('P-1', { requestedDeliveryOn: '2026-12-21' }, 4)).toMatchObject({ isMaterial: true });
  });

  it.each(['category', 'supplier'])('of the %s of a line, which rules ask for, voids what was decided', async (field) => {
    const { revise, steps } = await desk();
    const line = { reference: '1', product: '4711', quantity: '4' };
    expect(await revise('P-1', { lines: [{ ...line, [field]: 'Chemicals' }] })).toMatchObject({ isMaterial: true });
    expect(await revise('P-1', { lines: [{ ...line, [field]: 'Tools' }] }, 2)).toMatchObject({ isMaterial: true });
    expect(await revise('P-1', { note: 'Ring twice' }, 3)).toMatchObject({ isMaterial: false });
    expect(await steps()).toEqual(['1 void', '2 void', '3 active']);
  });

  it('meets the rules of the company the account belongs to by now', async () => {
    const { revise, approve, alter, id, db, clock, state, rows } = await desk();
    const rules = [
      { name: 'theirs', effect: 'require', when: { orderTotal: { gt: 0, currency: 'EUR' } }, stages: [{ approvers: [{ person: 'P-9' }] }] },
    ];
    const policy = { accountId: id('B-1'), by: 'test', reason: null, document: { mode: 'own', rules }, draft: false };
    await db.transaction((trx) => insertPolicy(trx, policy, clock.now));
    await alter('A-2', { parent_id: id('B-1') });
    expect(await revise('P-1', more('6'))).toMatchObject({ handoffId: null });
    expect(await state()).toBe('pending_approval');
    expect(await rows('select company_id from orders')).toEqual([{ company_id: id('B-1') }]);
    await expect(approve('P-2')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await approve('P-9')).toMatchObject({ order: 'approved' });
  });

  it('may save an order that a rule denied', async () => {
    const { put, submit, context, id, rows } = await desk();
    const deny = { name: 'never', effect: 'deny', when: { orderTotal: { gt: 60, currency: 'EUR' } } };
    const ask = { name: 'ask', effect: 'require', when: { orderTotal: { gt: 10, currency: 'EUR' } }, stages: [FIRST] };
    await put({ mode: 'own', rules: [deny, ask] });
    const { order } = await submit({ reference: 'R-2', ...more('6') });
    const state = async () => (await rows<{ state: string }>(`select state from orders where id = ${order.id}`))[0]?.state;
    expect([order.state, await state()]).toEqual(['rejected_by_system', 'rejected_by_system']);
    const change = (from: number, quantity: string) =>
      reviseOrder(context, { orderId: order.id, personId: id('P-1'), from, change: more(quantity), reason: null, channel: 'test' });
    expect(await change(1, '7')).toMatchObject({
      order: { state: 'rejected_by_system' },
      reasons: [expect.stringContaining('"never" of Hansa')],
    });
    expect(await change(2, '2')).toMatchObject({ order: { state: 'pending_approval' } });
  });

  it('names the revision it was made from; one of an older revision is refused', async () => {
    const { revise } = await desk();
    const outcomes = await Promise.allSettled([revise('P-1', { note: 'a' }), revise('P-1', { note: 'b' })]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'ORDER_CONFLICT', details: { revision: 2 } },
    });
  });

  it('that changes nothing makes no revision', async () => {
    const { revise, order } = await desk();
    const { revision, changes } = await revise('P-1', { ...more('4.0'), note: ' ' });
    expect([revision.n, changes, order.revision]).toEqual([1, [], 1]);
  });

  it('leaves the price of what was ordered, and asks the profile about what is new', async () => {
    const { revise, alter, context, order } = await desk();
    await alter('K-1', { unit_price: '20' });
    await revise('P-1', {
      lines: [
        { reference: '1', product: '4711', quantity: '4' },
        { product: '4711', quantity: '5' },
      ],
    });
    const { content } = await loadRevision(context.db, order.id);
    expect(content.lines.map(({ reference, unitPrice }) => `${reference} ${unitPrice}`)).toEqual(['1 12.5', '2 20']);
  });

  it('is held against the profile like a submission, with all problems at once, and what it does not touch is not', async () => {
    const { revise, alter } = await desk();
    await alter('D-1', { valid_to: '2026-11-01' });
    await expect(revise('P-1', { shipTo: 'D-9', lines: [{ product: 'X', quantity: '0' }] })).rejects.toMatchObject({
      code: 'ORDER_INVALID',
      problems: [{ path: 'lines[0].quantity' }],
    });
    await expect(revise('P-1', { shipTo: 'D-9', costCentre: '9' })).rejects.toMatchObject({
      problems: [{ path: 'shipTo' }, { path: 'costCentre' }],
    });
    expect(await revise('P-1', { note: 'x' })).toMatchObject({ revision: { n: 2 } });
  });

  it('is refused once the order has ended, and to everybody else', async () => {
    const { revise, decline } = await desk();
    for (const who of ['P-5', 'P-9', 'P-3']) await expect(revise(who, { note: 'x' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await decline('P-2');
    await expect(revise('P-1', { note: 'x' })).rejects.toMatchObject({ code: 'ORDER_STATE' });
  });
});

describe('a change by an approver', () => {
  it('is approved with it where his authority and the rules reach', async () => {
    const { revise, state, handoffs, rows } = await desk();
    expect(await revise('P-2', more('3'))).toMatchObject({ revision: { n: 2 }, isMaterial: true });
    expect([await state(), await handoffs()]).toEqual(['released', ['create 2 pending']]);
    expect(await rows('select revision, channel from decisions')).toEqual([{ revision: 2, channel: 'edit' }]);
  });

  it('goes up when the total rises beyond his authority', async () => {
    const limits = { approve: { default: { amount: 60, currency: 'EUR', per: 'order' }, people: { 'P-3': 'unlimited' } } };
    const { revise, state, rows, id, approve } = await desk([FIRST], { limits });
    await revise('P-2', more('6'));
    expect([await state(), await rows('select 1 from decisions')]).toEqual(['pending_approval', []]);
    expect(await rows(`select person_id from step_holders h join approval_steps s on s.id = h.step_id where s.state = 'active'`)).toEqual([
      { person_id: id('P-3') },
    ]);
    expect(await approve('P-3')).toMatchObject({ order: 'approved' });
  });

  it('goes through the rules again when it brings what another rule guards', async () => {
    const { put, submit, state, context, id, rows } = await desk();
    const guard = { name: 'ovens', effect: 'require', when: { items: { in: ['4715'] } }, stages: [FIRST] };
    const ask = { name: 'ask', effect: 'require', when: { orderTotal: { gt: 10, currency: 'EUR' } }, stages: [FIRST] };
    await put({ mode: 'own', rules: [ask, guard] });
    const { order } = await submit({ reference: 'R-2' });
    const change = { lines: [{ product: '4715', quantity: '1' }] };
    await reviseOrder(context, { orderId: order.id, personId: id('P-2'), from: 1, change, reason: null, channel: 'test' });
    expect(await rows(`select state from orders where id = ${order.id}`)).toEqual([{ state: 'pending_approval' }]);
    expect([await state(), await rows('select 1 from decisions')]).toEqual(['pending_approval', []]);
  });

  it('is his word for his own step only; the steps behind it are asked', async () => {
    const { revise, steps, approve } = await desk([FIRST, { approvers: [{ person: 'P-4' }] }]);
    await revise('P-2', more('3'));
    expect(await steps()).toEqual(['1 void', '1 void', '2 approved', '2 active']);
    expect(await approve('P-4')).toMatchObject({ order: 'approved' });
  });
});

describe('a change after release', () => {
  it('takes the place of a hand-off that has not left', async () => {
    const { approve, revise, handoffs } = await desk();
    await approve('P-2');
    await revise('P-1', more('6'));
    expect(await handoffs()).toEqual(['create 1 cancelled']);
    await approve('P-2');
    expect(await handoffs()).toEqual(['create 1 cancelled', 'create 2 pending']);
  });

  it('follows to the ERP as a change once it is approved', async () => {
    const { approve, revise, handoffs, rows, state } = await desk();
    await approve('P-2');
    await rows(`update handoffs set state = 'accepted', erp_id = 'SO-1'`);
    await revise('P-1', more('6'));
    expect([await state(), await handoffs()]).toEqual(['pending_approval', ['create 1 accepted']]);
    await approve('P-2');
    expect([await state(), await handoffs()]).toEqual(['released', ['create 1 accepted', 'change 2 pending']]);
    expect(await revise('P-1', { note: 'Ring twice' }, 2)).toMatchObject({ isMaterial: false });
    expect(await handoffs()).toEqual(['create 1 accepted', 'change 2 cancelled', 'change 3 pending']);
  });

  it('that people decline, or a rule denies, leaves the order as it was released', async () => {
    const { approve, decline, revise, handoffs, rows, state, context, order, put } = await desk();
    await approve('P-2');
    await rows(`update handoffs set state = 'accepted', erp_id = 'SO-1'`);
    await revise('P-1', more('6'));
    expect(await decline('P-2')).toMatchObject({ order: 'declined', state: 'released', handoffId: null });
    const { n, total } = await loadRevision(context.db, order.id);
    expect([n, total, await handoffs()]).toEqual([3, 5_000, ['create 1 accepted']]);

    await put({ mode: 'own', rules: [{ name: 'never', effect: 'deny', when: { orderTotal: { gt: 60, currency: 'EUR' } } }] });
    await expect(revise('P-1', more('6'), 3)).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringContaining('"never" of Hansa'),
    });
    expect([await state(), await handoffs()]).toEqual(['released', ['create 1 accepted']]);
  });

  it('is withdrawn alone and leaves the order as it was released; which of the two is meant must be said', async () => {
    const { approve, withdraw, revise, handoffs, rows, state, steps, log, context, order } = await desk();
    await approve('P-2');
    await rows(`update handoffs set state = 'accepted', erp_id = 'SO-1'`);
    await revise('P-1', more('6'));
    await expect(withdraw('P-1')).rejects.toMatchObject({ code: 'ORDER_STATE', message: expect.stringContaining('--change') });
    await expect(withdraw('P-2', 'change')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await state()).toBe('pending_approval');
    expect(await withdraw('P-1', 'change')).toEqual({ state: 'released', handoffId: null });
    expect(await withdraw('P-1', 'change')).toEqual({ state: 'released', handoffId: null });
    const { n, total } = await loadRevision(context.db, order.id);
    expect([n, total, await handoffs(), await steps()]).toEqual([3, 5_000, ['create 1 accepted'], ['1 approved', '2 void']]);
    expect((await log()).slice(-2)).toEqual(['restored', 'change_withdrawn']);
    await expect(approve('P-2')).rejects.toMatchObject({ code: 'ORDER_STATE' });
  });

  it('that is withdrawn before the order has left sends it as it was released', async () => {
    const { approve, withdraw, revise, handoffs } = await desk();
    await approve('P-2');
    await revise('P-1', more('6'));
    const { state, handoffId } = await withdraw('P-1', 'change');
    expect([state, handoffId !== null]).toEqual(['released', true]);
    expect(await handoffs()).toEqual(['create 1 cancelled', 'create 3 pending']);
  });

  it('can be withdrawn with the whole order, which is cancelled where it stands', async () => {
    const { approve, withdraw, revise, handoffs, rows } = await desk();
    await approve('P-2');
    await rows(`update handoffs set state = 'accepted', erp_id = 'SO-1'`);
    await revise('P-1', more('6'));
    expect((await withdraw('P-1', 'order')).state).toBe('withdrawn');
    expect(await handoffs()).toEqual(['create 1 accepted', 'cancel 2 pending']);
  });

  it('is none to be withdrawn alone while the order was never released, or stands as it was', async () => {
    const waiting = await desk();
    await expect(waiting.withdraw('P-1', 'change')).rejects.toMatchObject({
      code: 'ORDER_STATE',
      message: expect.stringContaining('whole order'),
    });
    expect([await waiting.state(), await waiting.steps()]).toEqual(['pending_approval', ['1 active']]);
    await waiting.approve('P-2');
    await expect(waiting.withdraw('P-1', 'change')).rejects.toMatchObject({ code: 'ORDER_STATE' });
  });

  it('that people decline before the order has left sends it as it was released', async () => {
    const { approve, decline, revise, handoffs } = await desk();
    await approve('P-2');
    await revise('P-1', more('6'));
    await decline('P-2');
    expect(await handoffs()).toEqual(['create 1 cancelled', 'create 3 pending']);
  });
});

describe('a link', () => {
  async function linked(...given: Parameters<typeof desk>) {
    const table = await desk(...given);
    const [asked] = await table.rows<{ stepId: string; personId: string }>(
      `select h.step_id as "stepId", h.person_id as "personId" from step_holders h join approval_steps s on s.id = h.step_id and s.state = 'active'`,
    );
    const claims = { orderId: table.order.id, stepId: asked?.stepId ?? '', personId: asked?.personId ?? '', revision: 1 };
    return { ...table, token: await signLink(table.settings.http, claims, table.clock.now) };
  }

  it('shows the order as often as it is opened, and decides only when told to, once', async () => {
    const { context, token, state, id } = await linked();
    for (let time = 0; time < 3; time += 1) {
      expect(await openLink(context, token)).toMatchObject({ claims: { personId: id('P-2'), revision: 1 }, decision: null, changes: [] });
    }
    expect(await state()).toBe('pending_approval');
    expect(await decideByLink(context, token, { verdict: 'approve', comment: null })).toMatchObject({ state: 'released', already: null });
    expect(await decideByLink(context, token, { verdict: 'approve', comment: null })).toMatchObject({
      already: { verdict: 'approve', channel: 'link' },
    });
    await expect(decideByLink(context, token, { verdict: 'decline', comment: null })).rejects.toMatchObject({ code: 'ORDER_CONFLICT' });
    expect(await openLink(context, token)).toMatchObject({ decision: { verdict: 'approve' } });
  });

  it('is refused when altered, signed with another secret, for another purpose, or too old, each with its reason', async () => {
    const { context, token, settings, clock, order, id } = await linked();
    const [head, body, signature] = token.split('.') as [string, string, string];
    const claims = { orderId: order.id, stepId: '1', revision: 1, personId: id('P-2') };
    const forged = await signLink({ ...settings.http, linkSecret: 'another secret of enough characters' }, claims, clock.now);
    const altered = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    const swapped = Buffer.from(JSON.stringify({ ...altered, sub: id('P-3') })).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const bad of ['', 'x', token.slice(0, -2), forged, [head, swapped, signature].join('.'), [none, body, ''].join('.')]) {
      await expect(openLink(context, bad)).rejects.toMatchObject({ code: 'LINK_REFUSED', message: expect.stringContaining('not genuine') });
    }
    clock.now = new Date(clock.now.getTime() + 15 * 86_400_000);
    await expect(openLink(context, token)).rejects.toMatchObject({
      code: 'LINK_REFUSED',
      message: expect.stringContaining('expired on 2026-12-07'),
    });
  });

  it('to an older revision tells what has changed; one that changed nothing material stays good', async () => {
    const { context, token, revise } = await linked();
    await revise('P-1', { note: 'Ring twice' });
    expect(await openLink(context, token)).toMatchObject({ changes: ['note: none → Ring twice'], decision: null });
    await revise('P-1', more('6'), 2);
    for (const use of [() => openLink(context, token), () => decideByLink(context, token, { verdict: 'approve', comment: null })]) {
      await expect(use()).rejects.toMatchObject({ code: 'LINK_REFUSED', message: expect.stringContaining('line 1: quantity 4 → 6') });
    }
  });

  it('that was used is of no use for what the order has become', async () => {
    const { context, token, revise } = await linked();
    await decideByLink(context, token, { verdict: 'approve', comment: null });
    await revise('P-1', more('6'));
    for (const use of [() => openLink(context, token), () => decideByLink(context, token, { verdict: 'approve', comment: null })]) {
      await expect(use()).rejects.toMatchObject({ code: 'LINK_REFUSED', message: expect.stringContaining('which has become revision 2') });
    }
  });

  it('is of no use to a person who has left, nor once the step is somebody else’s', async () => {
    const { context, token, alter, id } = await linked();
    await alter('P-2', { status: 'left' });
    await expect(openLink(context, token)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await alter('P-2', { status: 'active' });
    await alter('P-1', { superior_id: id('P-3') });
    await expect(decideByLink(context, token, { verdict: 'approve', comment: null })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });
});
