/** What budgets say of an order, beside rules and limits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takingOf } from '../../src/domain/policy/budgets.ts';
import { evaluate } from '../../src/domain/policy/evaluate.ts';
import { selectApprovers } from '../../src/domain/policy/select-approvers.ts';
import type { RateBook } from '../../src/domain/rates/rate.ts';
import { budgetFact, directory, facts, policy, question, SUPERIOR } from './policy-setup.ts';

const dollars: RateBook = new Map([
  ['USD EUR', { from: 'USD', to: 'EUR', on: '2026-11-20', rate: '0.9', source: 'ECB', isInverse: false }],
]);
/** 105.00 EUR against what is available. */
const against = (available: number, change: object = {}) =>
  evaluate([], facts({ budgets: [budgetFact({ period: { available }, ...change })] }));

describe('a budget', () => {
  it('lets an order pass up to and including what is available, and does what it says beyond', () => {
    expect(against(10_500).outcome).toBe('allow');
    const outcomes = (['allow', 'warn', 'require_approval', 'block'] as const).map(
      (enforcement) => against(10_499, { enforcement }).outcome,
    );
    expect(outcomes).toEqual(['allow', 'warn', 'require', 'deny']);
  });

  it('tells its numbers: what is available, taken, and left, with and without the others that wait', () => {
    expect(against(40_000).budgets).toMatchObject([
      { code: 'NORD', period: '2026-11', available: 40_000, takes: 10_500, remaining: 34_500, remainingWithPending: 29_500 },
    ]);
    expect(against(10_000).reasons).toEqual([
      'budget NORD (Unit 2, monthly) in 2026-11: 105.00 EUR of 100.00 EUR available, 5.00 EUR too much',
    ]);
  });

  it('counts net or gross, with shipping or without', () => {
    const taking = (basis: 'net' | 'gross', includesShipping: boolean, tax: number | null = 1_995) =>
      takingOf(facts({ tax }), { currency: 'EUR', basis, includesShipping });
    expect(taking('net', true)).toEqual({ minor: 10_500, original: 10_500 });
    expect(taking('net', false)).toEqual({ minor: 10_000, original: 10_000 });
    expect(taking('gross', true)).toEqual({ minor: 12_495, original: 12_495 });
    expect(taking('gross', false)).toEqual({ minor: 11_900, original: 11_900 });
    expect(taking('gross', true, null)).toEqual({ lack: 'it counts gross, and the tax of the order is unknown' });
  });

  it('that counts gross asks a person when no tax is told, also where it would block or only warn', () => {
    const outcomes = (['allow', 'warn', 'require_approval', 'block'] as const).map(
      (enforcement) => against(99_999, { enforcement, basis: 'gross' }).outcome,
    );
    expect(outcomes).toEqual(['warn', 'require', 'require', 'require']);
  });

  it('converts by the rate of the day, rounds once, and asks a person without one', () => {
    const order = (rates: RateBook) =>
      evaluate([], facts({ currency: 'USD', goods: 333, shippingCost: 2, rates, budgets: [budgetFact()] }));
    expect(order(dollars).budgets).toMatchObject([{ takes: 302, effect: 'allow' }]);
    expect(order(new Map())).toMatchObject({ outcome: 'require', budgets: [{ takes: null, because: 'no rate USD/EUR' }] });
  });

  it('without a period for the day says so, and does what it does beyond its limit', () => {
    const lack = 'no period is open on 2026-11-23';
    const closed = { ...budgetFact({ enforcement: 'block', lack }), period: null };
    expect(evaluate([], facts({ budgets: [closed] }))).toMatchObject({ outcome: 'deny', reasons: [expect.stringContaining(lack)] });
  });

  it('without a limit counts, and holds nothing', () => {
    const { outcome, budgets } = evaluate([], facts({ budgets: [budgetFact({ period: { isLimited: false, available: 0, total: 0 } })] }));
    expect([outcome, budgets[0]?.remaining]).toEqual(['allow', null]);
  });

  it('is one of several, of which the strictest decides and all are told', () => {
    const blocking = budgetFact({ id: '6', code: 'HANSA', enforcement: 'block', period: { available: 0 } });
    const evaluation = evaluate([], facts({ budgets: [budgetFact({ period: { available: 0 } }), blocking] }));
    expect(evaluation.outcome).toBe('deny');
    expect(evaluation.budgets.map(({ effect }) => effect)).toEqual(['require', 'deny']);
  });

  it('is not waived by a rule that lets orders pass', () => {
    const bypass = policy({ rules: [{ name: 'all', effect: 'bypass', when: {} }] });
    expect(evaluate([bypass], facts({ budgets: [budgetFact({ period: { available: 0 } })] })).outcome).toBe('require');
  });

  it('asks its owner, and the superior where it has none', () => {
    const { stages } = against(0);
    const people = directory({ 10: { superiorId: '11' }, 11: {}, 12: { roles: ['budget_owner'] } });
    const [stage] = stages;
    if (!stage) throw new Error('nobody is asked');
    expect(selectApprovers(stage, question(people)).holders).toMatchObject([{ name: 'c' }]);
    expect(selectApprovers(stage, question(directory({ 10: { superiorId: '11' }, 11: {} }))).holders).toMatchObject([{ name: 'b' }]);
    const own = evaluate([], facts({ budgets: [budgetFact({ owner: { kind: 'person', id: '10' }, period: { available: 0 } })] }));
    expect(own.stages).toMatchObject([
      { approvers: SUPERIOR[0]?.approvers.map(({ superior }) => ({ kind: 'superior', level: superior })) },
    ]);
  });
});

it('one more of anything never makes a budget milder', () => {
  const order = ['allow', 'warn', 'require', 'deny'];
  fc.assert(
    fc.property(fc.nat(200_000), fc.nat(200_000), fc.nat(50_000), (available, goods, more) => {
      const outcome = (amount: number) =>
        evaluate([], facts({ goods: amount, budgets: [budgetFact({ enforcement: 'block', period: { available } })] })).outcome;
      expect(order.indexOf(outcome(goods + more))).toBeGreaterThanOrEqual(order.indexOf(outcome(goods)));
      expect(outcome(goods)).toBe(goods + 500 <= available ? 'allow' : 'deny');
    }),
  );
});
