/** The instants of a step, from whoever holds it: computed when it is assigned, and again when somebody else's time counts. */
import type { Climb } from '../domain/policy/climb.ts';
import { DEFAULT_LADDER, type Rung, type StepClock } from '../domain/policy/clock-schema.ts';
import { dueFor, expiryOf, type Watch, type WorkTimes } from '../domain/policy/step-clock.ts';
import type { ClockRow } from '../store/approvals/clocks.ts';
import { type StepHolder, seatsHeld } from '../store/approvals/holders.ts';
import type { OpenStep } from '../store/approvals/open-steps.ts';
import { type CompanyPeople, watchOf } from './company-people.ts';

/** What stands at this height; `null` beyond the end. Every ladder ends with the list of operations. */
export function rungAt({ ladder }: StepClock, height: number): Rung | null {
  const rungs = ladder.length > 0 ? ladder : DEFAULT_LADDER;
  return rungs[height] ?? (height === rungs.length && rungs.at(-1)?.kind !== 'list' ? { kind: 'list' } : null);
}

export interface Clocked {
  readonly stepId: string;
  readonly clock: StepClock;
  readonly climbs: readonly Climb[];
  readonly seats: ReadonlyArray<{ readonly level: number; readonly watch: Watch }>;
}

interface SeatedStep {
  readonly step: OpenStep;
  readonly company: CompanyPeople;
  readonly holders: readonly StepHolder[];
  readonly climbs: readonly Climb[];
}

/** `null`: nobody's time runs. A seat's time is the same whoever sits there, and whether or not they hold the step besides. */
export function clockedOf({ step, company, holders, climbs }: SeatedStep): Clocked | null {
  if (!step.clock || holders.length === 0) return null;
  const seats = seatsHeld(holders).map(({ personId, level, since }) => {
    return { level, watch: watchOf(company, step.orderId, step, { personId, since: since ?? new Date(0) }) };
  });
  return { stepId: step.id, clock: step.clock, climbs, seats };
}

/**
 * Reminders and expiry are counted for those whom the rules chose: who is added later extends nothing, and where some of them were
 * replaced it stays as it was counted for all.
 */
export function clocksOf(clocked: Clocked, times: WorkTimes): ClockRow[] {
  const { stepId, clock, climbs } = clocked;
  if (climbs.some(({ rung, people }) => rung === 'replace' && people.length > 0)) return nextRung(clocked, times);
  const chosen = watchesAt(clocked, 0);
  const reminders = clock.reminders
    .flatMap((span) => dueFor([span], chosen, times) ?? [])
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, calendar }, n): ClockRow => ({ stepId, kind: 'remind', level: n + 1, dueAt: at, calendar }));
  const expiry = expiryOf(clock, chosen, times);
  const expire: ClockRow[] = expiry
    ? [{ stepId, kind: 'expire', level: 1, dueAt: expiry.at, calendar: expiry.calendar, planned: expiry.how }]
    : [];
  return [...reminders, ...expire, ...nextRung(clocked, times)];
}

/** When the next rung is due: the time of those whom the last one brought. */
export function nextRung(clocked: Clocked, times: WorkTimes): ClockRow[] {
  const { stepId, clock, climbs, seats } = clocked;
  if (rungAt(clock, climbs.length) === null) return [];
  const due = dueFor(clock.escalations, watchesAt(clocked, Math.max(...seats.map(({ level }) => level))), times);
  return due ? [{ stepId, kind: 'escalate', level: climbs.length + 1, dueAt: due.at, calendar: due.calendar }] : [];
}

function watchesAt({ seats }: Clocked, height: number): Watch[] {
  return seats.flatMap(({ level, watch }) => (level === height ? watch : []));
}

/** Everybody whose calendar `clocksOf` may ask for. */
export function timekeepers({ seats }: Clocked): string[] {
  return seats.flatMap(({ watch }) => watch.parts.map(({ personId }) => personId));
}
