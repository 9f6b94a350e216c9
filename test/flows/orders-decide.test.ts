import { describe, expect, it } from 'vitest';
import { reassignAll } from '../../src/approvals/reassign.ts';
import { commentOrder } from '../../src/orders/comment.ts';
import { decideOrder } from '../../src/orders/decide.ts';
import { delegateApprovals } from '../../src/orders/delegate.ts';
import { openStepsOf } from '../../src/store/approvals/delegations.ts';
import { desk, FIRST } from './order-desk.ts';

const BOTH = { mode: 'all', approvers: [{ superior: 1 }, { superior: 2 }] };

describe('a decision', () => {
  it('that is the last one needed releases the order and its hand-off in the same step', async () => {
    const { approve, handoffs, order, log, rows } = await desk();
    expect(order.state).toBe('pending_approval');
    expect(await approve('P-2', { comment: 'fine' })).toMatchObject({
      step: 'approved',
      order: 'approved',
      state: 'released',
      already: null,
    });
    expect(await handoffs()).toEqual(['create 1 pending']);
    expect(await log()).toEqual(['submitted', 'step_assigned', 'waiting', 'approved', 'released']);
    expect(await rows('select comment, channel, self_approved, authority from decisions')).toMatchObject([
      { comment: 'fine', channel: 'test', self_approved: false, authority: { via: 'superior', seen: 1, total: 5_000 } },
    ]);
  });

  it('against the order ends it, whoever else was asked', async () => {
    const { approve, decline, state, steps, handoffs } = await desk([BOTH, { approvers: [{ person: 'P-4' }] }]);
    await approve('P-2');
    expect(await decline('P-3')).toMatchObject({ step: 'declined', order: 'declined', state: 'declined' });
    expect([await state(), await steps(), await handoffs()]).toEqual(['declined', ['1 declined', '1 void'], []]);
  });

  it('is enough of any, needed of all, or of as many as the rule says', async () => {
    const anyone = await desk([{ mode: 'any', approvers: [{ superior: 1 }, { superior: 2 }] }]);
    expect(await anyone.approve('P-3')).toMatchObject({ order: 'approved' });
    const all = await desk([BOTH]);
    expect(await all.approve('P-3')).toMatchObject({ step: 'active', order: 'pending' });
    expect(await all.approve('P-2')).toMatchObject({ step: 'approved', order: 'approved' });
    const two = await desk([{ mode: 'n_of_m', n: 2, approvers: [{ superior: 1 }, { superior: 2 }, { person: 'P-4' }] }]);
    expect(await two.approve('P-4')).toMatchObject({ order: 'pending' });
    expect(await two.approve('P-2')).toMatchObject({ order: 'approved' });
  });

  it('repeated answers what was decided; the opposite is told who decided, and when', async () => {
    const { approve, decline, clock, rows, id } = await desk([{ mode: 'any', approvers: [{ superior: 1 }, { superior: 2 }] }]);
    await approve('P-2');
    clock.now = new Date('2026-11-24T09:00:00Z');
    expect(await approve('P-2')).toMatchObject({
      order: 'approved',
      state: 'released',
      already: { personId: id('P-2'), verdict: 'approve' },
    });
    expect(await approve('P-3')).toMatchObject({ already: { personName: 'Jens Brandt' } });
    const conflict = { code: 'ORDER_CONFLICT', details: { decidedBy: id('P-2'), decidedAt: '2026-11-23T09:00:00.000Z' } };
    await expect(decline('P-3')).rejects.toMatchObject({ ...conflict, message: expect.stringContaining('Jens Brandt has approved') });
    await expect(decline('P-2')).rejects.toMatchObject({ ...conflict, message: expect.stringContaining('you have approved') });
    expect(await rows('select 1 from decisions')).toHaveLength(1);
  });

  it('is nobody else’s: not the requester’s, not one who is asked later, not a stranger’s, not one who has left', async () => {
    const { approve, alter, state } = await desk([FIRST, { approvers: [{ superior: 2 }] }]);
    for (const who of ['P-1', 'P-3', 'P-9']) {
      await expect(approve(who)).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: expect.stringContaining('ask Jens Brandt') });
    }
    await alter('P-2', { status: 'suspended' });
    await expect(approve('P-2')).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringContaining('Jens Brandt is suspended'),
    });
    expect(await state()).toBe('pending_approval');
  });

  it('counts in later steps of the same person unless the rules want each to be asked', async () => {
    const twice = [FIRST, { mode: 'any', approvers: [{ superior: 1 }, { person: 'P-4' }] }];
    const once = await desk(twice);
    expect(await once.approve('P-2')).toMatchObject({ order: 'approved' });
    expect(await once.rows('select channel from decisions order by id')).toEqual([{ channel: 'test' }, { channel: 'counted' }]);
    const each = await desk(twice, { decideOncePerPerson: false });
    expect(await each.approve('P-2')).toMatchObject({ step: 'approved', order: 'pending' });
    expect(await each.approve('P-4')).toMatchObject({ order: 'approved' });
  });

  it('of the requester alone is told as such where the rules allow it', async () => {
    const { approve, rows, submit, id, context } = await desk([{ approvers: [{ role: 'buyer', in: 'unit' }] }], {
      selfApprovalUpTo: { amount: 100, currency: 'EUR' },
    });
    expect(await approve('P-1')).toMatchObject({ order: 'approved' });
    expect(await rows('select self_approved from decisions')).toEqual([{ self_approved: true }]);
    const { order } = await submit({ reference: 'R-2', lines: [{ product: '4715', quantity: '1' }] });
    const request = { orderId: order.id, personId: id('P-1'), verdict: 'approve' as const, comment: null, channel: 'test' };
    await expect(decideOrder(context, request)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  describe('of one person whom two sources know, by the same mail address,', () => {
    const TWO = { mode: 'n_of_m', n: 2, approvers: [{ person: 'P-2' }, { person: 'P-12' }, { person: 'P-3' }] };
    /** Greta and Jens, once more; the order is asked about anew. */
    async function twice(stages: readonly object[]) {
      const table = await desk(stages);
      await table.person('P-11', { account: 'A-2', superior: 'P-3', email: ' P-1@Hansa.Example', roles: ['approver'] });
      await table.person('P-12', { account: 'A-2', superior: 'P-3', email: 'p-2@hansa.example', roles: ['approver'] });
      await table.revise('P-1', { lines: [{ reference: '1', product: '4711', quantity: '6' }] });
      return table;
    }

    it('is none about the own order, whoever is asked', async () => {
      const { approve, steps } = await twice([{ approvers: [{ person: 'P-11' }] }]);
      await expect(approve('P-11')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
      expect(await steps()).toEqual(['1 void', '2 active']);
    });

    it('counts once where several must agree', async () => {
      const { approve } = await twice([TWO]);
      expect(await approve('P-2')).toMatchObject({ order: 'pending' });
      expect(await approve('P-12')).toMatchObject({ order: 'pending' });
      expect(await approve('P-3')).toMatchObject({ order: 'approved' });
    });

    it('is enough for both where all must agree', async () => {
      const { approve } = await twice([{ mode: 'all', approvers: [{ person: 'P-2' }, { person: 'P-12' }] }]);
      expect(await approve('P-12')).toMatchObject({ order: 'approved' });
    });

    it('is no approval of an own change, and the order may be withdrawn under either number', async () => {
      const { revise, withdraw, alter, state, context, id, order } = await twice([FIRST]);
      await revise('P-11', { lines: [{ reference: '1', product: '4711', quantity: '7' }] }, 2);
      expect(await state()).toBe('pending_approval');
      const deputy = { fromPersonId: id('P-2'), toPersonId: id('P-11'), orderId: order.id, endsAt: new Date('2026-12-01T00:00:00Z') };
      await expect(delegateApprovals(context, { ...deputy, reason: null, createdBy: 'P-2' })).rejects.toMatchObject({
        code: 'NOT_ALLOWED',
      });
      await alter('P-9', { email: 'p-1@hansa.example' });
      await expect(withdraw('P-9')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
      expect(await withdraw('P-11')).toMatchObject({ state: 'withdrawn' });
    });
  });

  it('in the same moment from two sides is made once', async () => {
    const { approve, handoffs, rows } = await desk([{ mode: 'any', approvers: [{ superior: 1 }, { superior: 2 }] }]);
    const outcomes = await Promise.all([approve('P-2'), approve('P-3'), approve('P-2')]);
    expect(outcomes.filter(({ already }) => already === null)).toHaveLength(1);
    expect([await handoffs(), (await rows('select 1 from decisions')).length]).toEqual([['create 1 pending'], 1]);
  });

  it('for and against in the same moment: one stands, the other is told', async () => {
    const { approve, decline, state, handoffs } = await desk([{ mode: 'any', approvers: [{ superior: 1 }, { superior: 2 }] }]);
    const [one, other] = await Promise.allSettled([approve('P-2'), decline('P-3')]);
    const refused = [one, other].find(({ status }) => status === 'rejected');
    expect(refused).toMatchObject({ reason: { code: 'ORDER_CONFLICT' } });
    expect(await handoffs()).toHaveLength((await state()) === 'released' ? 1 : 0);
  });

  it('while the order is being changed is about the version that was seen, or none', async () => {
    const { approve, revise, rows, order } = await desk();
    await Promise.allSettled([revise('P-1', { shippingCost: '5' }), approve('P-2', { revision: 1 })]);
    const [handoff] = await rows<{ approved_hash: string }>(
      `select approved_hash from handoffs where order_id = ${order.id} order by seq desc limit 1`,
    );
    const seen = await rows<{ hash: string }>(
      `select r.material_hash as hash from decisions d join order_revisions r on r.order_id = d.order_id and r.n = d.revision`,
    );
    expect(seen.map(({ hash }) => hash)).toEqual(handoff ? [handoff.approved_hash] : []);
  });
});

describe('a comment', () => {
  it('may be made by those whom the order concerns, and decides nothing', async () => {
    const { context, order, id, state, log } = await desk();
    const say = (who: string) => commentOrder(context, { orderId: order.id, personId: id(who), text: ' When? ', channel: 'test' });
    await say('P-1');
    await say('P-2');
    await expect(say('P-5')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect((await log()).filter((kind) => kind === 'comment')).toHaveLength(2);
    expect(await state()).toBe('pending_approval');
  });
});

describe('who is asked', () => {
  it('changes with the people: who has left loses the step, and what all who are left have approved is approved', async () => {
    const { db, approve, alter, id, clock, rows } = await desk([BOTH]);
    await approve('P-2');
    await alter('P-3', { status: 'left' });
    await db.transaction(async (trx) => reassignAll(trx, await openStepsOf(trx, [id('P-3')]), clock.now));
    expect(await rows('select person_id from step_holders order by person_id')).toEqual(
      [id('P-2'), id('P-4')].sort((a, b) => Number(a) - Number(b)).map((person_id) => ({ person_id })),
    );
    expect(await approve('P-4')).toMatchObject({ order: 'approved' });
  });

  it('may hand one order to a deputy, who decides in both names, and nothing else', async () => {
    const { context, id, order, approve, rows, submit } = await desk();
    const second = await submit({ reference: 'R-2' });
    const hand = (to: string, endsAt = new Date('2026-12-01')) =>
      delegateApprovals(context, {
        fromPersonId: id('P-2'),
        toPersonId: id(to),
        orderId: order.id,
        endsAt,
        reason: 'away',
        createdBy: 'test',
      });
    await expect(hand('P-1')).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: expect.stringContaining('Greta Brandt ordered') });
    await expect(hand('P-9')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(hand('P-5', new Date('2026-11-01'))).rejects.toMatchObject({ code: 'USAGE' });
    await hand('P-5');
    await expect(approve('P-2')).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: expect.stringContaining('ask Olaf Lund') });
    expect(await approve('P-5')).toMatchObject({ order: 'approved' });
    expect(await rows('select person_id, for_person_id from decisions')).toEqual([{ person_id: id('P-5'), for_person_id: id('P-2') }]);
    const other = { orderId: second.order.id, personId: id('P-5'), verdict: 'approve' as const, comment: null, channel: 'test' };
    await expect(decideOrder(context, other)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('may hand one order to a deputy from a later day on, who gets it then', async () => {
    const { context, id, order, approve, clock } = await desk();
    const people = { fromPersonId: id('P-2'), toPersonId: id('P-5'), orderId: order.id, reason: null, createdBy: 'test' };
    const days = { startsAt: new Date('2026-11-25T00:00:00Z'), endsAt: new Date('2026-12-01T00:00:00Z') };
    expect(await delegateApprovals(context, { ...people, ...days })).toMatchObject({ moved: [] });
    await expect(approve('P-5')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    clock.now = days.startsAt;
    expect(await approve('P-5')).toMatchObject({ order: 'approved' });
  });

  it('may be away: everything that waits moves to the deputy and comes back when the time has passed', async () => {
    const { context, id, approve, clock } = await desk();
    await delegateApprovals(context, {
      fromPersonId: id('P-2'),
      toPersonId: id('P-5'),
      orderId: null,
      endsAt: new Date('2026-11-25T00:00:00Z'),
      reason: null,
      createdBy: 'test',
    });
    await expect(approve('P-2')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    clock.now = new Date('2026-11-25T00:00:00Z');
    await expect(approve('P-5')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await approve('P-2')).toMatchObject({ order: 'approved' });
  });
});

describe('withdrawing', () => {
  it('is for whoever ordered, and ends what waits', async () => {
    const { withdraw, approve, steps, state } = await desk();
    await expect(withdraw('P-2')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await withdraw('P-1')).toEqual({ state: 'withdrawn', handoffId: null });
    expect(await withdraw('P-1')).toEqual({ state: 'withdrawn', handoffId: null });
    await expect(approve('P-2')).rejects.toMatchObject({ code: 'ORDER_STATE' });
    expect([await state(), await steps()]).toEqual(['withdrawn', ['1 void']]);
  });

  it('after release takes back a hand-off that never left', async () => {
    const { withdraw, approve, handoffs } = await desk();
    await approve('P-2');
    expect(await withdraw('P-1')).toEqual({ state: 'cancelled', handoffId: null });
    expect(await handoffs()).toEqual(['create 1 cancelled']);
  });

  it('after release cancels in the ERP what may stand there', async () => {
    for (const there of [
      `state = 'accepted', erp_id = 'SO-1'`,
      `state = 'unknown', may_be_there_since = now()`,
      `state = 'sending', lease_until = now()`,
    ]) {
      const { withdraw, approve, handoffs, rows } = await desk();
      await approve('P-2');
      await rows(`update handoffs set ${there}`);
      const { state, handoffId } = await withdraw('P-1');
      expect({ state, isWoken: handoffId !== null }).toEqual({ state: 'cancelled', isWoken: true });
      expect((await handoffs()).at(-1)).toBe('cancel 1 pending');
    }
  });
});
