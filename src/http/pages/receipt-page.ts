/** A receipt to send to a customer: what was ordered, under which number the seller has it, and the proof that it is there once. */
import { factsOf } from '../../notify/tell/order-parts.ts';
import type { Tongue } from '../../notify/tongue.ts';
import type { AttemptReceipt, HandoffReceipt, OrderReceipt } from '../../store/views/order-receipt.ts';
import { factList } from './fact-list.ts';
import { type Html, html } from './html.ts';
import { linesTable } from './lines-table.ts';
import { facts, type Page } from './page.ts';

export function receiptPage(receipt: OrderReceipt, tongue: Tongue): Page {
  const { reference, account, content, total, handoffs } = receipt;
  const title = tongue.say('page.receipt.title', { reference });
  return {
    title,
    language: tongue.language,
    body: html`<p class="quiet">${account.name}${account.number !== null && `, ${account.number}`}</p>
<h1>${title}</h1>
${summary(receipt, tongue)}
${receiptFacts(receipt, tongue)}
<h2>${tongue.say('lines')}</h2>
${linesTable(content, total, tongue)}
${handoffs.length === 0 && html`<p>${tongue.say('page.receipt.nothing')}</p>`}
${handoffs.map((handoff) => drawHandoff(handoff, tongue))}`,
  };
}

function summary({ state, handoffs, currency, total }: OrderReceipt, tongue: Tongue): Html {
  const made = handoffs.findLast(({ kind, erpNumber }) => kind === 'create' && erpNumber !== null);
  const said = made ? tongue.say('page.receipt.there', { number: made.erpNumber ?? '' }) : tongue.say('page.state', { state });
  return html`<p class="total">${tongue.money(total, currency)} <span class="quiet">${tongue.say('page.net')}</span></p>
<p class="notice${made ? ' good' : ''}">${said}</p>`;
}

function receiptFacts({ content, decisions, revision, approvedBy, ...receipt }: OrderReceipt, tongue: Tongue): Html {
  const approvals = decisions
    .filter(({ verdict }) => verdict === 'approve')
    .map(({ by, forPerson, at }) => {
      return tongue.say('page.receipt.approval', { name: by, other: forPerson ?? 'nobody', when: tongue.instant(at) });
    });
  const byRules = approvedBy === null || approvedBy === 'people' ? null : tongue.say('page.receipt.byRules');
  return factList(
    factsOf(
      [
        ['page.receipt.state', tongue.say('page.receipt.word', { state: receipt.state })],
        ['fact.orderedBy', receipt.orderedBy],
        ['fact.orderedOn', tongue.instant(receipt.submittedAt)],
        ['page.receipt.approvedBy', approvals.length > 0 ? approvals.join('\n') : byRules],
        ['fact.version', String(revision)],
        ['fact.purchaseOrder', content.purchaseOrderNumber],
        ['fact.wantedBy', content.requestedDeliveryOn && tongue.day(content.requestedDeliveryOn)],
        ['fact.key', receipt.externalKey],
      ],
      tongue,
    ),
  );
}

function drawHandoff(handoff: HandoffReceipt, tongue: Tongue): Html {
  const { kind, state, erpNumber, erpId, createdAt, settledAt, sentHash, confirmedHash, attempts } = handoff;
  const number = (state === 'accepted' && kind === 'create' && (erpNumber ?? erpId)) || '';
  const hash = (value: string) => html`<code>${value.slice(0, 16)}</code>`;
  return html`<h2>${tongue.say('page.receipt.handoff', { kind, state: number === '' ? state : 'named', number })}</h2>
${facts([
  [tongue.say('page.receipt.handedOver'), tongue.instant(createdAt)],
  [tongue.say('page.receipt.answered'), settledAt && tongue.instant(settledAt)],
  [tongue.say('page.receipt.sent'), sentHash && hash(sentHash)],
  [
    tongue.say('page.receipt.confirmed'),
    confirmedHash && html`${hash(confirmedHash)}${confirmedHash === sentHash && `, ${tongue.say('page.receipt.same')}`}`,
  ],
])}
${attempts.length > 0 && attemptsTable(attempts, tongue)}`;
}

function attemptsTable(attempts: readonly AttemptReceipt[], tongue: Tongue): Html {
  const head = (key: string) => tongue.say(`page.receipt.${key}`);
  return html`<div class="wide"><table>
<caption>${tongue.say('page.receipt.attempts', { zone: tongue.zone })}</caption>
<thead><tr><th scope="col" class="n">${head('number')}</th><th scope="col">${head('at')}</th><th scope="col">${head('outcome')}</th></tr></thead>
<tbody>${attempts.map(
    ({ n, startedAt, outcome }) => html`
<tr><td class="n">${n}</td><td>${tongue.second(startedAt)}</td><td>${tongue.say('page.receipt.attempt', { outcome: outcome ?? 'none' })}</td></tr>`,
  )}</tbody>
</table></div>`;
}
