/** Work time as instants. Local hours become instants segment by segment of constant offset, so that no change of the clock is guessed. */
import { IANAZone } from 'luxon';
import type { WorkCalendar } from './calendar.ts';
import type { TimeRange } from './definition.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Milliseconds since 1970, half-open. */
export interface WorkInterval {
  readonly from: number;
  readonly to: number;
  /** Length of the civil day's work by the clock on the wall: what one business day is, on that day. */
  readonly dayMs: number;
}

/** In order, from an instant until (not including) another. */
export function* workIntervals(calendar: WorkCalendar, from: number, until: number): Generator<WorkInterval> {
  const zone = IANAZone.create(calendar.zone);
  for (let at = from; at < until; at += DAY_MS) {
    for (const segment of segments(zone, at, Math.min(at + DAY_MS, until))) yield* within(calendar, segment);
  }
}

export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** What the zone's clock is ahead of UTC. */
export function offsetMs(zone: IANAZone, at: number): number {
  return minutesOf(zone, at) * MINUTE_MS;
}

/** By zone: offsets of days without a change of the clock. Asking the platform is what counting would spend its time on. */
const evenDays = new Map<string, Map<number, number | null>>();

function minutesOf(zone: IANAZone, at: number): number {
  const days = evenDays.get(zone.name) ?? new Map<number, number | null>();
  evenDays.set(zone.name, days);
  const day = Math.floor(at / DAY_MS);
  let even = days.get(day);
  if (even === undefined) {
    const first = zone.offset(day * DAY_MS);
    even = first === zone.offset((day + 1) * DAY_MS - 1) ? first : null;
    days.set(day, even);
  }
  return even ?? zone.offset(at);
}

/** Parts of constant offset; a day has one, or two where the clock changes. */
export function segments(zone: IANAZone, from: number, to: number): Segment[] {
  const offset = offsetMs(zone, from);
  if (offsetMs(zone, to - 1) === offset) return [{ from, to, offset }];
  let same = from;
  let changed = to - 1;
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2);
    if (offsetMs(zone, middle) === offset) same = middle;
    else changed = middle;
  }
  return [{ from, to: changed, offset }, ...segments(zone, changed, to)];
}

interface WorkDay {
  readonly ranges: readonly TimeRange[];
  readonly dayMs: number;
}

/** By calendar, for as long as it is in use: thousands of steps are counted through the same days. */
const workDays = new WeakMap<WorkCalendar, Map<number, WorkDay>>();

function workDay(calendar: WorkCalendar, day: number): WorkDay {
  const days = workDays.get(calendar) ?? new Map<number, WorkDay>();
  workDays.set(calendar, days);
  let known = days.get(day);
  if (!known) {
    const ranges = calendar.hoursOn(new Date(day * DAY_MS).toISOString().slice(0, 10));
    known = { ranges, dayMs: ranges.reduce((sum, range) => sum + (range.to - range.from) * MINUTE_MS, 0) };
    days.set(day, known);
  }
  return known;
}

function* within(calendar: WorkCalendar, { from, to, offset }: Segment): Generator<WorkInterval> {
  const last = Math.floor((to - 1 + offset) / DAY_MS);
  for (let day = Math.floor((from + offset) / DAY_MS); day <= last; day += 1) {
    const midnight = day * DAY_MS - offset;
    const { ranges, dayMs } = workDay(calendar, day);
    for (const range of ranges) {
      const begin = Math.max(midnight + range.from * MINUTE_MS, from);
      const end = Math.min(midnight + range.to * MINUTE_MS, to);
      if (begin < end) yield { from: begin, to: end, dayMs };
    }
  }
}
