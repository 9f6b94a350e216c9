/** The people and units of one company as they are at one instant: what approvers are chosen from. */
import { fold } from '../facts.ts';
import type { LimitHolder } from '../limits.ts';

export interface Unit {
  readonly id: string;
  readonly parentId: string | null;
  readonly name: string;
  /** The seller's person for it, as the ERP names them. */
  readonly accountManager: string | null;
  /** IANA. */
  readonly timeZone: string | null;
}

export interface Person extends LimitHolder {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  /** By mail, or by a login of a portal (attribute `portalLogin` of the contact). */
  readonly isReachable: boolean;
  readonly accountId: string | null;
  readonly status: string;
  readonly superiorId: string | null;
  readonly costCentre: string | null;
  /** How far this person sees: own, unit, subtree or company. `null`: nobody has limited it. */
  readonly visibility: string | null;
}

export interface Delegation {
  readonly id: string;
  readonly fromPersonId: string;
  readonly toPersonId: string;
  readonly startsAt: Date;
}

export interface Directory {
  readonly companyId: string;
  readonly units: ReadonlyMap<string, Unit>;
  /** Of the company, and those at the seller whom it names as account managers. */
  readonly people: ReadonlyMap<string, Person>;
  /** Those that hold at the instant. */
  readonly delegations: readonly Delegation[];
  /** Who is absent at the instant. */
  readonly away: ReadonlySet<string>;
}

/** From the company down to the unit. */
export function pathOf(units: ReadonlyMap<string, Pick<Unit, 'parentId'>>, id: string | null): string[] {
  const path: string[] = [];
  for (let at = id; at !== null && units.has(at) && !path.includes(at); at = units.get(at)?.parentId ?? null) path.unshift(at);
  return path;
}

/** Two sources may both know a person: the same mail address within a company is the same person, whatever the numbers. */
export function identityOf({ people }: Pick<Directory, 'people'>, personId: string): string {
  return fold(people.get(personId)?.email ?? '') || personId;
}

/** How many people these are. */
export function countPeople(directory: Pick<Directory, 'people'>, personIds: readonly string[]): number {
  return new Set(personIds.map((id) => identityOf(directory, id))).size;
}

/** In the order of their numbers, so that two looks choose alike. */
export function peopleIn({ people }: Directory, isWanted: (person: Person) => boolean): Person[] {
  return [...people.values()].filter(isWanted).sort(byNumber);
}

function byNumber(a: Person, b: Person): number {
  return BigInt(a.id) < BigInt(b.id) ? -1 : 1;
}

export function hasRole({ roles }: LimitHolder, ...wanted: readonly string[]): boolean {
  return roles.some((role) => wanted.includes(role));
}

/** By the people of a company, who are looked up once and asked for by name once for each order. */
const named = new WeakMap<ReadonlyMap<string, Person>, Map<string, Set<Person>>>();

/** Those whom sources call so; see `Person.names`. In the order of their numbers. */
export function peopleNamed({ people }: Directory, name: string): Person[] {
  let names = named.get(people);
  if (!names) {
    names = new Map();
    for (const person of people.values()) {
      for (const one of person.names) {
        const known = names.get(one);
        if (known) known.add(person);
        else names.set(one, new Set([person]));
      }
    }
    named.set(people, names);
  }
  return [...(names.get(name) ?? [])].sort(byNumber);
}
