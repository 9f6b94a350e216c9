/** What an approver sees behind a link, before and after the decision. */
import { factsOf, orderFacts } from '../../notify/tell/order-parts.ts';
import type { Tongue } from '../../notify/tongue.ts';
import type { Decision } from '../../store/approvals/decisions.ts';
import type { ToldOrder } from '../../store/mail/told-orders.ts';
import type { OrderBudget } from '../../store/views/order-budgets.ts';
import type { AddressLabel } from '../../store/views/order-details.ts';
import { budgetsTable } from './budgets-table.ts';
import { factList } from './fact-list.ts';
import { type Html, html } from './html.ts';
import { linesTable } from './lines-table.ts';
import type { Page } from './page.ts';

export interface DecisionSheet {
  readonly token: string;
  /** Where the form goes, as seen from this page. */
  readonly action: string;
  readonly order: ToldOrder;
  /** Why the newest version was made. */
  readonly versionReason: string | null;
  readonly step: string;
  /** Our id of who reads. */
  readonly personId: string;
  readonly person: string;
  readonly addresses: ReadonlyMap<string, AddressLabel>;
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
  readonly closed: Closed | null;
  readonly tongue: Tongue;
}

export interface Closed {
  readonly why: 'ended' | 'waiting' | 'decided' | 'others' | 'nobody';
  /** Who is asked instead. */
  readonly names: readonly string[];
}

export function decidePage(sheet: DecisionSheet): Page {
  const { order, decision, closed, maySee, tongue } = sheet;
  const { reference, account, total, currency } = order;
  const sayClosed = ({ why, names }: Closed) => tongue.say('page.decide.closed', { why, names: tongue.list(names) });
  if (!maySee) {
    const title = tongue.say('page.decide.title', { reference });
    return page(tongue, title, html`<p>${sayClosed(closed ?? { why: 'nobody', names: [] })}</p>`);
  }
  const isOpen = decision === null && closed === null;
  return page(
    tongue,
    tongue.say(isOpen ? 'page.decide.question' : 'page.decide.title', { reference }),
    html`<p class="total">${tongue.money(total, currency)} <span class="quiet">${tongue.say('page.net')}</span></p>
${decision && verdictNotice(decision, sheet)}
${decision === null && closed !== null && html`<p class="notice">${sayClosed(closed)}</p>`}
${whyAndChanges(sheet)}
${sheet.budgets.length > 0 && budgetsTable(sheet.budgets, tongue)}
<h2>${tongue.say('lines')}</h2>
${linesTable(order.content, total, tongue)}
${factList([...orderFacts(order, sheet.addresses, tongue), ...furtherFacts(sheet)])}
${isOpen && form(sheet)}`,
    account,
  );
}

/** After the decision; the same page when it is said again. */
export function decidedPage(sheet: DecisionSheet, decision: Decision): Page {
  const { order, tongue } = sheet;
  const title = tongue.say('page.decide.done', { verdict: decision.verdict, reference: order.reference });
  return page(tongue, title, html`${verdictNotice(decision, sheet)}<p>${tongue.say('page.close')}</p>`, order.account);
}

/** The opposite was decided before, by the same person or by another one. */
export function otherwisePage(sheet: DecisionSheet, decision: Decision): Page {
  const { order, tongue } = sheet;
  const title = tongue.say('page.decide.otherwise', { reference: order.reference });
  return page(tongue, title, html`${verdictNotice(decision, sheet)}<p>${tongue.say('page.decide.final')}</p>`, order.account);
}

function page({ language }: Tongue, title: string, body: Html, account: string | null = null): Page {
  return { title, language, body: html`${account !== null && html`<p class="quiet">${account}</p>`}<h1>${title}</h1>${body}` };
}

function verdictNotice({ personId, personName, verdict, at, comment }: Decision, sheet: DecisionSheet): Html {
  const { order, tongue } = sheet;
  const who = personId === sheet.personId || personName === null ? 'you' : 'other';
  const said = tongue.say('page.decide.said', { verdict, who, name: personName ?? '', when: tongue.instant(at) });
  return html`<div class="notice ${verdict === 'approve' ? 'good' : 'bad'}" role="status">
<p>${said}${comment !== null && html` ${tongue.say('page.decide.comment', { comment })}`}</p>
<p>${tongue.say('page.state', { state: order.state })}</p>
</div>`;
}

function whyAndChanges({ reasons, changes, step, tongue }: DecisionSheet): Html {
  const list = (key: string, entries: readonly string[]) =>
    entries.length > 0 && html`<h2>${tongue.say(key)}</h2><ul>${entries.map((entry) => html`<li>${entry}</li>`)}</ul>`;
  return html`${list('why', reasons)}
<p class="quiet">${tongue.say('fact.step')}: ${step}</p>
${list('page.decide.changed', changes)}`;
}

function furtherFacts({ order: { content, revision }, versionReason, tongue }: DecisionSheet) {
  const { tax, currency } = content;
  return factsOf(
    [
      ['fact.tax', typeof tax === 'number' ? tongue.money(tax, currency) : null],
      ['fact.version', revision > 1 ? [revision, versionReason].filter((part) => part !== null).join(': ') : null],
    ],
    tongue,
  );
}

function form({ token, action, person, tongue }: DecisionSheet): Html {
  return html`<h2>${tongue.say('page.decide.yours')}</h2>
<form method="post" action="${action}" autocomplete="off">
<input type="hidden" name="token" value="${token}">
<label for="comment">${tongue.say('page.decide.yourComment')}</label>
<textarea id="comment" name="comment" maxlength="4000"></textarea>
<div class="choice">
<button class="go" type="submit" name="verdict" value="approve">${tongue.say('page.decide.approve')}</button>
<button class="stop" type="submit" name="verdict" value="decline">${tongue.say('page.decide.decline')}</button>
</div>
<p class="quiet">${tongue.say('page.decide.as', { name: person })}</p>
</form>`;
}
