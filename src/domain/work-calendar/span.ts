/** How long something may take, with what is counted. A plain "2 days" says too little: over a weekend it is one thing or the other. */
import { z } from 'zod';

const SPAN_UNITS = ['business_hours', 'business_days', 'calendar_days'] as const;
export type SpanUnit = (typeof SPAN_UNITS)[number];

export interface Span {
  /** More than zero; whole, but for business hours, which may be 1.5 or 0.25. */
  readonly amount: number;
  readonly unit: SpanUnit;
}

const MOST = 999;
const EXAMPLES = '"4 business hours", "2 business days" or "3 calendar days"';
const SHAPE = /^(\d{1,3})(\.\d{1,2})?\s+(business|working|calendar)\s+(hour|day)s?$/i;

export const spanSchema = z.string(`must be a span such as ${EXAMPLES}`).transform((text, context): Span => {
  const span = readSpan(text.trim());
  if (typeof span !== 'string') return span;
  context.issues.push({ code: 'custom', message: span, input: text });
  return z.NEVER;
});

/** The span, or what is wrong with it. */
function readSpan(text: string): Span | string {
  const plain = /^(\d+)\s*(hour|day|h|d|week|w)s?$/i.exec(text);
  if (plain) return `must say what is counted: ${cureFor(Number(plain[1]), plain[2] ?? '')}`;
  const [, whole, part = '', kind = '', size] = SHAPE.exec(text) ?? [];
  if (whole === undefined) return `must be a span such as ${EXAMPLES}`;
  const isCalendar = kind.toLowerCase() === 'calendar';
  const isHours = size?.toLowerCase() === 'hour';
  if (isCalendar && isHours) return 'must count hours as working time: "4 business hours"; calendars count days';
  if (part !== '' && !isHours) return 'must be whole days; parts of a day are hours: "4 business hours"';
  const amount = Number(whole + part);
  if (amount <= 0) return `must be more than zero and no more than ${MOST}`;
  return { amount, unit: isCalendar ? 'calendar_days' : isHours ? 'business_hours' : 'business_days' };
}

function cureFor(amount: number, size: string): string {
  if (/^h/i.test(size)) return `"${saySpan({ amount, unit: 'business_hours' })}"`;
  const [business, calendar] = /^w/i.test(size) ? [amount * 5, amount * 7] : [amount, amount];
  return `"${saySpan({ amount: business, unit: 'business_days' })}" or "${saySpan({ amount: calendar, unit: 'calendar_days' })}"`;
}

/** As `spanSchema` reads it. */
export function saySpan({ amount, unit }: Span): string {
  const words = unit.replace('_', ' ');
  return `${amount} ${amount === 1 ? words.slice(0, -1) : words}`;
}
