/** Currencies that policies compare amounts in: what orders in other ones need rates to. */
import type { Policy } from './effective.ts';
import type { Limit } from './limit-schema.ts';
import { TRIGGER_NAMES } from './triggers/index.ts';

export function currenciesOf(policies: Iterable<Policy>): string[] {
  const found = [...policies].flatMap(({ document: { rules, limits, selfApprovalUpTo } }) => [
    ...rules.flatMap(({ when }) => TRIGGER_NAMES.flatMap((name) => currenciesIn(when[name]))),
    ...[limits.buy, limits.approve].flatMap((one) =>
      one ? [one.default, ...Object.values(one.roles), ...Object.values(one.people)].flatMap(currencyOfLimit) : [],
    ),
    ...(selfApprovalUpTo ? [selfApprovalUpTo.currency] : []),
  ]);
  return [...new Set(found)].sort();
}

function currencyOfLimit(limit: Limit): string[] {
  return typeof limit === 'string' ? [] : [limit.currency];
}

/** Of a condition, or of a part of it. */
function currenciesIn(condition: unknown): string[] {
  if (typeof condition !== 'object' || condition === null) return [];
  return Object.entries(condition).flatMap(([key, value]) => {
    if (key === 'currency') return typeof value === 'string' ? [value] : [];
    return Array.isArray(value) ? [] : currenciesIn(value);
  });
}
