/**
 * Rungs and expiries that are due, walked through in memory: each at its own instant, with the people of that instant, one after
 * the other until nothing of the step is due any more. A late walk comes to where punctual ones would have come (SEMANTICS 2.18).
 */
import { seatsOf } from '../domain/orders/quorum.ts';
import { type Climb, whoIsNext } from '../domain/policy/climb.ts';
import type { OnExpire, Rung } from '../domain/policy/clock-schema.ts';
import { RADAR_REASONS } from '../domain/policy/radar-reasons.ts';
import type { ClockRow, DueRow } from '../store/approvals/clocks.ts';
import type { StepHolder } from '../store/approvals/holders.ts';
import type { OpenStep } from '../store/approvals/open-steps.ts';
import { withSince } from './assign.ts';
import type { CompanyPeople } from './company-people.ts';
import { type SeatedAt, seatingsOf } from './seat-step.ts';
import { type Clocked, clockedOf, nextRung, rungAt } from './step-clocks.ts';

export interface Walk {
  readonly step: OpenStep;
  readonly company: CompanyPeople;
  readonly deciders: ReadonlyArray<{ personId: string; forPersonId: string | null }>;
  readonly before: readonly StepHolder[];
  readonly climbs: Climb[];
  /** With the rungs climbed by now. */
  readonly seatedAt: (at: Date) => SeatedAt;
  /** What is due or will be; a rung that is climbed brings the next one. */
  readonly ahead: ClockRow[];
  readonly done: ClockRow[];
  listed: { at: Date; because: string } | null;
  ended: { at: Date; how: Exclude<OnExpire, 'list'> } | null;
}

export interface Walking {
  readonly company: CompanyPeople;
  readonly due: readonly DueRow[];
  readonly deciders: Walk['deciders'];
  readonly before: readonly StepHolder[];
}

export function beginWalk(step: OpenStep, { company, due, deciders, before }: Walking): Walk {
  const climbs = [...step.climbs];
  const seatings = seatingsOf(step, company);
  const seatedAt = (at: Date) => seatings(climbs, at);
  return { step, company, deciders, before, climbs, seatedAt, ahead: [...due], done: [], listed: null, ended: null };
}

/** What is due next of a step, if it is by now; an expiry goes before a rung of the same instant. */
function nextOf({ ahead, ended }: Walk, now: Date): ClockRow | null {
  if (ended) return null;
  const due = ahead.filter(({ dueAt }) => dueAt <= now);
  return due.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || (a.kind === 'expire' ? -1 : 1))[0] ?? null;
}

/**
 * One event of each walk that has one; answers those that climbed, whose next rung has yet to be counted. Call until none is left.
 */
export function walkOn(walks: readonly Walk[], now: Date, lateMs: number): Walk[] {
  return walks.filter((walk) => {
    const row = nextOf(walk, now);
    if (!row) return false;
    walk.ahead.splice(walk.ahead.indexOf(row), 1);
    const isLate = now.getTime() - row.dueAt.getTime() > lateMs;
    if (row.kind === 'expire') expire(walk, { ...row, isLate, doneAt: now });
    else climb(walk, { ...row, isLate, doneAt: now });
    return true;
  });
}

function expire(walk: Walk, row: ClockRow): void {
  const how = (row.planned ?? 'list') as OnExpire;
  walk.done.push({ ...row, effect: how });
  if (how === 'list') list(walk, row.dueAt, RADAR_REASONS.over);
  else walk.ended = { at: row.dueAt, how };
}

/** Once for each step, whichever comes first. */
function list(walk: Walk, at: Date, because: string): void {
  if (walk.step.listedAt === null) walk.listed ??= { at, because };
}

/** Rungs on which nobody is found are passed at once: waiting for nobody helps nobody. */
function climb(walk: Walk, row: ClockRow): void {
  const { step, climbs, deciders } = walk;
  const { clock } = step;
  if (!clock) return;
  for (let level = row.level; ; level += 1) {
    const rung: Rung = rungAt(clock, level - 1) ?? { kind: 'list' };
    const { question, seating } = walk.seatedAt(row.dueAt);
    const decided = seatsOf(seating.holders, deciders);
    const people = whoIsNext(rung, { mode: step.mode, seating, climbs, decided }, question);
    climbs.push({ level, rung: rung.kind, at: row.dueAt, people });
    walk.done.push({ ...row, level, effect: people.length > 0 || rung.kind === 'list' ? rung.kind : `${rung.kind}: nobody` });
    if (rung.kind === 'list') {
      list(walk, row.dueAt, RADAR_REASONS.ladder);
      return;
    }
    if (people.length > 0) return;
  }
}

/** The holders as of the last rung, for whom the next one is counted; `null` when the ladder is at its end. */
export function clockedAt(walk: Walk): Clocked | null {
  const { step, company, climbs, before, ended } = walk;
  const last = climbs.at(-1);
  if (!step.clock || !last || ended || rungAt(step.clock, climbs.length) === null) return null;
  const holders = withSince({ seating: walk.seatedAt(last.at).seating, climbs }, before, last.at);
  return clockedOf({ step, company, holders, climbs });
}

export function countNext(walk: Walk, clocked: Clocked, times: Parameters<typeof nextRung>[1]): void {
  walk.ahead.push(...nextRung(clocked, times));
}
