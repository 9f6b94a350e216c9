import { beforeAll, describe, expect, it } from 'vitest';
import { OUTAGES, playYear, type Year } from './escalation-year-setup.ts';
import type { RulesSetup } from './rules-setup.ts';

const DAY = 86_400_000;
const HOLIDAYS = [
  '2026-01-01',
  '2026-04-03',
  '2026-04-06',
  '2026-05-01',
  '2026-05-14',
  '2026-05-25',
  '2026-10-03',
  '2026-12-25',
  '2026-12-26',
];

/** What must hold at the end of each day, whether anything ran or not; the last ones only where it ran. */
const BROKEN = `
  select 'a requester decided' as what, d.order_id as id from decisions d join orders o on o.id = d.order_id
    where d.person_id in (o.ordered_by_id, o.on_behalf_of_id)
  union all
  select 'somebody decided who had left', d.order_id from decisions d join contacts c on c.id = d.person_id
    where c.status <> 'active' and d.at > c.updated_at
  union all
  select 'somebody approved more than they may', d.order_id from decisions d join orders o on o.id = d.order_id
    join contacts c on c.id = coalesce(d.for_person_id, d.person_id)
    where d.verdict = 'approve' and o.total > case when 'unit_approver' = any(c.roles) then 500000 when 'manager' = any(c.roles) then 2000000 else o.total end
  union all
  select 'a step waits for nobody, and nobody knows', s.id from approval_steps s join orders o on o.id = s.order_id
    where o.state = 'pending_approval' and s.state = 'active' and not exists (
      select from step_holders h join contacts c on c.id = h.person_id where h.step_id = s.id and c.status = 'active' and c.email is not null
        and c.id not in (o.ordered_by_id, coalesce(o.on_behalf_of_id, 0)))
  union all
  select 'an order waits without a step', o.id from orders o where o.state = 'pending_approval'
    and not exists (select from approval_steps s where s.order_id = o.id and s.state in ('active', 'exhausted'))
  union all
  select 'an ended order is still asked', s.id from approval_steps s join orders o on o.id = s.order_id
    where o.state <> 'pending_approval' and s.state in ('waiting', 'active', 'exhausted')
  union all
  select 'the clock did something twice', l.order_id from order_log l where l.actor = 'clock'
    group by l.order_id, l.kind, l.facts ->> 'stepId', l.facts ->> 'level' having count(*) > 1
  union all
  select 'a rung is dated otherwise than it was due', l.order_id from order_log l
    join step_clocks c on c.step_id = (l.facts ->> 'stepId')::bigint and c.kind = 'escalate' and c.level = (l.facts ->> 'level')::int
    where l.kind = 'step_escalated' and l.at <> c.due_at
  union all
  select 'somebody was asked about what was decided', n.id from notifications n join approval_steps s on s.id = n.step_id
    where n.state = 'sent' and n.event in ('approval.asked', 'approval.reminder', 'approval.escalated') and n.settled_at > s.decided_at
  union all
  select 'something due is left undone', c.step_id from step_clocks c join approval_steps s on s.id = c.step_id join orders o on o.id = s.order_id
    where :ran and c.done_at is null and c.due_at <= :looked and s.state in ('active', 'exhausted') and o.state = 'pending_approval'
  union all
  select 'a step is not on the radar', s.id from approval_steps s join orders o on o.id = s.order_id
    where :ran and o.state = 'pending_approval' and (s.state = 'exhausted' or s.listed_at is not null)
      and not exists (select from notifications n where n.step_id = s.id and n.event = 'radar.listed')
  union all
  select 'somebody holds whose deputy is in', s.id from approval_steps s join orders o on o.id = s.order_id
    join step_holders h on h.step_id = s.id and h.for_person_id is null and h.level = 0
    join delegations d on d.from_person_id = h.person_id and d.starts_at <= :looked and d.ends_at > :looked
    join contacts c on c.id = d.to_person_id and c.status = 'active'
    where :ran and o.state = 'pending_approval' and s.state = 'active' and s.mode = 'any' and not exists (
      select from delegations t where t.from_person_id = d.to_person_id and t.starts_at <= :looked and t.ends_at > :looked)`;

async function brokenOn({ rows, clock }: RulesSetup, ran: boolean): Promise<string[]> {
  const looked = new Date(clock.now.getTime() - 8 * 3_600_000);
  return (await rows<{ what: string; id: string }>(BROKEN, { ran, looked } as never)).map(({ what, id }) => `${what}: ${id}`);
}

describe('in a year of a company with forty approvers in three levels and two units', () => {
  let year: Year;

  beforeAll(async () => {
    year = await playYear(brokenOn);
  });

  it('orders are released, declined by people and by the clock, expire, or wait on the list of operations', async () => {
    const states = await year.setup.rows<{ state: string; count: number }>(
      'select state, count(*)::int as count from orders group by 1 order by 1',
    );
    expect(states.map(({ state }) => state)).toEqual(['declined', 'expired', 'pending_approval', 'released']);
    expect(states.reduce((sum, { count }) => sum + count, 0)).toBe(year.orders.length);
    expect(await year.setup.rows(`select distinct kind from order_log where actor = 'clock' order by 1`)).toEqual(
      ['declined', 'expired', 'step_escalated', 'step_listed'].map((kind) => ({ kind })),
    );
  });

  it('nobody decides who may not, no order waits unseen, nothing is done twice, and nobody is asked about what is decided, on any day', () => {
    expect(year.broken).toEqual([]);
  });

  it('a look that is repeated at once finds nothing to do', () => {
    expect(year.repeated).toBe(0);
  });

  it('deputies decide for those who are away, with both names kept', async () => {
    const [row] = await year.setup.rows<{ count: number }>('select count(*)::int as count from decisions where for_person_id is not null');
    expect(row?.count).toBeGreaterThan(0);
  });

  it('business time ends on no weekend and no public holiday, unless a deputy comes or goes then', async () => {
    const wrong = await year.setup.rows(
      `select c.step_id, c.kind, c.due_at from step_clocks c, lateral (select (c.due_at at time zone 'Europe/Berlin')::date as day) d
       where c.kind <> 'expire' and (extract(isodow from d.day) > 5 or d.day::text = any(:holidays))
         and not exists (select from delegations w where c.due_at in (w.starts_at, w.ends_at))`,
      { holidays: HOLIDAYS } as never,
    );
    expect(wrong).toEqual([]);
  });

  it.each(OUTAGES)(
    'what the week of silence from %s on left undone is done on its Monday, dated when due, and told once',
    async (monday) => {
      const [from, until] = [new Date(monday), new Date(Date.parse(monday) + 7 * DAY)];
      const made = await year.setup.rows<{ late: boolean; done: Date }>(
        `select is_late as late, done_at as done from step_clocks where due_at >= :from and due_at < :until and effect <> 'void' and effect <> 'decided'`,
        { from, until } as never,
      );
      expect(made.length).toBeGreaterThan(0);
      expect(made.every(({ late, done }) => late && done >= until)).toBe(true);
      const storm = await year.setup.rows(
        `select step_id, person_id from notifications where event = 'approval.reminder' and created_at >= :until and created_at < :until::timestamptz + interval '12 hours'
       group by 1, 2 having count(*) > 1`,
        { from, until } as never,
      );
      expect(storm).toEqual([]);
    },
  );
});
