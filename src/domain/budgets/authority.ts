/** Who may dispose of the money of a budget: whose it is, and administrators of its unit or of one above. */
import { ADMINISTRATOR_ROLES } from '../policy/approvers/bubble-up.ts';
import { hasRole, type Person, pathOf, type Unit } from '../policy/approvers/directory.ts';
import { fold } from '../policy/facts.ts';
import type { Budget } from './budget.ts';

export const BUDGET_OWNER_ROLE = 'budget_owner';
const COST_CENTRE_OWNER_ROLE = 'cost_centre_owner';

type Owned = Pick<Budget, 'ownerKind' | 'ownerId' | 'ownerCode' | 'companyId'>;

/** `home`: the unit of a budget of a person, which is that person's. */
export function mayDispose(budget: Owned, person: Person, units: ReadonlyMap<string, Unit>, home: string | null): boolean {
  if (person.status !== 'active' || person.accountId === null || !units.has(person.accountId)) return false;
  return isOwner(budget, person) || isAdministrator(budget, person, units, home);
}

function isOwner({ ownerKind, ownerId, ownerCode, companyId }: Owned, person: Person): boolean {
  switch (ownerKind) {
    case 'person':
      return person.id === ownerId;
    case 'unit':
      return person.accountId === ownerId && hasRole(person, BUDGET_OWNER_ROLE);
    case 'cost_centre':
      return hasRole(person, COST_CENTRE_OWNER_ROLE, BUDGET_OWNER_ROLE) && fold(person.costCentre ?? '') === fold(ownerCode ?? '');
    case 'project':
      return person.accountId === companyId && hasRole(person, BUDGET_OWNER_ROLE);
  }
}

/** Only administrators of the company may bring in money from nowhere. */
export function mayTopUp({ companyId }: Pick<Budget, 'companyId'>, person: Person): boolean {
  return person.status === 'active' && person.accountId === companyId && hasRole(person, ...ADMINISTRATOR_ROLES);
}

function isAdministrator(
  { ownerKind, ownerId, companyId }: Owned,
  person: Person,
  units: ReadonlyMap<string, Unit>,
  home: string | null,
): boolean {
  const unitId = ownerKind === 'unit' ? ownerId : ownerKind === 'person' ? home : companyId;
  return hasRole(person, ...ADMINISTRATOR_ROLES) && pathOf(units, unitId ?? companyId).includes(person.accountId ?? '');
}
