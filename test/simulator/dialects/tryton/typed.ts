/** Tryton's marks for what JSON has no word for. Inside the dialect stamps and dates are comparable texts, decimals are objects of their own. */
export class Dec {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** "2026-03-02T08:00:00.000000", or a date; UTC, microseconds. */
export class Stamp {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export function stampOf(at: Date): Stamp {
  return new Stamp(`${at.toISOString().slice(0, 23)}000`);
}

export function toWire(value: unknown): unknown {
  if (value instanceof Dec) return { __class__: 'Decimal', decimal: value.text };
  if (value instanceof Stamp) {
    const [year, month, day, hour, minute, second, microsecond] = value.text.split(/[-T:.]/).map(Number);
    if (hour === undefined) return { __class__: 'date', year, month, day };
    return { __class__: 'datetime', year, month, day, hour, minute, second, microsecond };
  }
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, toWire(held)]));
}

type Marked = Readonly<Record<string, unknown>>;

export function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire);
  if (typeof value !== 'object' || value === null) return value;
  const marked = value as Marked;
  if (marked.__class__ === 'Decimal') return new Dec(String(marked.decimal));
  if (marked.__class__ === 'date') return new Stamp(dateText(marked));
  if (marked.__class__ === 'datetime') {
    const time = [marked.hour, marked.minute, marked.second].map((part) => String(part).padStart(2, '0')).join(':');
    return new Stamp(`${dateText(marked)}T${time}.${String(marked.microsecond).padStart(6, '0')}`);
  }
  return Object.fromEntries(Object.entries(marked).map(([key, held]) => [key, fromWire(held)]));
}

function dateText({ year, month, day }: Marked): string {
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
}
