/**
 * `npm run chaos`: orders are handed off while everything around them breaks, and the ledger of the simulated ERP tells what arrived.
 * One seed is one scenario; `--seed 17 --backend redis` plays it again. With `--kept FILE` what was played is written down there: the
 * same command goes on from it, and the table is of all of it. Ends with status 1 when any order was doubled, lost, stuck without being
 * shown, out of order or without a full receipt.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Arena, type BackendKind } from './arena.ts';
import { type Played, play } from './play.ts';
import { drawReport, type Totals, totalsOf } from './report.ts';
import { calmScenario, drawScenario, ERP_KINDS, killScenario, type Scenario, type Theme } from './scenario.ts';

const USAGE = `npm run chaos -- [options]

  --seeds 1-1000        scenarios to play, each a world of its own
  --seed N              one of them, again
  --backend NAME        queue on postgres, redis, or both (the default)
  --orders N            in each scenario (10)
  --minutes N           begin no scenario after so long
  --places              kill a worker at every place it can be killed at, once each
  --theme NAME          all scenarios mainly about this
  --seats N             scenarios side by side (8)        --arenas N   sets of servers they share (1)
  --kept FILE           write down what was played; the same command goes on from there
  --mutant NAME         play against a known defect       --until-found  and stop when it is noticed
  --json                the totals as JSON`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1-1000' },
    seed: { type: 'string' },
    backend: { type: 'string', default: 'both' },
    orders: { type: 'string', default: '10' },
    /** Seeds are begun until then, and finished. */
    minutes: { type: 'string' },
    /** Every place where a worker can be killed, once. */
    places: { type: 'boolean', default: false },
    arenas: { type: 'string', default: '1' },
    seats: { type: 'string', default: '8' },
    kept: { type: 'string' },
    /** All seeds mainly about this. */
    theme: { type: 'string' },
    mutant: { type: 'string' },
    'until-found': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}

const startedMs = performance.now();
const backends: readonly BackendKind[] = values.backend === 'both' ? ['postgres', 'redis'] : [values.backend as BackendKind];
const stopsAtFirst = values['until-found'];
let isOver = false;
const endMs = values.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + 60_000 * Number(values.minutes);

const PLACES_SEED = 1_000_000;

/** What an earlier call of the same command left. */
const keptBefore: Played[] =
  values.kept !== undefined && existsSync(values.kept)
    ? readFileSync(values.kept, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    : [];

function keep(one: Played): void {
  if (values.kept === undefined) return;
  appendFileSync(values.kept, `${JSON.stringify({ ...one, scenario: { seed: one.scenario.seed }, awaits: [] })}\n`);
}

/** Those in which a server goes down first: whoever plays beside them is disturbed, and they disturb each other only once. */
function drawn(backend: BackendKind): Scenario[] {
  const done = new Set(keptBefore.filter((one) => one.backend === backend).map(({ scenario }) => scenario.seed));
  const scenarios = allDrawn().filter(({ seed }) => !done.has(seed));
  return [...scenarios.filter(({ outages }) => outages.length > 0), ...scenarios.filter(({ outages }) => outages.length === 0)];
}

function allDrawn(): Scenario[] {
  const [from = 1, to = from] = (values.seed ?? values.seeds).split('-').map(Number);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, turn) =>
    drawScenario(from + turn, { size: Number(values.orders), theme: values.theme as Theme | undefined }),
  );
}

/** Shared out between the backends, since the push is the same on both. */
async function killsAt(backend: BackendKind, arena: Arena): Promise<Scenario[]> {
  const scenarios: Scenario[] = [];
  for (const [place, erp] of ERP_KINDS.entries()) {
    const { awaits } = await play(arena, calmScenario(PLACES_SEED + 10 * place, erp));
    const turns = awaits.map((name, at) => `${name} ${awaits.slice(0, at + 1).filter((one) => one === name).length}`);
    const mine = turns.filter((_, turn) => turn % backends.length === backends.indexOf(backend));
    scenarios.push(killScenario(PLACES_SEED + 10 * place + 1, erp, mine));
  }
  return scenarios;
}

async function playAll(backend: BackendKind): Promise<Played[]> {
  const waiting = drawn(backend);
  const played: Played[] = keptBefore.filter((one) => one.backend === backend);
  const take = async (arena: Arena, scenario: Scenario) => {
    const one = await play(arena, scenario);
    played.push(one);
    keep(one);
    tellFindings(one);
    if (one.findings.length > 0 && stopsAtFirst) isOver = true;
  };
  const seat = async (arena: Arena) => {
    for (;;) {
      const scenario = isOver || Date.now() > endMs ? undefined : waiting.shift();
      if (!scenario) return;
      await take(arena, scenario);
    }
  };
  const arenas = await Promise.all(Array.from({ length: Number(values.arenas) }, () => Arena.open({ backend, mutant: values.mutant })));
  try {
    // Alone: whoever plays beside it would hardly find a worker alive.
    if (values.places && arenas[0]) for (const scenario of await killsAt(backend, arenas[0])) await take(arenas[0], scenario);
    await Promise.all(arenas.flatMap((arena) => Array.from({ length: Number(values.seats) }, () => seat(arena))));
  } finally {
    await Promise.all(arenas.map((arena) => arena.close()));
    for (const trouble of process.env.CHAOS_VERBOSE ? arenas.flatMap(({ troubles }) => troubles) : [])
      process.stderr.write(`${backend}: ${trouble}\n`);
  }
  return played;
}

function tellFindings({ scenario, backend, findings, ms, mishaps, sprung }: Played): void {
  if (process.env.CHAOS_VERBOSE) {
    process.stderr.write(
      `seed ${scenario.seed} on ${backend}: ${scenario.themes.join(', ')}; ${mishaps.length} mishaps, ${sprung.length} traps, ${Math.round(ms)} ms\n`,
    );
  }
  for (const { violation, what } of findings) {
    process.stderr.write(
      `${violation.toUpperCase()}: seed ${scenario.seed} on ${backend} (${scenario.themes.join(', ')}): ${what}\n  again: npm run chaos -- --seed ${scenario.seed} --backend ${backend}\n`,
    );
  }
}

const all = await Promise.all(backends.map(async (backend) => [backend, totalsOf(await playAll(backend))] as const));
const byBackend = new Map<string, Totals>(all);
const seconds = Math.round((performance.now() - startedMs) / 1_000);
const found = [...byBackend.values()].reduce((sum, { violations }) => sum + Object.values(violations).reduce((a, b) => a + b, 0), 0);
if (values.json) process.stdout.write(`${JSON.stringify({ seconds, found, ...Object.fromEntries(byBackend) })}\n`);
else {
  for (const line of drawReport(byBackend)) process.stdout.write(`${line}\n`);
  process.stdout.write(`\n${seconds} s; npm run chaos -- ${process.argv.slice(2).join(' ')}\n`);
}
process.exitCode = found > 0 ? 1 : 0;
