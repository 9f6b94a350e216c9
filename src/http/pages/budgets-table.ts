/** What remains of the budgets of an order, for those who decide: with it, and with all others that wait. */
import { factsOf } from '../../notify/tell/order-parts.ts';
import type { Tongue } from '../../notify/tongue.ts';
import type { OrderBudget } from '../../store/views/order-budgets.ts';
import { factList } from './fact-list.ts';
import { type Html, html } from './html.ts';

export function budgetsTable(budgets: readonly OrderBudget[], tongue: Tongue): Html {
  return html`<h2>${tongue.say('page.budgets')}</h2>
${budgets.map((budget) => budgetFacts(budget, tongue))}`;
}

function budgetFacts(budget: OrderBudget, tongue: Tongue): Html {
  const { name, period, currency, takes, available, remaining, remainingWithPending, because } = budget;
  const money = (minor: number | null) => (minor === null ? null : tongue.money(minor, currency));
  const facts = factsOf(
    [
      ['page.budget.takes', money(takes)],
      ['page.budget.available', takes !== null && available === null ? tongue.say('page.budget.unlimited') : money(available)],
      ['page.budget.remaining', money(remaining)],
      ['page.budget.pending', money(remainingWithPending)],
    ],
    tongue,
  );
  return html`<p>${name}${period !== null && html` <span class="quiet">${period}</span>`}</p>
${because !== null && html`<p class="quiet" lang="en">${because}</p>`}
${factList(facts)}`;
}
