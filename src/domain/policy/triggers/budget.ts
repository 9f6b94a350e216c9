/** What would be left of the budgets that the order is charged to. */
import { z } from 'zod';
import { OWNER_KINDS } from '../../budgets/budget.ts';
import { sumIn } from '../../rates/rate.ts';
import { sayMoney } from '../amounts.ts';
import { type BudgetTrial, tryBudget, usedPercent } from '../budgets.ts';
import { type Facts, fold } from '../facts.ts';
import { moneyCondition, numberCondition, sayBounds, sayMinor, withinBounds } from '../operators.ts';
import { defineTrigger, type Tried } from './trigger.ts';

const condition = z
  .strictObject({
    left: moneyCondition({}).optional(),
    usedPercent: numberCondition.optional(),
    owner: z.enum(OWNER_KINDS).optional(),
    code: z.string().min(1).optional(),
  })
  .superRefine(({ left, usedPercent: percent }, context) => {
    if ((left === undefined) !== (percent === undefined)) return;
    context.addIssue({ code: 'custom', message: 'needs one of left and usedPercent' });
  });

type Condition = z.output<typeof condition>;

export const budgetAfter = defineTrigger({
  about: 'what would be left of a budget (`left`), or how much of it would be used (`usedPercent`), with this order and all that wait',
  schema: condition,
  try(wanted, facts) {
    const trials = facts.budgets
      .filter(({ owner, code }) => (wanted.owner ?? owner.kind) === owner.kind && fold(wanted.code ?? code) === fold(code))
      .map((budget) => tryBudget(budget, facts));
    const tried = trials.map((trial) => tryOne(trial, wanted, facts));
    // One budget that fits is enough; one that nobody can judge keeps the others from settling it.
    const holds = tried.some((one) => one.holds) ? true : tried.some((one) => one.holds === null) ? null : false;
    return { holds, found: tried.map(({ found }) => found).join(', ') || 'no such budget', wanted: sayWanted(wanted) };
  },
});

function tryOne(trial: BudgetTrial, { left, usedPercent: percent }: Condition, { rates }: Facts): Pick<Tried, 'holds' | 'found'> {
  const { code, currency, remainingWithPending: after, isLimited, because } = trial;
  if (!isLimited) return { holds: false, found: `${code} has no limit` };
  const used = usedPercent(trial);
  if (after === null || used === null) return { holds: null, found: `${code}: ${because ?? 'nobody can say'}` };
  if (percent) {
    const found = `${code} ${used.isFinite() ? used.toDecimalPlaces(1).toFixed() : 'more than 100'} % used`;
    return { holds: withinBounds(used.toString(), percent.bounds), found };
  }
  const there = left ? sumIn(left.currency, [{ minor: after, currency }], rates) : { minor: after };
  if ('lack' in there) return { holds: null, found: `${code}: ${there.lack}` };
  return {
    holds: withinBounds(there.minor, left?.bounds ?? []),
    found: `${code} ${sayMoney(there.minor, left?.currency ?? currency)} left`,
  };
}

function sayWanted({ left, usedPercent: percent, owner, code }: Condition): string {
  const whose = [owner && `of a ${owner.replace('_', ' ')}`, code && `of ${code}`].filter(Boolean).join(' ');
  const amount = left ? `${sayBounds(left.bounds, sayMinor(left.currency))} left` : `${sayBounds(percent?.bounds ?? [])} % used`;
  return [amount, whose].filter(Boolean).join(' ');
}
