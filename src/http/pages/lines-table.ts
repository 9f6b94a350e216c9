/** The lines of an order, for people. */
import type { OrderContent } from '../../domain/orders/order.ts';
import { formatAmount, formatMoney, formatQuantity } from './format.ts';
import { type Html, html } from './html.ts';

export function linesTable({ lines, shippingCost, currency }: OrderContent, total: number): Html {
  const sum = (label: string, minor: number) =>
    html`<tr><th scope="row" colspan="3">${label}</th><td class="n">${formatMoney(minor, currency)}</td></tr>`;
  return html`<table class="lines">
<thead><tr><th scope="col">Item</th><th scope="col" class="n">Quantity</th><th scope="col" class="n">Unit price</th><th scope="col" class="n">Amount</th></tr></thead>
<tbody>${lines.map(
    ({ product, productName, quantity, unit, unitPrice, amount, text }) => html`
<tr><th scope="row" class="item">${productName ?? product}${productName !== null && html` <span class="quiet">${product}</span>`}${text !== null && html`<br><span class="quiet">${text}</span>`}</th><td class="n qty">${formatQuantity(quantity, unit)}</td><td class="n price">${formatAmount(unitPrice, currency)}</td><td class="n">${formatMoney(amount, currency)}</td></tr>`,
  )}</tbody>
<tfoot>${shippingCost > 0 && sum('Shipping', shippingCost)}${sum('Total, net', total)}</tfoot>
</table>`;
}
