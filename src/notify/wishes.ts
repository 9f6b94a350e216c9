/** When a reader wants mails: quiet hours, digests, reminders. What a profile says unreadably counts as not said. */
import { DateTime } from 'luxon';
import { firstOf } from '../domain/work-calendar/wall-clock.ts';

export interface Wishes {
  /** How long a first message waits for others. */
  readonly digestMs: number;
  readonly quiet: QuietHours | null;
  readonly reminders: 'all' | 'daily' | 'none';
}

/** Minutes after midnight on the reader's clock. One that ends before it begins goes over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly until: number;
}

export interface Wished {
  readonly digest: string | null;
  readonly quietHours: string | null;
  readonly reminders: string | null;
}

const MAX_DIGEST_MINUTES = 10_080;
/** When reminders of a day go, for people who want them once a day. */
const MORNING_MINUTES = 8 * 60;

export function readWishes(wished: Wished, installation: { digestMinutes: number; quietHours?: string | undefined }): Wishes {
  const { digestMinutes, quietHours } = installation;
  const minutes = /^\d{1,5}$/.test(wished.digest?.trim() ?? '') ? Math.min(Number(wished.digest), MAX_DIGEST_MINUTES) : digestMinutes;
  const wanted = wished.quietHours?.trim().toLowerCase() ?? '';
  const own = wanted === 'none' ? null : parseQuietHours(wanted);
  const reminders = wished.reminders?.trim().toLowerCase();
  return {
    digestMs: minutes * 60_000,
    quiet: own === undefined ? (parseQuietHours(quietHours ?? '') ?? null) : own,
    reminders: reminders === 'daily' || reminders === 'none' ? reminders : 'all',
  };
}

/** How long such a message may wait because its reader wants it so. */
export function wantedWait(event: string, { digestMs, reminders }: Wishes): number {
  return digestMs + (event === 'approval.reminder' && reminders === 'daily' ? 24 * 3_600_000 : 0);
}

/** `20:00-07:00`; `undefined` for anything else. */
export function parseQuietHours(text: string): QuietHours | undefined {
  const [, h1, m1, h2, m2] = /^([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? [];
  if (m2 === undefined) return undefined;
  const [from, until] = [Number(h1) * 60 + Number(m1), Number(h2) * 60 + Number(m2)];
  return from === until ? undefined : { from, until };
}

/** The end of the quiet hours that `now` is in; `null` outside of them. Once over they are over, though the clock may show them again. */
export function quietUntil({ from, until }: QuietHours, now: Date, zone: string): Date | null {
  const today = DateTime.fromJSDate(now, { zone });
  for (const day of [today.minus({ days: 1 }), today]) {
    const end = atMinute(until < from ? day.plus({ days: 1 }) : day, until);
    if (atMinute(day, from) <= now && now < end) return end;
  }
  return null;
}

/** The first morning after `since`, on the reader's clock. */
export function nextMorning(since: Date, zone: string): Date {
  const local = DateTime.fromJSDate(since, { zone });
  const today = atMinute(local, MORNING_MINUTES);
  return today > since ? today : atMinute(local.plus({ days: 1 }), MORNING_MINUTES);
}

/** A time that the clock shows twice is the first of them; one that it skips comes as much later. */
function atMinute(day: DateTime, minute: number): Date {
  const at = day.set({ hour: Math.floor(minute / 60), minute: minute % 60, second: 0, millisecond: 0 });
  return firstOf(at).toJSDate();
}
