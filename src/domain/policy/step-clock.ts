/** When the clock of a step does something: counted in the working time of whoever holds it, all of them run out (SEMANTICS 2.13). */
import type { WorkCalendar } from '../work-calendar/calendar.ts';
import type { Span } from '../work-calendar/span.ts';
import { type Away, addWorkTime } from '../work-calendar/work-time.ts';
import type { OnExpire, StepClock } from './clock-schema.ts';

/** What a person's time is counted with. */
export interface WorkTimes {
  calendarOf(personId: string): WorkCalendar;
  awayOf(personId: string): readonly Away[];
}

/** One seat: who sits there from when on, deputies between. The last part has no end. */
export interface Watch {
  readonly parts: readonly Part[];
}

export interface Part {
  readonly personId: string;
  readonly from: Date;
  readonly until: Date | null;
}

export interface Due {
  readonly at: Date;
  /** `name version` of the calendar that decided it. */
  readonly calendar: string;
}

/** `null`: nobody whose time could run. */
export function dueFor(spans: readonly Span[], watches: readonly Watch[], times: WorkTimes): Due | null {
  if (watches.length === 0) return null;
  const dues = spans.map((span) => watches.map((watch) => dueOf(span, watch, times)).reduce(later));
  return dues.length === 0 ? null : dues.reduce(earlier);
}

/**
 * Each person has the whole span from when they come, while they sit there: a deputy's time begins with the deputy's days, and what
 * the one stood in for had left goes on when they are back. It depends on no tick: windows are known before they open.
 */
function dueOf(span: Span, { parts }: Watch, times: WorkTimes): Due {
  for (const part of parts) {
    const { personId, until } = part;
    const own = parts.filter((one) => one.personId === personId);
    const calendar = times.calendarOf(personId);
    const at = addWorkTime(calendar, own[0]?.from ?? part.from, span, [...times.awayOf(personId), ...between(own)]);
    if (at >= part.from && (until === null || at < until)) return { at, calendar: `${calendar.name} ${calendar.version}` };
    if (at < part.from) return { at: part.from, calendar: `${calendar.name} ${calendar.version}` };
  }
  throw new Error('the last part of a watch has no end, and every span has one');
}

/** While somebody else sits there. */
function between(own: readonly Part[]): Away[] {
  return own.slice(1).map(({ from }, n) => ({ from: own[n]?.until ?? from, until: from }));
}

function later(a: Due, b: Due): Due {
  return b.at > a.at ? b : a;
}

function earlier(a: Due, b: Due): Due {
  return b.at < a.at ? b : a;
}

/** The first to come, with what it does. */
export function expiryOf({ expiries }: StepClock, watches: readonly Watch[], times: WorkTimes): (Due & { how: OnExpire }) | null {
  const dues = expiries.flatMap(({ after, how }) => {
    const due = dueFor([after], watches, times);
    return due ? [{ ...due, how }] : [];
  });
  return dues.sort((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null;
}
