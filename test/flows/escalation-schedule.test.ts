import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { escalateApprovals } from '../../src/orders/escalate-approvals.ts';
import { tendSteps } from '../../src/orders/tend-steps.ts';
import { insertDelegation } from '../../src/store/approvals/delegations.ts';
import type { Database, Transaction } from '../../src/store/database.ts';
import { type RulesSetup, setupRules } from './rules-setup.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-11-23T09:00:00Z');
const HOURS = 30 * 24;

const STAGES = [
  {
    approvers: [{ superior: 1 }],
    clock: { remindAfter: ['4 business hours', '1 business day'], escalateAfter: '2 business days', expireAfter: '12 business days' },
    ladder: ['add_superior', 'replace', 'list'],
  },
  {
    mode: 'all',
    approvers: [{ person: 'P-2' }, { person: 'P-3' }],
    clock: { remindAfter: '6 business hours', escalateAfter: '1 business day', expireAfter: '9 business days', onExpire: 'expire' },
    ladder: ['add_superior'],
  },
  {
    approvers: [{ role: 'approver', in: 'company' }],
    clock: { escalateAfter: '12 business hours', expireAfter: '9 calendar days', onExpire: 'decline' },
    ladder: ['replace', { fallback: { role: 'buyer', in: 'company' } }, 'list'],
  },
  {
    mode: 'n_of_m',
    n: 2,
    approvers: [{ person: 'P-2' }, { person: 'P-3' }],
    clock: { remindAfter: '1 business day', escalateAfter: '3 business days' },
    ladder: ['replace', 'add_superior'],
  },
  {
    mode: 'all',
    approvers: [{ person: 'P-2' }, { person: 'P-3' }],
    clock: { remindAfter: '5 business days', escalateAfter: '2 business days', expireAfter: '8 business days', onExpire: 'decline' },
    ladder: ['replace', 'list'],
  },
] as const;

const KINDS = ['plain', 'doubled', 'two at once', 'killed'] as const;

interface Look {
  readonly hour: number;
  readonly kind: (typeof KINDS)[number];
  /** Statements a look that is killed gets through. */
  readonly statements: number;
  readonly tends: boolean;
}

interface Window {
  readonly from: string;
  readonly to: string;
  readonly hour: number;
  readonly hours: number;
}

const look: fc.Arbitrary<Look> = fc.record({
  hour: fc.integer({ min: 1, max: HOURS - 1 }),
  kind: fc.constantFrom(...KINDS),
  statements: fc.integer({ min: 1, max: 14 }),
  tends: fc.boolean(),
});

/** Those who stand in may hold a step themselves, have deputies, or be several. */
const window: fc.Arbitrary<Window> = fc
  .record({
    from: fc.constantFrom('P-2', 'P-3', 'P-4', 'P-5'),
    to: fc.constantFrom('P-2', 'P-3', 'P-4', 'P-5', 'S-1', 'S-2'),
    hour: fc.integer({ min: 0, max: 20 * 24 }),
    hours: fc.integer({ min: 5, max: 10 * 24 }),
  })
  .filter(({ from, to }) => from !== to);

const schedule = fc.record({
  looks: fc.array(look, { maxLength: 10 }).map((looks) => looks.sort((a, b) => a.hour - b.hour)),
  windows: fc.array(window, { maxLength: 4 }),
});

let setup: RulesSetup;

beforeAll(async () => {
  setup = await setupRules();
  for (const name of ['S-1', 'S-2']) await setup.person(name);
  const rules = STAGES.map((stage, n) => ({
    name: `rule ${n}`,
    effect: 'require',
    when: { costCentre: { eq: `C${n}` } },
    stages: [stage],
  }));
  await setup.put('A-1', { mode: 'own', rules } as never);
});

it('any schedule of looks, missed, late, doubled, two at once or killed in the middle, ends as looking on time does', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async ({ looks, windows }) => {
      await clean();
      for (const one of windows) await standIn(one);
      const onTime = await placeAll();
      await lookOnTime();
      const anyhow = await placeAll();
      for (const one of looks) await lookAs(one);
      await lookAt(START + HOURS * HOUR);
      expect(await outcomes(anyhow)).toEqual(await outcomes(onTime));
      expect(await repeated()).toEqual([]);
    }),
    { numRuns: 5, seed: 5, endOnFailure: true },
  );
});

async function clean(): Promise<void> {
  await setup.db.raw('truncate orders, order_log, delegations, notifications cascade');
}

async function standIn({ from, to, hour, hours }: Window): Promise<void> {
  const startsAt = new Date(START + hour * HOUR);
  const endsAt = new Date(startsAt.getTime() + hours * HOUR);
  const window = { fromPersonId: setup.id(from), toPersonId: setup.id(to), orderId: null, startsAt, endsAt, reason: null };
  await setup.db.transaction((trx) => insertDelegation(trx, { ...window, createdBy: 'test' }, new Date(START)));
}

/** One order under each ladder, from the same instant on. */
async function placeAll(): Promise<string[]> {
  setup.clock.now = new Date(START);
  const ids: string[] = [];
  for (const n of STAGES.keys()) ids.push((await setup.place({ content: { costCentre: `C${n}` } })).id);
  return ids;
}

/** At every instant at which something is due, or a deputy's time begins or ends. */
async function lookOnTime(): Promise<void> {
  const end = START + HOURS * HOUR;
  for (let at = await nextInstant(START); at !== null && at < end; at = await nextInstant(at)) await lookAt(at);
  await lookAt(end);
}

async function nextInstant(after: number): Promise<number | null> {
  const [row] = await setup.rows<{ at: Date | null }>(
    `select min(at) as at from (
       select c.due_at as at from step_clocks c where c.done_at is null
       union all select starts_at from delegations union all select ends_at from delegations) i where at > ?`,
    [new Date(after)],
  );
  return row?.at?.getTime() ?? null;
}

async function lookAt(at: number): Promise<void> {
  setup.clock.now = new Date(at);
  await tendSteps(setup.context);
  await escalateApprovals(setup.context);
}

async function lookAs({ hour, kind, statements, tends }: Look): Promise<void> {
  setup.clock.now = new Date(START + hour * HOUR);
  const { context } = setup;
  if (tends) await tendSteps(context);
  if (kind === 'killed') {
    const killed = escalateApprovals({ ...context, db: killedAfter(context.db, statements) });
    await killed.catch((error: Error) => expect(error.message).toBe('killed'));
    return;
  }
  if (kind === 'two at once') await Promise.all([escalateApprovals(context), escalateApprovals(context)]);
  else await escalateApprovals(context);
  if (kind === 'doubled') await escalateApprovals(context);
}

/** Its transactions are rolled back when so many statements have been done in all. */
function killedAfter(db: Database, most: number): Database {
  let count = 0;
  const watched = (trx: Transaction): Transaction =>
    new Proxy(trx, {
      get(target, name, receiver) {
        if (name === 'raw') {
          count += 1;
          if (count > most) return () => Promise.reject(new Error('killed'));
        }
        const value = Reflect.get(target, name, receiver);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return new Proxy(db, {
    get(target, name, receiver) {
      if (name === 'transaction') return (work: (trx: Transaction) => Promise<unknown>) => target.transaction((trx) => work(watched(trx)));
      return Reflect.get(target, name, receiver);
    },
  });
}

/**
 * All that is kept of the orders, but for when it was written and what is called late. Of reminders only the latest is told after a
 * silence, or none where something has overtaken them: what counts is whether one is done with.
 */
async function outcomes(ids: readonly string[]): Promise<unknown[]> {
  return setup.rows(
    `select o.state, o.decided_at, s.state as step, s.needed, s.climbs, s.listed_at, s.listed_because, s.decided_at as step_decided_at,
       (select jsonb_agg(jsonb_build_array(h.person_id, h.for_person_id, h.seat_id, h.level, h.via, h.since, h.also_for) order by h.person_id)
        from step_holders h where h.step_id = s.id) as holders,
       (select jsonb_agg(jsonb_build_array(c.kind, c.level, c.due_at, c.calendar, c.planned,
          case when c.kind = 'remind' and c.done_at is not null then 'done' else c.effect end) order by c.kind, c.level)
        from step_clocks c where c.step_id = s.id) as clocks,
       (select jsonb_agg(jsonb_build_array(l.kind, l.at, l.facts - 'stepId' - 'late' - 'doneAt') order by l.at, l.kind, l.facts ->> 'level')
        from order_log l where l.order_id = o.id and l.actor = 'clock') as trail
     from orders o join approval_steps s on s.order_id = o.id where o.id = any(:ids::bigint[]) order by o.id`,
    { ids: [...ids] } as never,
  );
}

/** Effects of the clock that a step has twice. */
async function repeated(): Promise<unknown[]> {
  return setup.rows(
    `select facts ->> 'stepId' as step, kind, facts ->> 'level' as level from order_log where actor = 'clock' group by 1, 2, 3 having count(*) > 1`,
  );
}
