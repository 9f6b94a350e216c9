/** Dates: ISO 8601 always, else one declared format; instants become the civil date of a zone. */
import { DateTime } from 'luxon';
import { Refused, show } from './cell.ts';

/** Distinct dates are few; each is worked out once. The bound keeps columns of time stamps from growing it for ever. */
const REMEMBERED = 20_000;

/** A reader from text to `YYYY-MM-DD`. `cure`: how a wrong format is put right. */
export function dateReader(format: string, zone: string, cure = 'declare the format with `date`'): (text: string) => string | Refused {
  const options = { zone, locale: 'en' } as const;
  const parser = DateTime.buildFormatParser(format, options);
  const formats = [...new Set([format, 'yyyy-MM-dd'])].join(' or ');
  const seen = new Map<string, string | Refused>();

  function read(text: string): string | Refused {
    const date = startsLikeIso(text) ? DateTime.fromISO(text.replace(' ', 'T'), options) : DateTime.fromFormatParser(text, parser, options);
    const day = date.isValid ? date.toISODate() : null;
    if (day !== null && isPossible(day)) return day;
    return new Refused(`${show(text)} is not a date written ${formats}; correct it, or ${cure}`);
  }

  return (text) => {
    if (text.length === 10 && startsLikeIso(text) && isPossible(text)) return text;
    let known = seen.get(text);
    if (known === undefined) {
      known = read(text);
      if (seen.size >= REMEMBERED) seen.clear();
      seen.set(text, known);
    }
    return known;
  };
}

function startsLikeIso(text: string): boolean {
  if (text.length < 10 || text[4] !== '-' || text[7] !== '-') return false;
  for (let i = 0; i < 10; i += 1) {
    const code = text.charCodeAt(i);
    if (i !== 4 && i !== 7 && (code < 48 || code > 57)) return false;
  }
  return text.length === 10 || text[10] === 'T' || text[10] === ' ';
}

/** The calendar knows no year 0, which systems write for "no date". */
function isPossible(iso: string): boolean {
  if (iso.length !== 10) return false;
  const year = Number(iso.slice(0, 4));
  const month = Number(iso.slice(5, 7));
  const day = Number(iso.slice(8, 10));
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
