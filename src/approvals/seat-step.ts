/** Who sits on a step at one instant or another: by its rules, by the rungs since, by the people of that instant. */
import { type Climb, type Seating, seatHolders } from '../domain/policy/climb.ts';
import { type Selection, selectApprovers } from '../domain/policy/select-approvers.ts';
import type { OpenStep } from '../store/approvals/open-steps.ts';
import { type CompanyPeople, isSameAt, questionAt } from './company-people.ts';

export function seatAt(step: OpenStep, company: CompanyPeople, climbs: readonly Climb[], at: Date): Seating {
  return seatingsOf(step, company)(climbs, at).seating;
}

export interface SeatedAt {
  readonly question: ReturnType<typeof questionAt>;
  readonly seating: Seating;
}

/**
 * Of one step, instant by instant. Chosen again only where people have come or gone in between, and seated again only where a rung was
 * climbed: `climbs` may grow from call to call, and changes in no other way.
 */
export function seatingsOf(step: OpenStep, company: CompanyPeople): (climbs: readonly Climb[], at: Date) => SeatedAt {
  const { mode, needed, selector } = step;
  const stage = { mode, n: mode === 'n_of_m' ? needed : null, approvers: selector.approvers };
  let chosen: { at: Date; question: SeatedAt['question']; selection: Selection } | undefined;
  let seated: { height: number; seating: Seating } | undefined;
  return (climbs, at) => {
    if (!chosen || !isSameAt(company, chosen.at, at)) {
      const question = questionAt(company, step.orderId, step, at);
      chosen = { at, question, selection: selectApprovers(stage, question) };
      seated = undefined;
    }
    const { question, selection } = chosen;
    if (seated?.height !== climbs.length) seated = { height: climbs.length, seating: seatHolders(stage, climbs, question, selection) };
    return { question, seating: seated.seating };
  };
}
