/**
 * Tryton's JSON marks what JSON has no word for: {"__class__": "Decimal", "decimal": "12.50"}, "date", "datetime", "bytes".
 * Source: trytond/protocols/jsonrpc.py. Decimals become texts, never floats; stamps are UTC.
 */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';

const day = { year: z.int(), month: z.int(), day: z.int() };
const marked = z.discriminatedUnion('__class__', [
  z.object({ __class__: z.literal('Decimal'), decimal: z.string() }),
  z.object({ __class__: z.literal('date'), ...day }),
  z.object({ __class__: z.literal('datetime'), ...day, hour: z.int(), minute: z.int(), second: z.int(), microsecond: z.int() }),
  z.object({ __class__: z.literal('time'), hour: z.int(), minute: z.int(), second: z.int(), microsecond: z.int() }),
  z.object({ __class__: z.literal('timedelta'), seconds: z.number() }),
  z.object({ __class__: z.literal('bytes'), base64: z.string() }),
]);

/**
 * Plain JSON of it. Related records come under a key with a dot behind it (`lang.`), beside or in place of the bare id; the dot goes, so that
 * a mapping can say `lang.code`.
 */
export function decode(value: unknown): Json {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value as Json;
  if ('__class__' in value) return decodeMarked(value);
  const plain: { [key: string]: Json } = {};
  for (const [key, held] of Object.entries(value)) {
    const name = key.replace(/\.$/, '');
    if (name !== key || !(name in plain)) plain[name] = decode(held);
  }
  return plain;
}

/** A mark nobody knows is left as it is: the record's schema tells. */
function decodeMarked(value: object): Json {
  const known = marked.safeParse(value).data;
  switch (known?.__class__) {
    case 'Decimal':
      return known.decimal;
    case 'date':
      return dateOf(known);
    case 'datetime':
      return `${dateOf(known)}T${timeOf(known)}Z`;
    case 'time':
      return timeOf(known);
    case 'timedelta':
      return known.seconds;
    case 'bytes':
      return known.base64.replaceAll('\n', '');
    case undefined:
      return value as Json;
  }
}

export function decimal(text: string): Json {
  return { __class__: 'Decimal', decimal: text };
}

/** "2026-03-02" */
export function date(text: string): Json {
  const [year = 0, month = 0, monthDay = 0] = text.split('-').map(Number);
  return { __class__: 'date', year, month, day: monthDay };
}

export function datetime(at: Date): Json {
  return {
    __class__: 'datetime',
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
    microsecond: at.getUTCMilliseconds() * 1000,
  };
}

function dateOf({ year, month, day: monthDay }: { year: number; month: number; day: number }): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(monthDay)}`;
}

function timeOf({ hour, minute, second, microsecond }: { hour: number; minute: number; second: number; microsecond: number }): string {
  return `${two(hour)}:${two(minute)}:${two(second)}.${String(microsecond).padStart(6, '0')}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
