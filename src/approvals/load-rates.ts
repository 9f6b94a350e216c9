/** The exchange rates that orders may be judged with: those of the day each came in, where its company is. */

import { civilDay } from '../domain/orders/civil-day.ts';
import type { Order, OrderContent } from '../domain/orders/order.ts';
import type { BudgetFact } from '../domain/policy/budget-facts.ts';
import { currenciesOf } from '../domain/policy/currencies.ts';
import type { Spend } from '../domain/policy/facts.ts';
import { NO_RATES, pairKey, type RateAnswer, type RateBook } from '../domain/rates/rate.ts';
import type { Database, Transaction } from '../store/database.ts';
import { loadRates, type RateQuestion } from '../store/rates.ts';
import { type CompanyRules, zoneOf } from './company-rules.ts';

export interface InCurrencies {
  readonly order: Pick<Order, 'submittedAt'>;
  readonly content: Pick<OrderContent, 'currency'>;
  readonly spend: ReadonlyMap<string, readonly Spend[]>;
  readonly budgets: readonly BudgetFact[];
}

/** In the order of the orders; one statement, and none where all is one currency. */
export async function loadRateBooks(
  db: Database | Transaction,
  orders: readonly InCurrencies[],
  rules: CompanyRules,
  maxAgeDays: number,
): Promise<RateBook[]> {
  const wanted = currenciesOf(rules.policies.values());
  const asked = orders.map((one) => questionsOf(one, wanted, zoneOf(rules)));
  const all = new Map(asked.flat().map((question) => [keyOf(question), question]));
  if (all.size === 0) return orders.map(() => NO_RATES);
  const questions = [...all.values()];
  const found = await loadRates(db, questions, maxAgeDays);
  const answers = new Map(questions.map((question, n) => [keyOf(question), found[n]]));
  return asked.map((own) => new Map(own.flatMap((question): Array<[string, RateAnswer]> => {
    const answer = answers.get(keyOf(question));
    return answer ? [[pairKey(question.from, question.to), answer]] : [];
  }))); // biome-ignore format: one map of maps
}

function questionsOf({ order, content, spend, budgets }: InCurrencies, wanted: readonly string[], zone: string): RateQuestion[] {
  const ofBudgets = budgets.map(({ currency }) => currency);
  const from = new Set([content.currency, ...ofBudgets, ...[...spend.values()].flat().map(({ currency }) => currency)]);
  const to = new Set([...wanted, ...ofBudgets]);
  const day = civilDay(order.submittedAt, zone);
  return [...from].flatMap((one) => [...to].filter((other) => other !== one).map((other) => ({ from: one, to: other, day })));
}

function keyOf({ from, to, day }: RateQuestion): string {
  return `${pairKey(from, to)} ${day}`;
}
