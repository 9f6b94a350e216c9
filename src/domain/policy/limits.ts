/** What a person's limits say. Every policy that holds for the person has its say; a unit may tighten what stands above, not widen it. */
import { sayConverted, sayMoney } from './amounts.ts';
import { type Policy, type PolicyRef, refOf } from './effective.ts';
import { amountIn, type Facts, fold, orderAmount, spendWith } from './facts.ts';
import { type AmountLimit, type Limit, type LimitPurpose, sayLimit } from './limit-schema.ts';
import type { SpendPer } from './spend-period.ts';

export interface LimitHolder {
  /** Folded: external ids, and `id:17`. */
  readonly names: readonly string[];
  readonly roles: readonly string[];
}

export interface LimitTrial {
  readonly policy: PolicyRef;
  /** Which entry it is: `people P-1`, `roles buyer`, `default`. */
  readonly entry: string;
  readonly limit: string;
  readonly found: string;
  readonly exceeded: boolean;
  readonly because?: 'no rate' | 'nothing to inherit';
}

interface Entry {
  readonly entry: string;
  readonly limit: Limit;
}

/** One group per policy, from the company down. Of several roles the one that allows most counts, so a group holds if one of it does. */
export interface LimitGroup {
  readonly policy: Policy;
  readonly entries: readonly Entry[];
}

/** The person by name, else the person's roles, else the default. */
export function limitsOf(purpose: LimitPurpose, { names, roles }: LimitHolder, policies: readonly Policy[]): LimitGroup[] {
  const groups = policies.flatMap((policy) => {
    const given = policy.document.limits[purpose];
    if (!given) return [];
    const named = pick('people', given.people, names);
    const byRole = named.length > 0 ? named : pick('roles', given.roles, roles.map(fold));
    return [{ policy, entries: byRole.length > 0 ? byRole : [{ entry: 'default', limit: given.default }] }];
  });
  // What inherits says nothing where a policy above says something.
  return groups.filter(({ entries }, n) => n === 0 || entries.some(({ limit }) => limit !== 'inherit'));
}

function pick(kind: string, limits: Readonly<Record<string, Limit>>, wanted: readonly string[]): Entry[] {
  return Object.entries(limits)
    .filter(([name]) => wanted.includes(fold(name)))
    .map(([name, limit]) => ({ entry: `${kind} ${name}`, limit }))
    .sort((a, b) => (a.entry < b.entry ? -1 : 1));
}

/** `exceeded`: no entry of the group lets the order pass. */
export function tryGroup({ policy, entries }: LimitGroup, facts: Facts): { trials: LimitTrial[]; exceeded: boolean } {
  const trials = entries.map(({ entry, limit }) => ({ policy: refOf(policy), entry, limit: sayLimit(limit), ...tryLimit(limit, facts) }));
  return { trials, exceeded: trials.every(({ exceeded }) => exceeded) };
}

function tryLimit(limit: Limit, facts: Facts): Pick<LimitTrial, 'found' | 'exceeded' | 'because'> {
  const order = sayMoney(orderAmount(facts, true), facts.currency);
  if (limit === 'unlimited') return { found: order, exceeded: false };
  if (limit === 'inherit') return { found: order, exceeded: true, because: 'nothing to inherit' };
  return limit.per === 'order' ? againstOrder(limit, facts) : againstPeriod(limit, limit.per, facts);
}

function againstOrder(limit: AmountLimit, facts: Facts): Pick<LimitTrial, 'found' | 'exceeded' | 'because'> {
  const amount = amountIn(facts, limit);
  const found = sayConverted(orderAmount(facts, limit.includesShipping), facts.currency, amount, limit.currency);
  if ('lack' in amount) return { found, exceeded: true, because: 'no rate' };
  return { found, exceeded: amount.minor > limit.minor };
}

function againstPeriod(limit: AmountLimit, per: SpendPer, facts: Facts): Pick<LimitTrial, 'found' | 'exceeded' | 'because'> {
  const { all, before } = spendWith(facts, { per, whose: 'person' }, limit);
  if ('lack' in all) {
    const order = sayMoney(orderAmount(facts, true), facts.currency);
    return { found: `${order}, and ${all.lack}`, exceeded: true, because: 'no rate' };
  }
  const earlier = 'lack' in before ? 0 : before.minor;
  const found = `${sayMoney(all.minor, limit.currency)}, ${sayMoney(earlier, limit.currency)} of it before this order`;
  return { found, exceeded: all.minor > limit.minor };
}
