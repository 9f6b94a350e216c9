/** What remains of the budgets of an order, for those who decide: with it, and with all others that wait. */
import type { OrderBudget } from '../../store/views/order-budgets.ts';
import { formatMoney } from './format.ts';
import { type Html, html } from './html.ts';
import { facts } from './page.ts';

export function budgetsTable(budgets: readonly OrderBudget[]): Html {
  return html`<h2>Budgets</h2>
${budgets.map(budgetFacts)}`;
}

function budgetFacts({ name, period, currency, takes, available, remaining, remainingWithPending, because }: OrderBudget): Html {
  const money = (minor: number | null) => (minor === null ? null : formatMoney(minor, currency));
  return html`<p>${name}${period !== null && html` <span class="quiet">${period}</span>`}</p>
${because !== null && html`<p class="quiet">${because}</p>`}
${facts([
  ['This order takes', money(takes)],
  ['Available before it', takes !== null && available === null ? 'without limit' : money(available)],
  ['Remaining', money(remaining)],
  ['Remaining with all that wait', money(remainingWithPending)],
])}`;
}
