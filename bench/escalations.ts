/**
 * `npm run bench:escalations`: a million steps wait, ten thousand of them are due. What looking for them takes and what doing takes,
 * reminders and rungs of ladders apart, beside a bare update of as many rows. Tables are filled by SQL; nothing else runs.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_APPROVALS } from '../src/config/approvals-schema.ts';
import { escalateApprovals } from '../src/orders/escalate-approvals.ts';
import type { OrderContext } from '../src/orders/order-context.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { openEmbedded } from '../src/store/embedded/open-embedded.ts';
import { migrate } from '../src/store/migrate.ts';
import { type ProcessorTime, processorTime, sayProcessorTime } from './processor-time.ts';
import { row, seconds } from './report.ts';
import { median } from './scene.ts';
import { scratchFolder } from './scratch.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '1000000' },
    due: { type: 'string', default: '10000' },
    companies: { type: 'string', default: '200' },
  },
});
const [steps, due, companies] = [Number(values.steps), Number(values.due), Number(values.companies)];
const ROUNDS = 3;
const PEOPLE = 50;
/** Round n is due on the n-th day from here; a step is assigned three days before. */
const BEGIN = Date.UTC(2026, 10, 2, 9);
const DAY_MS = 86_400_000;

interface Took extends ProcessorTime {
  readonly ms: number;
}

/** What each round took. */
interface Measured {
  readonly idle: Took[];
  readonly look: Took[];
  readonly floor: Took[];
  readonly remind: Took[];
  readonly climb: Took[];
  peakMb: number;
}

/** A round has three blocks of steps: reminders due, rungs due, and clocks for the floor to update. */
async function measure(on: Database): Promise<Measured> {
  const told: Measured = { idle: [], look: [], floor: [], remind: [], climb: [], peakMb: 0 };
  const before = process.memoryUsage().rss;
  const watch = setInterval(() => {
    told.peakMb = Math.max(told.peakMb, (process.memoryUsage().rss - before) / 2 ** 20);
  }, 20);
  for (let round = 0; round < ROUNDS; round += 1) {
    const at = (hour: number) => new Date(BEGIN + round * DAY_MS + hour * 3_600_000);
    told.idle.push(await timed(on, () => escalateApprovals(contextAt(on, at(-1)))));
    told.look.push(
      await timed(on, () =>
        on.raw('select step_id, kind, level from step_clocks where done_at is null and due_at <= ? order by due_at, step_id', [at(0)]),
      ),
    );
    told.remind.push(await did(on, async () => (await escalateApprovals(contextAt(on, at(0)))).reminded));
    told.climb.push(await did(on, async () => (await escalateApprovals(contextAt(on, at(1)))).climbed));
    told.floor.push(
      await timed(on, () =>
        on.raw("update step_clocks set done_at = :at, effect = 'floor' where done_at is null and due_at <= :at", { at: at(2) }),
      ),
    );
  }
  clearInterval(watch);
  return told;
}

function contextAt(on: Database, now: Date): OrderContext {
  const settings = { approvals: DEFAULT_APPROVALS } as OrderContext['settings'];
  return { db: on, settings, now: () => now };
}

async function did(on: Database, work: () => Promise<number>): Promise<Took> {
  let done = 0;
  const took = await timed(on, async () => {
    done = await work();
  });
  if (done !== due) throw new Error(`${done} were done, and ${due} were due`);
  return took;
}

async function timed(on: Database, work: () => Promise<unknown>): Promise<Took> {
  const processor = await processorTime(on);
  const begin = performance.now();
  await work();
  return { ms: performance.now() - begin, ...(await processor()) };
}

function report({ idle, look, floor, remind, climb, peakMb }: Measured): void {
  console.log(`${steps} steps wait in ${companies} companies of ${PEOPLE} people, ${due} are due; medians of ${ROUNDS}\n`);
  console.log('| what | took | beside | took | ratio | bound | |\n| --- | ---: | --- | ---: | ---: | ---: | --- |');
  const floorMs = median(floor.map(({ ms }) => ms));
  const beside = 'a bare update of as many rows';
  for (const [what, all] of [
    ['a look when nothing is due', idle],
    [`finding ${due} due`, look],
    [`${due} reminders, found, told and done`, remind],
    [`${due} rungs, found, climbed, told and done`, climb],
  ] as const) {
    const ms = median(all.map((one) => one.ms));
    console.log(row(what, seconds(ms), beside, seconds(floorMs), (ms / floorMs).toFixed(2), 'under 2 s', ms < 2_000));
  }
  console.log(row('memory it adds at its peak', `${peakMb.toFixed(0)} MB`, '', '', '', '200 MB', peakMb < 200));
  console.log('\nProcessor time, round by round:');
  for (const [what, all] of Object.entries({ reminders: remind, rungs: climb, 'bare update': floor }))
    console.log(`  ${what}: ${all.map(sayProcessorTime).join('; ')}`);
}

async function fill(on: Database): Promise<void> {
  const bindings = { steps, due, companies, people: PEOPLE, begin: new Date(BEGIN), rounds: ROUNDS };
  await on.transaction(async (trx) => {
    await trx.raw('set local session_replication_role = replica; set local synchronous_commit = off');
    for (const statement of FILL) await trx.raw(statement, bindings);
  });
  for (const table of ['accounts', 'contacts', 'orders', 'order_revisions', 'approval_steps', 'step_holders', 'step_clocks'])
    await on.raw(`vacuum analyze ${table}`);
  // What filling has left to write is no part of what is measured.
  await on.raw('checkpoint');
}

const CLOCK = JSON.stringify({
  reminders: [{ amount: 1, unit: 'business_days' }],
  escalations: [{ amount: 3, unit: 'business_days' }],
  expiries: [],
  ladder: [{ kind: 'add_superior' }, { kind: 'list' }],
});
const CONTENT = JSON.stringify({ currency: 'EUR', shippingCost: 0, costCentre: null, lines: [] });

/** Person 1 of a company is at the top; everybody has seven below. Steps of a company are held by those at the bottom. */
const FILL = [
  `insert into accounts (id, number, name, kind, time_zone, created_at, updated_at)
   select n, 'C-' || n, 'Company ' || n, 'company', 'Europe/Berlin', :begin, :begin from generate_series(1, :companies::int) n`,
  `insert into contacts (id, account_id, name, email, roles, superior_id, created_at, updated_at)
   select 1000000 + c * 100 + p, c, 'Person ' || p, 'p' || p || '@c' || c || '.example', array['approver'],
     case when p > 1 then 1000000 + c * 100 + 1 + (p - 2) / 7 end, :begin, :begin
   from generate_series(1, :companies::int) c, generate_series(1, :people::int) p`,
  `insert into policies (account_id, version, state, document, created_by, created_at)
   select n, 1, 'active', '{"mode": "own"}', 'bench', :begin from generate_series(1, :companies::int) n`,
  `insert into orders (id, origin, reference, external_key, submitted_digest, account_id, company_id, ordered_by_id, state, currency, total, submitted_at, updated_at)
   overriding system value
   select n, 'bench', 'R-' || n, 'KO-' || n, '', 1 + n % :companies::int, 1 + n % :companies::int, 1000000 + (1 + n % :companies::int) * 100 + :people::int,
     'pending_approval', 'EUR', 10000, :begin, :begin from generate_series(1, :steps::int) n`,
  `insert into order_revisions (order_id, n, content, material_hash, total, created_at)
   select n, 1, '${CONTENT}', '', 10000, :begin from generate_series(1, least(:steps::int, 3 * :due::int * :rounds::int)) n`,
  `insert into approval_steps (id, order_id, revision, stage, name, mode, needed, selector, policies, state, assigned_at, clock)
   overriding system value
   select n, n, 1, 1, 'superior', 'any', 1,
     jsonb_build_object('approvers', jsonb_build_array(jsonb_build_object('kind', 'person', 'person', 'id:' || (1000000 + (1 + n % :companies::int) * 100 + 9 + n % 40))), 'decideOncePerPerson', true),
     jsonb_build_object('ids', jsonb_build_array((select p.id::text from policies p where p.account_id = 1 + n % :companies::int)), 'causes', '[]'::jsonb),
     'active', :begin::timestamptz - interval '3 days', '${CLOCK}' from generate_series(1, :steps::int) n`,
  `insert into step_holders (step_id, person_id, via, since)
   select n, 1000000 + (1 + n % :companies::int) * 100 + 9 + n % 40, 'person id:' || (1000000 + (1 + n % :companies::int) * 100 + 9 + n % 40), :begin::timestamptz - interval '3 days' from generate_series(1, :steps::int) n`,
  `insert into step_clocks (step_id, kind, level, due_at, calendar)
   select n, case when block % 3 = 0 then 'remind' when block % 3 = 1 then 'escalate' else 'expire' end, 1,
     case when block < 3 * :rounds::int then :begin::timestamptz + (block / 3) * interval '1 day' + (block % 3) * interval '1 hour' - n % 3000 * interval '1 second'
       else :begin::timestamptz + interval '1 year' + n * interval '1 second' end, 'bench 1'
   from (select n, (n - 1) / :due::int as block from generate_series(1, :steps::int) n) numbered`,
  `insert into step_clocks (step_id, kind, level, due_at, calendar, done_at, effect, is_late)
   select step_id, 'remind', 1, due_at - interval '2 days', calendar, due_at - interval '2 days', 'reminded', false from step_clocks where kind = 'escalate'`,
];

const folder = await scratchFolder();
const postgres = await openEmbedded(path.join(folder, 'database'));
const db = await openDatabase(postgres.url);
try {
  await migrate(db);
  const filled = await timed(db, () => fill(db));
  process.stderr.write(`${steps} steps filled in ${seconds(filled.ms)}\n`);
  report(await measure(db));
} finally {
  await db.destroy();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}
