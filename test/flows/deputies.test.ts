import { describe, expect, it } from 'vitest';
import { delegateApprovals } from '../../src/orders/delegate.ts';
import { revokeDeputy } from '../../src/orders/revoke-delegation.ts';
import { noteBounces } from '../../src/store/mail/bounces.ts';
import { desk } from './order-desk.ts';

async function setup(...given: Parameters<typeof desk>) {
  const table = await desk(...given);
  const { context, id, rows } = table;
  const name = (from: string, to: string) =>
    delegateApprovals(context, {
      fromPersonId: id(from),
      toPersonId: id(to),
      orderId: null,
      endsAt: new Date('2026-12-01T00:00:00Z'),
      reason: null,
      createdBy: 'test',
    });
  const holders = async () =>
    (await rows<{ person_id: string }>('select person_id from step_holders order by 1')).map(({ person_id }) => person_id);
  return { ...table, name, holders };
}

describe('a deputy for everything that waits', () => {
  it('of another company is refused, and nothing is kept of it', async () => {
    const { name, rows, log } = await setup();
    await expect(name('P-2', 'P-9')).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: 'Bent Holm is not of the company of Jens Brandt and may decide nothing there; name somebody of that company',
    });
    expect(await rows('select id from delegations')).toEqual([]);
    expect(await log()).not.toContain('delegated');
  });

  it('gets what they may decide; of the rest it is told that it stays, and why', async () => {
    const { name, order, id, holders, log, context } = await setup();
    const named = await name('P-2', 'P-1');
    expect(named).toMatchObject({ moved: [], stayed: [{ orderId: order.id, because: 'deputy Greta Brandt requested the order' }] });
    expect(await holders()).toEqual([id('P-2')]);
    expect(await log()).not.toContain('delegated');
    expect(await revokeDeputy(context, named.id)).toMatchObject({ moved: [] });
    const able = await name('P-2', 'P-5');
    expect(able).toMatchObject({ moved: [order.id], stayed: [] });
    expect(await log()).toContain('delegated');
    expect(await revokeDeputy(context, able.id)).toMatchObject({ moved: [order.id] });
  });

  it('may be followed by a deputy of the deputy, and two who name each other leave it with the first', async () => {
    const { name, order, id, holders } = await setup();
    await name('P-5', 'P-4');
    expect(await name('P-2', 'P-5')).toMatchObject({ moved: [order.id] });
    expect(await holders()).toEqual([id('P-4')]);
    await name('P-4', 'P-2');
    expect(await holders()).toEqual([id('P-2')]);
  });

  it('lets an order go that has all it needs when it is looked at again', async () => {
    const { name, approve, db, clock, state, handoffs } = await setup([{ mode: 'all', approvers: [{ role: 'approver', in: 'company' }] }]);
    expect(await approve('P-2')).toMatchObject({ order: 'pending' });
    await noteBounces(db, [{ address: 'p-3@hansa.example', reason: 'no such user', mailId: null }], clock.now);
    await name('P-2', 'P-5');
    expect([await state(), await handoffs()]).toEqual(['released', ['create 1 pending']]);
  });
});
