/** `kontor schedules`: what runs by the clock, and when next. */
import type { Command } from 'commander';
import { dueInstants } from '../../domain/schedule.ts';
import { listSchedules, type ScheduleState } from '../../store/slots.ts';
import type { App } from '../app.ts';
import { withExamples } from '../arguments.ts';
import { formatInstant } from '../format.ts';
import { schedulesOf } from '../start-worker.ts';
import { drawTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

const A_YEAR_MS = 366 * 86_400_000;

interface ScheduleView {
  name: string;
  cron: string;
  zone: string;
  catchUp: string;
  nextDueAt: Date | null;
  lastDueAt: Date | null;
  openSlots: number;
  /** Whether a worker has taken it up; configured ones wait for the next start of a worker. */
  active: boolean;
}

export function addSchedulesCommand(program: Command, app: App): void {
  const command = program
    .command('schedules')
    .description('show what runs by the clock, and when next')
    .action(async () => {
      const settings = await app.settings([]);
      const { db } = await app.store(settings);
      const stored = new Map((await listSchedules(db)).map((schedule) => [schedule.name, schedule]));
      const schedules = schedulesOf(settings).map((configured) => view(configured, stored.get(configured.name)));
      app.out.answer({ schedules }, drawSchedules);
    });
  withExamples(command, ['kontor schedules', 'kontor schedules --json']);
}

function view(
  { name, cron, zone, catchUp }: Pick<ScheduleState, 'name' | 'cron' | 'zone' | 'catchUp'>,
  stored: ScheduleState | undefined,
): ScheduleView {
  const now = new Date();
  const [nextDueAt = null] = dueInstants({ cron, zone, after: now, until: new Date(now.getTime() + A_YEAR_MS), limit: 1 });
  const active = stored?.cron === cron && stored.zone === zone && stored.catchUp === catchUp;
  return { name, cron, zone, catchUp, nextDueAt, lastDueAt: stored?.lastDueAt ?? null, openSlots: stored?.openSlots ?? 0, active };
}

function* drawSchedules({ schedules }: { schedules: ScheduleView[] }, terminal: Terminal): Generator<string> {
  if (schedules.length === 0) {
    yield 'no schedules; add `schedule: { cron: ... }` to a connection of kontor.yaml';
    return;
  }
  const titles = ['schedule', 'cron', 'zone', 'missed', 'next due', 'last due', 'open'];
  const rows = schedules.map((one) => [
    one.name,
    one.cron,
    one.zone,
    one.catchUp,
    formatInstant(one.nextDueAt),
    formatInstant(one.lastDueAt),
    String(one.openSlots),
  ]);
  yield* drawTable(
    titles.map((title) => ({ title, least: 8 })),
    rows,
    terminal,
  );
  if (schedules.some(({ active }) => !active)) yield 'some are new or changed; they count from the next start of a worker';
}
