/** Who buys, who orders, where it goes and on which terms: held against the profile. */
import { minorOf } from '../domain/orders/amount.ts';
import type { OrderProblem } from '../domain/orders/problem.ts';
import type { AccountInTree } from '../store/orders/resolve.ts';
import { type Kept, type Parties, type Question, todayOf } from './load-parties.ts';

export interface CheckedParties {
  readonly account: string | null;
  readonly companyId: string | null;
  readonly orderedById: string | null;
  readonly onBehalfOfId: string | null;
  readonly shipTo: string | null;
  readonly billTo: string | null;
  readonly currency: string | null;
  readonly costCentre: string | null;
  readonly paymentTerms: string | null;
  readonly shippingCost: number;
  readonly tax: number | null;
  /** Civil date where the account is. */
  readonly today: string;
}

type Report = (path: string, reason: string, cure: string) => null;

const KINDS = { account: 'account', contact: 'person', address: 'address' } as const;
const CURES = {
  account: 'name it by its external id, or pull it first',
  contact: 'name the person by external id, or pull the contacts first',
  address: 'name it by its external id, or pull the addresses first',
} as const;

export function checkParties(question: Question, parties: Parties, now: Date): { parties: CheckedParties; problems: OrderProblem[] } {
  const { submission, kept } = question;
  const problems: OrderProblem[] = [];
  const report: Report = (path, reason, cure) => {
    problems.push({ path, reason, cure });
    return null;
  };
  const account = resolve('account', 'account', submission.account, parties, report);
  const tree = (account !== null && parties.trees.get(account)) || [];
  const today = todayOf(tree, now);
  checkStatus(tree, report);
  const isKept = kept !== undefined;
  const orderedById = checkPerson('orderedBy', submission.orderedBy, { parties, tree, isKept }, report);
  const onBehalfOfId =
    submission.onBehalfOf === null ? null : checkPerson('onBehalfOf', submission.onBehalfOf, { parties, tree, isKept }, report);
  const currency = submission.currency ?? nearest(tree, ({ currency }) => currency);
  if (currency === null && account !== null) report('currency', 'is missing, and the account has none', 'name it, such as EUR');
  checkDelivery(question, today, report);
  const addresses = { parties, tree, account, kept };
  const holdsOn = submission.requestedDeliveryOn ?? today;
  return {
    problems,
    parties: {
      account,
      companyId: tree.at(-1)?.id ?? null,
      orderedById,
      onBehalfOfId,
      shipTo: checkAddress('shipTo', submission.shipTo, { ...addresses, day: holdsOn }, report),
      billTo: checkAddress('billTo', submission.billTo, { ...addresses, day: today }, report),
      currency,
      costCentre: checkCostCentre(
        question,
        { tree, person: parties.people.get(onBehalfOfId ?? orderedById ?? '')?.costCentre ?? null },
        report,
      ),
      paymentTerms: checkTerms(question, tree, report),
      shippingCost: question.kept?.shippingCost ?? minorAt('shippingCost', submission.shippingCost, currency, report) ?? 0,
      tax: minorAt('tax', submission.tax, currency, report),
      today,
    },
  };
}

function resolve(entity: keyof typeof KINDS, path: string, reference: string, { references }: Parties, report: Report): string | null {
  const [first, ...others] = references[entity].get(reference) ?? [];
  if (first === undefined) return report(path, `there is no ${KINDS[entity]} "${reference}"`, CURES[entity]);
  if (others.length === 0) return first;
  const ids = [first, ...others].map((id) => `id:${id}`).join(', ');
  return report(path, `"${reference}" fits several (${ids})`, 'name one of them');
}

/** An account may order while it and all above it are active. */
function checkStatus(tree: readonly AccountInTree[], report: Report): void {
  const [own, ...above] = tree;
  if (own && own.status !== 'active')
    report('account', `${own.name} is ${own.status} and may not order`, 'order again when a pull says active');
  for (const { name, status } of above) {
    if (status !== 'active') report('account', `${name}, above it, is ${status} and may not order`, 'order again when a pull says active');
  }
}

interface PersonPlace {
  readonly parties: Parties;
  readonly tree: readonly AccountInTree[];
  readonly isKept: boolean;
}

function checkPerson(path: string, reference: string, { parties, tree, isKept }: PersonPlace, report: Report): string | null {
  const id = resolve('contact', path, reference, parties, report);
  const person = id === null ? undefined : parties.people.get(id);
  if (!person || isKept) return id;
  if (person.status !== 'active') report(path, `${person.name} is ${person.status}`, 'let somebody order who is active');
  const root = tree.at(-1)?.id;
  const home = person.accountId === null ? undefined : parties.trees.get(person.accountId)?.at(-1)?.id;
  if (root !== undefined && home !== root)
    report(path, `${person.name} does not belong to the company of the account`, 'name a person of that company');
  return id;
}

interface AddressPlace {
  readonly parties: Parties;
  readonly tree: readonly AccountInTree[];
  readonly account: string | null;
  readonly kept: Kept | undefined;
  /** On which it must hold. */
  readonly day: string;
}

const ROLES = { shipTo: 'ship_to', billTo: 'bill_to' } as const;

function checkAddress(path: 'shipTo' | 'billTo', reference: string | null, place: AddressPlace, report: Report): string | null {
  const { parties, tree, account, kept, day } = place;
  if (kept && path in kept) return kept[path] ?? null;
  if (reference === null) return (account !== null && parties.defaults.get(account)?.[path]) || null;
  const id = resolve('address', path, reference, parties, report);
  const address = id === null ? undefined : parties.addresses.get(id);
  if (!address) return id;
  const { role, accountId, validFrom, validTo } = address;
  if (role !== ROLES[path]) report(path, `"${reference}" is a ${role} address`, `name a ${ROLES[path]} address`);
  if (tree.length > 0 && !tree.some((one) => one.id === accountId))
    report(path, `"${reference}" belongs neither to the account nor to one above it`, 'name one of theirs');
  if (validFrom !== null && validFrom > day)
    report(path, `"${reference}" holds only from ${validFrom} on, not on ${day}`, 'name another, or a later day');
  if (validTo !== null && validTo <= day) report(path, `"${reference}" no longer holds on ${day}`, 'name another');
  return id;
}

function checkDelivery({ submission: { requestedDeliveryOn }, kept }: Question, today: string, report: Report): void {
  if (requestedDeliveryOn === null || (kept && kept.requestedDeliveryOn === requestedDeliveryOn)) return;
  if (requestedDeliveryOn < today)
    report('requestedDeliveryOn', `${requestedDeliveryOn} has passed; today is ${today}`, 'name today or a later day');
}

/** The person's own is a default, not a wish: where the unit does not have it, there is none. */
function checkCostCentre(
  { submission: { costCentre }, kept }: Question,
  { tree, person }: { tree: readonly AccountInTree[]; person: string | null },
  report: Report,
): string | null {
  if (kept && 'costCentre' in kept) return kept.costCentre ?? null;
  const allowed = tree[0]?.costCentres ?? [];
  const isAllowed = (one: string) => allowed.length === 0 || allowed.includes(one);
  if (costCentre === null) return person !== null && isAllowed(person) ? person : null;
  if (isAllowed(costCentre)) return costCentre;
  return report('costCentre', `"${costCentre}" is none of ${tree[0]?.name}`, `name one of ${allowed.join(', ')}`);
}

function checkTerms({ submission: { paymentTerms }, kept }: Question, tree: readonly AccountInTree[], report: Report): string | null {
  if (kept && 'paymentTerms' in kept) return kept.paymentTerms ?? null;
  const agreed = nearest(tree, (account) => account.paymentTerms);
  if (paymentTerms === null || agreed === null || paymentTerms === agreed) return agreed ?? paymentTerms;
  return report(
    'paymentTerms',
    `"${paymentTerms}" is not what was agreed, which is "${agreed}"`,
    'leave it out, or have the terms changed in the ERP',
  );
}

/** Whole minor units: nobody could say what a rounded freight is. `null`: not said. */
function minorAt(path: 'shippingCost' | 'tax', given: string | null, currency: string | null, report: Report): number | null {
  if (given === null || currency === null) return null;
  return minorOf(given, currency) ?? report(path, `${given} is no amount of ${currency}`, 'round it to what the currency counts in');
}

/** Said by the account itself, else by the nearest above it that says something. */
function nearest<T>(tree: readonly AccountInTree[], ask: (account: AccountInTree) => T | null): T | null {
  for (const account of tree) {
    const answer = ask(account);
    if (answer !== null) return answer;
  }
  return null;
}
