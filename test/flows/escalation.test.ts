import { describe, expect, it } from 'vitest';
import { CLOCK, clockDesk, tend } from './escalation-setup.ts';

describe('the clock of a step', () => {
  it('is stored as instants of the working calendar when the step is assigned', async () => {
    const { clocks, rows } = await clockDesk();
    expect(await clocks()).toEqual(['remind 1 2026-11-24T09:00', 'escalate 1 2026-11-25T09:00', 'expire 1 2026-12-21T09:00']);
    expect(await rows('select distinct calendar from step_clocks')).toHaveLength(1);
  });

  it('reminds, adds the superior, goes on to the next, and ends on the list: the first never loses the right to decide', async () => {
    const { at, held, told, clocks, approve, state } = await clockDesk({ ladder: ['add_superior', 'add_superior', 'list'] });
    await at('2026-11-24T09:00');
    expect(await told()).toEqual(['approval.asked P-2', 'approval.reminder P-2']);
    await at('2026-11-25T09:00');
    expect(await held()).toBe('active: P-2, P-3');
    await at('2026-11-27T09:00');
    expect(await held()).toBe('active: P-2, P-3, P-4');
    await at('2026-12-01T09:00');
    expect(await clocks()).toEqual([
      'remind 1 2026-11-24T09:00 reminded',
      'escalate 1 2026-11-25T09:00 add_superior',
      'escalate 2 2026-11-27T09:00 add_superior',
      'escalate 3 2026-12-01T09:00 list',
      'expire 1 2026-12-21T09:00',
    ]);
    expect((await approve('P-2')).order).toBe('approved');
    expect(await state()).toBe('released');
    expect((await clocks()).at(-1)).toBe('expire 1 2026-12-21T09:00 decided');
  });

  it('replaces whoever did not answer, and asks nobody twice', async () => {
    const { at, held, approve, decline, state } = await clockDesk({ ladder: ['replace', 'replace'] });
    await at('2026-11-25T09:00');
    expect(await held()).toBe('active: P-3');
    await expect(approve('P-2')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await at('2026-11-27T09:00');
    expect(await held()).toBe('active: P-4');
    await at('2026-12-01T09:00');
    expect(await held()).toBe('active: P-4');
    await decline('P-4');
    expect(await state()).toBe('declined');
  });

  it('asks a fallback group, and passes rungs that reach nobody at once', async () => {
    const fallback = { fallback: { role: 'buyer', in: 'company' } };
    const { at, held, clocks, alter, id } = await clockDesk({ ladder: ['add_superior', fallback] });
    await alter('P-2', { superior_id: null });
    await alter('P-5', { superior_id: id('P-4') });
    await at('2026-11-25T09:00');
    expect(await held()).toBe('active: P-2, P-5');
    expect((await clocks()).filter((one) => one.includes('nobody') || one.includes('fallback'))).toEqual([
      'escalate 1 2026-11-25T09:00 add_superior: nobody',
      'escalate 2 2026-11-25T09:00 fallback',
    ]);
  });

  it('shows the order to operations where nobody is above, and never goes back to the first', async () => {
    const { at, held, alter, id, rows } = await clockDesk({ ladder: ['add_superior', 'add_superior'] });
    await alter('P-3', { superior_id: id('P-2') });
    await at('2026-11-25T09:00');
    await at('2026-11-27T09:00');
    expect(await held()).toBe('active: P-2, P-3');
    expect(await rows('select listed_at, listed_because from approval_steps')).toEqual([
      { listed_at: new Date('2026-11-27T09:00:00Z'), listed_because: 'nobody decided, and the ladder of its rules is at its end' },
    ]);
  });

  it.each([
    ['expire', 'expired'],
    ['decline', 'declined'],
    ['list', 'pending_approval'],
  ])('with onExpire %s leaves the order %s when its time is over', async (onExpire, state) => {
    const desk = await clockDesk({ clock: { expireAfter: '3 calendar days', onExpire } });
    await desk.at('2026-11-26T08:59');
    expect(await desk.state()).toBe('pending_approval');
    await desk.at('2026-11-26T09:00');
    expect(await desk.state()).toBe(state);
    expect(await desk.rows(`select decided_at from orders where state <> 'pending_approval'`)).toEqual(
      state === 'pending_approval' ? [] : [{ decided_at: new Date('2026-11-26T09:00:00Z') }],
    );
  });

  it('waits with several holders until the time of all has run out, and never approves', async () => {
    const stage = { mode: 'all', approvers: [{ person: 'P-2' }, { person: 'P-3' }] };
    const { at, held, approve, state, clocks } = await clockDesk(stage);
    await approve('P-2');
    await at('2026-11-25T09:00');
    expect(await held()).toBe('active: P-3, P-2, P-4');
    expect((await clocks())[1]).toBe('escalate 1 2026-11-25T09:00 add_superior');
    await at('2027-06-01T09:00');
    expect(await state()).toBe('pending_approval');
    await approve('P-4');
    expect(await state()).toBe('released');
  });

  it('brings a step to where it should be after a week of silence: once, late, dated when it was due', async () => {
    const { at, tick, held, told, clocks, rows } = await clockDesk({
      clock: { ...CLOCK, remindAfter: ['4 business hours', '1 business day', '12 business hours'] },
      ladder: ['add_superior', 'replace', 'list'],
    });
    await at('2026-12-04T11:00');
    expect(await held()).toBe('active: P-4');
    expect(await clocks()).toEqual([
      'remind 1 2026-11-23T13:00 overtaken late',
      'remind 2 2026-11-24T09:00 overtaken late',
      'remind 3 2026-11-24T13:00 overtaken late',
      'escalate 1 2026-11-25T09:00 add_superior late',
      'escalate 2 2026-11-27T09:00 replace late',
      'escalate 3 2026-12-01T09:00 list late',
      'expire 1 2026-12-21T09:00',
    ]);
    expect(await told()).toEqual(['approval.asked P-2', 'approval.escalated P-4', 'approval.recalled P-2']);
    const trail = await rows(`select kind, at, facts ->> 'late' as late from order_log where actor = 'clock' order by id`);
    expect(trail).toEqual([
      { kind: 'step_escalated', at: new Date('2026-11-25T09:00:00Z'), late: 'true' },
      { kind: 'step_escalated', at: new Date('2026-11-27T09:00:00Z'), late: 'true' },
      { kind: 'step_escalated', at: new Date('2026-12-01T09:00:00Z'), late: 'true' },
      { kind: 'step_listed', at: new Date('2026-12-01T09:00:00Z'), late: 'true' },
    ]);
    expect(await tick()).toMatchObject({ climbed: 0, listed: 0, reminded: 0 });
  });

  it('tells after a silence the latest reminder only', async () => {
    const { at, told } = await clockDesk({ clock: { remindAfter: ['4 business hours', '1 business day', '12 business hours'] } });
    await at('2026-12-04T11:00');
    expect(await told()).toEqual(['approval.asked P-2', 'approval.reminder P-2']);
  });
});

describe('people are told', () => {
  it('when they are asked, when others decided, and what became of the order', async () => {
    const { at, told, approve } = await clockDesk();
    await at('2026-11-25T09:00');
    await approve('P-3');
    expect(await told()).toEqual(['approval.asked P-2', 'approval.escalated P-3', 'approval.recalled P-2', 'order.approved P-1']);
  });

  it.each([
    ['declines', 'decline', ['approval.recalled P-2', 'order.declined P-1']],
    ['withdraws', 'withdraw', ['approval.recalled P-2', 'approval.recalled P-3']],
  ] as const)('when somebody %s', async (_title, what, then) => {
    const desk = await clockDesk();
    await desk.at('2026-11-25T09:00');
    const before = (await desk.told()).length;
    await desk[what](what === 'decline' ? 'P-3' : 'P-1');
    expect((await desk.told()).slice(before).sort()).toEqual(then);
  });

  it('when an order expires', async () => {
    const desk = await clockDesk({ clock: { expireAfter: '3 calendar days', onExpire: 'expire' } });
    await desk.at('2026-11-26T09:00');
    expect(await desk.told()).toEqual(['approval.asked P-2', 'approval.recalled P-2', 'order.expired P-1']);
  });
});

describe('a deputy', () => {
  it("has the whole time from when the deputy's days begin, and what the original had left goes on afterwards", async () => {
    const desk = await clockDesk();
    await desk.delegate('P-2', 'P-4', '2026-11-24T08:00', '2026-11-25T08:00');
    // Jens had 7 of 16 hours on Monday, and none on Tuesday: 9 are left from Wednesday, 09:00 in Berlin, on.
    expect(await desk.clocks()).toEqual(['remind 1 2026-11-24T16:00', 'escalate 1 2026-11-26T09:00', 'expire 1 2026-12-22T09:00']);
    await desk.at('2026-11-24T08:00');
    await tend(desk);
    expect(await desk.held()).toBe('active: P-4 for P-2');
    await desk.at('2026-11-25T08:00');
    await tend(desk);
    expect(await desk.held()).toBe('active: P-2');
    expect((await desk.clocks())[1]).toBe('escalate 1 2026-11-26T09:00');
  });

  it("of a deputy has the whole time from when that one's days begin", async () => {
    const desk = await clockDesk();
    await desk.delegate('P-4', 'P-5', '2026-11-25T08:00', '2026-11-27T08:00');
    await desk.delegate('P-2', 'P-4', '2026-11-24T08:00', '2026-11-26T08:00');
    // Two business days pass neither on the fourth's Tuesday nor on the fifth's Wednesday; Jens has 9 hours left from Thursday on.
    expect((await desk.clocks())[1]).toBe('escalate 1 2026-11-27T09:00');
  });

  it("who does not answer brings the original's superior, not the deputy's", async () => {
    const desk = await clockDesk();
    await desk.alter('P-5', { superior_id: desk.id('P-9'), account_id: desk.id('A-2'), roles: ['approver'] });
    await desk.delegate('P-2', 'P-5', '2026-11-23T09:00', '2026-12-23T09:00');
    expect(await desk.held()).toBe('active: P-5 for P-2');
    await desk.at('2026-11-25T09:00');
    expect(await desk.held()).toBe('active: P-5 for P-2, P-3');
  });

  it('stands in for whom a rung brings', async () => {
    const desk = await clockDesk();
    await desk.delegate('P-3', 'P-5', '2026-11-23T09:00', '2026-12-23T09:00');
    await desk.at('2026-11-25T09:00');
    expect(await desk.held()).toBe('active: P-2, P-5 for P-3');
  });

  it('who holds the step anyway has the whole time of whom a rung brought, too, and that one returns to it', async () => {
    const desk = await clockDesk();
    const tendAt = (when: string) => desk.at(when).then(() => tend(desk));
    await desk.at('2026-11-25T09:00');
    await desk.delegate('P-3', 'P-2', '2026-11-26T09:00', '2026-11-28T09:00');
    await tendAt('2026-11-26T09:00');
    expect(await desk.held()).toBe('active: P-2');
    // Jens has less than two days until she is back; she has had one of hers, and Monday is left.
    expect((await desk.clocks())[2]).toBe('escalate 2 2026-11-30T16:00');
    await tendAt('2026-11-28T09:00');
    expect(await desk.held()).toBe('active: P-2, P-3');
    expect(await desk.rows('select since from step_holders order by since')).toEqual(
      ['2026-11-23', '2026-11-25'].map((day) => ({ since: new Date(`${day}T09:00:00Z`) })),
    );
    expect(await desk.told()).toEqual(['approval.asked P-2', 'approval.escalated P-3']);
  });

  it('who was asked beside the original decides alone while that one is away, and both do afterwards', async () => {
    const desk = await clockDesk({ approvers: [{ role: 'approver', in: 'company' }] });
    await desk.delegate('P-2', 'P-3', '2026-11-24T08:00', '2026-11-25T08:00');
    const clocks = await desk.clocks();
    await desk.at('2026-11-24T08:00');
    await tend(desk);
    expect(await desk.held()).toBe('active: P-3');
    await desk.at('2026-11-25T08:00');
    await tend(desk);
    expect(await desk.held()).toBe('active: P-3, P-2');
    expect(await desk.clocks()).toEqual([expect.stringContaining('reminded'), ...clocks.slice(1)]);
  });

  it.each([
    ['P-4', 'P-3'],
    ['P-3', 'P-4'],
  ])('of %s, if it is %s, takes no second seat where both must agree and one came by escalation', async (from, to) => {
    const desk = await clockDesk({ mode: 'all', approvers: [{ person: 'P-2' }, { person: 'P-3' }], ladder: ['replace'] });
    await desk.at('2026-11-25T09:00');
    expect(await desk.held()).toBe('active: P-3, P-4');
    await desk.delegate(from, to, '2026-11-25T09:00', '2026-12-23T09:00');
    expect(await desk.held()).toBe('active: P-3, P-4');
    expect((await desk.approve(to)).order).toBe('pending');
    expect((await desk.approve(from)).order).toBe('approved');
  });

  it('gives the step to whoever is deputy next, and gets it back', async () => {
    const desk = await clockDesk();
    await desk.delegate('P-2', 'P-4', '2026-11-24T08:00', '2026-11-28T08:00');
    await desk.delegate('P-2', 'P-5', '2026-11-25T08:00', '2026-11-26T08:00');
    const held = [];
    for (const when of ['2026-11-24T08:00', '2026-11-25T08:00', '2026-11-26T08:00', '2026-11-28T08:00']) {
      desk.clock.now = new Date(`${when}:00Z`);
      await tend(desk);
      held.push(await desk.held());
    }
    expect(held).toEqual(['P-4 for P-2', 'P-5 for P-2', 'P-4 for P-2', 'P-2'].map((who) => `active: ${who}`));
  });
});
