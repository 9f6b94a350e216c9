/** The clock of a stage: when it reminds, escalates and expires, and whom it asks next. It never approves (SEMANTICS 2.13). */
import { z } from 'zod';
import { type Span, saySpan, spanSchema } from '../work-calendar/span.ts';
import { type Selector, selectorSchema } from './selector-schema.ts';

/** list: shown to operations. expire and decline end the order, without anybody's word. */
const ON_EXPIRE = ['list', 'expire', 'decline'] as const;
export type OnExpire = (typeof ON_EXPIRE)[number];

export type Rung =
  | { readonly kind: 'add_superior' }
  | { readonly kind: 'replace' }
  | { readonly kind: 'fallback'; readonly approvers: Selector }
  | { readonly kind: 'list' };

export interface StageClock {
  readonly remindAfter: readonly Span[];
  /** Also the time between two rungs of the ladder. */
  readonly escalateAfter?: Span | undefined;
  readonly expireAfter?: Span | undefined;
  readonly onExpire: OnExpire;
}

export const DEFAULT_LADDER: readonly Rung[] = [{ kind: 'add_superior' }];

const reminders = z.union([spanSchema.transform((one): readonly Span[] => [one]), z.array(spanSchema)]);

export const clockSchema = z
  .strictObject({
    remindAfter: reminders.default([]).describe('When to remind, one span or several: "4 business hours", "1 business day".'),
    escalateAfter: spanSchema.optional().describe('When the first rung of the ladder is climbed, and how long each one has.'),
    expireAfter: spanSchema.optional().describe('When the time of a step is over.'),
    onExpire: z.enum(ON_EXPIRE).optional().describe('list: shown to operations. expire, decline: the order ends. Never approved.'),
  })
  .superRefine(({ remindAfter, escalateAfter, expireAfter, onExpire }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (remindAfter.length === 0 && !escalateAfter && !expireAfter)
      context.addIssue({ code: 'custom', message: 'must say remindAfter, escalateAfter or expireAfter; leave it out for no clock' });
    if (onExpire !== undefined && !expireAfter) refuse('onExpire', 'needs expireAfter beside it: when the time is over');
    if (!expireAfter) return;
    if (escalateAfter && isNoLater(expireAfter, escalateAfter))
      refuse(
        'expireAfter',
        `is over (${saySpan(expireAfter)}) before anybody is asked next (escalateAfter: ${saySpan(escalateAfter)}); make it longer`,
      );
    for (const reminder of remindAfter) {
      if (isNoLater(expireAfter, reminder))
        refuse('remindAfter', `reminds after ${saySpan(reminder)}, when the step has expired (${saySpan(expireAfter)}); make it shorter`);
    }
  })
  .transform(({ onExpire = 'list', ...clock }): StageClock => ({ ...clock, onExpire }));

/** By hand, so that a slip is told as the slip it is. */
const rungSchema = z.unknown().transform((given, context): Rung => {
  if (given === 'add_superior' || given === 'replace' || given === 'list') return { kind: given };
  const parsed = z.strictObject({ fallback: selectorSchema }).safeParse(given);
  if (parsed.success) return { kind: 'fallback', approvers: parsed.data.fallback };
  const isFallback = typeof given === 'object' && given !== null && 'fallback' in given;
  const inside = parsed.error.issues[0];
  const message =
    isFallback && inside
      ? inside.message
      : 'must be add_superior, replace, list, or fallback with who is asked: { fallback: { role: approver, in: company } }';
  context.issues.push({ code: 'custom', ...(isFallback && inside && { path: inside.path }), message, input: given });
  return z.NEVER;
});

export const ladderSchema = z
  .array(rungSchema)
  .min(1, 'must have a rung; leave it out to ask the superior, too')
  .superRefine((rungs, context) => {
    const at = rungs.findIndex(({ kind }) => kind === 'list');
    if (at < 0 || at === rungs.length - 1) return;
    context.addIssue({ code: 'custom', path: [at + 1], message: 'stands behind list, which is the end of a ladder' });
  });

/** Whatever the calendar: told only where the units leave no doubt. A business day is a day or more, as are hours of it. */
function isNoLater(one: Span, other: Span): boolean {
  if (one.unit === other.unit) return one.amount <= other.amount;
  return one.unit === 'calendar_days' && other.unit === 'business_days' && one.amount <= other.amount;
}

/** Of all rules that ask for one stage: each thing happens when the first of them says so. */
export interface StepClock {
  readonly reminders: readonly Span[];
  readonly escalations: readonly Span[];
  readonly expiries: ReadonlyArray<{ readonly after: Span; readonly how: OnExpire }>;
  readonly ladder: readonly Rung[];
}

interface Clocked {
  readonly clock?: StageClock | undefined;
  readonly ladder?: readonly Rung[] | undefined;
}

/** Those of the more important rules first: of several ladders the first is climbed. */
export function combineClocks(stages: readonly Clocked[]): StepClock | null {
  const clocks = stages.flatMap(({ clock }) => clock ?? []);
  if (clocks.length === 0) return null;
  return {
    reminders: distinct(clocks.flatMap(({ remindAfter }) => remindAfter)),
    escalations: distinct(clocks.flatMap(({ escalateAfter }) => escalateAfter ?? [])),
    expiries: distinct(clocks.flatMap(({ expireAfter, onExpire }) => (expireAfter ? [{ after: expireAfter, how: onExpire }] : []))),
    ladder: stages.find(({ ladder }) => ladder)?.ladder ?? DEFAULT_LADDER,
  };
}

function distinct<T>(given: readonly T[]): T[] {
  return [...new Map(given.map((one) => [JSON.stringify(one), one])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
