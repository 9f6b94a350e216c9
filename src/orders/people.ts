/** Who acts: a person of the profile who is active. */
import type { Order } from '../domain/orders/order.ts';
import { identityOf } from '../domain/policy/approvers/directory.ts';
import { NeedsOperatorError } from '../errors.ts';
import { findCompany, loadPeople as loadMembers } from '../store/approvals/directory.ts';
import type { Database, Transaction } from '../store/database.ts';
import { loadPeople, type PersonFacts, resolveReferences } from '../store/orders/resolve.ts';

/** By external id, or `id:` and our own. Throws NOT_FOUND for none, and for several. */
export async function findPerson(db: Database | Transaction, reference: string): Promise<PersonFacts> {
  const ids = (await resolveReferences(db, 'contact', [reference])).get(reference) ?? [];
  const [id, ...others] = ids;
  const person = id === undefined ? undefined : (await loadPeople(db, [id])).get(id);
  if (!person)
    throw new NeedsOperatorError('NOT_FOUND', `there is no person "${reference}"; name the person by external id, or pull the contacts`);
  if (others.length === 0) return person;
  const names = ids.map((one) => `id:${one}`).join(', ');
  throw new NeedsOperatorError('NOT_FOUND', `"${reference}" fits several people (${names}); name one of them`);
}

/** Throws NOT_ALLOWED for somebody who has left or is suspended. */
export async function requireActive(db: Database | Transaction, personId: string): Promise<PersonFacts> {
  const person = (await loadPeople(db, [personId])).get(personId);
  if (!person) throw new NeedsOperatorError('NOT_FOUND', `there is no person ${personId}`);
  if (person.status === 'active') return person;
  throw new NeedsOperatorError('NOT_ALLOWED', `${person.name} is ${person.status} and may not act on orders; somebody active must`, {
    details: { personId },
  });
}

/** Also under another number: the same mail address within a company is the same person, as `identityOf` says. */
export async function isRequester(db: Database | Transaction, { orderedById, onBehalfOfId }: Order, personId: string): Promise<boolean> {
  const requesters = [orderedById, ...(onBehalfOfId === null ? [] : [onBehalfOfId])];
  if (requesters.includes(personId)) return true;
  const people = await loadMembers(db, [personId, ...requesters]);
  const own = people.get(personId)?.accountId ?? null;
  const alike = requesters.filter((id) => identityOf({ people }, id) === identityOf({ people }, personId));
  for (const accountId of alike.map((id) => people.get(id)?.accountId ?? null)) {
    if (own !== null && accountId !== null && (await findCompany(db, own)) === (await findCompany(db, accountId))) return true;
  }
  return false;
}
