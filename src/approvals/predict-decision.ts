/** When an order that waits will probably be decided (SEMANTICS 3.6): from history in working time, else when the clock asks others. */
import { FEWEST, median, predictedAt } from '../domain/work-calendar/predict.ts';
import { addWorkTime, workTimeBetween } from '../domain/work-calendar/work-time.ts';
import { loadDecisionTimes, nextEscalation } from '../store/approvals/decision-times.ts';
import type { Database } from '../store/database.ts';
import type { StepDetail } from '../store/views/order-details.ts';
import { loadWorkTimes, type WorkTimes } from './work-times.ts';

export interface ExpectedDecision {
  readonly at: Date;
  /** `history`: as long as such decisions took. `clock`: nobody knows; then others are asked. */
  readonly basis: 'history' | 'clock';
  /** Decisions it was taken from. */
  readonly decisions: number;
}

/** Decisions, of how many orders at most. */
const NEWEST = { decisions: 200, orders: 2_000 };
const HOUR_MS = 3_600_000;

/** `null`: it waits for nobody, or nothing is known. Steps that will be asked later take as long as such decisions did. */
export async function predictDecision(
  db: Database,
  { id, companyId, steps }: { id: string; companyId: string; steps: readonly StepDetail[] },
  now: Date,
): Promise<ExpectedDecision | null> {
  const active = steps.find(({ state }) => state === 'active');
  if (!active?.assignedAt || active.holders.length === 0) return null;
  const past = await loadDecisionTimes(db, companyId, NEWEST);
  const people = new Set([...past.map(({ personId }) => personId), ...active.holders.map((holder) => holder.id)]);
  const since = [active, ...past].reduce((least, { assignedAt }) => (assignedAt && assignedAt < least ? assignedAt : least), now);
  const times = await loadWorkTimes(db, [...people], since);
  const took = past.map(({ personId, assignedAt, at }) => ({
    personId,
    ms: workTimeBetween(times.calendarOf(personId), assignedAt, at, times.awayOf(personId)),
  }));
  const decided = expectStep(active, { took, times, now });
  if (decided === null) {
    const at = await nextEscalation(db, id);
    return at === null ? null : { at, basis: 'clock', decisions: 0 };
  }
  const later = steps.filter(({ state, revision }) => state === 'waiting' && revision === active.revision).length;
  const amount = (later * median(took.map(({ ms }) => ms))) / HOUR_MS;
  const calendar = times.calendarOf(String(active.holders[0]?.id));
  const at = later === 0 ? decided : addWorkTime(calendar, decided, { amount, unit: 'business_hours' });
  return { at, basis: 'history', decisions: took.length };
}

interface Known {
  readonly took: ReadonlyArray<{ readonly personId: string; readonly ms: number }>;
  readonly times: WorkTimes;
  readonly now: Date;
}

/** Each by their own past where there is enough of it; the first, the last, or as many as are needed. */
function expectStep({ mode, needed, holders, assignedAt }: StepDetail, { took, times, now }: Known): Date | null {
  const instants = holders.map(({ id }) => {
    const own = took.filter(({ personId }) => personId === id);
    const sample = (own.length >= FEWEST ? own : took).map(({ ms }) => ms);
    return predictedAt({ calendar: times.calendarOf(id), awayOn: times.awayOf(id), since: assignedAt ?? now }, sample, now);
  });
  const known = instants.filter((at) => at !== null).sort((a, b) => a.getTime() - b.getTime());
  return known[(mode === 'any' ? 1 : mode === 'all' ? holders.length : needed) - 1] ?? null;
}
