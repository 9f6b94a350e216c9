/** Events of an iCalendar file (RFC 5545) with every repetition spelled out. Titles and descriptions are not looked at. */
import ical, { type Attendee, type DateWithTimeZone, type EventInstance, type VEvent } from 'node-ical';
import { isZone } from '../mapping/formats.ts';

/** An instant, or a time of the clock on the wall of whoever it concerns: `2026-12-24T00:00:00`. */
export type Moment = Date | string;

/** What an event says of the time it takes. */
export interface EventKind {
  readonly isAllDay: boolean;
  readonly isCancelled: boolean;
  /** Shown as free. */
  readonly isFree: boolean;
  /** Marked as out of office (Exchange, Outlook). */
  readonly isOutOfOffice: boolean;
}

export interface CalendarEvent extends EventKind {
  readonly uid: string;
  readonly start: Moment;
  readonly end: Moment;
  /** Mail addresses of those who have not declined, else of the organizer. */
  readonly people: readonly string[];
}

export interface EventProblem extends EventKind {
  readonly place: string;
  readonly reason: string;
  readonly cure: string;
}

export interface CalendarFile {
  readonly events: readonly CalendarEvent[];
  readonly problems: readonly EventProblem[];
}

/** Whether the text is a calendar, and the whole of it: what a broken download left would pass for one with fewer events. */
export function whyNoCalendar(text: string): 'other' | 'cut' | null {
  if (!/^\s*BEGIN:VCALENDAR/i.test(text)) return 'other';
  return /END:VCALENDAR\s*$/i.test(text) ? null : 'cut';
}

/** Those that touch [from, until). */
export function readEvents(text: string, from: Date, until: Date): CalendarFile {
  const events: CalendarEvent[] = [];
  const problems: EventProblem[] = [];
  for (const component of Object.values(ical.sync.parseICS(withPlainZones(text)))) {
    if (component?.type !== 'VEVENT') continue;
    const event = component as VEvent;
    const wrong = whyUnusable(event);
    if (wrong) problems.push({ place: `event ${event.uid ?? '(without UID)'}`, ...kindOf(event), ...wrong });
    else events.push(...instancesOf(event, from, until).map(toEvent));
  }
  return { events, problems };
}

/** Evolution, Mozilla and Citadel write the zones of the IANA below names of their own: `TZID=/citadel.org/20260101_1/Europe/Berlin`. */
function withPlainZones(text: string): string {
  return text.replaceAll(/(?<=;TZID=)"?\/[^\s:;"]+"?/g, (id) => {
    const parts = id.replaceAll('"', '').split('/');
    return parts.map((_, at) => parts.slice(at).join('/')).find((name) => name !== '' && isZone(name)) ?? id;
  });
}

function whyUnusable(event: Partial<VEvent>): Pick<EventProblem, 'reason' | 'cure'> | null {
  const { start, end, rrule } = event;
  if (!isDate(start)) return { reason: 'has no beginning that can be read', cure: 'correct its DTSTART' };
  // The library counts such times by the clock of this process.
  const strange = [start, end].flatMap((at) => (at?.tz && !isKnownZone(at.tz) ? at.tz : []))[0];
  if (strange) return { reason: `is in the time zone "${strange}", which nobody knows`, cure: 'write one such as Europe/Berlin (TZID)' };
  if (isDate(end) && (end < start || (kindOf(event).isAllDay && end <= start)))
    return { reason: 'ends before it begins', cure: 'correct its DTEND, which is the first day after it' };
  if ('rdate' in event)
    return { reason: 'has days beside its repetition (RDATE), which are not read', cure: 'write them as events of their own' };
  // Spelled out over years these would be millions.
  if (rrule && /FREQ=(SECONDLY|MINUTELY|HOURLY)/.test(rrule.toString()))
    return { reason: 'repeats more often than daily', cure: 'remove it, or let it repeat by day' };
  return null;
}

/** Times with an offset and no zone come as that. */
function isKnownZone(name: string): boolean {
  return isZone(name) || /^(UTC|GMT)?[+-]\d\d:?\d\d$/.test(name);
}

function isDate(value: unknown): value is DateWithTimeZone {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function instancesOf(event: VEvent, from: Date, until: Date): EventInstance[] {
  const found = ical.expandRecurringEvent(event, { from, to: until, expandOngoing: true });
  return found.filter(({ start, end }) => isDate(start) && isDate(end) && end > start && start < until);
}

function toEvent({ start, end, isFullDay, event }: EventInstance): CalendarEvent {
  return {
    ...kindOf(event),
    uid: typeof event.uid === 'string' ? event.uid : '',
    start: momentOf(start, isFullDay),
    end: momentOf(end, isFullDay),
    isAllDay: isFullDay,
    people: peopleOf(event),
  };
}

function kindOf(event: Partial<VEvent>): EventKind {
  return {
    // What cannot be read might be meant as days.
    isAllDay: event.datetype === 'date' || !isDate(event.start),
    isCancelled: event.status === 'CANCELLED',
    isFree: event.transparency === 'TRANSPARENT',
    isOutOfOffice: event['MICROSOFT-CDO-BUSYSTATUS'] === 'OOF',
  };
}

/** Days, and times without a zone, come as that time in the zone of this process. */
function momentOf(at: DateWithTimeZone, isDay: boolean): Moment {
  if (!isDay && at.tz) return new Date(at.getTime());
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return isDay ? `${day}T00:00:00` : `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function peopleOf({ attendee, organizer }: VEvent): string[] {
  const attendees: Attendee[] = attendee === undefined ? [] : [attendee].flat();
  const coming = attendees.filter((one) => typeof one === 'string' || one.params?.PARTSTAT !== 'DECLINED').flatMap(addressOf);
  return coming.length > 0 || organizer === undefined ? coming : addressOf(organizer);
}

function addressOf(one: string | { val: string }): string[] {
  const address = /^mailto:(.+@.+)$/i.exec((typeof one === 'string' ? one : one.val).trim())?.[1];
  return address ? [address.toLowerCase()] : [];
}
