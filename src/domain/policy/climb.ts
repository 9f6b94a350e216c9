/** What the clock did to the holders of a step, rung by rung, and who would be asked next. Pure. */
import { seatOf } from '../orders/quorum.ts';
import { bubbleUp, superiors } from './approvers/bubble-up.ts';
import type { Person } from './approvers/directory.ts';
import { whyNot } from './approvers/eligibility.ts';
import { deputyOf } from './approvers/follow-deputies.ts';
import { type ApproverQuestion, isMember, isRequester, nameOf } from './approvers/question.ts';
import { type Candidate, resolveSelector } from './approvers/resolve-selector.ts';
import type { Rung } from './clock-schema.ts';
import type { PlannedStage } from './merge-stages.ts';
import { type AlsoFor, type Considered, countAble, type Holder, type Selection, selectApprovers } from './select-approvers.ts';

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
  readonly alsoFor: ReadonlyArray<AlsoFor & Pick<SeatedHolder, 'level'>>;
}

export type StageQuestion = Pick<PlannedStage, 'mode' | 'n' | 'approvers'>;

export function seatedAtFirst(selection: Selection): Seating {
  return {
    ...selection,
    holders: selection.holders.map((holder) => ({ ...holder, seatId: null, level: 0 })),
    alsoFor: selection.alsoFor.map((one) => ({ ...one, level: 0 })),
  };
}

/**
 * As the rules choose (`base`, where that is known), and as the rungs since have changed it. People are those of the question, whoever
 * was meant then.
 */
export function seatHolders(
  stage: StageQuestion,
  climbs: readonly Climb[],
  question: ApproverQuestion,
  base = selectApprovers(stage, question),
): Seating {
  const considered: Considered[] = [...base.considered];
  const first = seatedAtFirst(base);
  let [holders, alsoFor] = [[...first.holders], [...first.alsoFor]];
  let isReplaced = false;
  for (const climb of climbs) {
    const { rung, people } = climb;
    if (rung === 'replace' && people.length > 0) {
      isReplaced = true;
      holders = stage.mode === 'any' ? [] : holders.filter((holder) => !people.some(({ seatId }) => seatId === seatOf(holder)));
      alsoFor = [];
    }
    for (const climber of people) bring({ holders, alsoFor }, climber, { climb, question, considered, keepsSeats: stage.mode !== 'any' });
  }
  if (holders.length > 0 && (base.exhausted === null || stage.mode === 'any' || isReplaced)) {
    const tooFew = stage.mode === 'n_of_m' && countAble(question, holders) < base.needed;
    const exhausted = tooFew ? (base.exhausted ?? 'too few are left who may decide') : null;
    return { holders, alsoFor, needed: base.needed, considered, exhausted };
  }
  return { ...base, holders: [], alsoFor: [], considered, exhausted: base.exhausted ?? 'nobody is left whom escalation reached' };
}

interface Seats {
  readonly holders: SeatedHolder[];
  readonly alsoFor: Array<Seating['alsoFor'][number]>;
}

interface Bringing {
  readonly climb: Climb;
  readonly question: ApproverQuestion;
  readonly considered: Considered[];
  /** Where several must agree, nobody sits on two seats. */
  readonly keepsSeats: boolean;
}

/** The person, or who is above one that may decide no longer; the deputy of one who is away. */
function bring(
  { holders, alsoFor }: Seats,
  { personId, seatId, via }: Climber,
  { climb, question, considered, keepsSeats }: Bringing,
): void {
  const ask = (candidate: Candidate): boolean => {
    const { person } = candidate;
    const skipped = person ? whyNot(question, person, candidate) : (candidate.lack ?? 'nobody');
    considered.push({ personId: person?.id ?? null, name: person?.name ?? null, via: candidate.via, skipped });
    return skipped === null;
  };
  const meant = question.directory.people.get(personId);
  const isMeant = meant !== undefined && ask({ person: meant, via, isNamed: true, upFrom: meant.id, atSeller: !isMember(question, meant) });
  const found = isMeant ? meant : (bubbleUp(question, [personId], ask)[0]?.person ?? null);
  if (!found) return;
  const { level } = climb;
  const { person: deputy } = deputyOf(question, found);
  const placeOf = ({ id }: Person) => holders.findIndex((one) => one.personId === id);
  const isTaken = deputy !== null && placeOf(deputy) >= 0;
  if (isTaken && keepsSeats)
    considered.push({ personId: found.id, name: found.name, via, skipped: `deputy ${deputy.name} already decides here` });
  const holder = isTaken && keepsSeats ? found : (deputy ?? found);
  const there = holders[placeOf(holder)];
  if (there && (there.forPersonId ?? there.personId) === found.id) return;
  if (there && !keepsSeats) {
    alsoFor.push({ personId: found.id, holderId: holder.id, level });
    return;
  }
  if (there) holders[placeOf(holder)] = givenBack(there, question);
  const forPersonId = holder === found ? null : found.id;
  holders.push({ personId: holder.id, name: holder.name, forPersonId, via, selfApproved: false, seatId, level });
}

/** The deputy has a seat of their own now; the one stood in for decides again. */
function givenBack(seat: SeatedHolder, question: ApproverQuestion): SeatedHolder {
  const personId = seat.forPersonId ?? seat.personId;
  return { ...seat, personId, name: nameOf(question, personId), forPersonId: null, selfApproved: isRequester(question, personId) };
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
  const seats: Place[] = [...seating.holders, ...seating.alsoFor.map(({ personId, level }) => ({ personId, level, forPersonId: null }))];
  const open = seats.filter((seat) => !decided.has(seatOf(seat)));
  const asked = new Set([
    ...climbs.flatMap(({ people }) => people.map(({ personId }) => personId)),
    ...seats.flatMap(({ personId, forPersonId }) => [personId, forPersonId ?? personId]),
  ]);
  const isFree = ({ person }: Candidate, standing: Candidate): boolean =>
    person !== null && !asked.has(person.id) && whyNot(question, person, standing) === null;
  if (rung.kind === 'list') return [];
  if (rung.kind === 'fallback') {
    const places = [...new Set(open.map(seatOf))];
    const found = resolveSelector(rung.approvers, question).filter((candidate) => isFree(candidate, candidate));
    return found.flatMap(({ person, via }, n) =>
      person ? [{ personId: person.id, seatId: (mode === 'any' ? places[0] : places[n % places.length]) ?? person.id, via }] : [],
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

type Place = Pick<SeatedHolder, 'personId' | 'forPersonId' | 'level'> & { readonly seatId?: string | null };

/** Those who came last. */
function topOf(places: readonly Place[]): Place[] {
  const highest = Math.max(...places.map(({ level }) => level));
  return places.filter(({ level }) => level === highest);
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
