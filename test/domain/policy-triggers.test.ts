import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/domain/policy/evaluate.ts';
import type { Facts } from '../../src/domain/policy/facts.ts';
import { TRIGGER_NAMES } from '../../src/domain/policy/triggers/index.ts';
import { budgetFact, facts, policy } from './policy-setup.ts';

const EUR = { currency: 'EUR' };
const line = (product: string, more: object = {}) => ({ product, quantity: '1', category: null, supplier: null, ...more });
const spend = (key: string, ...sums: Array<[string, number, number]>) =>
  new Map([[key, sums.map(([currency, total, goods]) => ({ currency, total, goods }))]]);
const three = { lines: [line('4711', { quantity: '2.5' }), line('4712', { quantity: '7' }), line('4711')] };

/** 1,000 EUR of unit 2, of which 400 are left and 50 more wait; it only counts. */
const budget = (more: object = {}): Pick<Facts, 'budgets'> => ({ budgets: [budgetFact({ enforcement: 'allow', ...more })] });
const inDollars: Partial<Facts> = { currency: 'USD', rates: new Map([['USD EUR', { from: 'USD', to: 'EUR', on: '2026-11-20', rate: '0.9', source: 'ECB', isInverse: false }]]) }; // biome-ignore format: one row

/** [trigger, condition, what the order has, whether it matches] */
const ROWS: Array<[string, object, Partial<Facts>, boolean]> = [
  ['orderTotal', { gt: '105.00', ...EUR }, {}, false],
  ['orderTotal', { gte: '105.00', ...EUR }, {}, true],
  ['orderTotal', { gt: 104.99, ...EUR }, {}, true],
  ['orderTotal', { gt: 100, ...EUR, includesShipping: false }, {}, false],
  ['orderTotal', { gte: 100, lt: 105, ...EUR }, {}, false],
  ['orderTotal', { gt: 104, currency: 'JPY' }, { currency: 'JPY', goods: 100, shippingCost: 5 }, true],
  ['shippingCost', { gt: 4.99, ...EUR }, {}, true],
  ['shippingCost', { lte: 4.99, ...EUR }, {}, false],
  ['periodSpend', { gt: 500, ...EUR, per: 'month', whose: 'unit' }, { spend: spend('unit month', ['EUR', 39_500, 0]) }, false],
  ['periodSpend', { gt: 500, ...EUR, per: 'month', whose: 'unit' }, { spend: spend('unit month', ['EUR', 39_501, 0]) }, true],
  ['periodSpend', { gt: 500, ...EUR, per: 'month', whose: 'company' }, { spend: spend('unit month', ['EUR', 39_501, 0]) }, false],
  ['periodSpend', { gt: 500, ...EUR, per: 'day', whose: 'person', includesShipping: false }, { spend: spend('person day', ['EUR', 50_000, 40_000]) }, false], // biome-ignore format: one row
  ['orderTotal', { gt: '94.49', ...EUR }, inDollars, true],
  ['orderTotal', { gt: '94.50', ...EUR }, inDollars, false],
  ['budgetAfter', { left: { lt: 295.01, ...EUR } }, budget(), true],
  ['budgetAfter', { left: { lt: 295, ...EUR } }, budget(), false],
  ['budgetAfter', { usedPercent: { gte: 70.5 } }, budget(), true],
  ['budgetAfter', { usedPercent: { gt: 70.5 } }, budget(), false],
  ['budgetAfter', { usedPercent: { gt: 0 }, owner: 'person' }, budget(), false],
  ['budgetAfter', { usedPercent: { gt: 0 }, code: 'nord' }, budget(), true],
  ['budgetAfter', { left: { gt: 0, ...EUR } }, { ...budget(), ...inDollars }, true],
  ['budgetAfter', { left: { gte: 0, ...EUR } }, {}, false],
  ['quantity', { eq: 10.5 }, three, true],
  ['quantity', { gt: 10.5 }, three, false],
  ['lineCount', { gt: 2 }, three, true],
  ['lineCount', { gt: 3 }, three, false],
  ['distinctItems', { gte: 2 }, three, true],
  ['distinctItems', { gt: 2 }, three, false],
  ['items', { in: ['4712'] }, three, true],
  ['items', { in: ['47*'], lines: 'all' }, three, true],
  ['items', { in: ['4712'], lines: 'all' }, three, false],
  ['items', { in: ['8*', '4713'] }, three, false],
  ['items', { notIn: ['4711'] }, three, true],
  ['categories', { eq: 'Kitchen' }, {}, true],
  ['categories', { notIn: ['kitchen'] }, {}, false],
  ['categories', { notIn: ['kitchen'] }, three, true],
  ['suppliers', { in: ['holm'] }, {}, true],
  ['suppliers', { in: ['holm'] }, three, false],
  ['costCentre', { in: ['4100', '4200'] }, {}, true],
  ['costCentre', { notIn: ['4100'] }, {}, false],
  ['costCentre', { notIn: ['4100'] }, { costCentre: null }, true],
  ['shipTo', { eq: 'D-1' }, {}, true],
  ['shipTo', { eq: 'id:71' }, {}, false],
  ['shipTo', { in: ['D-1'] }, { shipTo: null }, false],
  ['newShipTo', { eq: true }, { isNewShipTo: true }, true],
  ['newShipTo', { eq: true }, {}, false],
  ['firstOrder', { eq: true, whose: 'unit' }, { isFirstOrder: { person: true, unit: true, company: false } }, true],
  ['firstOrder', { eq: true, whose: 'company' }, { isFirstOrder: { person: true, unit: true, company: false } }, false],
  ['requesterRole', { in: ['Buyer'] }, {}, true],
  ['requesterRole', { notIn: ['buyer'] }, {}, false],
  ['currency', { notIn: ['EUR'] }, {}, false],
  ['currency', { in: ['EUR', 'DKK'] }, {}, true],
];

describe('triggers', () => {
  it.each(ROWS)('%s %j of %j: %s', (trigger, condition, change, expected) => {
    const rules = [{ name: 'r', effect: 'warn' as const, when: { [trigger]: condition } }];
    expect(evaluate([policy({ rules })], facts(change)).outcome).toBe(expected ? 'warn' : 'allow');
  });

  it('are each tried here with an answer of yes and one of no', () => {
    const tried = (expected: boolean) => [...new Set(ROWS.filter((row) => row[3] === expected).map(([name]) => name))].sort();
    expect(tried(true)).toEqual([...TRIGGER_NAMES].sort());
    expect(tried(false)).toEqual([...TRIGGER_NAMES].sort());
  });

  it('hold together: a rule matches when all of its conditions do', () => {
    const when = { items: { in: ['4711'] }, quantity: { gt: 100 } };
    const { outcome, rules } = evaluate([policy({ rules: [{ name: 'r', effect: 'warn', when }] })], facts());
    expect(outcome).toBe('allow');
    expect(rules[0]?.conditions).toEqual([
      { trigger: 'quantity', holds: false, found: '8', wanted: '> 100' },
      { trigger: 'items', holds: true, found: '4711', wanted: 'a line in 4711' },
    ]);
  });
});
