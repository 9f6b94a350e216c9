/** What the clock does to steps nobody decides: the next rung, the list of operations, the end. It never approves (SEMANTICS 2.13). */
import { type ClockRow, type DueRow, markListed, takeDue } from '../store/approvals/clocks.ts';
import { assignSteps, loadHoldersOf } from '../store/approvals/holders.ts';
import { loadDeciders, loadOpenSteps } from '../store/approvals/open-steps.ts';
import type { Transaction } from '../store/database.ts';
import type { LogEntry } from '../store/orders/orders.ts';
import { type Activated, type Held, holdSteps, leaveStuck, withSince } from './assign.ts';
import { beginWalk, clockedAt, countNext, type Walk, walkOn } from './climb-ladders.ts';
import { loadCompanies } from './company-people.ts';
import { recall } from './notices.ts';
import { timekeepers } from './step-clocks.ts';
import { loadWorkTimes } from './work-times.ts';

/** Seen later than this after it was due, an effect is called late. */
export const LATE_MS = 5 * 60_000;

/** An order whose time is over, by its rules; for the caller to end, dated at the instant. */
export interface EndedOrder {
  readonly orderId: string;
  readonly stepId: string;
  readonly at: Date;
  readonly how: 'expire' | 'decline';
}

export interface Escalated {
  /** Steps looked at; 0: nothing was due, or all of it is in other hands. */
  readonly steps: number;
  readonly climbed: number;
  readonly listed: number;
  readonly ended: readonly EndedOrder[];
  /** Whose rules cannot be read: their clock stands still. */
  readonly stuck: Activated['stuck'];
}

/** One batch of those that were due a moment ago, in the caller's transaction: the rows are done and their effects written together, or neither. */
export async function escalateDue(trx: Transaction, now: Date, stepIds: readonly string[]): Promise<Escalated> {
  const { walks, stuck } = await loadWalks(trx, now, stepIds);
  for (let moved = walks; moved.length > 0; moved = walkOn(walks, now, LATE_MS)) await countAhead(trx, moved);
  const ended = walks.flatMap(({ step, ended: end }) => (end ? [{ orderId: step.orderId, stepId: step.id, ...end }] : []));
  const listed = walks.flatMap(({ step, listed: one }) => (one ? [{ stepId: step.id, ...one }] : []));
  await markListed(trx, listed);
  await moveOn(trx, walks, now);
  await stayAsEnded(trx, walks, now);
  return { steps: walks.length, climbed: walks.filter(hasClimbed).length, listed: listed.length, ended, stuck };
}

async function loadWalks(trx: Transaction, now: Date, stepIds: readonly string[]): Promise<Pick<Escalated, 'stuck'> & { walks: Walk[] }> {
  const due = new Map<string, DueRow[]>();
  for (const row of await takeDue(trx, stepIds)) due.set(row.stepId, [...(due.get(row.stepId) ?? []), row]);
  for (const [stepId, rows] of due) if (rows.every(({ dueAt }) => dueAt > now)) due.delete(stepId);
  if (due.size === 0) return { walks: [], stuck: [] };
  const steps = await loadOpenSteps(trx, [...due.keys()]);
  const { companies, unreadable } = await loadCompanies(trx, steps, now);
  const ids = steps.map(({ id }) => id);
  const [holders, deciders] = [await loadHoldersOf(trx, ids), await loadDeciders(trx, ids)];
  const walks = steps.flatMap((step) => {
    const company = companies.get(step.id);
    const [before, said] = [holders.get(step.id) ?? [], deciders.get(step.id) ?? []];
    return company ? [beginWalk(step, { company, due: due.get(step.id) ?? [], before, deciders: said })] : [];
  });
  return { walks, stuck: await leaveStuck(trx, unreadable, now) };
}

/** The next rungs of those that climbed; calendars of all of them at once. */
async function countAhead(trx: Transaction, walks: readonly Walk[]): Promise<void> {
  const clocked = walks.flatMap((walk) => {
    const one = hasClimbed(walk) && walk.ahead.every(({ kind }) => kind !== 'escalate') ? clockedAt(walk) : null;
    return one ? [{ walk, one }] : [];
  });
  if (clocked.length === 0) return;
  const times = await loadWorkTimes(trx, [...new Set(clocked.flatMap(({ one }) => timekeepers(one)))]);
  for (const { walk, one } of clocked) countNext(walk, one, times);
}

function hasClimbed({ climbs, step }: Walk): boolean {
  return climbs.length > step.climbs.length;
}

/** What was done, and holders as they are now, whatever rungs were climbed in between: each kind of rows in one statement. */
async function moveOn(trx: Transaction, walks: readonly Walk[], now: Date): Promise<void> {
  const climbed = walks.filter((walk) => hasClimbed(walk) && !walk.ended);
  const held = climbed.map(({ step, company, climbs, seatedAt }): Held => ({ step, company, climbs, seating: seatedAt(now).seating }));
  const before = new Map(walks.map((walk) => [walk.step.id, walk.before]));
  const clocks = walks.flatMap(({ done, ahead, ended }) => [...done, ...(ended ? [] : ahead.filter(({ kind }) => kind === 'escalate'))]);
  await holdSteps(trx, held, now, { before, clocks, logs: walks.flatMap(toldOf) });
}

/** Whoever was asked is told that it is over; whom a late walk would have asked since is written down, and never hears of it. */
async function stayAsEnded(trx: Transaction, walks: readonly Walk[], now: Date): Promise<void> {
  const ended = walks.flatMap(({ step, climbs, before, seatedAt, ended: end }) => {
    if (!end) return [];
    const { seating } = seatedAt(end.at);
    const state = seating.exhausted === null ? ('active' as const) : ('exhausted' as const);
    const holders = withSince({ seating, climbs }, before, end.at);
    return [{ stepId: step.id, state, needed: seating.needed, climbs, holders, before }];
  });
  await recall(
    trx,
    ended.map(({ stepId }) => stepId),
    now,
  );
  await assignSteps(trx, ended, now);
}

/** Dated at the instant it was due, whenever it was written. */
function toldOf({ step, climbs, done, listed, ended }: Walk): Array<LogEntry & { orderId: string; at: Date }> {
  const told = (kind: string, at: Date, facts: object, row: ClockRow | undefined) => {
    const late = row?.isLate ? { late: true, doneAt: row.doneAt } : {};
    return {
      orderId: step.orderId,
      at,
      kind,
      actor: 'clock',
      revision: step.revision,
      facts: { stepId: step.id, name: step.name, ...facts, ...late },
    };
  };
  const rowOf = (kind: string, level: number) => done.find((row) => row.kind === kind && row.level === level);
  const rungs = climbs
    .slice(step.climbs.length)
    .map(({ level, rung, at, people }) => told('step_escalated', at, { level, rung, people }, rowOf('escalate', level)));
  const list = listed ? [told('step_listed', listed.at, { because: listed.because }, done.at(-1))] : [];
  const end = ended ? [told(ended.how === 'expire' ? 'expired' : 'declined', ended.at, {}, rowOf('expire', 1))] : [];
  return [...rungs, ...list, ...end];
}
