/** The accounts, people and addresses that submissions name, with all that is asked of them. */
import { civilDay } from '../domain/orders/civil-day.ts';
import type { OrderContent } from '../domain/orders/order.ts';
import type { Submission } from '../domain/orders/submission.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  type AccountInTree,
  type AddressFacts,
  type DefaultAddresses,
  loadAddresses,
  loadDefaults,
  loadPeople,
  loadTrees,
  type PersonFacts,
  resolveReferences,
} from '../store/orders/resolve.ts';

/** What an order held before it was changed: taken over without another look, so that a change need not mend what it does not touch. */
export type Kept = Partial<OrderContent>;

export interface Question {
  readonly submission: Submission;
  readonly kept?: Kept;
}

export interface Parties {
  /** Local ids by reference. */
  readonly references: Readonly<Record<'account' | 'contact' | 'address', ReadonlyMap<string, readonly string[]>>>;
  /** The account itself and those above it. */
  readonly trees: ReadonlyMap<string, readonly AccountInTree[]>;
  readonly people: ReadonlyMap<string, PersonFacts>;
  readonly addresses: ReadonlyMap<string, AddressFacts>;
  readonly defaults: ReadonlyMap<string, DefaultAddresses>;
}

export async function loadParties(db: Database | Transaction, questions: readonly Question[], now: Date): Promise<Parties> {
  const said = (pick: (submission: Submission) => ReadonlyArray<string | null>) =>
    [...new Set(questions.flatMap(({ submission }) => pick(submission)))].filter((one) => one !== null);
  const account = await resolveReferences(
    db,
    'account',
    said(({ account }) => [account]),
  );
  const contact = await resolveReferences(
    db,
    'contact',
    said(({ orderedBy, onBehalfOf }) => [orderedBy, onBehalfOf]),
  );
  const address = await resolveReferences(
    db,
    'address',
    said(({ shipTo, billTo }) => [shipTo, billTo]),
  );
  const people = await loadPeople(db, [...contact.values()].flat());
  const homes = [...people.values()].flatMap(({ accountId }) => accountId ?? []);
  const accountIds = [...account.values()].flat();
  const trees = await loadTrees(db, [...new Set([...accountIds, ...homes])]);
  const addresses = await loadAddresses(db, [...address.values()].flat());
  const asked = accountIds.map((id) => ({ account: id, day: todayOf(trees.get(id) ?? [], now) }));
  const defaults = await loadDefaults(db, asked);
  return { references: { account, contact, address }, trees, people, addresses, defaults };
}

/** Today where the account is: by its zone, else that of the nearest account above it, else UTC. */
export function todayOf(tree: readonly AccountInTree[], now: Date): string {
  return civilDay(now, tree.find(({ timeZone }) => timeZone !== null)?.timeZone ?? null);
}
