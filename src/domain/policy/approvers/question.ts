/** What choosing approvers is asked about: one order of one company, and the policies it was matched with. */

import { NO_RATES } from '../../rates/rate.ts';
import { effectivePolicies, type Policy } from '../effective.ts';
import { amountIn, type Facts, type Sum } from '../facts.ts';
import { type Directory, identityOf, type Person, pathOf } from './directory.ts';

export interface ApproverQuestion {
  readonly directory: Directory;
  /** Of the whole company, by account. */
  readonly policies: ReadonlyMap<string, Policy>;
  readonly order: OrderOfQuestion;
}

export interface OrderOfQuestion extends Pick<Facts, 'currency' | 'goods' | 'shippingCost' | 'costCentre'> {
  /** Those the order was judged with. */
  readonly rates?: Facts['rates'];
  readonly accountId: string;
  readonly orderedById: string;
  readonly onBehalfOfId: string | null;
}

/** From the company down; those of the unit if none is named. */
export function policiesAt({ directory, policies, order }: ApproverQuestion, accountId = order.accountId): Policy[] {
  return effectivePolicies(pathOf(directory.units, accountId), policies);
}

/** Whoever ordered, or had it ordered, is one side of the separation of duties. */
export function isRequester({ directory, order: { orderedById, onBehalfOfId } }: ApproverQuestion, personId: string): boolean {
  const who = identityOf(directory, personId);
  return [orderedById, onBehalfOfId].some((id) => id !== null && identityOf(directory, id) === who);
}

/** Up to what a requester may decide alone: every policy that says something must allow it, and silence allows nothing. */
export function maySelfApprove(question: ApproverQuestion): boolean {
  const { rates = NO_RATES, ...money } = question.order;
  const caps = policiesAt(question).flatMap(({ document }) => document.selfApprovalUpTo ?? []);
  return caps.length > 0 && caps.every((cap) => isWithin(amountIn({ ...money, rates }, { ...cap, includesShipping: true }), cap.minor));
}

/** What nobody can convert is within nothing. */
function isWithin(amount: Sum, minor: number): boolean {
  return !('lack' in amount) && amount.minor <= minor;
}

/** Whether one decision of a person counts in every stage that person holds: yes unless a policy says otherwise. */
export function decidesOnce(policies: readonly Policy[]): boolean {
  return policies.every(({ document }) => document.decideOncePerPerson !== false);
}

export function nameOf({ directory }: ApproverQuestion, personId: string): string {
  return directory.people.get(personId)?.name ?? `person ${personId}`;
}

export function isMember({ directory }: ApproverQuestion, { accountId }: Person): boolean {
  return accountId !== null && directory.units.has(accountId);
}
