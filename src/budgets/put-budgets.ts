/** Budgets from a file: all that is wrong is told at once, and then nothing is stored; else new ones begin and known ones change. */
import type { Budget, NewBudget } from '../domain/budgets/budget.ts';
import { hasCommonDay, sayDays } from '../domain/budgets/validity.ts';
import { byLine, describeProblem, type OrderProblem } from '../domain/orders/problem.ts';
import { NeedsOperatorError } from '../errors.ts';
import { lockSpends } from '../store/approvals/period-spend.ts';
import { holdCalendars } from '../store/budgets/calendars.ts';
import { findByCodes, findByOwners } from '../store/budgets/find-budgets.ts';
import type { Transaction } from '../store/database.ts';
import { changeBudgets, isChanged, problemsOfChange } from './change-budgets.ts';
import { createBudgets } from './create-budgets.ts';
import { type GivenBudget, type NamedBudget, nameOwners } from './name-owners.ts';
import { circlesIn, inOrder, parentProblems } from './parents.ts';

export interface PutBudgets {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
}

class BudgetsInvalid extends NeedsOperatorError {
  readonly problems: readonly OrderProblem[];

  constructor(what: string, problems: readonly OrderProblem[]) {
    super('BUDGET_INVALID', `${what} cannot be stored\n${problems.map(describeProblem).join('\n')}`, {
      details: { problems: problems.length },
    });
    this.name = 'NeedsOperatorError';
    this.problems = problems;
  }
}

/** `bad`: what reading the file has found already, and `unread` the codes that it found it about. Throws BUDGET_INVALID. */
export async function putBudgets(
  trx: Transaction,
  {
    what,
    given,
    bad,
    unread = [],
    by,
  }: { what: string; given: readonly GivenBudget[]; bad: readonly OrderProblem[]; unread?: readonly string[]; by: string },
  now: Date,
): Promise<PutBudgets> {
  const { named, problems: lost } = await nameOwners(trx, given);
  const parents = named.flatMap(({ parent }) => parent ?? []);
  // Orders are settled, and others put, before or after, never in between: what is read from here on holds.
  await lockSpends(trx, named.map(({ companyId }) => companyId)); // biome-ignore format: one call
  await holdCalendars(trx, named.flatMap(({ periodRule: rule }) => (rule.kind === 'calendar' ? rule.name : []))); // biome-ignore format: one call
  const known = await findByCodes(trx, [...named.map(({ code }) => code), ...parents]);
  const faulty = new Set([...unread, ...given.map(({ definition }) => definition.code)]);
  const others = await findByOwners(trx, named);
  const problems = [
    ...[
      ...bad,
      ...lost,
      ...doubles(named),
      ...overlaps(named, others, known),
      ...circlesIn(named, known),
      ...parentProblems(named, known, faulty),
    ],
    ...changesOfClosed(named, known),
    ...(await problemsOfChange(trx, named, known, now)),
  ];
  if (problems.length > 0)
    throw new BudgetsInvalid(
      what,
      problems.sort((a, b) => byLine(a.path, b.path)),
    );
  const created: string[] = [];
  const ids = new Map([...known].map(([code, { id }]) => [code, id]));
  // Those above first, level by level, for each names its parent by id.
  for (const level of inOrder(named.filter(({ code }) => !known.has(code)))) {
    const made = await createBudgets(trx, level.map((budget) => withParent(budget, ids)), by, now); // biome-ignore format: one call
    for (const [code, id] of made) ids.set(code, id);
    created.push(...made.keys());
  }
  const kept = named
    .filter(({ code }) => known.has(code))
    .map((budget) => ({ before: known.get(budget.code) as Budget, after: withParent(budget, ids) }));
  return { created, ...(await changeBudgets(trx, kept, by, now)) };
}

function withParent({ parent, place: _, owner: __, company: ___, ...budget }: NamedBudget, ids: ReadonlyMap<string, string>): NewBudget {
  return { ...budget, parentId: parent === null ? null : (ids.get(parent) ?? null) };
}

function doubles(named: readonly NamedBudget[]): OrderProblem[] {
  const first = new Map<string, string>();
  return named.flatMap(({ code, place }) => {
    const before = first.get(code);
    if (before === undefined) first.set(code, place);
    return before === undefined
      ? []
      : { path: place, reason: `${code} stands in ${before}, too`, cure: 'give each budget a code of its own' };
  });
}

/** A file may tell of a closed one again, as it is. */
function changesOfClosed(named: readonly NamedBudget[], known: ReadonlyMap<string, Budget>): OrderProblem[] {
  // A parent that is not stored yet is another one than before, whatever its id.
  const ids = new Map(named.flatMap(({ parent }) => (parent === null ? [] : [[parent, known.get(parent)?.id ?? parent]])));
  return named.flatMap((after) => {
    const before = known.get(after.code);
    if (before?.state !== 'closed' || !isChanged({ before, after: withParent(after, ids) })) return [];
    const { code, place: path } = after;
    return { path, reason: `${code} is closed and does not change`, cure: `reopen it first: kontor budgets reopen ${code}` };
  });
}

/** One owner has one budget for a day: which of two would be charged? What is closed makes room for another. */
function overlaps(named: readonly NamedBudget[], others: readonly Budget[], known: ReadonlyMap<string, Budget>): OrderProblem[] {
  const codes = new Set(named.map(({ code }) => code));
  const open = named.filter(({ code }) => known.get(code)?.state !== 'closed');
  const all = [...open, ...others.filter(({ code }) => !codes.has(code))];
  const byOwner = new Map<string, Array<NamedBudget | Budget>>();
  for (const budget of all) {
    const owner = [budget.companyId, budget.ownerKind, budget.ownerId, budget.ownerCode?.toLowerCase()].join(' ');
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), budget]);
  }
  return [...byOwner.values()].flatMap((group) =>
    group.flatMap((budget, n) =>
      group.slice(n + 1).flatMap((other) => {
        if (budget.code === other.code || !hasCommonDay(budget, other)) return [];
        const place = 'place' in budget ? budget.place : 'place' in other ? (other as NamedBudget).place : '';
        const reason = `${budget.code} and ${other.code} have the same owner, and days in common (${sayDays(budget)}; ${sayDays(other)})`;
        return { path: place, reason, cure: 'let one end (until) on the day the other begins' };
      }),
    ),
  );
}
