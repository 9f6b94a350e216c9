/** Counting with civil dates, which have no zone: `YYYY-MM-DD`, and the number of a day or of a month. */

const DAY_MS = 86_400_000;

export function isCivilDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && dayText(dayNumber(text)) === text;
}

/** A day that periods may be cut by: whoever means never, or has lost a digit, is told before a period is counted to the year 10000. */
export function isPlannableDate(text: string): boolean {
  return isCivilDate(text) && text >= '1900-01-01' && text <= '2200-12-31';
}

export function dayNumber(on: string): number {
  return Date.parse(`${on}T00:00:00Z`) / DAY_MS;
}

export function dayText(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

export function addDays(on: string, days: number): string {
  return dayText(dayNumber(on) + days);
}

/** 1 is Monday, 7 Sunday. */
export function weekdayOf(on: string): number {
  return weekdayOfDay(dayNumber(on));
}

function weekdayOfDay(number: number): number {
  // 1970-01-01 was a Thursday.
  return ((((number + 3) % 7) + 7) % 7) + 1;
}

/** Months since the year 0: 2026-03 is 2026 * 12 + 2. */
export function monthNumber(on: string): number {
  return Number(on.slice(0, 4)) * 12 + Number(on.slice(5, 7)) - 1;
}

/** The day of a month with that number, or its last day: 31 in February is the 28th or 29th, and in March the 31st again. */
export function dayInMonth(month: number, day: number): string {
  const year = Math.floor(month / 12);
  const last = new Date(Date.UTC(year, (month % 12) + 1, 0)).getUTCDate();
  return dayText(Date.UTC(year, month % 12, Math.min(day, last)) / DAY_MS);
}

/** The first day after `days` days from Monday to Friday have passed, counted from the beginning of `on`. */
export function afterBusinessDays(on: string, days: number): string {
  let at = dayNumber(on);
  for (let left = days; left > 0; at += 1) if (weekdayOfDay(at) <= 5) left -= 1;
  return dayText(at);
}
