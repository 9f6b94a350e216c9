import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBudgets } from '../../src/budgets/create-budgets.ts';
import { openPeriods } from '../../src/budgets/open-periods.ts';
import { createTestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait.ts';
import { aroundBudgets, type BudgetsSetup, budgetDefinition } from './budgets-setup.ts';
import { type Place, standstillWhen } from './standstill.ts';

/** Several batches of the job, so that some are committed when another dies. */
const BUDGETS = 2_500;
/** July is closed provisionally and for good, August and September begin. */
const NOW = '2026-09-02T00:00:00Z';

let setup: BudgetsSetup;
let url: string;
let undisturbed: unknown;

const TABLES = ['budgets', 'budget_periods', 'budget_movements'];

beforeAll(async () => {
  const made = await createTestDatabase();
  url = made.url;
  setup = aroundBudgets(made.db, { now: new Date('2026-07-10T09:00:00Z') });
  await makeJuly();
  for (const table of TABLES) await setup.db.raw(`create table ${table}_in_july as table ${table}`);
  await openPeriods(setup.db, new Date(NOW));
  undisturbed = await setup.everything();
});

beforeEach(async () => {
  await setup.db.raw(`truncate ${TABLES.join(', ')} cascade`);
  for (const table of TABLES) await setup.db.raw(`insert into ${table} overriding system value select * from ${table}_in_july`);
});

/** Of all budgets, of which some have spent, and some more than they had. */
async function makeJuly(): Promise<void> {
  const carryRule = { mode: 'full', rate: null, cap: null, minUtilisation: null, expiresAfter: null, overspend: 'deduct' } as const;
  const definitions = Array.from({ length: BUDGETS }, (_, n) =>
    budgetDefinition({ code: `K-${n}`, ownerCode: `K-${n}`, amount: 10_000, enforcement: 'warn', carryRule }),
  );
  const ids = [...(await setup.db.transaction((trx) => createBudgets(trx, definitions, 'test', setup.clock.now))).values()];
  const spent = ids.slice(0, 40).map((budgetId, n) => ({ budgetId, amount: 400 * (n + 1) }));
  await setup.reserve(1, spent);
}

function startClock(): ChildProcess {
  return spawn(process.execPath, [path.join(import.meta.dirname, 'fixtures/budget-clock.js'), url, NOW], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function killAt(when: string, place: Place): Promise<void> {
  const standstill = await standstillWhen(setup.db, when, place);
  const clock = startClock();
  await standstill.reached();
  clock.kill('SIGKILL');
  await once(clock, 'exit');
  await standstill.letGo();
  // PostgreSQL notices that nobody listens when it wants to answer.
  const left = `select from pg_stat_activity where application_name = 'budget clock' and datname = current_database()`;
  await waitFor(async () => (await setup.db.raw(left)).rows.length === 0);
}

async function finish(): Promise<void> {
  const [code] = await once(startClock(), 'exit');
  expect(code).toBe(0);
}

/** Budgets that have their August and wait for it all the same, or the other way round. */
const halfDone = async () => {
  const { rows } = await setup.db.raw(
    `select b.code from budgets b where (b.next_opens_on > '2026-08-01') <>
       exists (select from budget_periods p where p.budget_id = b.id and p.key = '2026-08')`,
  );
  return rows;
};

/** Somewhere in the middle of a batch. */
const MIDDLE = 'new.budget_id % 500 = 300';
/** A batch was committed before it. */
const LATER = `${MIDDLE} and new.budget_id > 2000`;

describe('the clock of budgets, killed', () => {
  it.each<[string, string, Place]>([
    ['while it writes new periods', MIDDLE, { table: 'budget_periods', on: 'before insert' }],
    ['while it writes movements', `${MIDDLE} and new.type = 'CARRY_IN'`, { table: 'budget_movements', on: 'before insert' }],
    ['while it closes the periods before', MIDDLE, { table: 'budget_periods', on: 'before update' }],
    ['while it notes what is due next', 'new.id % 500 = 300', { table: 'budgets', on: 'before update' }],
    ['when all of a batch is written and not committed', LATER, { table: 'budget_movements', on: 'insert, at commit' }],
    ['in a later batch', LATER, { table: 'budget_periods', on: 'before insert' }],
    ['at the final close', `${MIDDLE} and new.state = 'closed_final'`, { table: 'budget_periods', on: 'before update' }],
  ])('%s, leaves no budget half done; the next process opens the rest, each period once', async (_where, when, place) => {
    await killAt(when, place);
    expect(await halfDone()).toEqual([]);

    await finish();

    expect(await setup.everything()).toEqual(undisturbed);
    expect(await setup.wrongSums()).toEqual([]);
  });

  it('again and again, still comes to the end', async () => {
    await killAt(MIDDLE, { table: 'budget_periods', on: 'before insert' });
    await killAt(LATER, { table: 'budget_movements', on: 'insert, at commit' });
    // What happens to one budget happens in this order; others may be further by then, for there are two lanes.
    await killAt(`${LATER} and new.state = 'closed_final'`, { table: 'budget_periods', on: 'before update' });
    await killAt(`${LATER} and new.key = '2026-09'`, { table: 'budget_periods', on: 'before insert' });
    await Promise.all([finish(), finish()]);

    expect(await setup.everything()).toEqual(undisturbed);
    expect(await setup.wrongSums()).toEqual([]);
  });
});
