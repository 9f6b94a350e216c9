/** Entries become movements: those a period has already are left out, and what exceeds a limit is covered by an OVERRIDE that says by whom. */
import { applyMovement, type Balance, excessOf, type MovementType } from './balance.ts';

/** Who answers for what an entry exceeds. */
export interface Over {
  readonly by: string;
  readonly reason: string;
}

/** The amount in the currency of the order, and how it was converted. */
export interface Original {
  readonly amount: number;
  readonly currency: string;
  readonly rate: string;
  readonly rateOn: string;
  readonly rateSource: string;
}

export interface Movement {
  readonly budgetId: string;
  readonly periodId: string;
  readonly type: MovementType;
  readonly amount: number;
  /** Says what it is about, for ever: a second one with the same key is the same. */
  readonly key: string;
  /** When it takes effect; a late job writes the instant that was due. */
  readonly at: Date;
  readonly by: string;
  readonly reason?: string | null | undefined;
  readonly orderId?: string | null | undefined;
  readonly revision?: number | null | undefined;
  readonly documentId?: string | null | undefined;
  readonly original?: Original | null | undefined;
  /** Key of the other half of a transfer. */
  readonly counterpart?: string | null | undefined;
}

export interface Entry extends Movement {
  readonly over: Over;
}

export interface PostedPeriod {
  readonly before: Balance;
  readonly after: Balance;
}

export interface Posting {
  readonly movements: Movement[];
  /** By period; only those that something was written to. */
  readonly periods: ReadonlyMap<string, PostedPeriod>;
}

export interface PostedTo extends Balance {
  readonly isLimited: boolean;
}

/** `known`: keys that are written already. An OVERRIDE that is needed no longer is taken back by the entry that made room. */
export function post(periods: ReadonlyMap<string, PostedTo>, entries: readonly Entry[], known: ReadonlySet<string>): Posting {
  const movements: Movement[] = [];
  const posted = new Map<string, PostedPeriod & { readonly last: Entry }>();
  const seen = new Set(known);
  for (const entry of entries) {
    if (seen.has(entry.key)) continue;
    seen.add(entry.key);
    const before = posted.get(entry.periodId)?.before ?? balanceOf(periods, entry.periodId);
    const balance = posted.get(entry.periodId)?.after ?? before;
    posted.set(entry.periodId, { before, after: applyMovement(balance, entry.type, entry.amount), last: entry });
    movements.push(movementOf(entry));
  }
  for (const [id, { before, after, last }] of posted) {
    const missing = periods.get(id)?.isLimited ? excessOf(after) - after.overridden : -after.overridden;
    if (missing === 0) continue;
    movements.push(overrideFor(last, missing));
    posted.set(id, { before, after: applyMovement(after, 'OVERRIDE', missing), last });
  }
  return { movements, periods: posted };
}

function balanceOf(periods: ReadonlyMap<string, PostedTo>, id: string): Balance {
  const period = periods.get(id);
  if (!period) throw new RangeError(`period ${id} was not locked before it was posted to`);
  return period;
}

/** Field by field, for a hundred thousand of them begin in the same minute. */
function movementOf(entry: Entry): Movement {
  const { budgetId, periodId, type, amount, key, at, by, reason, orderId, revision, documentId, original, counterpart } = entry;
  return { budgetId, periodId, type, amount, key, at, by, reason, orderId, revision, documentId, original, counterpart };
}

function overrideFor({ over, original: _, counterpart: __, documentId: ___, ...entry }: Entry, amount: number): Movement {
  const told = amount > 0 ? { by: over.by, reason: over.reason } : { reason: 'no longer needed' };
  return { ...entry, ...told, type: 'OVERRIDE', amount, key: `${entry.key}:override` };
}
