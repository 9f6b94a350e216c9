/** Whom a selector means, before anybody asks whether they may. */
import type { BudgetOwner } from '../budget-facts.ts';
import { fold } from '../facts.ts';
import { type Selector, saySelector } from '../selector-schema.ts';
import { hasRole, type Person, pathOf, peopleIn, peopleNamed } from './directory.ts';
import type { Standing } from './eligibility.ts';
import { type ApproverQuestion, nameOf, policiesAt } from './question.ts';

export interface Candidate extends Standing {
  /** `null`: nobody fits; `lack` says why. */
  readonly person: Person | null;
  readonly via: string;
  readonly lack?: string;
  /** Meant as this one person: somebody must stand in. Of those who hold a role any may be missing. */
  readonly isNamed: boolean;
  /** Whose superiors are asked next when this one cannot decide. */
  readonly upFrom: string;
}

const OWNER_ROLE = 'cost_centre_owner';
export const BUDGET_OWNER_ROLE = 'budget_owner';

export function resolveSelector(selector: Selector, question: ApproverQuestion): Candidate[] {
  const { order } = question;
  const via = saySelector(selector);
  const nobody = (lack: string, upFrom = order.orderedById): Candidate[] => [{ person: null, via, lack, isNamed: true, upFrom }];
  const named = (people: readonly Person[], lack: string, standing: Standing = {}): Candidate[] => {
    const [person, ...others] = people;
    if (!person) return nobody(lack);
    if (others.length > 0) return nobody(`${via}: fits several people; use id:NUMBER`);
    return [{ person, via, isNamed: true, upFrom: person.id, ...standing }];
  };
  switch (selector.kind) {
    case 'person':
      return named(byName(question, selector.person), `there is no person "${selector.person}" in the company`);
    case 'role':
      return inRole(selector, question).map((person) => ({ person, via, isNamed: false, upFrom: person.id }));
    case 'superior': {
      const { person, last, lack } = superiorOf(question, selector.level);
      return person ? named([person], '') : nobody(lack, last);
    }
    case 'costCentreOwner':
      return named(ownersOf(question), `cost centre ${order.costCentre ?? '(none)'} has no owner`);
    case 'accountManager': {
      const manager = managerOf(question);
      return manager
        ? named(byName(question, manager, true), `account manager "${manager}" is nobody known here`, { atSeller: true })
        : nobody('the account has no account manager');
    }
    case 'budgetOwner': {
      const owners = budgetOwners(selector.owner, question);
      if (owners.length === 0) return nobody('the budget has no owner');
      return owners.map((person) => ({ person, via, isNamed: owners.length === 1, upFrom: person.id }));
    }
  }
}

function byName({ directory }: ApproverQuestion, given: string, alsoByText = false): Person[] {
  const wanted = fold(given);
  const exact = peopleNamed(directory, wanted);
  if (exact.length > 0 || !alsoByText) return exact;
  return peopleIn(directory, ({ name, email }) => fold(name) === wanted || (email !== null && fold(email) === wanted));
}

function inRole({ role, area }: Extract<Selector, { kind: 'role' }>, { directory, order }: ApproverQuestion): Person[] {
  const isInArea = ({ accountId }: Person) => {
    if (accountId === null || !directory.units.has(accountId)) return false;
    if (area === 'company') return true;
    return area === 'unit' ? accountId === order.accountId : pathOf(directory.units, accountId).includes(order.accountId);
  };
  return peopleIn(directory, (person) => hasRole(person, fold(role)) && isInArea(person));
}

/** Cycle-safe: a circle of superiors ends where it closes. `last` is the highest one reached. */
function superiorOf(question: ApproverQuestion, level: number): { person: Person | null; last: string; lack: string } {
  const { people } = question.directory;
  const seen = new Set([question.order.orderedById]);
  let last = question.order.orderedById;
  for (let step = 0; step < level; step += 1) {
    const superiorId = people.get(last)?.superiorId ?? null;
    if (superiorId === null) return { person: null, last, lack: `${nameOf(question, last)} has no superior` };
    if (seen.has(superiorId)) return { person: null, last, lack: `the superiors of ${nameOf(question, last)} go round in a circle` };
    if (!people.has(superiorId)) return { person: null, last, lack: `the superior of ${nameOf(question, last)} is not in the company` };
    seen.add(superiorId);
    last = superiorId;
  }
  return { person: people.get(last) ?? null, last, lack: '' };
}

/** Whose money it is, as those who may dispose of it: the person; the owner of the cost centre; people with the role at the unit, or at the company. */
function budgetOwners(owner: BudgetOwner, question: ApproverQuestion): Person[] {
  const { directory, order } = question;
  const withRole = (isThere: (person: Person) => boolean) =>
    peopleIn(directory, (person) => hasRole(person, BUDGET_OWNER_ROLE) && isThere(person));
  if ('id' in owner) {
    if (owner.kind === 'person') return peopleIn(directory, ({ id }) => id === owner.id);
    return withRole(({ accountId }) => accountId === owner.id);
  }
  if (owner.kind === 'project') return withRole(({ accountId }) => accountId === directory.companyId);
  const named = ownersOf({ ...question, order: { ...order, costCentre: owner.code } });
  return named.length > 0 ? named : withRole(({ costCentre }) => fold(costCentre ?? '') === fold(owner.code));
}

/** Whom the nearest policy names; else whoever has the role and this cost centre. */
function ownersOf(question: ApproverQuestion): Person[] {
  const { costCentre } = question.order;
  if (costCentre === null) return [];
  for (const { document } of policiesAt(question).reverse()) {
    const owner = Object.entries(document.costCentreOwners).find(([code]) => fold(code) === fold(costCentre));
    if (owner) return byName(question, owner[1]);
  }
  return peopleIn(question.directory, (person) => hasRole(person, OWNER_ROLE) && fold(person.costCentre ?? '') === fold(costCentre));
}

function managerOf({ directory: { units }, order }: ApproverQuestion): string | null {
  const path = pathOf(units, order.accountId).reverse();
  return path.map((id) => units.get(id)?.accountManager ?? null).find((manager) => manager !== null) ?? null;
}
