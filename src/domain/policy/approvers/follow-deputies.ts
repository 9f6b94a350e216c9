/** Who decides for somebody who is away: delegations are followed as they stand at the instant, a few steps, never round in a circle. */
import type { Delegation, Person } from './directory.ts';
import { whyNotPresent } from './eligibility.ts';
import type { ApproverQuestion } from './question.ts';

const FARTHEST = 5;

export interface Deputy {
  /** `null`: nobody stands in; the original decides. */
  readonly person: Person | null;
  readonly via: readonly string[];
  /** Why one was named and does not stand in. */
  readonly lack: string | null;
}

export function deputyOf(question: ApproverQuestion, original: Person): Deputy {
  const { people, delegations } = question.directory;
  const none = (lack: string | null): Deputy => ({ person: null, via: [], lack });
  const seen = new Set([original.id]);
  let at = original.id;
  for (let step = 0; step < FARTHEST; step += 1) {
    const next = latest(delegations, at);
    if (!next) break;
    if (seen.has(next.toPersonId)) return none('deputies go round in a circle');
    seen.add(next.toPersonId);
    at = next.toPersonId;
  }
  if (at === original.id) return none(null);
  const person = people.get(at);
  if (!person) return none('the deputy is not in the company');
  const lack = whyNotPresent(question, person);
  if (lack !== null) return none(`deputy ${person.name} ${lack}`);
  // A cap for own orders is for the requester's own authority, not for somebody else's.
  if ([question.order.orderedById, question.order.onBehalfOfId].includes(person.id))
    return none(`deputy ${person.name} requested the order`);
  return { person, via: [...seen].slice(1), lack: null };
}

/** Windows may overlap; the one that began last was meant for now. */
function latest(delegations: readonly Delegation[], fromPersonId: string): Delegation | undefined {
  return delegations
    .filter((one) => one.fromPersonId === fromPersonId)
    .sort((a, b) => b.startsAt.getTime() - a.startsAt.getTime() || (BigInt(b.id) > BigInt(a.id) ? 1 : -1))[0];
}
