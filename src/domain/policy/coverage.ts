/** In which weeks a stage of a rule has nobody: whoever may decide, and whoever could stand in, is not there, or there is nobody at all. Pure. */
import { DateTime } from 'luxon';
import type { Amount } from './amounts.ts';
import type { Person } from './approvers/directory.ts';
import type { ApproverQuestion } from './approvers/question.ts';
import type { Policy } from './effective.ts';
import type { Rule } from './schema.ts';
import { selectApprovers } from './select-approvers.ts';
import { type Stage, sayStage } from './stage-schema.ts';

export interface CoverageGap {
  /** Monday of the week, `YYYY-MM-DD`. */
  readonly week: string;
  /** Whose rule it is. */
  readonly account: string;
  readonly rule: string;
  readonly stage: string;
  /** For whose orders: a unit, and of it those who have this superior where the stage asks superiors. */
  readonly unit: string;
  readonly requester: string | null;
  /** The smallest order that the rule is about, which approve limits were asked with; `null`: nobody knows, and none was. */
  readonly amount: Amount | null;
  readonly because: string;
}

/** A part of the calendar, without what is over of it. */
export interface Week {
  /** Its Monday. */
  readonly week: string;
  readonly from: Date;
  readonly until: Date;
  /** Noon of each of its days: deputies may change from one to the next. */
  readonly noons: readonly Date[];
}

/** Whoever has any work in a week is there in it. */
export interface CoverageWeek extends Week {
  /** Who has none. */
  readonly idle: ReadonlySet<string>;
  /** Of them those who are absent, and stood in for; nobody stands in for who has a holiday. */
  readonly away: ReadonlySet<string>;
}

export interface CoverageUnit {
  readonly id: string;
  readonly name: string;
  readonly policies: readonly Policy[];
  readonly people: readonly Person[];
}

/** As people are in a week, with the deputies of an instant in it. */
export type QuestionIn = (order: ApproverQuestion['order'], week: CoverageWeek, noon: Date) => ApproverQuestion;

/** From today on, by the clock of the zone; from Monday on where today is a Saturday or a Sunday. */
export function weeksAhead(now: Date, weeks: number, zone: string): Week[] {
  const today = DateTime.fromJSDate(now, { zone }).startOf('day');
  const first = today.weekday <= 5 ? today : today.plus({ weeks: 1 }).startOf('week');
  return Array.from({ length: weeks }, (_, n) => {
    const from = n === 0 ? first : first.startOf('week').plus({ weeks: n });
    const until = from.startOf('week').plus({ weeks: 1 });
    const days = Array.from({ length: 8 - from.weekday }, (_day, m) => from.plus({ days: m }));
    const noons = days.map((day) => day.set({ hour: 12 }).toJSDate());
    return { week: String(from.startOf('week').toISODate()), from: from.toJSDate(), until: until.toJSDate(), noons };
  });
}

/** The smallest order that a rule is about; `null`: its conditions do not say. */
export function leastAmount({ when: { orderTotal } }: Rule): Amount | null {
  const floors = (orderTotal?.bounds ?? []).flatMap(({ operator, value }) => {
    if (operator === 'gt') return [Number(value) + 1];
    return operator === 'gte' || operator === 'eq' ? [Number(value)] : [];
  });
  const minor = Math.max(0, ...floors);
  return orderTotal === undefined || minor === 0 ? null : { minor, currency: orderTotal.currency };
}

export function* gapsOf(unit: CoverageUnit, weeks: readonly CoverageWeek[], questionIn: QuestionIn): Generator<CoverageGap> {
  for (const policy of unit.policies)
    for (const rule of policy.document.rules) {
      if (rule.effect !== 'require') continue;
      for (const stage of rule.stages)
        for (const requester of requestersOf(unit, stage)) yield* gapsOfStage({ unit, policy, rule, stage, requester }, weeks, questionIn);
    }
}

/** Where superiors are asked it matters who orders: one for each superior. Else nobody in particular. */
function requestersOf({ people }: CoverageUnit, { approvers }: Stage): Array<Person | null> {
  if (!approvers.some(({ kind }) => kind === 'superior')) return [null];
  const bySuperior = new Map(people.filter(({ status }) => status === 'active').map((person) => [person.superiorId, person]));
  return [...bySuperior.values()];
}

interface Asked {
  readonly unit: CoverageUnit;
  readonly policy: Policy;
  readonly rule: Rule;
  readonly stage: Stage;
  readonly requester: Person | null;
}

function* gapsOfStage(
  { unit, policy, rule, stage, requester }: Asked,
  weeks: readonly CoverageWeek[],
  questionIn: QuestionIn,
): Generator<CoverageGap> {
  const amount = leastAmount(rule);
  const about = {
    account: policy.account,
    rule: rule.name,
    stage: sayStage(stage),
    unit: unit.name,
    requester: requester?.name ?? null,
    amount,
  };
  const order = orderOf(unit, requester, amount);
  const known = new Map<string, string | null>();
  for (const week of weeks) {
    const reasons = week.noons.map((noon) => {
      const question = questionIn(order, week, noon);
      const key = signatureOf(question, week);
      const because = known.has(key) ? (known.get(key) ?? null) : whyNobody(stage, question, week);
      known.set(key, because);
      return because;
    });
    if (reasons.every((because) => because !== null)) yield { week: week.week, ...about, because: reasons[0] ?? '' };
  }
}

/** Equal where the same people are there and stand in for each other. */
function signatureOf({ directory: { delegations } }: ApproverQuestion, { idle, away }: CoverageWeek): string {
  return [[...idle], [...away], delegations.map(({ id }) => id)].map((ids) => ids.join()).join(';');
}

/** Of nothing where no amount is known, so that no limit is in the way. */
function orderOf({ id }: CoverageUnit, requester: Person | null, amount: Amount | null): ApproverQuestion['order'] {
  const { minor, currency } = amount ?? { minor: 0, currency: 'EUR' };
  const costCentre = requester?.costCentre ?? null;
  return { accountId: id, orderedById: requester?.id ?? '0', onBehalfOfId: null, currency, goods: minor, shippingCost: 0, costCentre };
}

function whyNobody(stage: Stage, question: ApproverQuestion, { idle, away }: CoverageWeek): string | null {
  const { holders, exhausted, needed } = selectApprovers({ ...stage, n: stage.n ?? null }, question);
  if (exhausted !== null) return exhausted;
  const missing = holders.filter(({ personId }) => idle.has(personId));
  if (holders.length - missing.length >= needed) return null;
  const names = (are: boolean) => missing.filter(({ personId }) => away.has(personId) === are).map(({ name }) => name);
  const told = [['away', names(true)] as const, ['no working hours', names(false)] as const];
  return told.flatMap(([why, people]) => (people.length > 0 ? [`${why}: ${people.join(', ')}`] : [])).join('; ');
}
