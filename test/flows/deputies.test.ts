import { describe, expect, it } from 'vitest';
import { delegateApprovals } from '../../src/orders/delegate.ts';
import { revokeDeputy } from '../../src/orders/revoke-delegation.ts';
import { tendSteps } from '../../src/orders/tend-steps.ts';
import { noteBounces } from '../../src/store/mail/bounces.ts';
import { recordAbsences } from '../../src/store/work-calendars/absences.ts';
import { clockDesk } from './escalation-setup.ts';
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

describe('an account manager at the seller', () => {
  /** Ole asks nobody of Hansa: Rita is above him at the seller, and Ulf sits beside him. */
  async function seller() {
    const table = await clockDesk({ approvers: [{ accountManager: true }], ladder: ['add_superior'] });
    await table.account('S-1', { name: 'Seller', kind: 'company' });
    await table.person('S-9', { name: 'Rita Falk', account: 'S-1' });
    await table.person('S-7', { name: 'Ole Thomsen', account: 'S-1', superior: 'S-9' });
    await table.person('S-8', { name: 'Ulf Beck', account: 'S-1' });
    await tendSteps(table.context);
    await table.alter('P-3', { roles: ['buyer'] });
    const names = new Map(['S-7', 'S-8', 'S-9'].map((name) => [table.id(name), name]));
    const { order } = await table.submit({ reference: 'R-2' });
    const holders = async () =>
      (
        await table.rows<{ p: string; f: string | null }>(
          `select person_id as p, for_person_id as f from step_holders h join approval_steps s on s.id = h.step_id where s.order_id = ? order by level, p`,
          [order.id],
        )
      ).map(({ p, f }) => [names.get(p) ?? p, f && names.get(f)].filter(Boolean).join(' for '));
    const away = (from: string, until: string) =>
      table.db.transaction((trx) =>
        recordAbsences(
          trx,
          'test',
          [{ personId: table.id('S-7'), externalId: 'leave', startsAt: new Date(from), endsAt: new Date(until) }],
          table.clock.now,
        ),
      );
    return { ...table, order, holders, away };
  }

  it('has a deputy there, and nobody there is one of anybody else', async () => {
    const { holders, delegate, clock } = await seller();
    expect(await holders()).toEqual(['S-7']);
    await expect(delegate('P-2', 'S-8', '2026-11-23T09:00', '2026-11-30T00:00')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await delegate('S-7', 'S-8', '2026-11-23T09:00', '2026-11-30T00:00');
    expect([clock.now.toISOString(), await holders()]).toEqual(['2026-11-23T09:00:00.000Z', ['S-8 for S-7']]);
  });

  it('who is absent is stood in for by the superior there', async () => {
    const { holders, away, context, clock } = await seller();
    await away('2026-11-23T10:00:00Z', '2026-11-25T10:00:00Z');
    clock.now = new Date('2026-11-23T10:00:00Z');
    await tendSteps(context);
    expect(await holders()).toEqual(['S-9 for S-7']);
    clock.now = new Date('2026-11-25T10:00:00Z');
    await tendSteps(context);
    expect(await holders()).toEqual(['S-7']);
  });

  it('who does not decide in time brings the superior there', async () => {
    const { holders, at } = await seller();
    await at('2026-11-25T09:00');
    expect(await holders()).toEqual(['S-7', 'S-9']);
  });
});
