/** The instants of a step, from whoever holds it: computed when it is assigned, and again when somebody else's time counts. */
import type { Climb } from '../domain/policy/climb.ts';
import { DEFAULT_LADDER, type Rung, type StepClock } from '../domain/policy/clock-schema.ts';
import { dueFor, expiryOf, type Watch, type WorkTimes } from '../domain/policy/step-clock.ts';
import type { ClockRow } from '../store/approvals/clocks.ts';
import { type SeatHeld, type StepHolder, seatsHeld } from '../store/approvals/holders.ts';
import type { OpenStep } from '../store/approvals/open-steps.ts';
import { type CompanyPeople, watchOf } from './company-people.ts';

/** What stands at this height; `null` beyond the end. Every ladder ends with the list of operations. */
export function rungAt({ ladder }: StepClock, height: number): Rung | null {
  const rungs = ladder.length > 0 ? ladder : DEFAULT_LADDER;
  return rungs[height] ?? (height === rungs.length && rungs.at(-1)?.kind !== 'list' ? { kind: 'list' } : null);
}

export interface Clocked {
  readonly step: OpenStep;
  readonly clock: StepClock;
  readonly company: CompanyPeople;
  readonly holders: readonly StepHolder[];
  readonly climbs: readonly Climb[];
}

/**
 * Reminders and expiry are counted for those whom the rules chose: who is added later extends nothing, and where some of them were
 * replaced it stays as it was counted for all.
 */
export function clocksOf(clocked: Clocked, times: WorkTimes): ClockRow[] {
  const { step, clock, holders, climbs } = clocked;
  if (climbs.some(({ rung, people }) => rung === 'replace' && people.length > 0)) return nextRung(clocked, times);
  const chosen = watchesOf(
    clocked,
    seatsHeld(holders).filter(({ level }) => level === 0),
  );
  const reminders = clock.reminders
    .flatMap((span) => dueFor([span], chosen, times) ?? [])
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, calendar }, n): ClockRow => ({ stepId: step.id, kind: 'remind', level: n + 1, dueAt: at, calendar }));
  const expiry = expiryOf(clock, chosen, times);
  const expire: ClockRow[] = expiry
    ? [{ stepId: step.id, kind: 'expire', level: 1, dueAt: expiry.at, calendar: expiry.calendar, planned: expiry.how }]
    : [];
  return [...reminders, ...expire, ...nextRung(clocked, times)];
}

/** When the next rung is due: the time of those whom the last one brought. */
export function nextRung(clocked: Clocked, times: WorkTimes): ClockRow[] {
  const { step, clock, holders, climbs } = clocked;
  if (rungAt(clock, climbs.length) === null) return [];
  const seats = seatsHeld(holders);
  const highest = Math.max(...seats.map(({ level }) => level));
  const due = dueFor(
    clock.escalations,
    watchesOf(
      clocked,
      seats.filter(({ level }) => level === highest),
    ),
    times,
  );
  return due ? [{ stepId: step.id, kind: 'escalate', level: climbs.length + 1, dueAt: due.at, calendar: due.calendar }] : [];
}

/** A seat's time is the same whoever sits there, and whether or not they hold the step besides. */
function watchesOf({ step, company }: Clocked, seats: readonly SeatHeld[]): Watch[] {
  return seats.map(({ personId, since }) => watchOf(company, step.orderId, step, { personId, since: since ?? new Date(0) }));
}

/** Everybody whose calendar `clocksOf` may ask for. */
export function timekeepers(clocked: Clocked): string[] {
  return watchesOf(clocked, seatsHeld(clocked.holders)).flatMap(({ parts }) => parts.map(({ personId }) => personId));
}
