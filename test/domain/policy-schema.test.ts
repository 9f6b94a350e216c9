import { describe, expect, it } from 'vitest';
import { policySchema } from '../../src/domain/policy/schema.ts';
import { SUPERIOR } from './policy-setup.ts';

const EUR = { currency: 'EUR' };
const ruled = (rule: object) => ({ mode: 'own', rules: [{ name: 'r', effect: 'require', when: {}, stages: SUPERIOR, ...rule }] });
const bought = (buy: object) => ({ mode: 'own', limits: { buy } });

function problems(document: unknown): string[] {
  return policySchema.safeParse(document).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

describe('a policy', () => {
  it('keeps amounts exact, in the decimals of their currency', () => {
    const { selfApprovalUpTo } = policySchema.parse({ mode: 'own', selfApprovalUpTo: { amount: '0.29', currency: 'EUR' } });
    expect(selfApprovalUpTo).toEqual({ minor: 29, currency: 'EUR' });
    expect(policySchema.parse({ mode: 'own', selfApprovalUpTo: { amount: 1.005, currency: 'KWD' } }).selfApprovalUpTo?.minor).toBe(1005);
  });

  it.each([
    ['an amount with too many digits', ruled({ when: { orderTotal: { gt: 1.5, currency: 'JPY' } } }), 'rules.0.when.orderTotal.gt: has more digits'],
    ['a negative amount', ruled({ when: { orderTotal: { gt: -1, ...EUR } } }), 'rules.0.when.orderTotal.gt: must be a number'],
    ['an amount without a currency', ruled({ when: { orderTotal: { gt: 1 } } }), 'rules.0.when.orderTotal.currency'],
    ['a currency that is none', ruled({ when: { orderTotal: { gt: 1, currency: 'EURO' } } }), 'must be a currency code'],
    ['a condition that compares with nothing', ruled({ when: { orderTotal: EUR } }), 'compares with nothing; use one of gt, gte, lt, lte, eq'],
    ['a list that compares with nothing', ruled({ when: { items: {} } }), 'compares with nothing; use one of eq, in, notIn'],
    ['an item number that is not a text', ruled({ when: { items: { in: [815] } } }), 'rules.0.when.items.in.0'],
    ['a trigger nobody knows', ruled({ when: { weather: { eq: true } } }), 'rules.0.when: Unrecognized key'],
    ['approval by nobody', ruled({ stages: [] }), 'rules.0.stages: are missing'],
    ['a stage for a rule that asks nobody', ruled({ effect: 'deny' }), 'rules.0.stages: belong to effect require'],
    ['a bypass for an order with one such line', ruled({ effect: 'bypass', stages: [], when: { items: { in: ['1'] } } }), 'rules.0.when.items: needs lines'],
    ['n_of_m without n', ruled({ stages: [{ mode: 'n_of_m', approvers: [{ superior: 1 }] }] }), 'rules.0.stages.0: needs n'],
    ['two approvers in one', ruled({ stages: [{ approvers: [{ superior: 1, person: 'P' }] }] }), 'approvers.0: must name exactly one of'],
    ['a role without its place', ruled({ stages: [{ approvers: [{ role: 'lead' }] }] }), 'needs role together with in'],
    ['two rules of one name', { mode: 'own', rules: ['r', 'r'].map((name) => ({ name, effect: 'warn', when: {} })) }, 'rules.1.name: "r" is the name of another'],
    ['a limit without a default', bought({ people: { a: 'unlimited' } }), 'limits.buy.default'],
    ['a limit left blank', bought({ default: null }), 'limits.buy.default: must be unlimited, inherit, or a block'],
    ['a limit that names no period', bought({ default: { amount: 1, ...EUR } }), 'limits.buy.default.per: must be one of order, day, week'],
    ['a limit without an amount', bought({ default: { ...EUR, per: 'day' } }), 'limits.buy.default.amount: must be a number such as'],
    ['a limit without a currency', bought({ default: { amount: 1, per: 'day' } }), 'limits.buy.default.currency: must be a currency code'],
    ['a limit on gross amounts', bought({ default: { amount: 1, ...EUR, per: 'order', basis: 'gross' } }), 'must be net'],
    ['own with what only a parent could say', bought({ default: 'inherit' }), 'limits.buy.default: cannot inherit'],
    ['inherit with rules of its own', { ...ruled({}), mode: 'inherit' }, 'rules: have no effect with mode inherit'],
    ['approve limits by the month', { mode: 'own', limits: { approve: { default: { amount: 1, ...EUR, per: 'month' } } } }, 'limits.approve.default.per: must be order'],
  ])('refuses %s', (_what, document, problem) => {
    expect(problems(document).join('\n')).toContain(problem);
  }); // biome-ignore format: one table
});
