/**
 * Who decides for somebody who is away: delegations are followed as they stand at the instant, a few steps, never round in a circle.
 * Where nobody is named, or who is named cannot, the superiors of who is absent are asked upwards (SEMANTICS 2.13).
 */
import type { Delegation, Person } from './directory.ts';
import { whyNotPresent } from './eligibility.ts';
import { type ApproverQuestion, isMember, isRequester } from './question.ts';

/** Steps from one who is away to the next, and from a superior to the one above. */
export const FARTHEST = 5;

export interface Deputy {
  /** `null`: nobody stands in; the original decides. */
  readonly person: Person | null;
  readonly via: readonly string[];
  /** Why one was named, or would be needed, and does not stand in. */
  readonly lack: string | null;
}

const ALL_AWAY = 'is away, and so is everybody who could stand in';

export function deputyOf(question: ApproverQuestion, original: Person): Deputy {
  const named = followNamed(question, original);
  if (named.person || !question.directory.away.has(original.id)) return named;
  return followSuperiors(question, original) ?? { ...named, lack: named.lack ? `${ALL_AWAY}: ${named.lack}` : ALL_AWAY };
}

/** By delegations; a deputy who is absent and has no deputy is stood in for by a superior. */
function followNamed(question: ApproverQuestion, original: Person): Deputy {
  const { people, delegations, away } = question.directory;
  const none = (lack: string | null): Deputy => ({ person: null, via: [], lack });
  const seen = new Set([original.id]);
  let at = original.id;
  for (let step = 0; step < FARTHEST; step += 1) {
    const superiorId = at !== original.id && away.has(at) ? (people.get(at)?.superiorId ?? null) : null;
    const next = latest(delegations, at)?.toPersonId ?? superiorId;
    if (next === null) break;
    if (seen.has(next)) return none('deputies go round in a circle');
    seen.add(next);
    at = next;
  }
  if (at === original.id) return none(null);
  const person = people.get(at);
  if (!person) return none('the deputy is not in the company');
  const lack = away.has(at) ? 'is away' : whyNotDeputy(question, person, original);
  return lack === null ? { person, via: [...seen].slice(1), lack: null } : none(`deputy ${person.name} ${lack}`);
}

/** The next one upwards who is there and may decide, or whose deputy may. */
function followSuperiors(question: ApproverQuestion, original: Person): Deputy | null {
  const { people, away } = question.directory;
  const seen = new Set([original.id]);
  let at = original;
  for (let step = 0; step < FARTHEST; step += 1) {
    const superior = people.get(at.superiorId ?? '');
    if (!superior || seen.has(superior.id)) return null;
    seen.add(superior.id);
    const deputy = followNamed(question, superior).person;
    const found = deputy && deputy.id !== original.id ? deputy : away.has(superior.id) ? null : superior;
    if (found && whyNotDeputy(question, found, original) === null) return { person: found, via: [...seen].slice(1), lack: null };
    at = superior;
  }
  return null;
}

/** Of whoever sits at the seller somebody there is the deputy, and of nobody else. */
function whyNotDeputy(question: ApproverQuestion, person: Person, original: Person): string | null {
  const standing = { atSeller: !isMember(question, original) };
  // A cap for own orders is for the requester's own authority, not for somebody else's.
  return whyNotPresent(question, person, standing) ?? (isRequester(question, person.id) ? 'requested the order' : null);
}

/** Windows may overlap; the one that began last was meant for now. */
function latest(delegations: readonly Delegation[], fromPersonId: string): Delegation | undefined {
  return delegations
    .filter((one) => one.fromPersonId === fromPersonId)
    .sort((a, b) => b.startsAt.getTime() - a.startsAt.getTime() || (BigInt(b.id) > BigInt(a.id) ? 1 : -1))[0];
}
