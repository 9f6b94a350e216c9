/** Budgets above budgets: without circles, in one currency, and those above first. */
import type { Budget } from '../domain/budgets/budget.ts';
import type { OrderProblem } from '../domain/orders/problem.ts';
import type { NamedBudget } from './name-owners.ts';

type Known = ReadonlyMap<string, Budget>;

/** Each circle once, with its names in order. `known` are stored ones; their parents are known by id. */
export function circlesIn(named: readonly NamedBudget[], known: Known): OrderProblem[] {
  const codes = new Map([...known.values()].map(({ id, code }) => [id, code]));
  const parents = new Map<string, string | null>(
    [...known.values()].map(({ code, parentId }) => [code, codes.get(parentId ?? '') ?? null]),
  );
  for (const { code, parent } of named) parents.set(code, parent);
  const done = new Set<string>();
  return named.flatMap(({ code, place }): OrderProblem[] => {
    const path: string[] = [];
    let at: string | null = code;
    for (; at !== null && !path.includes(at) && !done.has(at); at = parents.get(at) ?? null) path.push(at);
    for (const one of path) done.add(one);
    if (at === null || !path.includes(at)) return [];
    const circle = [...path.slice(path.indexOf(at)), at].join(' -> ');
    return [{ path: place, reason: `parents go round in a circle: ${circle}`, cure: 'correct the parent of one of them' }];
  });
}

/** `faulty`: codes that stand in the file as well, and are told of already. */
export function parentProblems(named: readonly NamedBudget[], known: Known, faulty: ReadonlySet<string>): OrderProblem[] {
  const inFile = new Map(named.map((budget) => [budget.code, budget]));
  return named.flatMap((budget): OrderProblem[] => {
    if (budget.parent === null) return [];
    const parent = inFile.get(budget.parent) ?? known.get(budget.parent);
    const told = (reason: string, cure: string) => [{ path: budget.place, reason, cure }];
    if (!parent && faulty.has(budget.parent)) return [];
    if (!parent) return told(`there is no budget "${budget.parent}" to be its parent`, 'correct the code, or put that budget, too');
    if (parent.companyId !== budget.companyId)
      return told(`its parent ${parent.code} belongs to another company`, 'name one of its own company');
    const differing = (['currency', 'basis', 'includesShipping'] as const).filter((field) => parent[field] !== budget[field]);
    if (differing.length === 0) return [];
    return told(`its parent ${parent.code} has another ${differing.join(' and ')}`, 'amounts of both are added up; make them the same');
  });
}

/** Level by level: the first has no parent among these, the next only such. */
export function inOrder(budgets: readonly NamedBudget[]): NamedBudget[][] {
  const levels: NamedBudget[][] = [];
  let left = [...budgets];
  while (left.length > 0) {
    const waiting = new Set(left.map(({ code }) => code));
    const level = left.filter(({ parent }) => parent === null || !waiting.has(parent));
    levels.push(level);
    left = left.filter(({ parent }) => parent !== null && waiting.has(parent));
  }
  return levels;
}
