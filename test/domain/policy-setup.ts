/** Rules, an order and a small company, as plain data. */

import type { z } from 'zod';
import type { Directory, Person, Unit } from '../../src/domain/policy/approvers/directory.ts';
import type { ApproverQuestion } from '../../src/domain/policy/approvers/question.ts';
import type { BudgetFact, BudgetNumbers } from '../../src/domain/policy/budget-facts.ts';
import type { Policy } from '../../src/domain/policy/effective.ts';
import type { Facts } from '../../src/domain/policy/facts.ts';
import { policySchema } from '../../src/domain/policy/schema.ts';

export type Written = z.input<typeof policySchema>;
export type WrittenRule = NonNullable<Written['rules']>[number];

/** Of the company (`1`), unless another account is named. Version 1. */
export function policy(written: Partial<Written> & Record<string, unknown>, accountId = '1'): Policy {
  const path = accountId === '1' ? ['1'] : ['1', accountId];
  const document = policySchema.parse({ mode: 'own_plus_parent', ...written });
  return { id: `${accountId}00`, accountId, account: `account ${accountId}`, version: 1, path, document };
}

export const SUPERIOR = [{ approvers: [{ superior: 1 }] }];

/** 100.00 EUR of goods and 5.00 EUR of shipping, unless told otherwise. */
export function facts(change: Partial<Facts> = {}): Facts {
  return {
    currency: 'EUR',
    goods: 10_000,
    shippingCost: 500,
    tax: null,
    lines: [{ product: '4711', quantity: '8', category: 'kitchen', supplier: 'Holm' }],
    costCentre: '4100',
    shipTo: ['id:70', 'd-1'],
    isNewShipTo: false,
    isFirstOrder: { person: false, unit: false, company: false },
    requester: { names: ['id:10', 'a'], roles: ['buyer'] },
    spend: new Map(),
    rates: new Map(),
    budgets: [],
    ...change,
  };
}

/** The monthly budget of unit 2: 1,000.00 EUR net with shipping, 400.00 available, 50.00 of other orders waiting. */
export function budgetFact({
  period,
  ...change
}: Partial<Omit<BudgetFact, 'period'>> & { period?: Partial<BudgetNumbers> } = {}): BudgetFact {
  return {
    id: '5',
    companyId: '1',
    code: 'NORD',
    name: 'Unit 2, monthly',
    owner: { kind: 'unit', id: '2' },
    currency: 'EUR',
    basis: 'net',
    includesShipping: true,
    enforcement: 'require_approval',
    day: '2026-11-23',
    lack: null,
    period: { id: '50', key: '2026-11', isLimited: true, total: 100_000, available: 40_000, pending: 5_000, ...period },
    ...change,
  };
}

export interface WrittenPerson extends Partial<Omit<Person, 'roles'>> {
  readonly roles?: readonly string[];
}

/** The company 1 with the units 2 and 3. Person `10` is called `a`, 11 `b` and so on, in unit 2 unless told otherwise. */
export function directory(people: Readonly<Record<string, WrittenPerson>>, change: Partial<Directory> = {}): Directory {
  const unit = (id: string, parentId: string | null): [string, Unit] => [
    id,
    { id, parentId, name: `unit ${id}`, accountManager: null, timeZone: null },
  ];
  return {
    companyId: '1',
    units: new Map([unit('1', null), unit('2', '1'), unit('3', '1')]),
    people: new Map(Object.entries(people).map(([id, written]) => [id, person(id, written)])),
    delegations: [],
    away: new Set(),
    ...change,
  };
}

function person(id: string, written: WrittenPerson): Person {
  const name = String.fromCharCode('a'.charCodeAt(0) + Number(id) - 10);
  return {
    id,
    name,
    email: `${name}@hansa.example`,
    isReachable: true,
    accountId: '2',
    status: 'active',
    superiorId: null,
    costCentre: null,
    visibility: null,
    names: [`id:${id}`, name],
    roles: [],
    ...written,
  };
}

/** Person 10 of unit 2 orders for 1,500.00 EUR. */
export function question(
  people: Directory,
  policies: readonly Policy[] = [],
  order: Partial<ApproverQuestion['order']> = {},
): ApproverQuestion {
  return {
    directory: people,
    policies: new Map(policies.map((one) => [one.accountId, one])),
    order: {
      accountId: '2',
      orderedById: '10',
      onBehalfOfId: null,
      currency: 'EUR',
      goods: 150_000,
      shippingCost: 0,
      costCentre: null,
      ...order,
    },
  };
}
