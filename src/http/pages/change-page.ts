/** What whoever ordered sees behind the link of a change, before and after the answer. */
import { changeEntries, orderFacts } from '../../notify/tell/order-parts.ts';
import type { Tongue } from '../../notify/tongue.ts';
import type { ChangeVerdict, OpenedChange } from '../../orders/open-change-link.ts';
import type { ToldOrder } from '../../store/mail/told-orders.ts';
import type { ChangeAnswer } from '../../store/orders/change-windows.ts';
import type { AddressLabel } from '../../store/views/order-details.ts';
import { factList } from './fact-list.ts';
import { type Html, html } from './html.ts';
import { linesTable } from './lines-table.ts';
import type { Page } from './page.ts';

export interface ChangeSheet extends Pick<OpenedChange, 'claims' | 'before' | 'changed' | 'revision' | 'answer' | 'until' | 'wasReleased'> {
  readonly token: string;
  /** Where the form goes, as seen from this page. */
  readonly action: string;
  readonly order: ToldOrder;
  readonly person: string;
  /** Who changed it. */
  readonly by: string | null;
  readonly addresses: ReadonlyMap<string, AddressLabel>;
  readonly tongue: Tongue;
}

export function changePage(sheet: ChangeSheet): Page {
  const { order, changed, before, revision, answer, until, addresses, tongue } = sheet;
  const { reference, account, currency, total } = order;
  const title = until ? tongue.say('page.change.question', { reference }) : tongue.say('order.changed.title', { reference });
  const lead = { account, total: tongue.money(total, currency), by: sheet.by ?? 'nobody', when: tongue.instant(changed.createdAt) };
  const entries = changeEntries(before, revision, addresses, tongue);
  return {
    title,
    language: tongue.language,
    body: html`<p class="quiet">${account}</p>
<h1>${title}</h1>
<p class="total">${tongue.money(total, currency)} <span class="quiet">${tongue.say('page.net')}</span></p>
${answer ? answerNotice(answer, sheet) : !until && html`<p class="notice">${tongue.say('page.change.closed')} ${tongue.say('page.state', { state: order.state })}</p>`}
<p>${tongue.say('order.changed.lead', lead)}</p>
${changed.reason !== null && html`<p>${tongue.say('fact.reason')}: ${changed.reason}</p>`}
${entries.length > 0 && html`<h2>${tongue.say('changes')}</h2><ul>${entries.map((entry) => html`<li>${entry}</li>`)}</ul>`}
${until && form(sheet, until)}
<h2>${tongue.say('lines')}</h2>
${linesTable(order.content, total, tongue)}
${factList(orderFacts(order, addresses, tongue))}`,
  };
}

/** After the answer; the same page when it is said again, and what was said before where it is not the same. */
export function changeAnsweredPage(sheet: ChangeSheet, answer: ChangeAnswer, isSame: boolean): Page {
  const { order, tongue } = sheet;
  const { reference } = order;
  const title = isSame
    ? tongue.say('page.change.done', { what: answer.kind, reference })
    : tongue.say('page.change.otherwise', { reference });
  return {
    title,
    language: tongue.language,
    body: html`<p class="quiet">${order.account}</p>
<h1>${title}</h1>
${answerNotice(answer, sheet)}
<p>${isSame ? tongue.say('page.close') : tongue.say('page.change.first')}</p>`,
  };
}

function answerNotice({ kind, personId, personName, at }: ChangeAnswer, { claims, order, tongue }: ChangeSheet): Html {
  const who = personId === claims.personId || personName === null ? 'you' : 'other';
  const said = tongue.say('page.change.said', { what: kind, who, name: personName ?? '', when: tongue.instant(at) });
  return html`<div class="notice ${kind === 'change_agreed' ? 'good' : 'bad'}" role="status">
<p>${said}</p>
<p>${tongue.say('page.state', { state: order.state })}</p>
</div>`;
}

function form({ token, action, person, wasReleased, tongue }: ChangeSheet, until: Date): Html {
  const button = (look: 'go' | 'stop', verdict: ChangeVerdict, key: string) =>
    html`<button class="${look}" type="submit" name="verdict" value="${verdict}">${tongue.say(key)}</button>`;
  return html`<h2>${tongue.say('page.change.yours')}</h2>
<p>${tongue.say('order.changed.window', { until: tongue.instant(until) })}</p>
<form method="post" action="${action}" autocomplete="off">
<input type="hidden" name="token" value="${token}">
<div class="choice">
${button('go', 'agree', 'page.change.agree')}
${wasReleased && button('stop', 'withdraw_change', 'page.change.withdrawChange')}
${button('stop', 'withdraw', 'page.change.withdraw')}
</div>
<p class="quiet">${tongue.say('page.change.as', { name: person })}</p>
</form>`;
}
