/** What an approver sees behind a link, before and after the decision. */
import type { Order, Revision } from '../../domain/orders/order.ts';
import type { Decision } from '../../store/approvals/decisions.ts';
import type { OrderBudget } from '../../store/views/order-budgets.ts';
import type { AddressLabel } from '../../store/views/order-details.ts';
import { budgetsTable } from './budgets-table.ts';
import { formatDay, formatInstant, formatMoney } from './format.ts';
import { type Html, html } from './html.ts';
import { linesTable } from './lines-table.ts';
import { facts, type Page } from './page.ts';

export interface DecisionSheet {
  readonly token: string;
  /** Where the form goes, as seen from this page. */
  readonly action: string;
  readonly order: Pick<Order, 'externalKey' | 'reference' | 'state' | 'currency' | 'total' | 'submittedAt'>;
  readonly revision: Revision;
  readonly step: string;
  readonly person: string;
  readonly account: string;
  readonly orderedBy: string;
  readonly onBehalfOf: string | null;
  readonly shipTo: AddressLabel | null;
  /** Why it needs approval. */
  readonly reasons: readonly string[];
  /** As they stand now. */
  readonly budgets: readonly OrderBudget[];
  /** Since the version the link was sent about; nothing material. */
  readonly changes: readonly string[];
  readonly decision: Decision | null;
  /** The person is asked, stood in for somebody who is, or has decided; anybody else is told so and nothing more. */
  readonly maySee: boolean;
  /** Why it cannot be decided with this link; `null` when it can. */
  readonly closed: string | null;
  readonly zone: string | null;
}

const STATES: Readonly<Record<Order['state'], string>> = {
  pending_approval: 'waits for approval',
  released: 'is approved and on its way',
  declined: 'is declined',
  withdrawn: 'was withdrawn',
  expired: 'has expired',
  rejected_by_system: 'was refused by a rule',
  cancelled: 'is cancelled',
};

export function decidePage(sheet: DecisionSheet): Page {
  const { order, decision, closed, maySee } = sheet;
  if (!maySee) return refusedPage(`Order ${order.reference}`, closed ?? 'You are not asked about this order.');
  const isOpen = decision === null && closed === null;
  const title = isOpen ? `Approve order ${order.reference}?` : `Order ${order.reference}`;
  return {
    title,
    body: html`<p class="quiet">${sheet.account}</p>
<h1>${title}</h1>
<p class="total">${formatMoney(order.total, order.currency)} <span class="quiet">net</span></p>
${decision && verdictNotice(decision, sheet)}
${decision === null && closed !== null && html`<p class="notice">${closed}</p>`}
${whyAndChanges(sheet)}
${sheet.budgets.length > 0 && budgetsTable(sheet.budgets)}
<h2>Order</h2>
${orderFacts(sheet)}
<h2>Lines</h2>
${linesTable(sheet.revision.content, order.total)}
${isOpen && form(sheet)}`,
  };
}

/** After the decision; the same page when it is said again. */
export function decidedPage(sheet: DecisionSheet, decision: Decision): Page {
  const said = decision.verdict === 'approve' ? 'approved' : 'declined';
  const title = `Order ${sheet.order.reference} ${said}`;
  return {
    title,
    body: html`<p class="quiet">${sheet.account}</p>
<h1>${title}</h1>
${verdictNotice(decision, sheet)}
<p>You can close this page.</p>`,
  };
}

export function verdictNotice(decision: Decision, { person, order, zone }: Pick<DecisionSheet, 'person' | 'order' | 'zone'>): Html {
  const who = decision.personName === person || decision.personName === null ? 'You' : decision.personName;
  const said = decision.verdict === 'approve' ? 'approved' : 'declined';
  return html`<div class="notice ${decision.verdict === 'approve' ? 'good' : 'bad'}" role="status">
<p>${who} ${said} this order on ${formatInstant(decision.at, zone)}.${decision.comment !== null && html` Comment: “${decision.comment}”`}</p>
<p>The order ${STATES[order.state]}.</p>
</div>`;
}

function whyAndChanges({ reasons, changes, step }: DecisionSheet): Html {
  return html`${
    reasons.length > 0 &&
    html`<h2>Why it needs approval</h2>
<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`
  }
<p class="quiet">Step: ${step}</p>
${
  changes.length > 0 &&
  html`<h2>Changed since you were asked</h2>
<ul>${changes.map((change) => html`<li>${change}</li>`)}</ul>`
}`;
}

function orderFacts({ order, revision, orderedBy, onBehalfOf, shipTo, zone }: DecisionSheet): Html {
  const { content, n, reason } = revision;
  return facts([
    ['Ordered by', onBehalfOf === null ? orderedBy : `${orderedBy}, for ${onBehalfOf}`],
    ['Ordered on', formatInstant(order.submittedAt, zone)],
    ['Key', order.externalKey],
    ['Version', n > 1 && `${n}${reason === null ? '' : `: ${reason}`}`],
    ['Ship to', shipTo && addressText(shipTo)],
    ['Wanted by', content.requestedDeliveryOn && formatDay(content.requestedDeliveryOn)],
    ['Purchase order', content.purchaseOrderNumber],
    ['Cost centre', content.costCentre],
    ['Project', content.project ?? null],
    ['Tax', typeof content.tax === 'number' && formatMoney(content.tax, content.currency)],
    ['Payment terms', content.paymentTerms],
    ['Note', content.note],
  ]);
}

export function addressText({ name, lines, postalCode, city, country }: AddressLabel): string {
  return [name, ...lines, [postalCode, city].filter(Boolean).join(' '), country].filter(Boolean).join('\n');
}

function form({ token, action, person }: DecisionSheet): Html {
  return html`<h2>Your decision</h2>
<form method="post" action="${action}" autocomplete="off">
<input type="hidden" name="token" value="${token}">
<label for="comment">Comment (optional; whoever ordered sees it)</label>
<textarea id="comment" name="comment" maxlength="4000"></textarea>
<div class="choice">
<button class="go" type="submit" name="verdict" value="approve">Approve</button>
<button class="stop" type="submit" name="verdict" value="decline">Decline</button>
</div>
<p class="quiet">You decide as ${person}. A decision is not taken back.</p>
</form>`;
}

/** The opposite was decided before, by the same person or by another one. */
export function otherwisePage(sheet: DecisionSheet, decision: Decision): Page {
  const title = `Order ${sheet.order.reference} was decided otherwise`;
  return {
    title,
    body: html`<p class="quiet">${sheet.account}</p>
<h1>${title}</h1>
${verdictNotice(decision, sheet)}
<p>A decision is not taken back. Comment on the order, or ask whoever ordered it to change or withdraw it.</p>`,
  };
}

export function refusedPage(title: string, message: string): Page {
  return { title, body: html`<h1>${title}</h1>${message.split('\n').map((line) => html`<p>${sentence(line)}</p>`)}` };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
}
