/** Names that a file of budgets uses, as ids: people, units, companies; and the zone where none is said. */
import type { NewBudget } from '../domain/budgets/budget.ts';
import type { BudgetDefinition } from '../domain/budgets/definition.ts';
import type { OrderProblem } from '../domain/orders/problem.ts';
import { loadPeople } from '../store/approvals/directory.ts';
import { listCalendars } from '../store/budgets/calendars.ts';
import type { Transaction } from '../store/database.ts';
import { type AccountInTree, loadTrees, resolveReferences } from '../store/orders/resolve.ts';

export interface GivenBudget {
  readonly place: string;
  readonly definition: BudgetDefinition;
}

export interface NamedBudget extends Omit<NewBudget, 'parentId'> {
  readonly place: string;
  readonly parent: string | null;
  readonly owner: string;
  readonly company: string | null;
}

export async function nameOwners(
  trx: Transaction,
  given: readonly GivenBudget[],
): Promise<{ named: NamedBudget[]; problems: OrderProblem[] }> {
  const of = (kind: string) => given.flatMap(({ definition: { ownerKind, owner } }) => (ownerKind === kind ? owner : []));
  const people = await resolveReferences(trx, 'contact', of('person'));
  const accounts = await resolveReferences(trx, 'account', [...of('unit'), ...given.flatMap(({ definition }) => definition.company ?? [])]);
  const found = await loadPeople(trx, [...people.values()].flat());
  const units = [...[...accounts.values()].flat(), ...[...found.values()].flatMap(({ accountId }) => accountId ?? [])];
  const trees = await loadTrees(trx, units);
  const calendars = new Set((await listCalendars(trx)).map(({ name }) => name));
  const problems: OrderProblem[] = [];
  const named = given.flatMap(({ place, definition }): NamedBudget[] => {
    const complain = (reason: string, cure: string) => {
      problems.push({ path: place, reason, cure });
      return null;
    };
    const only = (ids: readonly string[] | undefined, what: string, name: string) => {
      if (ids?.length === 1) return ids[0] ?? null;
      return complain(
        ids === undefined ? `there is no ${what} "${name}"` : `"${name}" fits several: ${ids.map((id) => `id:${id}`).join(', ')}`,
        ids === undefined ? 'correct the name, or pull it first' : 'name one of them',
      );
    };
    const { owner, ownerKind, company, periodRule: rule } = definition;
    if (rule.kind === 'calendar' && !calendars.has(rule.name))
      complain(`there is no fiscal calendar "${rule.name}"`, `put it first: kontor budgets calendars put ${rule.name} FILE`);
    const ownerId =
      ownerKind === 'person'
        ? only(people.get(owner), 'person', owner)
        : ownerKind === 'unit'
          ? only(accounts.get(owner), 'account', owner)
          : null;
    const companyId = company === null ? null : only(accounts.get(company), 'account', company);
    const home = ownerKind === 'person' ? (found.get(ownerId ?? '')?.accountId ?? null) : ownerKind === 'unit' ? ownerId : companyId;
    if (home === null) {
      if (ownerId !== null) complain(`${owner} belongs to no account`, 'pull the contacts again, or name a person who does');
      return [];
    }
    const tree = trees.get(home) ?? [];
    const zone = definition.zone ?? zoneOf(tree);
    if (zone === null) complain('nobody knows its time zone', 'say zone, or give one to the account');
    const about = {
      place,
      companyId: tree.at(-1)?.id ?? home,
      ownerId,
      ownerCode: ownerKind === 'cost_centre' || ownerKind === 'project' ? owner : null,
    };
    return [{ ...definition, ...about, zone: zone ?? 'UTC' }];
  });
  return { named, problems };
}

/** That of the unit, else of the nearest above that has one. */
function zoneOf(tree: readonly AccountInTree[]): string | null {
  return tree.find(({ timeZone }) => timeZone !== null)?.timeZone ?? null;
}
