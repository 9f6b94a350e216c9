/**
 * What the clock owes a budget, one event at a time and in order: a period begins and the one before is closed provisionally, a
 * provisional close becomes final, carried money expires. Effects are dated at the instant that was due, however late we look.
 */
import { startOfDay } from '../start-of-day.ts';
import type { Budget, NextOpening } from './budget.ts';
import { carryOf, expiredOf } from './carry.ts';
import { dayAfter } from './duration.ts';
import type { LedgerPeriod, NewPeriod, PeriodChange } from './ledger-period.ts';
import type { OwnPeriods } from './period-rule.ts';
import { nextPeriods } from './periods.ts';
import type { Entry, Over } from './post.ts';

/** What the clock asks about a budget. */
export const TIMED = [
  ...(['id', 'code', 'name', 'state', 'currency', 'limitKind', 'amount', 'alertPercents', 'activeSince'] as const),
  ...(['periodRule', 'zone', 'validFrom', 'validUntil', 'carryRule', 'closeDelay', 'nextOpensOn', 'nextOpensAt', 'nextDueAt'] as const),
] satisfies ReadonlyArray<keyof Budget>;
export type TimedBudget = Pick<Budget, (typeof TIMED)[number]>;

export interface Turn {
  /** Its entries name it as `newIn` does. */
  readonly created: NewPeriod | null;
  readonly changed: readonly PeriodChange[];
  readonly entries: readonly Entry[];
  readonly opening: NextOpening;
}

const NEW = 'new in ';
/** By whom the clock's movements are. */
export const CLOCK = 'clock';
/** A job that looks every minute is not late for a few. */
const LATE_MS = 5 * 60_000;
const CARRIED: Over = { by: CLOCK, reason: 'carried over after it had been spent' };

type Event =
  | { readonly at: Date; readonly order: 0; readonly expires: LedgerPeriod }
  | { readonly at: Date; readonly order: 1; readonly boundary: true }
  | { readonly at: Date; readonly order: 2; readonly closes: LedgerPeriod };

/** `live`: its periods that are not closed for good. `rule` is `null` when a calendar that it names is gone. */
export function turn(budget: TimedBudget, rule: OwnPeriods | null, live: readonly LedgerPeriod[], now: Date): Turn {
  const event = dueEvents(budget, live).find(({ at }) => at <= now);
  if (!event) return finish(budget, live, { created: null, changed: [], entries: [] });
  if ('expires' in event) return expire(budget, live, event.expires, event.at);
  if ('closes' in event) return closeForGood(budget, live, event.closes, event.at);
  return begin(budget, rule, live, { at: event.at, now });
}

function dueEvents(budget: Pick<Budget, 'nextOpensAt'>, live: readonly LedgerPeriod[]): Event[] {
  const events: Event[] = [];
  if (budget.nextOpensAt) events.push({ at: budget.nextOpensAt, order: 1, boundary: true });
  for (const period of live) {
    if (period.carryExpiresAt) events.push({ at: period.carryExpiresAt, order: 0, expires: period });
    if (period.state === 'closed_provisional' && period.closesAt) events.push({ at: period.closesAt, order: 2, closes: period });
  }
  const startOf = (event: Event) => ('closes' in event ? event.closes.startAt.getTime() : 0);
  return events.sort((a, b) => a.at.getTime() - b.at.getTime() || a.order - b.order || startOf(a) - startOf(b));
}

function begin(budget: TimedBudget, rule: OwnPeriods | null, live: readonly LedgerPeriod[], { at, now }: { at: Date; now: Date }): Turn {
  const on = budget.nextOpensOn ?? budget.validFrom;
  const before = live.find(({ endOn, state }) => endOn === on && state === 'open') ?? null;
  const planned = live.find(({ startOn, state }) => startOn === on && state === 'planned') ?? null;
  const opened = { openedAt: now, openedLate: now.getTime() - Math.max(at.getTime(), budget.activeSince.getTime()) > LATE_MS };
  const created = planned ? null : planNext(budget, rule, on, before?.endAt ?? at);
  const next = planned ?? created;
  const carry = before && next?.isLimited && before.isLimited ? carryOf(budget.carryRule, before) : 0;
  const carryExpiresAt = next && carry > 0 ? expiryOf(budget, next) : null;
  const entries: Entry[] = [];
  if (created) entries.push(...allocation(budget, created, newIn(budget.id), at));
  if (before && next && carry !== 0) {
    const moved = { from: before.id, to: planned?.id ?? newIn(budget.id), amount: carry, key: `carry:${budget.id}:${next.startOn}` };
    entries.push(...carrying(budget, at, moved));
  }
  const changed: PeriodChange[] = [];
  const closesAt = startOfDay(dayAfter(on, budget.closeDelay), budget.zone);
  if (before) changed.push(changeOf(before, { state: 'closed_provisional', closesAt }));
  if (planned) changed.push(changeOf(planned, { ...opened, state: 'open', carryExpiresAt }));
  const nextOpens = next ? { on: next.endOn, at: next.endAt } : null;
  return finish(
    budget,
    live,
    { created: created && { ...created, ...opened, state: 'open', carryExpiresAt }, changed, entries },
    nextOpens,
  );
}

/** Stands for the id of the period that is created in the same turn. */
export function newIn(budgetId: string): string {
  return NEW + budgetId;
}

export function isNew(periodId: string): boolean {
  return periodId.startsWith(NEW);
}

/** The period of a budget that begins on a day, allocated and not begun. `null` past its validity, its calendar or its end. */
export function planNext(budget: TimedBudget, rule: OwnPeriods | null, on: string, startAt: Date): NewPeriod | null {
  if (rule === null || budget.state !== 'active') return null;
  const [period] = nextPeriods({ rule, zone: budget.zone, from: on, until: budget.validUntil, count: 1, startAt });
  if (!period) return null;
  const isLimited = budget.limitKind === 'amount';
  return { ...period, budgetId: budget.id, state: 'planned', isLimited, openedAt: null, openedLate: false, carryExpiresAt: null };
}

export function allocation(budget: TimedBudget, period: NewPeriod, periodId: string, at: Date): Entry[] {
  if (!period.isLimited || !budget.amount) return [];
  const key = `allocate:${budget.id}:${period.startOn}`;
  return [clockEntry(budget, at, { type: 'ALLOCATE', periodId, amount: budget.amount, key })];
}

/** Only inside the period: at its end the rule of carrying over decides. */
function expiryOf({ carryRule: { expiresAfter }, zone }: TimedBudget, { startOn, endAt }: NewPeriod | LedgerPeriod): Date | null {
  if (expiresAfter === null || expiresAfter === 'period') return null;
  const at = startOfDay(dayAfter(startOn, expiresAfter), zone);
  return at < endAt ? at : null;
}

function closeForGood(budget: TimedBudget, live: readonly LedgerPeriod[], period: LedgerPeriod, at: Date): Turn {
  const next = live.find(({ startOn }) => startOn === period.endOn);
  const expiresAt = next ? expiryOf(budget, next) : null;
  const isCarried = next?.isLimited && period.isLimited && (expiresAt === null || expiresAt > at);
  const difference = isCarried ? carryOf(budget.carryRule, period) + period.carriedOut : 0;
  const entries: Entry[] = [];
  if (next && difference !== 0) {
    const moved = { from: period.id, to: next.id, amount: difference, key: `carry:${budget.id}:${next.startOn}:final` };
    entries.push(...carrying(budget, at, { ...moved, reason: `final close of ${period.key}` }));
  }
  const changed: PeriodChange[] = [changeOf(period, { state: 'closed_final' })];
  // Money that arrives with the correction expires with the rest.
  if (next && difference > 0) changed.push(changeOf(next, { carryExpiresAt: expiresAt }));
  return finish(budget, live, { created: null, changed, entries });
}

function expire(budget: TimedBudget, live: readonly LedgerPeriod[], period: LedgerPeriod, at: Date): Turn {
  const amount = expiredOf(period);
  const key = `carry:${budget.id}:${period.startOn}:expired`;
  const told = { type: 'CARRY_IN' as const, periodId: period.id, amount: -amount, key, reason: 'carried money expired' };
  const entries: Entry[] = amount > 0 ? [clockEntry(budget, at, told)] : [];
  return finish(budget, live, { created: null, changed: [changeOf(period, { carryExpiresAt: null })], entries });
}

type Told = Pick<Entry, 'type' | 'periodId' | 'amount' | 'key' | 'counterpart' | 'reason'>;

function clockEntry(budget: TimedBudget, at: Date, { type, periodId, amount, key, counterpart, reason }: Told): Entry {
  return { budgetId: budget.id, periodId, type, amount, key, at, by: CLOCK, reason, counterpart, over: CARRIED };
}

interface Carrying extends Pick<Entry, 'amount' | 'key' | 'reason'> {
  readonly from: string;
  readonly to: string;
}

function carrying(budget: TimedBudget, at: Date, { from, to, amount, key, reason = null }: Carrying): Entry[] {
  const [out, into] = [`${key}:out`, `${key}:in`];
  return [
    clockEntry(budget, at, { type: 'CARRY_OUT', periodId: from, amount: -amount, key: out, counterpart: into, reason }),
    clockEntry(budget, at, { type: 'CARRY_IN', periodId: to, amount, key: into, counterpart: out, reason }),
  ];
}

function changeOf({ id, state, closesAt, carryExpiresAt, openedAt, openedLate, isLimited }: LedgerPeriod, change: Partial<PeriodChange>) {
  return { id, state, closesAt, carryExpiresAt, openedAt, openedLate, isLimited, ...change };
}

function finish(
  budget: TimedBudget,
  live: readonly LedgerPeriod[],
  effects: Omit<Turn, 'opening'>,
  opens: { on: string; at: Date } | null | undefined = undefined,
): Turn {
  const { nextOpensOn, nextOpensAt } = opens === undefined ? budget : { nextOpensOn: opens?.on ?? null, nextOpensAt: opens?.at ?? null };
  const changes = new Map(effects.changed.map((change) => [change.id, change]));
  const after: PeriodChange[] = live.map((period) => changes.get(period.id) ?? period);
  const stamps = [nextOpensAt, effects.created?.carryExpiresAt, ...after.flatMap(stampsOf)].flatMap((at) => (at ? at.getTime() : []));
  const nextDueAt = stamps.length > 0 ? new Date(Math.min(...stamps)) : null;
  return { ...effects, opening: { id: budget.id, nextOpensOn, nextOpensAt, nextDueAt } };
}

function stampsOf({ state, closesAt, carryExpiresAt }: PeriodChange): Array<Date | null> {
  return [carryExpiresAt, state === 'closed_provisional' ? closesAt : null];
}
