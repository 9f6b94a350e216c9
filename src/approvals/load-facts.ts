/** What rules may ask about orders, looked up for many of them at once. */
import type { Order, OrderContent } from '../domain/orders/order.ts';
import type { Person } from '../domain/policy/approvers/directory.ts';
import type { BudgetFact } from '../domain/policy/budget-facts.ts';
import { type Facts, type Spend, type SpendNeed, spendKey, type Whose } from '../domain/policy/facts.ts';
import { type FactsNeeded, factsNeeded } from '../domain/policy/facts-needed.ts';
import { spendPeriod } from '../domain/policy/spend-period.ts';
import { NO_RATES } from '../domain/rates/rate.ts';
import { loadPeople } from '../store/approvals/directory.ts';
import { loadAddressNames, loadHistory, type OrderHistory } from '../store/approvals/order-history.ts';
import { loadPeriodSpend, type SpendQuestion } from '../store/approvals/period-spend.ts';
import type { Database, Transaction } from '../store/database.ts';
import { type CompanyRules, zoneOf } from './company-rules.ts';
import { loadRateBooks } from './load-rates.ts';

export interface AskedOrder {
  readonly order: Pick<Order, 'id' | 'accountId' | 'companyId' | 'orderedById' | 'onBehalfOfId' | 'submittedAt'>;
  readonly content: OrderContent;
}

export interface Known {
  readonly facts: Facts;
  readonly requester: Person | null;
}

export type KnownOrder = AskedOrder & Known;

interface Look {
  readonly rules: CompanyRules;
  /** As on the day each order came in: later orders are not looked at. */
  readonly asSubmitted: boolean;
  /** An older exchange rate is none. */
  readonly rateMaxAgeDays: number;
  /** By order; none where they are not asked. */
  readonly budgets?: ReadonlyMap<string, readonly BudgetFact[]>;
}

export async function loadFacts<One extends AskedOrder>(
  db: Database | Transaction,
  asked: readonly One[],
  look: Look,
): Promise<Array<One & Known>> {
  const needed = factsNeeded(look.rules.policies.values());
  const people = await loadPeople(db, [...new Set(asked.map(({ order }) => order.orderedById))]);
  const addresses = await loadAddressNames(db, [...new Set(asked.flatMap(({ content }) => content.shipTo ?? []))]);
  const spends = await loadSpends(db, asked, needed, look);
  const history = needed.history
    ? await loadHistory(
        db,
        asked.map((one) => historyQuestion(one, look)),
      )
    : new Map<string, OrderHistory>();
  const budgetsOf = ({ order }: AskedOrder) => look.budgets?.get(order.id) ?? [];
  const inCurrencies = asked.map((one, n) => ({ ...one, spend: spends[n] ?? new Map(), budgets: budgetsOf(one) }));
  const books = await loadRateBooks(db, inCurrencies, look.rules, look.rateMaxAgeDays);
  return asked.map((one, n) => {
    const { order, content } = one;
    const requester = people.get(order.orderedById) ?? null;
    const past = history.get(order.id);
    const facts: Facts = {
      currency: content.currency,
      goods: content.lines.reduce((sum, { amount }) => sum + amount, 0),
      shippingCost: content.shippingCost,
      tax: content.tax ?? null,
      lines: content.lines,
      costCentre: content.costCentre,
      shipTo: content.shipTo === null ? null : (addresses.get(content.shipTo) ?? [`id:${content.shipTo}`]),
      isNewShipTo: past?.isNewShipTo ?? false,
      isFirstOrder: past?.isFirstOrder ?? { person: false, unit: false, company: false },
      requester: { names: requester?.names ?? [`id:${order.orderedById}`], roles: requester?.roles ?? [] },
      spend: spends[n] ?? new Map(),
      rates: books[n] ?? NO_RATES,
      budgets: budgetsOf(one),
    };
    return { ...one, facts, requester };
  });
}

/** An order is charged to the period it was submitted in, however long it waits (SEMANTICS 2.3). */
async function loadSpends(
  db: Database | Transaction,
  asked: readonly AskedOrder[],
  { spend, withGoods }: FactsNeeded,
  look: Look,
): Promise<Array<Map<string, Spend[]>>> {
  const questions = asked.flatMap((one) => spend.map((need) => spendQuestion(one, need, look)));
  const answers = await loadPeriodSpend(db, questions, { withGoods });
  return asked.map((_, n) => new Map(spend.map((need, k) => [spendKey(need), answers[n * spend.length + k] ?? []])));
}

const SUBJECTS = { person: 'orderedById', unit: 'accountId', company: 'companyId' } as const satisfies Record<Whose, keyof Order>;

function spendQuestion({ order }: AskedOrder, { per, whose }: SpendNeed, { rules, asSubmitted }: Look): SpendQuestion {
  const { from, before } = spendPeriod(per, order.submittedAt, zoneOf(rules));
  const submittedBefore = asSubmitted ? order.submittedAt : null;
  return { orderId: order.id, whose, subjectId: order[SUBJECTS[whose]], from, before, submittedBefore };
}

function historyQuestion({ order, content }: AskedOrder, { asSubmitted }: Look) {
  const { id, orderedById, accountId, companyId, submittedAt } = order;
  return { orderId: id, orderedById, accountId, companyId, shipTo: content.shipTo, submittedBefore: asSubmitted ? submittedAt : null };
}
