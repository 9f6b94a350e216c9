/** In which weeks a stage of a rule has nobody: whoever may decide, and whoever could stand in, is away, or there is nobody at all. Pure. */
import { DateTime } from 'luxon';
import type { Person } from './approvers/directory.ts';
import type { ApproverQuestion } from './approvers/question.ts';
import type { Policy } from './effective.ts';
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
  /** Of the days from Monday to Friday that are still to come. */
  readonly days: number;
  readonly of: number;
  readonly because: string;
}

/** One day of the weeks ahead, and who is away on it. */
export interface CoverageDay {
  readonly week: string;
  readonly at: Date;
  /** Equal for days on which the same people are away. */
  readonly signature: string;
}

export interface CoverageUnit {
  readonly id: string;
  readonly name: string;
  readonly policies: readonly Policy[];
  readonly people: readonly Person[];
}

type QuestionAt = (order: ApproverQuestion['order'], at: Date) => ApproverQuestion;

/** Noon of Monday to Friday, from today on, by the clock of the zone. */
export function workDaysAhead(now: Date, weeks: number, zone: string): Array<{ week: string; at: Date }> {
  const today = DateTime.fromJSDate(now, { zone }).startOf('day');
  const monday = today.startOf('week');
  return Array.from({ length: weeks * 7 }, (_, n) => monday.plus({ days: n }))
    .filter((day) => day.weekday <= 5 && day >= today)
    .map((day) => ({ week: String(day.startOf('week').toISODate()), at: day.set({ hour: 12 }).toJSDate() }));
}

export function* gapsOf(unit: CoverageUnit, days: readonly CoverageDay[], questionAt: QuestionAt): Generator<CoverageGap> {
  for (const policy of unit.policies)
    for (const rule of policy.document.rules) {
      if (rule.effect !== 'require') continue;
      for (const stage of rule.stages)
        for (const requester of requestersOf(unit, stage))
          yield* gapsOfStage({ unit, policy, rule: rule.name, stage, requester }, days, questionAt);
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
  readonly rule: string;
  readonly stage: Stage;
  readonly requester: Person | null;
}

function* gapsOfStage(
  { unit, policy, rule, stage, requester }: Asked,
  days: readonly CoverageDay[],
  questionAt: QuestionAt,
): Generator<CoverageGap> {
  const known = new Map<string, string | null>();
  const weeks = new Map<string, { days: number; of: number; because: string }>();
  for (const { week, at, signature } of days) {
    const because = known.has(signature) ? (known.get(signature) ?? null) : whyNobody(stage, questionAt(orderOf(unit, requester), at));
    known.set(signature, because);
    const sum = weeks.get(week) ?? { days: 0, of: 0, because: '' };
    weeks.set(week, { days: sum.days + (because === null ? 0 : 1), of: sum.of + 1, because: because ?? sum.because });
  }
  const about = { account: policy.account, rule, stage: sayStage(stage), unit: unit.name, requester: requester?.name ?? null };
  for (const [week, sum] of weeks) if (sum.days > 0) yield { week, ...about, ...sum };
}

/** An order of nothing, so that no limit is in the way. */
function orderOf({ id }: CoverageUnit, requester: Person | null): ApproverQuestion['order'] {
  const costCentre = requester?.costCentre ?? null;
  return { accountId: id, orderedById: requester?.id ?? '0', onBehalfOfId: null, currency: 'EUR', goods: 0, shippingCost: 0, costCentre };
}

function whyNobody(stage: Stage, question: ApproverQuestion): string | null {
  const { holders, exhausted, needed } = selectApprovers({ ...stage, n: stage.n ?? null }, question);
  if (exhausted !== null) return exhausted;
  const away = holders.filter(({ personId }) => question.directory.away.has(personId));
  if (holders.length - away.length >= needed) return null;
  return `away: ${away.map(({ name }) => name).join(', ')}`;
}
