/** Who holds a stage: selectors, filters, bubble-up, deputies. Pure; people are looked up anew whenever a stage is assigned. */
import { type Seat, seatOf } from '../orders/quorum.ts';
import { type Ask, bubbleUp } from './approvers/bubble-up.ts';
import { countPeople } from './approvers/directory.ts';
import { whyNot, whyNotCovered, whyNotPresent } from './approvers/eligibility.ts';
import { deputyOf } from './approvers/follow-deputies.ts';
import { type ApproverQuestion, isRequester } from './approvers/question.ts';
import { type Candidate, resolveSelector } from './approvers/resolve-selector.ts';
import type { PlannedStage } from './merge-stages.ts';

export interface Holder {
  readonly personId: string;
  readonly name: string;
  /** Whose authority a deputy decides with. */
  readonly forPersonId: string | null;
  readonly via: string;
  readonly selfApproved: boolean;
}

/** Somebody away whose deputy holds the stage anyway, and decides for both. */
export interface AlsoFor {
  readonly personId: string;
  readonly holderId: string;
}

/** One person, or one place where nobody was found, with why it is not a holder. */
export interface Considered {
  readonly personId: string | null;
  readonly name: string | null;
  readonly via: string;
  readonly skipped: string | null;
}

export interface Selection {
  /** None when exhausted. */
  readonly holders: readonly Holder[];
  /** Who is meant, too, and has no row among the holders. */
  readonly alsoFor: readonly AlsoFor[];
  /** How many of them must approve. */
  readonly needed: number;
  readonly considered: readonly Considered[];
  /** Why nobody, or too few, may decide. */
  readonly exhausted: string | null;
}

type StageQuestion = Pick<PlannedStage, 'mode' | 'n' | 'approvers'>;

export function selectApprovers(stage: StageQuestion, question: ApproverQuestion): Selection {
  const considered: Considered[] = [];
  const asked = new Map<string, boolean>();
  const ask: Ask = (candidate) => {
    const { person, via } = candidate;
    if (person && asked.has(person.id)) return null;
    const skipped = person ? whyNot(question, person, candidate) : (candidate.lack ?? 'nobody');
    considered.push({ personId: person?.id ?? null, name: person?.name ?? null, via, skipped });
    if (person) asked.set(person.id, skipped === null);
    return skipped === null;
  };
  const candidates = stage.approvers.flatMap((selector) => resolveSelector(selector, question));
  const { able, missing } = askAll(candidates, ask);
  const chosen = [...able];
  // Where everyone must agree nobody is left out without somebody in their place.
  const unreplaced =
    stage.mode === 'any'
      ? []
      : missing.filter((one) => !replace(one, { question, ask, asked, chosen, wantsSeats: stage.mode === 'n_of_m' }));
  const isFallback = chosen.length === 0 && (stage.mode !== 'all' || unreplaced.length === 0);
  if (isFallback) chosen.push(...bubbleUp(question, startOf(candidates, question), ask));
  const { holders, alsoFor } = withDeputies(chosen, { question, considered, keepsSeats: stage.mode !== 'any' });
  const needed = stage.mode === 'n_of_m' ? (stage.n ?? 1) : stage.mode === 'all' && !isFallback ? holders.length : 1;
  const exhausted = whyExhausted(stage, question, { holders, needed, unreplaced });
  const seats = exhausted === null ? { holders, alsoFor } : { holders: [], alsoFor: [] };
  return { ...seats, needed: Math.max(needed, 1), considered, exhausted };
}

function askAll(candidates: readonly Candidate[], ask: Ask): { able: Candidate[]; missing: Candidate[] } {
  const able: Candidate[] = [];
  const missing: Candidate[] = [];
  for (const candidate of candidates) {
    const answer = ask(candidate);
    if (answer === true) able.push(candidate);
    else if (answer === false) missing.push(candidate);
  }
  return { able, missing };
}

interface Replacing {
  readonly question: ApproverQuestion;
  readonly ask: Ask;
  readonly asked: ReadonlyMap<string, boolean>;
  readonly chosen: Candidate[];
  /** Where a number of people must agree, one who stands for two is one too few. */
  readonly wantsSeats: boolean;
}

/** `true`: somebody stands in, or nobody needs to. Who holds a role and may not decide is simply not one of them. */
function replace(candidate: Candidate, { question, ask, asked, chosen, wantsSeats }: Replacing): boolean {
  const { person } = candidate;
  const lacksLimit = person && whyNotPresent(question, person, candidate) === null && whyNotCovered(question, person, candidate) !== null;
  if (!candidate.isNamed && !lacksLimit) return true;
  // One who was asked before and may decide already holds the stage, and stands for both.
  const found = bubbleUp(question, [candidate.upFrom], (next) => ask(next) ?? asked.get(next.person?.id ?? '') ?? null);
  const fresh = found.filter((next) => !chosen.some((one) => one.person?.id === next.person?.id));
  if (fresh[0] && (wantsSeats || fresh.length === found.length)) chosen.push(fresh[0]);
  return found.length > 0;
}

/** From those who were meant, so that the excess goes to their superiors; else from the requester. */
function startOf(candidates: readonly Candidate[], { order }: ApproverQuestion): string[] {
  const from = [...new Set(candidates.map(({ upFrom }) => upFrom))];
  return from.length > 0 ? from : [order.orderedById];
}

interface Seating {
  readonly question: ApproverQuestion;
  readonly considered: Considered[];
  /** Where several must agree, no deputy takes two seats. */
  readonly keepsSeats: boolean;
}

function withDeputies(chosen: readonly Candidate[], { question, considered, keepsSeats }: Seating): Pick<Selection, 'holders' | 'alsoFor'> {
  const seats = new Map<string, Holder>();
  const alsoFor: AlsoFor[] = [];
  const direct = new Set(chosen.flatMap(({ person }) => person?.id ?? []));
  for (const { person, via } of chosen) {
    if (!person) continue;
    const own: Holder = { personId: person.id, name: person.name, forPersonId: null, via, selfApproved: isRequester(question, person.id) };
    const { person: deputy, lack } = deputyOf(question, person);
    const isTaken = deputy !== null && (direct.has(deputy.id) || seats.has(deputy.id));
    const note = lack ?? (isTaken && keepsSeats ? `deputy ${deputy.name} already decides here` : null);
    if (note !== null) considered.push({ personId: person.id, name: person.name, via: `deputy of ${person.name}`, skipped: note });
    if (deputy === null || (isTaken && keepsSeats)) seats.set(person.id, own);
    else {
      considered.push({ personId: person.id, name: person.name, via, skipped: `is away; ${deputy.name} stands in` });
      if (isTaken) alsoFor.push({ personId: person.id, holderId: deputy.id });
      else seats.set(deputy.id, { ...own, personId: deputy.id, name: deputy.name, forPersonId: person.id, selfApproved: false });
    }
  }
  return { holders: [...seats.values()], alsoFor };
}

/** How many can agree: one whom two sources know is one, and so are two who decide for the same. */
export function countAble({ directory }: ApproverQuestion, holders: readonly Seat[]): number {
  const people = holders.map(({ personId }) => personId);
  return Math.min(countPeople(directory, people), countPeople(directory, holders.map(seatOf)));
}

interface Choice {
  readonly holders: readonly Holder[];
  readonly needed: number;
  readonly unreplaced: readonly Candidate[];
}

function whyExhausted({ mode, n }: StageQuestion, question: ApproverQuestion, { holders, needed, unreplaced }: Choice): string | null {
  if (mode === 'all' && unreplaced.length > 0) {
    const whom = unreplaced.map(({ person, via }) => person?.name ?? via).join(', ');
    return `all must approve, and nobody can stand in for: ${whom}`;
  }
  if (holders.length === 0) return 'nobody may decide: no approver, no superior, no approver of a unit above, no administrator';
  const able = mode === 'n_of_m' ? countAble(question, holders) : needed;
  return able < needed ? `${n} must approve, and only ${able} may: ${holders.map(({ name }) => name).join(', ')}` : null;
}
