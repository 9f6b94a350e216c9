/** Who holds a step. People are looked up whenever a step is assigned; the rules stay those the order was matched with (SEMANTICS 2.8). */
import type { Climb, SeatedHolder, Seating } from '../domain/policy/climb.ts';
import type { NeedsOperatorError } from '../errors.ts';
import { type ClockRow, writeClocks } from '../store/approvals/clocks.ts';
import { assignSteps, loadHoldersOf, type SeatHeld, type StepHolder, seatsHeld } from '../store/approvals/holders.ts';
import { loadOpenSteps, type OpenStep } from '../store/approvals/open-steps.ts';
import { loadApprovers, loadStep, type StepState } from '../store/approvals/steps.ts';
import { markFree, markStuck } from '../store/approvals/stuck-steps.ts';
import type { Transaction } from '../store/database.ts';
import { queueNotices } from '../store/notifications.ts';
import { appendLogs } from '../store/orders/orders.ts';
import { type CompanyPeople, loadCompanies } from './company-people.ts';
import { noticesOf } from './notices.ts';
import { seatAt } from './seat-step.ts';
import { clockedOf, clocksOf, timekeepers } from './step-clocks.ts';
import { loadWorkTimes } from './work-times.ts';

export interface Assignment {
  /** `active` or `exhausted`; else the step was decided or voided before, and nothing was done. */
  readonly state: StepState;
  readonly needed: number;
  readonly holders: Seating['holders'];
  /** Why nobody, or too few, may decide. */
  readonly exhausted: string | null;
  /** Holders who have approved another step of this revision; their word counts here, too, where the rules let it. */
  readonly approvedBefore: readonly string[];
}

/** Also for a step that is active: whoever has left loses it, whoever stands in gets it. To be called under `lockOrder`. Throws RULES_INVALID. */
export async function activateStep(trx: Transaction, stepId: string, now: Date): Promise<Assignment> {
  const { held: [held], stuck: [stuck] } = await activateSteps(trx, [stepId], now); // biome-ignore format: one look
  if (stuck) throw stuck.error;
  if (!held) {
    const { state, needed } = await loadStep(trx, stepId);
    return { state, needed, holders: [], exhausted: null, approvedBefore: [] };
  }
  const { step, seating } = held;
  const { needed, holders, exhausted } = seating;
  const approvers = step.selector.decideOncePerPerson ? await loadApprovers(trx, step.orderId, step.revision) : [];
  const approvedBefore = holders.map(({ personId }) => personId).filter((id) => approvers.includes(id));
  return { state: exhausted === null ? 'active' : 'exhausted', needed, holders, exhausted, approvedBefore };
}

export interface Activated {
  readonly held: readonly Held[];
  /** Whose rules cannot be read: they stay as they are. */
  readonly stuck: ReadonlyArray<{ readonly stepId: string; readonly error: NeedsOperatorError; readonly isNew: boolean }>;
}

/** Many at once, whatever their companies; those that are open. To be called with their orders locked. */
export async function activateSteps(
  trx: Transaction,
  stepIds: readonly string[],
  now: Date,
  how: { readonly recount?: boolean } = {},
): Promise<Activated> {
  const steps = await loadOpenSteps(trx, stepIds);
  const { companies, unreadable } = await loadCompanies(trx, steps, now);
  const held = steps.flatMap((step): Held[] => {
    const company = companies.get(step.id);
    return company ? [{ step, company, seating: seatAt(step, company, step.climbs, now), climbs: step.climbs }] : [];
  });
  await holdSteps(trx, held.filter(({ step }) => step.stuckBecause === null), now, how); // biome-ignore format: one call
  const again = held.filter(({ step }) => step.stuckBecause !== null);
  // Nothing is in the way only where their calendars can be read, too.
  if (again.length > 0) await holdSteps(trx, again, now, { recount: true });
  await markFree(trx, again.map(({ step }) => step.id)); // biome-ignore format: one call
  return { held, stuck: await leaveStuck(trx, unreadable, now) };
}

/** On the radar, with the reason. */
export async function leaveStuck(
  trx: Transaction,
  unreadable: ReadonlyMap<string, NeedsOperatorError>,
  now: Date,
): Promise<Activated['stuck']> {
  const stuck = [...unreadable].map(([stepId, error]) => ({ stepId, error }));
  const fresh = new Set(await markStuck(trx, stuck.map(({ stepId, error }) => ({ stepId, because: error.message })), now)); // biome-ignore format: one call
  return stuck.map((one) => ({ ...one, isNew: fresh.has(one.stepId) }));
}

export interface Held {
  readonly step: OpenStep;
  readonly company: CompanyPeople;
  readonly seating: Seating;
  /** With those of this very moment. */
  readonly climbs: readonly Climb[];
}

interface Holding {
  /** Windows or calendars have changed. */
  readonly recount?: boolean;
  /** Where they are known already. */
  readonly before?: ReadonlyMap<string, readonly StepHolder[]>;
  /** Of what happened before, to be written with it; the next rungs of these steps are counted. */
  readonly clocks?: readonly ClockRow[];
  readonly logs?: Parameters<typeof appendLogs>[1];
}

/**
 * Writes the holders, their clocks, whom to tell, and into the orders' trail who was considered. A step looked at again of which
 * nothing is new leaves no trace; its clocks are counted again if `recount`.
 */
export async function holdSteps(
  trx: Transaction,
  held: readonly Held[],
  now: Date,
  { recount = false, before: known, clocks = [], logs = [] }: Holding = {},
): Promise<void> {
  const before = known ?? (await loadHoldersOf(trx, held.map(({ step }) => step.id))); // biome-ignore format: one call
  const looked = held.map((one) => {
    const had = before.get(one.step.id) ?? [];
    const holders = withSince(one, had, now);
    const state = one.seating.exhausted === null ? ('active' as const) : ('exhausted' as const);
    return { ...one, had, holders, state, isNew: state !== one.step.state || one.climbs !== one.step.climbs || !isSame(had, holders) };
  });
  const changed = looked.filter(({ isNew }) => isNew);
  await assignSteps(
    trx,
    changed.map(({ step, state, seating, climbs, holders, had }) => {
      return { stepId: step.id, state, needed: seating.needed, climbs, holders, before: had };
    }),
    now,
  );
  await appendLogs(trx, [...logs, ...changed.map((one) => assignedLog(one, now))]);
  const walked = new Set(clocks.map(({ stepId }) => stepId));
  await setClocks(trx, recount ? looked : changed.filter((one) => !walked.has(one.step.id) || hasNewcomer(one)), clocks);
  const told = changed.flatMap(({ step, holders, had }) => noticesOf(step, holders, had));
  await queueNotices(trx, told, now);
}

/** Among those whom the rules choose: all of their time is counted. */
function hasNewcomer({ had, holders }: { had: readonly StepHolder[]; holders: readonly StepHolder[] }): boolean {
  const known = seatsHeld(had);
  return seatsHeld(holders).some(
    ({ personId, level }) => level === 0 && !known.some((one) => one.personId === personId && one.level === 0),
  );
}

function assignedLog(
  { step, seating: { needed, holders, considered, exhausted } }: Held,
  now: Date,
): Parameters<typeof appendLogs>[1][number] {
  return {
    orderId: step.orderId,
    at: now,
    kind: exhausted === null ? 'step_assigned' : 'step_exhausted',
    revision: step.revision,
    facts: { stepId: step.id, name: step.name, needed, holders: holders.map(toldOf), considered, exhausted },
  };
}

/** What the trail tells of a holder; where escalation brought nobody it reads as before. */
function toldOf({ seatId, level, ...holder }: SeatedHolder): object {
  return level === 0 ? holder : { ...holder, seatId, level };
}

/** With rows of what happened before: what is done stays done, and what is counted now goes before what was counted then. */
async function setClocks(
  trx: Transaction,
  steps: ReadonlyArray<Held & { holders: readonly StepHolder[] }>,
  earlier: readonly ClockRow[],
): Promise<void> {
  const clocked = steps.flatMap((one) => clockedOf(one) ?? []);
  const times = clocked.length > 0 ? await loadWorkTimes(trx, [...new Set(clocked.flatMap(timekeepers))]) : null;
  const rows = new Map<string, ClockRow>();
  for (const row of [...earlier, ...(times ? clocked.flatMap((one) => clocksOf(one, times)) : [])]) {
    const key = `${row.stepId} ${row.kind} ${row.level}`;
    if (!rows.get(key)?.doneAt) rows.set(key, row);
  }
  await writeClocks(trx, [...rows.values()]);
}

/** A seat keeps its beginning, whoever stands in; a rung's people begin when it was due, however late it was climbed. */
export function withSince(
  { seating: { holders, alsoFor }, climbs }: Pick<Held, 'seating' | 'climbs'>,
  before: readonly StepHolder[],
  now: Date,
): StepHolder[] {
  const known = seatsHeld(before);
  const seatOf = (personId: string, level: number): SeatHeld => {
    const since = known.find((one) => one.personId === personId && one.level === level)?.since;
    return { personId, level, since: since ?? climbs.find((climb) => climb.level === level)?.at ?? now };
  };
  return holders.map(({ personId, forPersonId, via, seatId, level }) => {
    const also = alsoFor.filter(({ holderId }) => holderId === personId).map((one) => seatOf(one.personId, one.level));
    return { personId, forPersonId, alsoFor: also, via, seatId, level, since: seatOf(forPersonId ?? personId, level).since };
  });
}

function isSame(before: readonly StepHolder[], holders: readonly StepHolder[]): boolean {
  if (before.length !== holders.length) return false;
  const told = (all: readonly StepHolder[]) =>
    all.map((one) => [one.personId, ...seatsHeld([one]).map(({ personId, level }) => `${personId} ${level}`)].join(' ')).sort();
  return told(before).join() === told(holders).join();
}
