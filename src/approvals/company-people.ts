/** One company at any instant: its rules as some orders were matched with, its people, and who stands in for whom when. */
import type { Directory } from '../domain/policy/approvers/directory.ts';
import { deputyOf } from '../domain/policy/approvers/follow-deputies.ts';
import type { ApproverQuestion } from '../domain/policy/approvers/question.ts';
import type { PlannedStage } from '../domain/policy/merge-stages.ts';
import type { Part, Watch } from '../domain/policy/step-clock.ts';
import { type DelegationWindow, loadWindows } from '../store/approvals/delegations.ts';
import { loadMembers } from '../store/approvals/directory.ts';
import type { OpenStep } from '../store/approvals/open-steps.ts';
import type { Step } from '../store/approvals/steps.ts';
import type { Transaction } from '../store/database.ts';
import { type CompanyRules, loadRules } from './company-rules.ts';

export interface CompanyPeople {
  readonly rules: CompanyRules;
  /** Who stands in for whom depends on the instant; see `questionAt`. */
  readonly directory: Directory;
  readonly windows: readonly DelegationWindow[];
}

/** By step. Companies, and versions of rules within one, are looked up once each; windows that ended before the steps began are not. */
export async function loadCompanies(trx: Transaction, steps: readonly OpenStep[], now: Date): Promise<Map<string, CompanyPeople>> {
  const from = steps.reduce((least, { assignedAt }) => (assignedAt && assignedAt < least ? assignedAt : least), now);
  const groups = new Map<string, OpenStep[]>();
  for (const step of steps) {
    const key = JSON.stringify([step.companyId, [...step.policies.ids].sort(), asksManagers(step)]);
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  const companies = new Map<string, CompanyPeople>();
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const company = await loadCompany(trx, first, from);
    for (const { id } of group) companies.set(id, company);
  }
  return companies;
}

async function loadCompany(trx: Transaction, step: OpenStep, from: Date): Promise<CompanyPeople> {
  const rules = await loadRules(trx, step.companyId, step.policies.ids);
  return peopleOf(trx, rules, asksManagers(step), from);
}

export async function peopleOf(trx: Transaction, rules: CompanyRules, managers: boolean, from: Date): Promise<CompanyPeople> {
  const { companyId, units } = rules;
  const people = await loadMembers(trx, { units, withManagers: managers });
  return { rules, directory: { companyId, units, people, delegations: [] }, windows: await loadWindows(trx, [...people.keys()], from) };
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
  { rules, directory, windows }: CompanyPeople,
  orderId: string,
  order: ApproverQuestion['order'],
  at: Date,
): ApproverQuestion {
  const delegations = windows.filter((one) => (one.orderId === null || one.orderId === orderId) && one.startsAt <= at && one.endsAt > at);
  return { directory: { ...directory, delegations }, policies: rules.policies, order };
}

/** Who sits on the seat of a person from an instant on: the person, and deputies while their windows are open. */
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

/** Beginnings and ends of windows of the person, of deputies, of their deputies. */
function boundariesOf({ windows }: CompanyPeople, orderId: string, { personId, since }: { personId: string; since: Date }): Date[] {
  const reached = new Set([personId]);
  const found = new Set<DelegationWindow>();
  for (let grows = true; grows; ) {
    const more = windows.filter(
      (one) => !found.has(one) && reached.has(one.fromPersonId) && (one.orderId === null || one.orderId === orderId),
    );
    grows = more.length > 0;
    for (const one of more) {
      found.add(one);
      reached.add(one.toPersonId);
    }
  }
  const instants = [...found].flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]).filter((at) => at > since);
  return [...new Set([since, ...instants].map((at) => at.getTime()))].sort((a, b) => a - b).map((ms) => new Date(ms));
}
