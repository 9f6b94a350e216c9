/** What the clock did to the holders of a step, rung by rung, and who would be asked next. Pure. */
import { seatOf } from '../orders/quorum.ts';
import { bubbleUp, superiors } from './approvers/bubble-up.ts';
import { whyNot } from './approvers/eligibility.ts';
import { deputyOf } from './approvers/follow-deputies.ts';
import type { ApproverQuestion } from './approvers/question.ts';
import { type Candidate, resolveSelector } from './approvers/resolve-selector.ts';
import type { Rung } from './clock-schema.ts';
import type { PlannedStage } from './merge-stages.ts';
import { type Considered, type Holder, type Selection, selectApprovers } from './select-approvers.ts';

/** One rung that was climbed; kept with the step. */
export interface Climb {
  readonly level: number;
  readonly rung: Rung['kind'];
  /** The instant it was due. */
  readonly at: Date;
  /** Whom it brought; none when nobody was found. */
  readonly people: readonly Climber[];
}

export interface Climber {
  readonly personId: string;
  /** Whose place it is. */
  readonly seatId: string;
  readonly via: string;
}

export interface SeatedHolder extends Holder {
  /** Of who came by escalation; `null`: an own seat, or that of the one stood in for. */
  readonly seatId: string | null;
  /** 0: as the rules chose. */
  readonly level: number;
}

export interface Seating extends Selection {
  readonly holders: readonly SeatedHolder[];
}

export type StageQuestion = Pick<PlannedStage, 'mode' | 'n' | 'approvers'>;

export function seatedAtFirst(selection: Selection): Seating {
  return { ...selection, holders: selection.holders.map((holder) => ({ ...holder, seatId: null, level: 0 })) };
}

/** As the rules choose, and as the rungs since have changed it. People are those of the question, whoever was meant then. */
export function seatHolders(stage: StageQuestion, climbs: readonly Climb[], question: ApproverQuestion): Seating {
  const base = selectApprovers(stage, question);
  const considered: Considered[] = [...base.considered];
  let holders: SeatedHolder[] = [...seatedAtFirst(base).holders];
  let isReplaced = false;
  for (const climb of climbs) {
    const { rung, people } = climb;
    if (rung === 'replace' && people.length > 0) {
      isReplaced = true;
      holders = stage.mode === 'any' ? [] : holders.filter((holder) => !people.some(({ seatId }) => seatId === seatOf(holder)));
    }
    for (const climber of people) bring(holders, climber, { climb, question, considered });
  }
  if (holders.length > 0 && (base.exhausted === null || stage.mode === 'any' || isReplaced)) {
    const tooFew = stage.mode === 'n_of_m' && new Set(holders.map(seatOf)).size < base.needed;
    return { holders, needed: base.needed, considered, exhausted: tooFew ? (base.exhausted ?? 'too few are left who may decide') : null };
  }
  return { ...base, holders: [], considered, exhausted: base.exhausted ?? 'nobody is left whom escalation reached' };
}

interface Bringing {
  readonly climb: Climb;
  readonly question: ApproverQuestion;
  readonly considered: Considered[];
}

/** The person, or who is above one that may decide no longer; the deputy of one who is away. */
function bring(holders: SeatedHolder[], { personId, seatId, via }: Climber, { climb, question, considered }: Bringing): void {
  const ask = (candidate: Candidate): boolean => {
    const { person } = candidate;
    const skipped = person ? whyNot(question, person, candidate) : (candidate.lack ?? 'nobody');
    considered.push({ personId: person?.id ?? null, name: person?.name ?? null, via: candidate.via, skipped });
    return skipped === null;
  };
  const meant = question.directory.people.get(personId);
  const isMeant = meant !== undefined && ask({ person: meant, via, isNamed: true, upFrom: meant.id });
  const found = isMeant ? meant : (bubbleUp(question, [personId], ask)[0]?.person ?? null);
  if (!found) return;
  const { person: deputy } = deputyOf(question, found);
  const holder = deputy ?? found;
  if (holders.some((one) => one.personId === holder.id)) return;
  const forPersonId = deputy ? found.id : null;
  holders.push({ personId: holder.id, name: holder.name, forPersonId, via, selfApproved: false, seatId, level: climb.level });
}

export interface Climbing {
  readonly mode: StageQuestion['mode'];
  readonly seating: Seating;
  readonly climbs: readonly Climb[];
  /** Seats about which somebody has decided: nobody is asked about them again. */
  readonly decided: ReadonlySet<string>;
}

/** Whom a rung brings: superiors of the current holders, of the original while a deputy stands in; never somebody asked before. */
export function whoIsNext(rung: Rung, { mode, seating, climbs, decided }: Climbing, question: ApproverQuestion): Climber[] {
  const open = seating.holders.filter((holder) => !decided.has(seatOf(holder)));
  const asked = new Set([
    ...climbs.flatMap(({ people }) => people.map(({ personId }) => personId)),
    ...seating.holders.flatMap(({ personId, forPersonId }) => [personId, forPersonId ?? personId]),
  ]);
  const isFree = ({ person }: Candidate, standing: Candidate): boolean =>
    person !== null && !asked.has(person.id) && whyNot(question, person, standing) === null;
  if (rung.kind === 'list') return [];
  if (rung.kind === 'fallback') {
    const seats = [...new Set(open.map(seatOf))];
    const found = resolveSelector(rung.approvers, question).filter((candidate) => isFree(candidate, candidate));
    return found.flatMap(({ person, via }, n) =>
      person ? [{ personId: person.id, seatId: (mode === 'any' ? seats[0] : seats[n % seats.length]) ?? person.id, via }] : [],
    );
  }
  const groups =
    mode === 'any' ? [topOf(open)] : [...new Set(open.map(seatOf))].map((seat) => topOf(open.filter((one) => seatOf(one) === seat)));
  return groups.flatMap((tops) => {
    const found = firstAbove(
      tops.map(({ personId, forPersonId }) => forPersonId ?? personId),
      question,
      isFree,
    );
    const seatId = tops[0] ? seatOf(tops[0]) : null;
    return found.flatMap(({ person, via }) => {
      if (!person || asked.has(person.id)) return [];
      asked.add(person.id);
      return [{ personId: person.id, seatId: seatId ?? person.id, via }];
    });
  });
}

/** Those who came last. */
function topOf(holders: readonly SeatedHolder[]): SeatedHolder[] {
  const highest = Math.max(...holders.map(({ level }) => level));
  return holders.filter(({ level }) => level === highest);
}

function firstAbove(
  from: readonly string[],
  question: ApproverQuestion,
  isFree: (candidate: Candidate, standing: Candidate) => boolean,
): Candidate[] {
  for (const rung of superiors(question, from)) {
    const able = rung.filter((candidate) => isFree(candidate, candidate));
    if (able.length > 0) return able;
  }
  return [];
}
