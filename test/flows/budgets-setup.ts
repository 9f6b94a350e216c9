/** Budgets and what happens to them, without orders: movements are told by order numbers that nobody else knows. */

import { changeBudgets } from '../../src/budgets/change-budgets.ts';
import { createBudgets } from '../../src/budgets/create-budgets.ts';
import type { NewBudget } from '../../src/domain/budgets/budget.ts';
import type { LedgerPeriod } from '../../src/domain/budgets/ledger-period.ts';
import type { Charge } from '../../src/domain/budgets/spread.ts';
import { loadBudgets } from '../../src/store/budgets/budgets.ts';
import { loadLines, rebuildAndCompare } from '../../src/store/budgets/movements.ts';
import { listPeriods } from '../../src/store/budgets/periods.ts';
import type { Database, Transaction } from '../../src/store/database.ts';
import { createTestDatabase } from '../support/database.ts';
import { type Reservation, reserve } from './ledger/reserve.ts';
import { commit, release } from './ledger/settle.ts';

export interface BudgetsSetup {
  db: Database;
  /** Goes only where a test puts it. */
  clock: { now: Date };
  /** 5,000.00 EUR a month in Berlin from 2026-01-01, which blocks, unless told otherwise. Answers its id. */
  budget(change?: Partial<NewBudget>): Promise<string>;
  /** As somebody decides about a known one. */
  change(budgetId: string, change: Partial<NewBudget>): Promise<void>;
  reserve(
    orderId: number,
    charges: Charge[] | readonly [string, number],
    more?: Partial<Parameters<typeof reserve>[1]>,
  ): Promise<Reservation>;
  release(orderId: number): Promise<void>;
  commit(orderId: number): Promise<void>;
  locked<Result>(orderId: number, act: (trx: Transaction) => Promise<Result>): Promise<Result>;
  periods(budgetId: string): Promise<LedgerPeriod[]>;
  /** `TYPE amount` of every movement of a budget, period by period. */
  lines(budgetId: string): Promise<string[]>;
  /** Stored sums that the movements do not give. */
  wrongSums(): Promise<unknown[]>;
  /** Periods and movements of all budgets: whatever must agree, not when it was looked at. */
  everything(): Promise<unknown>;
}

let made = 0;

export function budgetDefinition(change: Partial<NewBudget> = {}): NewBudget {
  made += 1;
  return {
    code: `B-${made}`,
    name: `Budget ${made}`,
    companyId: '1',
    ownerKind: 'project',
    ownerId: null,
    ownerCode: `PRJ-${made}`,
    parentId: null,
    currency: 'EUR',
    limitKind: 'amount',
    amount: change.limitKind === undefined || change.limitKind === 'amount' ? 500_000 : null,
    basis: 'net',
    includesShipping: true,
    enforcement: 'block',
    periodRule: { kind: 'month', firstMonth: 1, anchorDay: 1 },
    zone: 'Europe/Berlin',
    validFrom: '2026-01-01',
    validUntil: null,
    carryRule: { mode: 'none', rate: null, cap: null, minUtilisation: null, expiresAfter: null, overspend: 'forgive' },
    chargeOn: 'submission',
    lateCredit: 'current',
    closeDelay: { businessDays: 5 },
    alertPercents: [],
    rollUp: 'informative',
    actualsSource: 'kontor',
    ...change,
  };
}

export async function setupBudgets(now = '2026-07-10T09:00:00Z'): Promise<BudgetsSetup> {
  const { db } = await createTestDatabase();
  return aroundBudgets(db, { now: new Date(now) });
}

export function aroundBudgets(db: Database, clock: { now: Date }): BudgetsSetup {
  /** Whoever acts for an order holds that order, as the flows of orders do. */
  const locked = <Result>(orderId: number, act: (trx: Transaction) => Promise<Result>) =>
    db.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(?)', [orderId]);
      return act(trx);
    });
  const settled = (orderId: number) => ({ orderId: String(orderId), by: 'test', reason: 'declined' });
  return {
    db,
    clock,
    async budget(change) {
      const definition = budgetDefinition(change);
      const ids = await db.transaction((trx) => createBudgets(trx, [definition], 'test', clock.now));
      return String(ids.get(definition.code));
    },
    async change(budgetId, change) {
      const before = (await loadBudgets(db, [budgetId])).get(budgetId);
      if (!before) throw new Error(`there is no budget ${budgetId}`);
      await db.transaction((trx) => changeBudgets(trx, [{ before, after: { ...before, ...change } }], 'test', clock.now));
    },
    reserve(orderId, charges, more = {}) {
      const [first, amount] = charges;
      const told = typeof first === 'string' ? [{ budgetId: first, amount: Number(amount) }] : (charges as Charge[]);
      const request = { orderId: String(orderId), revision: 1, charges: told, day: { at: clock.now }, by: 'test', ...more };
      return locked(orderId, (trx) => reserve(trx, request, clock.now));
    },
    release: (orderId) => locked(orderId, (trx) => release(trx, settled(orderId), clock.now)),
    commit: (orderId) => locked(orderId, (trx) => commit(trx, settled(orderId), clock.now)),
    locked,
    periods: (budgetId) => listPeriods(db, budgetId),
    async lines(budgetId) {
      const periods = await listPeriods(db, budgetId);
      const lines = await Promise.all(periods.map(({ id }) => loadLines(db, id)));
      return lines.flat().map(({ type, amount }) => `${type} ${amount}`);
    },
    wrongSums: () => rebuildAndCompare(db, null),
    async everything() {
      const periods = await db.raw(
        `select budget_id, key, start_on, end_on, start_at, end_at, state, closes_at, carry_expires_at, is_limited, allocated, carried_in, carried_out,
           adjusted, overridden, reserved, committed, actual from budget_periods order by budget_id, start_on`,
      );
      const movements = await db.raw(
        `select m.budget_id, p.key as period, m.type, m.amount, m.idempotency_key, m.at, m.by, m.reason
         from budget_movements m join budget_periods p on p.id = m.period_id order by m.idempotency_key`,
      );
      return { periods: periods.rows, movements: movements.rows };
    },
  };
}
