import { describe, expect, it } from 'vitest';
import { effectivePolicies } from '../../src/domain/policy/effective.ts';
import { evaluate } from '../../src/domain/policy/evaluate.ts';
import { facts, policy, SUPERIOR, type WrittenRule } from './policy-setup.ts';

const month = (minor: number, currency = 'EUR') => new Map([['person month', [{ currency, total: minor, goods: minor }]]]);
const order = (minor: number) => ({ goods: minor, shippingCost: 0 });
const rule = (name: string, effect: WrittenRule['effect'], when: object): WrittenRule =>
  ({ name, effect, when, ...(effect === 'require' && { stages: SUPERIOR }) }) as WrittenRule;

describe('limits', () => {
  const limits = { buy: { default: 'unlimited', people: { A: { amount: 1000, currency: 'EUR', per: 'month' } } } };

  it('let 300.00 pass and hold 300.01 when 700 of 1,000 a month are spent', () => {
    const spent = { spend: month(70_000) };
    expect(evaluate([policy({ limits })], facts({ ...spent, ...order(30_000) }))).toMatchObject({ outcome: 'allow', stages: [] });
    expect(evaluate([policy({ limits })], facts({ ...spent, ...order(30_001) }))).toMatchObject({
      outcome: 'require',
      stages: [{ approvers: [{ kind: 'superior', level: 1 }], causes: [{ rule: 'buy limit' }] }],
      limits: [
        { entry: 'people A', exceeded: true, limit: '1000.00 EUR a month', found: '1000.01 EUR, 700.00 EUR of it before this order' },
      ],
    });
  });

  it('of zero hold everything, and unlimited holds nothing', () => {
    const zero = policy({ limits: { buy: { default: { amount: 0, currency: 'EUR', per: 'order' } } } });
    expect(evaluate([zero], facts(order(1))).outcome).toBe('require');
    expect(evaluate([zero], facts(order(0))).outcome).toBe('allow');
    expect(evaluate([policy({ limits: { buy: { default: 'unlimited' } } })], facts(order(9_999_999_99))).outcome).toBe('allow');
  });

  it('ask the person first, then roles, of which the most generous counts, then the default', () => {
    const each = (amount: number) => ({ amount, currency: 'EUR', per: 'order' }) as const;
    const buy = { default: each(1), roles: { buyer: each(10), chief: each(50) }, people: { a: each(20) } };
    const holds = (minor: number, requester: object) =>
      evaluate([policy({ limits: { buy } })], facts({ ...order(minor), requester: { names: [], roles: [], ...requester } })).outcome;
    expect(holds(2_001, { names: ['a'], roles: ['chief'] })).toBe('require');
    expect(holds(5_000, { roles: ['buyer', 'chief'] })).toBe('allow');
    expect(holds(5_001, { roles: ['buyer', 'chief'] })).toBe('require');
    expect(holds(101, {})).toBe('require');
  });

  it('of a unit tighten those of the company and never widen them', () => {
    const buy = (amount: number | string) => ({ limits: { buy: { default: typeof amount === 'string' ? amount : { amount, currency: 'EUR', per: 'order' } } } }); // biome-ignore format: one limit
    const at = (company: number, unit: number | string) =>
      evaluate([policy(buy(company)), policy(buy(unit), '2')], facts(order(5_000))).outcome;
    expect([at(100, 40), at(40, 100), at(100, 'inherit'), at(40, 'inherit'), at(40, 'unlimited')]).toEqual(
      ['require', 'require', 'allow', 'require', 'require'], // biome-ignore format: one row
    );
  });

  it('that inherit from nobody hold the order, and say so', () => {
    const { outcome, limits: told } = evaluate([policy({ limits: { buy: { default: 'inherit' } } }, '2')], facts());
    expect({ outcome, told }).toMatchObject({ outcome: 'require', told: [{ because: 'nothing to inherit' }] });
  });

  it('count shipping unless they say otherwise', () => {
    const limit = (includesShipping: boolean) =>
      policy({ limits: { buy: { default: { amount: 100, currency: 'EUR', per: 'order', includesShipping } } } });
    expect(evaluate([limit(true)], facts()).outcome).toBe('require');
    expect(evaluate([limit(false)], facts()).outcome).toBe('allow');
  });
});

describe('effects', () => {
  const every = {};

  it('are told by the strictest, with everything that matched', () => {
    const told = evaluate([policy({ rules: [rule('w', 'warn', every), rule('r', 'require', every), rule('d', 'deny', every)] })], facts());
    expect(told).toMatchObject({
      outcome: 'deny',
      reasons: ['"d" of account 1: every order'],
      warnings: ['"w" of account 1: every order'],
    });
    expect(told.rules.map(({ rule: name, matched }) => [name, matched])).toEqual([['d', true], ['r', true], ['w', true]]); // biome-ignore format: one row
  });

  it('warn without asking anybody', () => {
    expect(evaluate([policy({ rules: [rule('w', 'warn', every)] })], facts())).toMatchObject({ outcome: 'warn', stages: [] });
  });

  it('let a bypass win over everything beside and below it, limits too, and tell what it waived', () => {
    const limits = { buy: { default: { amount: 0, currency: 'EUR', per: 'order' } } };
    const told = evaluate([policy({ limits, rules: [rule('b', 'bypass', every), rule('d', 'deny', every)] })], facts());
    expect(told).toMatchObject({ outcome: 'bypass', rules: [{ rule: 'b' }, { rule: 'd', waivedBy: 'b' }], limits: [{ waivedBy: 'b' }] });
  });

  it('do not let the bypass of a unit waive what the company says', () => {
    const company = policy({ rules: [rule('r', 'require', every)] });
    const unit = policy({ rules: [rule('b', 'bypass', every), rule('d', 'deny', every)] }, '2');
    expect(evaluate([company, unit], facts()).outcome).toBe('require');
    expect(evaluate([unit], facts()).outcome).toBe('bypass');
  });
});

describe('amounts in a currency without a rate', () => {
  const dear = { orderTotal: { gt: 1_000_000, currency: 'USD' } };

  it.each([['require', 'require'], ['deny', 'require'], ['warn', 'warn'], ['bypass', 'allow']] as const)(
    'count as matched for %s, as %s, and never let an order pass',
    (effect, outcome) => {
      const told = evaluate([policy({ rules: [rule('x', effect, dear)] })], facts());
      expect(told).toMatchObject({ outcome, rules: [{ matched: effect !== 'bypass', because: 'no rate' }] });
    },
  ); // biome-ignore format: one table

  it('do not matter where another condition of the rule fails', () => {
    const { outcome } = evaluate([policy({ rules: [rule('x', 'deny', { ...dear, currency: { eq: 'USD' } })] })], facts());
    expect(outcome).toBe('allow');
  });

  it('hold an order whose period has spend in another currency', () => {
    const limits = { buy: { default: { amount: 5000, currency: 'EUR', per: 'month' } } };
    const told = evaluate([policy({ limits })], facts({ spend: month(1, 'DKK') }));
    expect(told).toMatchObject({ outcome: 'require', limits: [{ because: 'no rate' }] });
  });
});

describe('stages', () => {
  const staged = (name: string, stages: object[], more: object = {}) =>
    ({ name, effect: 'require', when: {}, stages, ...more }) as WrittenRule;
  const by = (role: string) => ({ approvers: [{ role, in: 'unit' }] });

  it('of all matching rules are united, equal ones once, first ones first and high priority before low', () => {
    const rules = [staged('x', [by('lead'), by('chief')]), staged('y', [by('lead')]), staged('z', [by('safety')], { priority: 5 })];
    const { stages } = evaluate([policy({ rules })], facts());
    expect(stages.map(({ name, causes }) => [name, causes.map((cause) => cause.rule)])).toEqual([
      ['safety of the unit', ['z']],
      ['lead of the unit', ['x', 'y']],
      ['chief of the unit', ['x']],
    ]);
  });

  it('of the company and of a unit are one sequence, by position and priority before account', () => {
    const company = policy({ rules: [staged('x', [by('lead'), by('chief')])] });
    const unit = policy({ rules: [staged('y', [by('safety')]), staged('z', [by('quality')], { priority: 1 })] }, '2');
    expect(evaluate([company, unit], facts()).stages.map(({ name }) => name.split(' ')[0])).toEqual(['quality', 'lead', 'safety', 'chief']);
  });
});

describe('modes', () => {
  const says = (mode: string, accountId: string) => policy({ mode } as never, accountId);
  const held = (modes: Record<string, string>) =>
    effectivePolicies(['1', '2'], new Map(Object.entries(modes).map(([id, mode]) => [id, says(mode, id)]))).map(
      ({ accountId }) => accountId,
    );

  it.each([
    [{ 1: 'own', 2: 'own_plus_parent' }, ['1', '2']],
    [{ 1: 'own', 2: 'own' }, ['2']],
    [{ 1: 'own', 2: 'inherit' }, ['1']],
    [{ 1: 'own' }, ['1']],
    [{ 1: 'inherit', 2: 'own_plus_parent' }, ['2']],
  ] as Array<[Record<string, string>, string[]]>)('of company and unit: %j hold as %j', (modes, expected) => {
    expect(held(modes)).toEqual(expected);
  });
});
