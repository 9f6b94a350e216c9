/** The lines of an order, for people. On a phone they are no longer laid out as a table; the roles keep them one for who hears them. */
import type { OrderContent } from '../../domain/orders/order.ts';
import { formatAmount, formatMoney, formatQuantity } from './format.ts';
import { type Html, html } from './html.ts';

export function linesTable({ lines, shippingCost, currency }: OrderContent, total: number): Html {
  const sum = (label: string, minor: number) =>
    html`<tr role="row"><th role="rowheader" scope="row" colspan="3">${label}</th><td role="cell" class="n">${formatMoney(minor, currency)}</td></tr>`;
  return html`<table class="lines" role="table">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Item</th><th role="columnheader" scope="col" class="n">Quantity</th><th role="columnheader" scope="col" class="n">Unit price</th><th role="columnheader" scope="col" class="n">Amount</th></tr></thead>
<tbody role="rowgroup">${lines.map(
    ({ product, productName, quantity, unit, unitPrice, amount, text }) => html`
<tr role="row"><th role="rowheader" scope="row" class="item">${productName ?? product}${productName !== null && html` <span class="quiet">${product}</span>`}${text !== null && html`<br><span class="quiet">${text}</span>`}</th><td role="cell" class="n qty">${formatQuantity(quantity, unit)}</td><td role="cell" class="n price">${formatAmount(unitPrice, currency)}</td><td role="cell" class="n">${formatMoney(amount, currency)}</td></tr>`,
  )}</tbody>
<tfoot role="rowgroup">${shippingCost > 0 && sum('Shipping', shippingCost)}${sum('Total, net', total)}</tfoot>
</table>`;
}
