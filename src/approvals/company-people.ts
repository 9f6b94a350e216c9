/** One company at any instant: its rules as some orders were matched with, its people, and who stands in for whom when. */
import type { Directory } from '../domain/policy/approvers/directory.ts';
import { deputyOf, FARTHEST } from '../domain/policy/approvers/follow-deputies.ts';
import type { ApproverQuestion } from '../domain/policy/approvers/question.ts';
import type { PlannedStage } from '../domain/policy/merge-stages.ts';
import type { Part, Watch } from '../domain/policy/step-clock.ts';
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

/** By step, in a few statements however many companies there are; windows that ended before the steps began are left out. */
export async function loadCompanies(trx: Transaction, steps: readonly OpenStep[], now: Date): Promise<Map<string, CompanyPeople>> {
  const from = steps.reduce((least, { assignedAt }) => (assignedAt && assignedAt < least ? assignedAt : least), now);
  const groups = new Map<string, [OpenStep, ...OpenStep[]]>();
  for (const step of steps) {
    const key = JSON.stringify([step.companyId, [...step.policies.ids].sort(), asksManagers(step)]);
    const known = groups.get(key);
    if (known) known.push(step);
    else groups.set(key, [step]);
  }
  const asked = [...groups.values()];
  const rules = await loadPinnedRules(
    trx,
    asked.map(([{ companyId, policies }]) => ({ companyId, policyIds: policies.ids })),
  );
  const companies = await loadPeople(
    trx,
    rules.map((one, n) => ({ rules: one, managers: asked[n]?.some(asksManagers) ?? false })),
    from,
  );
  return new Map(companies.flatMap((company, n) => (asked[n] ?? []).map(({ id }) => [id, company] as const)));
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

/** Who sits on the seat of a person from an instant on: the person, and whoever stands in while windows are open and absences last. */
export function watchOf(
  company: CompanyPeople,
  orderId: string,
  order: ApproverQuestion['order'],
  seat: { personId: string; since: Date },
): Watch {
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
  readonly personId: string;
  /** Whom it may make sit there. */
  readonly next: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** Beginnings and ends of windows and absences: of the person, of deputies and superiors who may stand in, of theirs. */
function boundariesOf(company: CompanyPeople, orderId: string, { personId, since }: { personId: string; since: Date }): Date[] {
  const edges = [
    ...company.windows
      .filter((one) => one.orderId === null || one.orderId === orderId)
      .map(({ fromPersonId, toPersonId, startsAt, endsAt }): Edge => ({ personId: fromPersonId, next: [toPersonId], startsAt, endsAt })),
    ...company.absences.map((one): Edge => ({ ...one, next: superiorsOf(company.directory, one.personId) })),
  ];
  const reached = new Set([personId]);
  const found = new Set<Edge>();
  for (let grows = true; grows; ) {
    const more = edges.filter((one) => !found.has(one) && reached.has(one.personId));
    grows = more.length > 0;
    for (const one of more) {
      found.add(one);
      for (const next of one.next) reached.add(next);
    }
  }
  const instants = [...found].flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]).filter((at) => at > since);
  return [...new Set([since, ...instants].map((at) => at.getTime()))].sort((a, b) => a - b).map((ms) => new Date(ms));
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
