import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import type { CarryRule } from '../../src/domain/budgets/carry.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createTestDatabase } from '../support/database.ts';
import { aroundBudgets, type BudgetsSetup } from './budgets-setup.ts';
import { credit } from './ledger/charge.ts';

let setup: BudgetsSetup;
/** Another process: a pool of its own. */
let second: BudgetsSetup;

beforeAll(async () => {
  const { db, url } = await createTestDatabase();
  const clock = { now: new Date('2026-07-01T09:00:00Z') };
  setup = aroundBudgets(db, clock);
  second = aroundBudgets(await openDatabase(url, { poolSize: 2 }), clock);
  return () => second.db.destroy();
});

const wipe = () =>
  setup.db.raw('truncate budgets, budget_periods, budget_movements, budget_alerts, notifications restart identity cascade');
const carry = (mode: CarryRule['mode'], change: Partial<CarryRule> = {}): CarryRule => ({
  ...{ mode, rate: null, cap: null, minUtilisation: null, expiresAfter: null, overspend: 'forgive', ...change },
});
const at = (iso: string) => {
  setup.clock.now = new Date(iso);
  return openPeriods(setup.db, setup.clock.now);
};
const shown = async (id: string) =>
  (await setup.periods(id)).map(({ key, state, carriedIn, carriedOut }) => `${key} ${state} ${carriedIn} ${carriedOut}`);

describe('the clock of budgets', () => {
  it('opens every period that began while nobody looked, in order, dated when it was due and labelled late', async () => {
    await wipe();
    setup.clock.now = new Date('2026-07-10T00:00:00Z');
    const id = await setup.budget();
    expect(await at('2026-10-02T00:00:00Z')).toMatchObject({ opened: 3 });
    const periods = await setup.periods(id);
    expect(periods.map(({ key, openedLate }) => [key, openedLate])).toEqual([
      ...[['2026-07', false], ['2026-08', true], ['2026-09', true], ['2026-10', true]], // biome-ignore format: one line a list
    ]);
    const rows = await setup.db('budget_movements').where({ budget_id: id }).orderBy('id').pluck<Date[]>('at');
    expect(rows.map((due) => due.toISOString())).toEqual([
      ...['2026-06-30T22:00:00.000Z', '2026-07-31T22:00:00.000Z', '2026-08-31T22:00:00.000Z', '2026-09-30T22:00:00.000Z'],
    ]);
  });

  it.each([
    ['half of the original, capped by what is unused', carry('share_of_original', { rate: '0.5' }), 20_000, 50_000],
    ['half of the original, when less is left', carry('share_of_original', { rate: '0.5' }), 80_000, 20_000],
    ['nothing', carry('none'), 20_000, 0],
    ['everything', carry('full'), 20_000, 80_000],
    ['everything up to a cap', carry('full', { cap: 30_000 }), 20_000, 30_000],
    ['a share of what is unused', carry('share_of_unused', { rate: '0.25' }), 20_000, 20_000],
    ['nothing, for too little was used', carry('share_of_unused', { rate: '0.25', minUtilisation: '0.5' }), 20_000, 0],
    ['overspending, which the next period pays', carry('full', { overspend: 'deduct' }), 130_000, -30_000],
    ['no overspending, which is forgiven', carry('full'), 130_000, 0],
  ])('carries over %s', async (_what, carryRule, spent, carried) => {
    await wipe();
    setup.clock.now = new Date('2026-07-10T00:00:00Z');
    const id = await setup.budget({ amount: 100_000, carryRule, enforcement: 'warn' });
    await setup.reserve(1, [id, spent]);
    await at('2026-08-01T00:00:00Z');
    const [july, august] = await setup.periods(id);
    expect([july?.carriedOut, august?.carriedIn]).toEqual([0 - carried, carried]);
    expect(await setup.wrongSums()).toEqual([]);
  });

  it('closes provisionally, lets late credits count until the final close, and corrects by movements', async () => {
    await wipe();
    setup.clock.now = new Date('2026-07-10T00:00:00Z');
    const id = await setup.budget({ amount: 100_000, carryRule: carry('full') });
    await setup.reserve(1, [id, 60_000]);
    await setup.commit(1);
    await at('2026-08-03T00:00:00Z');
    expect(await shown(id)).toEqual(['2026-07 closed_provisional 0 -40000', '2026-08 open 40000 0']);
    const fact = { key: 'RET-1', orderId: '1', charges: [{ budgetId: id, amount: 10_000 }], day: { at: setup.clock.now } };
    await setup.db.transaction((trx) => credit(trx, fact, setup.clock.now));
    // Five business days after Saturday, 1 August: Saturday, 8 August.
    await at('2026-08-07T21:59:59Z');
    expect(await shown(id)).toEqual(['2026-07 closed_provisional 0 -40000', '2026-08 open 40000 0']);
    await at('2026-08-07T22:00:00Z');
    expect(await shown(id)).toEqual(['2026-07 closed_final 0 -50000', '2026-08 open 50000 0']);
  });

  it('takes carried money back when it expires, what was spent of it excepted', async () => {
    await wipe();
    setup.clock.now = new Date('2026-07-10T00:00:00Z');
    const id = await setup.budget({ amount: 100_000, carryRule: carry('full', { expiresAfter: { days: 15 } }) });
    await at('2026-08-02T00:00:00Z');
    await setup.reserve(1, [id, 30_000]);
    await at('2026-08-20T00:00:00Z');
    expect(await shown(id)).toEqual(['2026-07 closed_final 0 -100000', '2026-08 open 30000 0']);
    await at('2026-09-02T00:00:00Z');
    expect(await shown(id)).toContain('2026-09 open 100000 0');
  });

  it('begins the next period where the last one ended when the budget has moved to another zone', async () => {
    await wipe();
    setup.clock.now = new Date('2026-07-10T00:00:00Z');
    const id = await setup.budget();
    await setup.db('budgets').where({ id }).update({ zone: 'America/New_York' });
    await at('2026-09-02T00:00:00Z');
    const [july, august, september] = await setup.periods(id);
    expect(august?.startAt).toEqual(july?.endAt);
    expect([august?.endAt, september?.startAt].map((end) => end?.toISOString())).toEqual(Array(2).fill('2026-09-01T04:00:00.000Z'));
  });

  it('closes the last period of a budget that ends, and opens none', async () => {
    await wipe();
    setup.clock.now = new Date('2026-07-10T00:00:00Z');
    const id = await setup.budget({ validUntil: '2026-07-20' });
    await at('2026-09-10T00:00:00Z');
    expect(await shown(id)).toEqual(['2026-07 closed_final 0 0']);
    expect(await setup.db('budgets').where({ id }).select('next_due_at')).toEqual([{ next_due_at: null }]);
  });
});

const START = Date.parse('2026-07-01T09:00:00Z');
const HOUR = 3_600_000;
const anyHour = fc.integer({ min: 1, max: 45 * 24 });
const anyFact = fc.record({
  hour: anyHour,
  what: fc.constantFrom('reserve', 'commit', 'release', 'credit'),
  order: fc.integer({ min: 1, max: 6 }),
  budget: fc.integer({ min: 0, max: 3 }),
  amount: fc.integer({ min: 1, max: 900 }),
});
const anyTick = fc.record({ hour: anyHour, how: fc.constantFrom('once', 'doubled', 'crashed', 'in small batches') });
type Fact = typeof anyFact extends fc.Arbitrary<infer T> ? T : never;
type Tick = typeof anyTick extends fc.Arbitrary<infer T> ? T : never;

async function world(): Promise<string[]> {
  await wipe();
  setup.clock.now = new Date(START);
  return [
    await setup.budget({
      code: 'D',
      periodRule: { kind: 'day' },
      amount: 500,
      carryRule: carry('full'),
      enforcement: 'warn',
      zone: 'Africa/Cairo',
    }),
    await setup.budget({
      ...{ code: 'W', periodRule: { kind: 'week', firstDay: 1 }, amount: 900, enforcement: 'warn', closeDelay: { days: 2 } },
      carryRule: carry('full', { expiresAfter: { days: 3 }, cap: 600, overspend: 'deduct' }),
    }),
    await setup.budget({ code: 'M', amount: 2_000, carryRule: carry('share_of_unused', { rate: '0.5', overspend: 'deduct' }) }),
    await setup.budget({ code: 'L', limitKind: 'unlimited', amount: null, lateCredit: 'original', closeDelay: { days: 0 } }),
  ];
}

async function happen(ids: readonly string[], { hour, what, order, budget, amount }: Fact): Promise<void> {
  setup.clock.now = new Date(START + hour * HOUR);
  if (what === 'reserve') await setup.reserve(order, [String(ids[budget]), amount], { revision: hour });
  if (what === 'commit') await setup.commit(order);
  if (what === 'release') await setup.release(order);
  const fact = { key: `RET-${order}-${hour}`, orderId: String(order), day: { at: setup.clock.now } };
  if (what === 'credit')
    await setup.db.transaction((trx) => credit(trx, { ...fact, charges: [{ budgetId: String(ids[budget]), amount }] }, setup.clock.now));
}

async function tick({ hour, how }: Tick): Promise<void> {
  const now = new Date(START + hour * HOUR);
  if (how === 'doubled') await Promise.all([openPeriods(setup.db, now), openPeriods(second.db, now, { batch: 1 })]);
  else if (how === 'crashed') {
    const dying = new AbortController();
    // Dies after its first batch, as kill -9 would let it.
    const once = openPeriods(setup.db, now, { batch: 1, signal: dying.signal });
    dying.abort();
    await once.catch(() => undefined);
  } else await openPeriods(setup.db, now, how === 'once' ? {} : { batch: 2 });
}

it('ends in the same state under any schedule of late, doubled and crashed ticks as with one on time', async () => {
  const end = 46 * 24;
  await fc.assert(
    fc.asyncProperty(fc.array(anyFact, { maxLength: 14 }), fc.array(anyTick, { maxLength: 8 }), async (facts, ticks) => {
      const ordered = [...facts].sort((a, b) => a.hour - b.hour);
      let ids = await world();
      // Every instant that is owed something is a whole hour in these zones.
      for (const hour of new Set([...ordered.map((fact) => fact.hour), end])) {
        for (let due = await nextDue(hour); due !== null; due = await nextDue(hour)) await openPeriods(setup.db, due);
        for (const fact of ordered.filter((one) => one.hour === hour)) await happen(ids, fact);
      }
      const onTime = await setup.everything();
      ids = await world();
      const steps = [
        ...ordered.map((fact) => ({ hour: fact.hour, run: () => happen(ids, fact) })),
        ...ticks.map((one) => ({ hour: one.hour, run: () => tick(one) })),
      ];
      for (const { run } of steps.sort((a, b) => a.hour - b.hour)) await run();
      await tick({ hour: end, how: 'doubled' });
      await tick({ hour: end, how: 'once' });
      expect(await setup.everything()).toEqual(onTime);
    }),
    { numRuns: 12 },
  );
  expect(await setup.wrongSums()).toEqual([]);
});

async function nextDue(hour: number): Promise<Date | null> {
  const until = new Date(START + hour * HOUR);
  const row = await setup.db('budgets').where('next_due_at', '<=', until).min<{ due: Date | null }>('next_due_at as due').first();
  return row?.due ?? null;
}
