/** One company at any instant: its rules as some orders were matched with, its people, and who stands in for whom when. */
import type { Directory } from '../domain/policy/approvers/directory.ts';
import { deputyOf, FARTHEST } from '../domain/policy/approvers/follow-deputies.ts';
import type { ApproverQuestion } from '../domain/policy/approvers/question.ts';
import type { PlannedStage } from '../domain/policy/merge-stages.ts';
import type { Part, Watch } from '../domain/policy/step-clock.ts';
import { NeedsOperatorError } from '../errors.ts';
import { type DelegationWindow, loadWindows } from '../store/approvals/delegations.ts';
import { loadMembersOf } from '../store/approvals/directory.ts';
import type { OpenStep } from '../store/approvals/open-steps.ts';
import type { Step } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { listAbsences, type StoredAbsence } from '../store/work-calendars/absences.ts';
import { type CompanyRules, loadPinnedRules } from './company-rules.ts';

type AbsenceWindow = Pick<StoredAbsence, 'personId' | 'startsAt' | 'endsAt'>;

export interface CompanyPeople {
  readonly rules: CompanyRules;
  /** Who stands in for whom depends on the instant; see `questionAt`. */
  readonly directory: Directory;
  readonly windows: readonly DelegationWindow[];
  readonly absences: readonly AbsenceWindow[];
}

export interface Companies {
  /** By step. */
  readonly companies: ReadonlyMap<string, CompanyPeople>;
  /** By step, why its rules cannot be read. */
  readonly unreadable: ReadonlyMap<string, NeedsOperatorError>;
}

/** In a few statements however many companies there are; windows that ended before the steps began are left out. */
export async function loadCompanies(trx: Transaction, steps: readonly OpenStep[], now: Date): Promise<Companies> {
  const from = steps.reduce((least, { assignedAt }) => (assignedAt && assignedAt < least ? assignedAt : least), now);
  const groups = new Map<string, [OpenStep, ...OpenStep[]]>();
  for (const step of steps) {
    const key = JSON.stringify([step.companyId, [...step.policies.ids].sort(), asksManagers(step)]);
    const known = groups.get(key);
    if (known) known.push(step);
    else groups.set(key, [step]);
  }
  const asked = [...groups.values()];
  const rules = await loadPinnedRules(trx, asked.map(([{ companyId, policies }]) => ({ companyId, policyIds: policies.ids }))); // biome-ignore format: one call
  const read = rules.flatMap((one, n) => (one instanceof NeedsOperatorError ? [] : [{ rules: one, steps: asked[n] ?? [] }]));
  const people = await loadPeople(trx, read.map((one) => ({ rules: one.rules, managers: one.steps.some(asksManagers) })), from); // biome-ignore format: one call
  return {
    companies: new Map(people.flatMap((company, n) => (read[n]?.steps ?? []).map(({ id }) => [id, company] as const))),
    unreadable: new Map(
      rules.flatMap((one, n) => (one instanceof NeedsOperatorError ? (asked[n] ?? []).map(({ id }) => [id, one] as const) : [])),
    ),
  };
}

export async function peopleOf(trx: Transaction, rules: CompanyRules, managers: boolean, from: Date): Promise<CompanyPeople> {
  const [company] = await loadPeople(trx, [{ rules, managers }], from);
  if (!company) throw new Error('one company was asked for, and none was answered');
  return company;
}

/** In the order given. */
async function loadPeople(
  trx: Transaction,
  asked: ReadonlyArray<{ readonly rules: CompanyRules; readonly managers: boolean }>,
  from: Date,
): Promise<CompanyPeople[]> {
  const members = await loadMembersOf(trx, asked.map(({ rules: { units }, managers }) => ({ units, withManagers: managers }))); // biome-ignore format: one call
  const personIds = [...new Set(members.flatMap((people) => [...people.keys()]))];
  const windows = await loadWindows(trx, personIds, from);
  const absences = await listAbsences(trx, { personIds, from });
  return asked.map(({ rules }, n): CompanyPeople => {
    const people = members[n] ?? new Map();
    return {
      rules,
      directory: { companyId: rules.companyId, units: rules.units, people, delegations: [], away: new Set() },
      windows: windows.filter(({ fromPersonId }) => people.has(fromPersonId)),
      absences: absences.filter(({ personId }) => people.has(personId)),
    };
  });
}

function asksManagers({ selector, clock }: Pick<Step, 'selector' | 'clock'>): boolean {
  return withManagers([{ approvers: selector.approvers, clock }]);
}

/** Whether somebody at the seller may be meant. */
export function withManagers(stages: ReadonlyArray<Pick<PlannedStage, 'approvers' | 'clock'>>): boolean {
  const fallbacks = ({ clock }: Pick<PlannedStage, 'clock'>) =>
    clock?.ladder.flatMap((rung) => (rung.kind === 'fallback' ? [rung.approvers] : [])) ?? [];
  return stages.some((stage) => [...stage.approvers, ...fallbacks(stage)].some(({ kind }) => kind === 'accountManager'));
}

/** As people were, or will be, at an instant. */
export function questionAt(
  { rules, directory, windows, absences }: CompanyPeople,
  orderId: string,
  order: ApproverQuestion['order'],
  at: Date,
): ApproverQuestion {
  const holds = ({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }) => startsAt <= at && endsAt > at;
  const delegations = windows.filter((one) => (one.orderId === null || one.orderId === orderId) && holds(one));
  const away = new Set(absences.filter(holds).map(({ personId }) => personId));
  return { directory: { ...directory, delegations, away }, policies: rules.policies, order };
}

/** Whether nobody leaves, comes back or is stood in for anew between two instants: `questionAt` asks the same at both. */
export function isSameAt({ windows, absences }: CompanyPeople, one: Date, other: Date): boolean {
  const [from, until] = one <= other ? [one, other] : [other, one];
  const isBetween = (at: Date) => at > from && at <= until;
  const changes = ({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }) => isBetween(startsAt) || isBetween(endsAt);
  return !windows.some(changes) && !absences.some(changes);
}

/** Who sits on the seat of a person from an instant on: the person, and whoever stands in while windows are open and absences last. */
export function watchOf(
  company: CompanyPeople,
  orderId: string,
  order: ApproverQuestion['order'],
  seat: { personId: string; since: Date },
): Watch {
  // Most people are neither away nor stood in for.
  if (!edgesOf(company).has(seat.personId)) return { parts: [{ personId: seat.personId, from: seat.since, until: null }] };
  const parts: Part[] = [];
  const boundaries = boundariesOf(company, orderId, seat);
  for (const [n, from] of boundaries.entries()) {
    const question = questionAt(company, orderId, order, from);
    const person = company.directory.people.get(seat.personId);
    const personId = (person && deputyOf(question, person).person?.id) ?? seat.personId;
    const until = boundaries[n + 1] ?? null;
    const last = parts.at(-1);
    if (last?.personId === personId) parts[parts.length - 1] = { ...last, until };
    else parts.push({ personId, from, until });
  }
  return { parts };
}

interface Edge {
  /** `null`: of whatever waits for this person. */
  readonly orderId: string | null;
  /** Whom it may make sit there. */
  readonly next: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** By person. A company is looked up once, and asked about every seat of every step. */
const edges = new WeakMap<CompanyPeople, Map<string, Edge[]>>();

function edgesOf(company: CompanyPeople): Map<string, Edge[]> {
  const known = edges.get(company);
  if (known) return known;
  const found = new Map<string, Edge[]>();
  const add = (personId: string, edge: Edge) => {
    const others = found.get(personId);
    if (others) others.push(edge);
    else found.set(personId, [edge]);
  };
  for (const { fromPersonId, toPersonId, ...one } of company.windows) add(fromPersonId, { ...one, next: [toPersonId] });
  for (const { personId, ...one } of company.absences)
    add(personId, { ...one, orderId: null, next: superiorsOf(company.directory, personId) });
  edges.set(company, found);
  return found;
}

/** Beginnings and ends of windows and absences: of the person, of deputies and superiors who may stand in, of theirs. */
function boundariesOf(company: CompanyPeople, orderId: string, { personId, since }: { personId: string; since: Date }): Date[] {
  const reached = new Set([personId]);
  const instants = new Set([since.getTime()]);
  // Grows while it is walked.
  for (const one of reached) {
    for (const edge of edgesOf(company).get(one) ?? []) {
      // They would change nothing, and may be many.
      if (edge.orderId !== null && edge.orderId !== orderId) continue;
      for (const at of [edge.startsAt, edge.endsAt]) if (at > since) instants.add(at.getTime());
      for (const next of edge.next) reached.add(next);
    }
  }
  return [...instants].sort((a, b) => a - b).map((ms) => new Date(ms));
}

/** As far up as one is looked for who stands in. */
function superiorsOf({ people }: Directory, personId: string): string[] {
  const found: string[] = [];
  let at = people.get(personId)?.superiorId ?? null;
  while (at !== null && found.length < FARTHEST && !found.includes(at)) {
    found.push(at);
    at = people.get(at)?.superiorId ?? null;
  }
  return found;
}
