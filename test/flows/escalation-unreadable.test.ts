import { describe, expect, it } from 'vitest';
import { RetryLaterError } from '../../src/errors.ts';
import { inHalves } from '../../src/orders/in-halves.ts';
import { tellOfRadar } from '../../src/orders/tell-radar.ts';
import { tendSteps } from '../../src/orders/tend-steps.ts';
import { loadRadar } from '../../src/store/views/radar.ts';
import { CLOCK, clockDesk, tend } from './escalation-setup.ts';

const UNREADABLE = JSON.stringify({ mode: 'own', rules: [{ name: 'from a later version' }] });

describe('steps whose rules nobody can read', () => {
  it('stand still and are named with the reason; those of others are given on', async () => {
    const { clock, tick, rows, submit, put, order } = await clockDesk({ ladder: ['add_superior'] });
    const second = await submit({ reference: 'R-2' });
    const stages = [{ approvers: [{ superior: 1 }], clock: CLOCK, ladder: ['add_superior'] }];
    await put({ mode: 'own', rules: [{ name: 'later', effect: 'require', when: {}, stages }] });
    const others = [await submit({ reference: 'R-3' }), await submit({ reference: 'R-4' })];
    await rows('update policies set document = ? where version = 1', [UNREADABLE]);
    clock.now = new Date('2026-11-25T09:00:00Z');
    const spoiled = await rows<{ id: string }>('select id from approval_steps where order_id in (?, ?) order by id', [
      order.id,
      second.order.id,
    ]);
    expect(await tick()).toMatchObject({
      climbed: 2,
      skipped: [{ code: 'RULES_INVALID', message: expect.stringContaining('version 1'), stepIds: spoiled.map(({ id }) => id) }],
    });
    const climbed = await rows<{ order_id: string }>('select order_id from order_log where actor = ? order by order_id', ['clock']);
    expect(climbed.map(({ order_id }) => order_id)).toEqual(others.map(({ order: one }) => one.id));
    expect(await tick()).toMatchObject({ climbed: 0, skipped: [] });
  });

  it('are given on as soon as a version that can be read is there', async () => {
    const { clock, context, tick, rows, clocks } = await clockDesk();
    const [{ document } = { document: {} }] = await rows<{ document: object }>('select document from policies');
    await rows('update policies set document = ?', [UNREADABLE]);
    clock.now = new Date('2026-11-25T09:00:00Z');
    expect((await tick()).skipped).toHaveLength(1);
    await rows('update policies set document = ?', [JSON.stringify(document)]);
    clock.now = new Date('2026-11-25T09:01:00Z');
    await tend({ context });
    expect(await tick()).toMatchObject({ climbed: 1, skipped: [] });
    expect((await clocks())[1]).toBe('escalate 1 2026-11-25T09:00 add_superior');
  });
});

describe('a step whose calendar nobody can read', () => {
  it('is told once, stays on the radar while that is so, and goes on afterwards', async () => {
    const { clock, context, db, tick, rows, clocks, id } = await clockDesk();
    await db('work_calendars').insert({ name: 'bad', version: 1, definition: '{"zone":"Mars/Olympus"}', is_active: true, created_by: 'test', created_at: clock.now }); // biome-ignore format: one row
    await db('calendar_assignments').insert({ owner_kind: 'person', owner_id: id('P-3'), calendar: 'bad', assigned_by: 'test', assigned_at: clock.now }); // biome-ignore format: one row
    clock.now = new Date('2026-11-25T09:00:00Z');
    expect((await tick()).skipped).toMatchObject([{ code: 'CALENDAR_INVALID' }]);
    const { items } = await loadRadar(db, { now: clock.now, limit: 10 });
    expect(items).toMatchObject([{ kind: 'nobody', reason: expect.stringContaining('calendar bad'), since: clock.now }]);
    await rows('delete from calendar_assignments');
    await tend({ context });
    expect(await tick()).toMatchObject({ climbed: 1, skipped: [] });
    expect((await clocks())[1]).toBe('escalate 1 2026-11-25T09:00 add_superior');
    expect((await loadRadar(db, { now: clock.now, limit: 10 })).items).toEqual([]);
  });

  it('is looked at by the sweep without being told again', async () => {
    const { clock, context, db, rows, id } = await clockDesk();
    await rows(`update approval_steps set stuck_because = 'before', stuck_at = ?`, [clock.now]);
    await db('work_calendars').insert({ name: 'bad', version: 1, definition: '{"zone":"Mars/Olympus"}', is_active: true, created_by: 'test', created_at: clock.now }); // biome-ignore format: one row
    await db('calendar_assignments').insert({ owner_kind: 'person', owner_id: id('P-2'), calendar: 'bad', assigned_by: 'test', assigned_at: clock.now }); // biome-ignore format: one row
    const looks = [await tendSteps(context), await tendSteps(context)].map(({ stuck }) => stuck.map(({ code }) => code));
    expect(looks).toEqual([['CALENDAR_INVALID'], []]);
    expect(await rows('select stuck_at from approval_steps')).toEqual([{ stuck_at: clock.now }]);
  });
});

describe('a step whose cause comes and goes', () => {
  it.each(['sweep', 'clock'])('is told once a day, in the log of the %s and to the named address', async (who) => {
    const { clock, context, settings, db, tick, rows, id } = await clockDesk();
    const named = { ...context, settings: { ...settings, approvals: { radarAddress: 'ops@seller.example' } } };
    await db('work_calendars').insert({ name: 'bad', version: 1, definition: '{"zone":"Mars/Olympus"}', is_active: true, created_by: 'test', created_at: clock.now }); // biome-ignore format: one row
    /** Unreadable, and readable again a minute later. How many are told in the log, and how many by mail. */
    const flicker = async (at: string) => {
      clock.now = new Date(at);
      // Which the sweep looks at in any case.
      if (who === 'sweep') await rows("update approval_steps set state = 'exhausted'");
      await db('calendar_assignments').insert({ owner_kind: 'person', owner_id: id(who === 'sweep' ? 'P-2' : 'P-3'), calendar: 'bad', assigned_by: 'test', assigned_at: clock.now }); // biome-ignore format: one row
      const { length } = who === 'sweep' ? (await tendSteps(context)).stuck : (await tick()).skipped;
      expect(await rows('select from approval_steps where stuck_because is not null')).toHaveLength(1);
      const mails = await tellOfRadar(named);
      await rows('delete from calendar_assignments');
      clock.now = new Date(clock.now.getTime() + 60_000);
      await tendSteps(context);
      expect((await loadRadar(db, { now: clock.now, limit: 10 })).items).toEqual([]);
      return [length, mails];
    };
    expect(await flicker('2026-11-25T09:00:00Z')).toEqual([1, 1]);
    expect(await flicker('2026-11-25T09:05:00Z')).toEqual([0, 0]);
    expect(await flicker('2026-11-26T08:00:00Z')).toEqual([0, 0]);
    expect(await flicker('2026-11-26T10:00:00Z')).toEqual([1, 1]);
    expect(await flicker('2026-11-26T10:10:00Z')).toEqual([0, 0]);
  });
});

describe('a set that one of its members spoils', () => {
  const SET = Array.from({ length: 1_000 }, (_, n) => n);

  it('is done but for that one, in few attempts', async () => {
    const [done, skipped]: [number[], unknown[]] = [[], []];
    let attempts = 0;
    const work = async (items: readonly number[]) => {
      attempts += 1;
      if (items.includes(617)) throw new Error('617 is bad');
      done.push(...items);
    };
    await inHalves(SET, work, (item, error) => skipped.push([item, error]));
    expect(done).toEqual(SET.filter((n) => n !== 617));
    expect(skipped).toEqual([[617, new Error('617 is bad')]]);
    expect(attempts).toBeLessThan(25);
  });

  it.each([new RetryLaterError('DATABASE_UNREACHABLE', 'later'), Object.assign(new Error('gone'), { code: '57P01' })])(
    'is given up at once where it is not the fault of one: %s',
    async (error) => {
      let attempts = 0;
      const work = async () => {
        attempts += 1;
        throw error;
      };
      const skip = () => expect.fail('nothing is skipped');
      await expect(inHalves(SET, work, skip)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
      expect(attempts).toBe(1);
    },
  );
});
