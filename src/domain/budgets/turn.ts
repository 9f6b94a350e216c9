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
import type { Entry } from './post.ts';

export interface Turn {
  /** Its entries name it as `NEW`. */
  readonly created: NewPeriod | null;
  readonly changed: readonly PeriodChange[];
  readonly entries: readonly Entry[];
  readonly opening: NextOpening;
}

/** Stands for the id of a period that is created in the same turn. */
export const NEW = 'new';
/** By whom the clock's movements are. */
export const CLOCK = 'clock';
/** A job that looks every minute is not late for a few. */
const LATE_MS = 5 * 60_000;

type Event =
  | { readonly at: Date; readonly order: 0; readonly expires: LedgerPeriod }
  | { readonly at: Date; readonly order: 1; readonly boundary: true }
  | { readonly at: Date; readonly order: 2; readonly closes: LedgerPeriod };

/** `live`: its periods that are not closed for good. `rule` is `null` when a calendar that it names is gone. */
export function turn(budget: Budget, rule: OwnPeriods | null, live: readonly LedgerPeriod[], now: Date): Turn {
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

function begin(budget: Budget, rule: OwnPeriods | null, live: readonly LedgerPeriod[], { at, now }: { at: Date; now: Date }): Turn {
  const on = budget.nextOpensOn ?? budget.validFrom;
  const before = live.find(({ endOn, state }) => endOn === on && state === 'open') ?? null;
  const planned = live.find(({ startOn, state }) => startOn === on && state === 'planned') ?? null;
  const opened = { openedAt: now, openedLate: now.getTime() - Math.max(at.getTime(), budget.createdAt.getTime()) > LATE_MS };
  const created = planned ? null : planNext(budget, rule, on, before?.endAt ?? at);
  const next = planned ?? created;
  const carry = before && next?.isLimited && before.isLimited ? carryOf(budget.carryRule, before) : 0;
  const carryExpiresAt = next && carry > 0 ? expiryOf(budget, next) : null;
  const entries: Entry[] = [];
  if (created) entries.push(...allocation(budget, created, NEW, at));
  if (before && next && carry !== 0) {
    const key = `carry:${budget.id}:${next.startOn}`;
    entries.push({
      ...clockEntry(budget, at),
      type: 'CARRY_OUT',
      periodId: before.id,
      amount: -carry,
      key: `${key}:out`,
      counterpart: `${key}:in`,
    });
    entries.push({
      ...{ ...clockEntry(budget, at), type: 'CARRY_IN', amount: carry, key: `${key}:in`, counterpart: `${key}:out` },
      periodId: planned?.id ?? NEW,
    });
  }
  const changed: PeriodChange[] = [];
  if (before) changed.push({ ...before, state: 'closed_provisional', closesAt: startOfDay(dayAfter(on, budget.closeDelay), budget.zone) });
  if (planned) changed.push({ ...planned, ...opened, state: 'open', carryExpiresAt });
  const nextOpens = next ? { on: next.endOn, at: next.endAt } : null;
  return finish(
    budget,
    live,
    { created: created && { ...created, ...opened, state: 'open', carryExpiresAt }, changed, entries },
    nextOpens,
  );
}

/** The period of a budget that begins on a day, allocated and not begun. `null` past its validity, its calendar or its end. */
export function planNext(budget: Budget, rule: OwnPeriods | null, on: string, startAt: Date): NewPeriod | null {
  if (rule === null || budget.state !== 'active') return null;
  const [period] = nextPeriods({ rule, zone: budget.zone, from: on, until: budget.validUntil, count: 1, startAt });
  if (!period) return null;
  const isLimited = budget.limitKind === 'amount';
  return { ...period, budgetId: budget.id, state: 'planned', isLimited, openedAt: null, openedLate: false, carryExpiresAt: null };
}

export function allocation(budget: Budget, period: NewPeriod, periodId: string, at: Date): Entry[] {
  if (!period.isLimited || !budget.amount) return [];
  return [{ ...clockEntry(budget, at), type: 'ALLOCATE', periodId, amount: budget.amount, key: `allocate:${budget.id}:${period.startOn}` }];
}

/** Only inside the period: at its end the rule of carrying over decides. */
function expiryOf({ carryRule: { expiresAfter }, zone }: Budget, { startOn, endAt }: NewPeriod | LedgerPeriod): Date | null {
  if (expiresAfter === null || expiresAfter === 'period') return null;
  const at = startOfDay(dayAfter(startOn, expiresAfter), zone);
  return at < endAt ? at : null;
}

function closeForGood(budget: Budget, live: readonly LedgerPeriod[], period: LedgerPeriod, at: Date): Turn {
  const next = live.find(({ startOn }) => startOn === period.endOn);
  const expiresAt = next ? expiryOf(budget, next) : null;
  const isCarried = next?.isLimited && period.isLimited && (expiresAt === null || expiresAt > at);
  const difference = isCarried ? carryOf(budget.carryRule, period) + period.carriedOut : 0;
  const entries: Entry[] = [];
  if (next && difference !== 0) {
    const told = { ...clockEntry(budget, at), reason: `final close of ${period.key}` };
    const key = `carry:${budget.id}:${next.startOn}:final`;
    entries.push({ ...told, type: 'CARRY_OUT', periodId: period.id, amount: -difference, key: `${key}:out`, counterpart: `${key}:in` });
    entries.push({ ...told, type: 'CARRY_IN', periodId: next.id, amount: difference, key: `${key}:in`, counterpart: `${key}:out` });
  }
  const changed: PeriodChange[] = [{ ...period, state: 'closed_final' }];
  // Money that arrives with the correction expires with the rest.
  if (next && difference > 0) changed.push({ ...next, carryExpiresAt: expiresAt });
  return finish(budget, live, { created: null, changed, entries });
}

function expire(budget: Budget, live: readonly LedgerPeriod[], period: LedgerPeriod, at: Date): Turn {
  const amount = expiredOf(period);
  const entry = {
    ...clockEntry(budget, at),
    type: 'CARRY_IN' as const,
    periodId: period.id,
    amount: -amount,
    reason: 'carried money expired',
  };
  const entries: Entry[] = amount > 0 ? [{ ...entry, key: `carry:${budget.id}:${period.startOn}:expired` }] : [];
  return finish(budget, live, { created: null, changed: [{ ...period, carryExpiresAt: null }], entries });
}

function clockEntry(budget: Budget, at: Date): Pick<Entry, 'budgetId' | 'at' | 'by' | 'over'> {
  return { budgetId: budget.id, at, by: CLOCK, over: { by: CLOCK, reason: 'carried over after it had been spent' } };
}

function finish(
  budget: Budget,
  live: readonly LedgerPeriod[],
  effects: Omit<Turn, 'opening'>,
  opens: { on: string; at: Date } | null | undefined = undefined,
): Turn {
  const { nextOpensOn, nextOpensAt } = opens === undefined ? budget : { nextOpensOn: opens?.on ?? null, nextOpensAt: opens?.at ?? null };
  const changes = new Map(effects.changed.map((change) => [change.id, change]));
  const after = live.map((period) => ({ ...period, ...changes.get(period.id) }));
  const stamps = dueEvents({ nextOpensAt }, after).map(({ at }) => at);
  if (effects.created?.carryExpiresAt) stamps.push(effects.created.carryExpiresAt);
  const nextDueAt = stamps.length > 0 ? new Date(Math.min(...stamps.map(Number))) : null;
  return { ...effects, opening: { id: budget.id, nextOpensOn, nextOpensAt, nextDueAt } };
}
