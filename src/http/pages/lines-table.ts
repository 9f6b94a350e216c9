/** The lines of an order, for people. On a phone they are no longer laid out as a table; the roles keep them one for who hears them. */
import type { OrderContent } from '../../domain/orders/order.ts';
import type { Tongue } from '../../notify/tongue.ts';
import { type Html, html } from './html.ts';

export function linesTable({ lines, shippingCost, currency }: OrderContent, total: number, tongue: Tongue): Html {
  const head = (key: string, isNumber = true) =>
    html`<th role="columnheader" scope="col"${isNumber && html` class="n"`}>${tongue.say(key)}</th>`;
  const sum = (key: string, minor: number) =>
    html`<tr role="row"><th role="rowheader" scope="row" colspan="3">${tongue.say(key)}</th><td role="cell" class="n">${tongue.money(minor, currency)}</td></tr>`;
  return html`<table class="lines" role="table">
<thead role="rowgroup"><tr role="row">${head('page.item', false)}${head('page.quantity')}${head('page.unitPrice')}${head('page.amount')}</tr></thead>
<tbody role="rowgroup">${lines.map(
    ({ product, productName, quantity, unit, unitPrice, amount, text }) => html`
<tr role="row"><th role="rowheader" scope="row" class="item">${productName ?? product}${productName !== null && html` <span class="quiet">${product}</span>`}${text !== null && html`<br><span class="quiet">${text}</span>`}</th><td role="cell" class="n qty">${tongue.quantity(quantity, unit)}</td><td role="cell" class="n price">${tongue.price(unitPrice, currency)}</td><td role="cell" class="n">${tongue.money(amount, currency)}</td></tr>`,
  )}</tbody>
<tfoot role="rowgroup">${shippingCost > 0 && sum('fact.shipping', shippingCost)}${sum('fact.total', total)}</tfoot>
</table>`;
}
