/** Whether a person may decide about an order, asked in the order of SEMANTICS 2.10. */
import { NO_RATES } from '../../rates/rate.ts';
import { sayMoney } from '../amounts.ts';
import type { Facts } from '../facts.ts';
import { sayLimit } from '../limit-schema.ts';
import { limitsOf, tryGroup } from '../limits.ts';
import { type Person, pathOf } from './directory.ts';
import { type ApproverQuestion, isMember, isRequester, maySelfApprove, policiesAt } from './question.ts';

/** What a candidate was found as: an account manager sits at the seller. */
export interface Standing {
  readonly atSeller?: boolean;
}

/** `null`: may decide. */
export function whyNot(question: ApproverQuestion, person: Person, standing: Standing = {}): string | null {
  return whyNotPresent(question, person, standing) ?? whyNotCovered(question, person, standing);
}

/** All but the own limit: a deputy decides with the authority of the one who is away. */
export function whyNotPresent(question: ApproverQuestion, person: Person, { atSeller }: Standing = {}): string | null {
  if (person.status !== 'active') return `is ${person.status}`;
  if (!atSeller && !isMember(question, person)) return 'is not a member of the company';
  if (!atSeller && !sees(question, person)) return `does not see orders of this unit (visibility ${person.visibility})`;
  if (!person.isReachable) return 'cannot be reached: no mail address, no portal login';
  if (isRequester(question, person.id) && !maySelfApprove(question)) return 'requested the order';
  return null;
}

function sees({ directory, order }: ApproverQuestion, { visibility, accountId, id }: Person): boolean {
  if (visibility === 'own') return id === order.orderedById;
  if (visibility === 'unit') return accountId === order.accountId;
  if (visibility === 'subtree') return accountId !== null && pathOf(directory.units, order.accountId).includes(accountId);
  return true;
}

/** The own approve limit, by the policies of the person's own unit. */
export function whyNotCovered(question: ApproverQuestion, person: Person, { atSeller }: Standing = {}): string | null {
  const { currency, goods, shippingCost, rates = NO_RATES } = question.order;
  // The seller's people have no limits of the customer's own but those of the unit they are asked for.
  const policies = policiesAt(question, atSeller || person.accountId === null ? undefined : person.accountId);
  for (const group of limitsOf('approve', person, policies)) {
    const { trials, exceeded } = tryGroup(group, { ...NO_FACTS, currency, goods, shippingCost, rates });
    if (!exceeded) continue;
    const because = trials.flatMap((trial) => trial.because ?? [])[0];
    const limits = group.entries.map(({ entry, limit }) => `${sayLimit(limit)} (${entry})`).join(', ');
    return `approve limit ${limits} does not cover ${sayMoney(goods + shippingCost, currency)}${because ? `: ${because}` : ''}`;
  }
  return null;
}

/** Approve limits are judged order by order and ask nothing else. */
const NO_FACTS: Facts = {
  currency: '',
  goods: 0,
  shippingCost: 0,
  tax: null,
  lines: [],
  costCentre: null,
  shipTo: null,
  isNewShipTo: false,
  isFirstOrder: { person: false, unit: false, company: false },
  requester: { names: [], roles: [] },
  spend: new Map(),
  rates: NO_RATES,
  budgets: [],
};
