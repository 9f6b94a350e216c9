/**
 * `npm run bench:budgets`: opening the month of 100,000 budgets whose month begins at the same instant, with carry-over from the month
 * before, beside the least that any way of doing it must write: one statement that inserts as many periods and movements.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openPeriods } from '../src/budgets/open-periods.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { openEmbedded } from '../src/store/embedded/open-embedded.ts';
import { migrate } from '../src/store/migrate.ts';
import { scratchFolder } from './scratch.ts';

const LEAST_PER_SECOND = 5_000;
const { values } = parseArgs({ options: { budgets: { type: 'string', default: '100000' } } });
const count = Number(values.budgets);
const folder = await scratchFolder();
const postgres = await openEmbedded(path.join(folder, 'database'));
try {
  const db = await openDatabase(postgres.url);
  await migrate(db);
  await makeBudgets(db);
  const july = await timed(() => openPeriods(db, new Date('2026-07-01T00:00:00Z')));
  const august = await timed(() => openPeriods(db, new Date('2026-08-01T00:00:00Z')));
  const floor = await timed(() => bareInsert(db));
  const again = await timed(() => openPeriods(db, new Date('2026-08-01T00:01:00Z')));
  const memoryMb = Math.round(process.memoryUsage().rss / 1024 / 1024);
  const perSecond = Math.round((count / august) * 1000);
  console.log(`${count} budgets, whose month begins at the same instant\n`);
  console.log('| what | took | budgets a second | beside a bare insert |\n| --- | ---: | ---: | ---: |');
  console.log(line('first month', july, floor));
  console.log(line('next month, with carry-over', august, floor));
  console.log(line('a bare insert of as many periods and movements', floor, floor));
  console.log(`\nlooking again when nothing is due: ${again.toFixed(0)} ms; resident memory at the end: ${memoryMb} MB`);
  console.log(`${perSecond >= LEAST_PER_SECOND ? 'ok' : 'TOO SLOW'}: at least ${LEAST_PER_SECOND} budgets a second are asked for`);
  if (perSecond < LEAST_PER_SECOND) process.exitCode = 1;
  await db.destroy();
} finally {
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}

function line(what: string, ms: number, floor: number): string {
  return `| ${what} | ${(ms / 1000).toFixed(1)} s | ${Math.round((count / ms) * 1000).toLocaleString('en')} | ${(ms / floor).toFixed(1)} |`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function makeBudgets(db: Database): Promise<void> {
  await db.raw(
    `insert into budgets (code, name, company_id, owner_kind, owner_code, currency, limit_kind, amount, basis, includes_shipping, enforcement,
       period_rule, zone, valid_from, carry_rule, charge_on, late_credit, close_delay, alert_percents, roll_up, actuals_source,
       next_opens_on, next_opens_at, next_due_at, created_by, created_at, updated_at)
     select 'B-' || n, 'Budget ' || n, n % 500, 'project', 'P-' || n, 'EUR', 'amount', 500000, 'net', true, 'block',
       '{"kind":"month","firstMonth":1,"anchorDay":1}', 'Europe/Berlin', '2026-07-01',
       '{"mode":"full","rate":null,"cap":null,"minUtilisation":null,"expiresAfter":null,"overspend":"forgive"}', 'submission', 'current',
       '{"businessDays":5}', '{80,100}', 'informative', 'kontor', '2026-07-01', '2026-06-30T22:00:00Z', '2026-06-30T22:00:00Z', 'bench',
       '2026-06-15T00:00:00Z', '2026-06-15T00:00:00Z'
     from generate_series(1, :count::int) n`,
    { count },
  );
  await db.raw('analyze budgets');
}

/** September by hand: a period with its sums, its allocation, and what is carried out and in. */
async function bareInsert(db: Database): Promise<void> {
  await db.raw(
    `with opened as (
       insert into budget_periods (budget_id, key, start_on, end_on, start_at, end_at, state, is_limited, opened_at, allocated, carried_in)
       select id, '2026-09', '2026-09-01', '2026-10-01', '2026-08-31T22:00:00Z', '2026-09-30T22:00:00Z', 'planned', true, now(), 500000, 1000000
       from budgets returning id, budget_id)
     insert into budget_movements (budget_id, period_id, type, amount, idempotency_key, at, recorded_at, by)
     select budget_id, id, type, 500000, 'bare:' || budget_id || type, now(), now(), 'bench'
     from opened cross join (values ('ALLOCATE'), ('CARRY_IN'), ('CARRY_OUT')) as m(type)`,
  );
}
