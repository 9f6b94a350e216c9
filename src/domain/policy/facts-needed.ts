/** What must be looked up before these policies can be tried; most ask for nothing but the order itself. */
import type { Policy } from './effective.ts';
import { type SpendNeed, spendKey } from './facts.ts';
import type { Limit } from './limit-schema.ts';
import type { Rule } from './schema.ts';
import { TRIGGER_NAMES, TRIGGERS } from './triggers/index.ts';
import type { Trigger } from './triggers/trigger.ts';

export interface FactsNeeded {
  readonly spend: readonly SpendNeed[];
  /** Some sum is wanted without shipping. */
  readonly withGoods: boolean;
  readonly history: boolean;
}

type Sum = SpendNeed & { includesShipping: boolean };

export function factsNeeded(policies: Iterable<Policy>): FactsNeeded {
  const all = [...policies];
  const asked = all.flatMap(({ document }) => document.rules.flatMap(triggersOf));
  const byRules = asked.flatMap(({ trigger, condition }) => trigger.spendNeed?.(condition) ?? []);
  const sums = [...byRules, ...all.flatMap(({ document }) => sumsOfLimits(document.limits.buy))];
  return {
    spend: [...new Map(sums.map(({ per, whose }) => [spendKey({ per, whose }), { per, whose }])).values()],
    withGoods: sums.some(({ includesShipping }) => !includesShipping),
    history: asked.some(({ trigger }) => trigger.asksHistory),
  };
}

function triggersOf({ when }: Rule): Array<{ trigger: Trigger; condition: unknown }> {
  return TRIGGER_NAMES.flatMap((name) => {
    const condition = when[name];
    return condition === undefined ? [] : [{ trigger: TRIGGERS[name] as Trigger, condition }];
  });
}

function sumsOfLimits(buy: Policy['document']['limits']['buy']): Sum[] {
  if (!buy) return [];
  const limits: Limit[] = [buy.default, ...Object.values(buy.roles), ...Object.values(buy.people)];
  return limits.flatMap((limit) => {
    if (typeof limit === 'string' || limit.per === 'order') return [];
    return [{ per: limit.per, whose: 'person' as const, includesShipping: limit.includesShipping }];
  });
}
