/**
 * Where an order goes whose approvers cannot decide it: up the superiors, then to the approvers of the units upwards, then to the
 * administrators of the company (SEMANTICS 2.10). It ends, whatever the profile says of superiors.
 */
import { hasRole, type Person, pathOf, peopleIn } from './directory.ts';
import { type ApproverQuestion, isMember, nameOf } from './question.ts';
import type { Candidate } from './resolve-selector.ts';

const HIGHEST = 10;

const APPROVER_ROLE = 'approver';
export const ADMINISTRATOR_ROLES = ['administrator', 'admin'] as const;

/** Answers whether the candidate may decide, and notes it. `null` for one that was asked before. */
export type Ask = (candidate: Candidate) => boolean | null;

/** All of the first rung on which somebody may decide; none if nobody on any. */
export function bubbleUp(question: ApproverQuestion, upFrom: readonly string[], ask: Ask): Candidate[] {
  for (const rung of rungs(question, upFrom)) {
    const able = rung.filter((candidate) => ask(candidate) === true);
    if (able.length > 0) return able;
  }
  return [];
}

function* rungs(question: ApproverQuestion, upFrom: readonly string[]): Generator<Candidate[]> {
  yield* superiors(question, upFrom);
  const { directory, order } = question;
  for (const unitId of pathOf(directory.units, order.accountId).reverse()) {
    const people = peopleIn(directory, (person) => person.accountId === unitId && hasRole(person, APPROVER_ROLE));
    yield people.map((person) => asCandidate(person, `approver of ${directory.units.get(unitId)?.name}`));
  }
  const administrators = peopleIn(
    directory,
    (person) => person.accountId === directory.companyId && hasRole(person, ...ADMINISTRATOR_ROLES),
  );
  yield administrators.map((person) => asCandidate(person, `administrator of ${directory.units.get(directory.companyId)?.name}`));
}

/** Rung by rung; whoever would be reached a second time is told as lacking. */
export function* superiors(question: ApproverQuestion, upFrom: readonly string[]): Generator<Candidate[]> {
  const { people } = question.directory;
  const seen = new Set(upFrom);
  let below = [...seen];
  for (let height = 0; height < HIGHEST && below.length > 0; height += 1) {
    const rung: Candidate[] = [];
    const reached = new Set(seen);
    for (const id of below) {
      const superiorId = people.get(id)?.superiorId ?? null;
      if (superiorId === null || (seen.has(superiorId) && !reached.has(superiorId))) continue;
      const via = `superior of ${nameOf(question, id)}`;
      const person = people.get(superiorId);
      if (reached.has(superiorId)) rung.push(lacking(via, 'was asked before; superiors go round in a circle'));
      else if (!person) rung.push(lacking(via, 'is not in the company'));
      else rung.push({ ...asCandidate(person, via), atSeller: isAtSeller(question, people.get(id)) });
      seen.add(superiorId);
    }
    yield rung;
    below = rung.flatMap(({ person }) => person?.id ?? []);
  }
}

/** Superiors of an account manager sit at the seller, too. */
function isAtSeller(question: ApproverQuestion, below: Person | undefined): boolean {
  return below !== undefined && !isMember(question, below);
}

function asCandidate(person: Person, via: string): Candidate {
  return { person, via, isNamed: true, upFrom: person.id };
}

function lacking(via: string, lack: string): Candidate {
  return { person: null, via, lack, isNamed: true, upFrom: '' };
}
