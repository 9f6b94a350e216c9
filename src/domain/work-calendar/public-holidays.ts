/** Public holidays by country and region, from date-holidays, which is loaded when somebody asks for a country. */
import type Holidays from 'date-holidays';

/** Civil date -> name of the holiday. */
export type HolidayYear = ReadonlyMap<string, string>;
export type HolidaysOfYear = (year: number) => HolidayYear;

const DAY_MS = 86_400_000;
const known = new Map<string, HolidaysOfYear>();

/** What is wrong with a country or region, with those there are; `null`: nothing. */
export async function whyNoHolidays(country: string, region: string | undefined): Promise<string | null> {
  const { default: Library } = await import('date-holidays');
  const all = new Library();
  if (!Object.hasOwn(all.getCountries() ?? {}, country))
    return `no holidays of country ${country} are known; leave it out and list holidays`;
  if (region === undefined) return null;
  const [state = '', part] = region.split('-');
  const states = all.getStates(country) ?? {};
  if (!Object.hasOwn(states, state)) return `${country} has no region ${state}; known: ${listed(states)}`;
  if (part === undefined) return null;
  const regions = all.getRegions(country, state) ?? {};
  return Object.hasOwn(regions, part) ? null : `${country}-${state} has no region ${part}; known: ${listed(regions)}`;
}

/** Code of the state that an address means by its code (`BY`, `DE-BY`) or by its name in any language known here; `null`: none. */
export async function findState(country: string, text: string): Promise<string | null> {
  const { default: Library } = await import('date-holidays');
  const all = new Library(country);
  const meant = fold(text);
  const ways = [undefined, 'en', ...all.getLanguages()].map((language) => all.getStates(country, language) ?? {});
  for (const states of ways)
    for (const [code, name] of Object.entries(states))
      if ([code, `${country}-${code}`, name].some((one) => fold(one) === meant)) return code;
  return null;
}

function fold(text: string): string {
  return text.trim().toLowerCase();
}

function listed(names: Readonly<Record<string, string>>): string {
  const codes = Object.keys(names);
  return codes.length > 0 ? codes.join(', ') : 'none';
}

/** Whole days only: one that begins at noon is a day of work. Years are worked out once. */
export async function publicHolidays(country: string, region: string | undefined): Promise<HolidaysOfYear> {
  const key = `${country} ${region ?? ''}`;
  const before = known.get(key);
  if (before) return before;
  const { default: Library } = await import('date-holidays');
  const [state = '', part = ''] = region?.split('-') ?? [];
  const found = new Library(country, state, part, { types: ['public'] });
  const years = new Map<number, HolidayYear>();
  const ofYear = (year: number) => {
    const holidays = years.get(year) ?? daysOf(found.getHolidays(year));
    years.set(year, holidays);
    return holidays;
  };
  known.set(key, ofYear);
  return ofYear;
}

function daysOf(holidays: ReturnType<Holidays['getHolidays']>): Map<string, string> {
  const days = new Map<string, string>();
  for (const { date, start, end, name } of holidays) {
    if (!date.slice(11, 19).startsWith('00:00')) continue;
    const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
    // Feasts of several days; a clock change makes a day an hour longer or shorter.
    const length = Math.max(Math.round((end.getTime() - start.getTime()) / DAY_MS), 1);
    for (let n = 0; n < length; n += 1) {
      const day = new Date(first + n * DAY_MS).toISOString().slice(0, 10);
      if (!days.has(day)) days.set(day, name);
    }
  }
  return days;
}
