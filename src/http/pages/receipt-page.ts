/** A receipt to send to a customer: what was ordered, under which number the seller has it, and the proof that it is there once. */
import type { Tongue } from '../../notify/tongue.ts';
import type { AttemptReceipt, HandoffReceipt, OrderReceipt } from '../../store/views/order-receipt.ts';
import { formatClock, formatDay, formatInstant, zoneOf } from './format.ts';
import { type Html, html } from './html.ts';
import { linesTable } from './lines-table.ts';
import { facts, type Page } from './page.ts';

const STATE_WORDS: Readonly<Record<string, string>> = {
  pending_approval: 'waits for approval',
  released: 'approved',
  declined: 'declined',
  withdrawn: 'withdrawn',
  expired: 'expired',
  rejected_by_system: 'refused by a rule',
  cancelled: 'cancelled',
};

const HANDOFF_WORDS: Readonly<Record<HandoffReceipt['state'], string>> = {
  pending: 'waits to be sent',
  sending: 'is being sent',
  unknown: 'was sent; its answer is being asked for, and nothing is sent again before',
  held: 'is held back for now',
  accepted: 'accepted',
  refused: 'was refused; somebody is looking at it',
  doubled: 'is being looked at by a person',
  parked: 'is being looked at by a person',
  cancelled: 'was not sent, since it is no longer wanted',
};

const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  created: 'created',
  adopted: 'found there with the same content; not sent again',
  changed: 'changed',
  cancelled: 'cancelled',
  unknown: 'the answer was lost',
  lost: 'interrupted',
  interrupted: 'interrupted',
  transient: 'not reached',
  throttled: 'asked to wait',
  refused: 'refused',
  held: 'held back',
};

const KIND_WORDS: Readonly<Record<HandoffReceipt['kind'], string>> = { create: 'Order', change: 'Change', cancel: 'Cancellation' };

export function receiptPage(receipt: OrderReceipt, tongue: Tongue, zone: string | null): Page {
  const { reference, account, content, total, handoffs } = receipt;
  const title = `Receipt for order ${reference}`;
  return {
    title,
    body: html`<p class="quiet">${account.name}${account.number !== null && `, ${account.number}`}</p>
<h1>${title}</h1>
${summary(receipt, tongue)}
${receiptFacts(receipt, zone)}
<h2>Lines</h2>
${linesTable(content, total, tongue)}
${handoffs.length === 0 && html`<p>Nothing has been handed to the seller's system yet.</p>`}
${handoffs.map((handoff) => drawHandoff(handoff, zone))}`,
  };
}

function summary({ state, handoffs, currency, total }: OrderReceipt, tongue: Tongue): Html {
  const made = handoffs.findLast(({ kind, erpNumber }) => kind === 'create' && erpNumber !== null);
  return html`<p class="total">${tongue.money(total, currency)} <span class="quiet">net</span></p>
<p class="notice${made ? ' good' : ''}">${made ? html`The seller's system has it as <strong>${made.erpNumber}</strong>, once.` : `This order ${STATE_WORDS[state] === 'approved' ? 'is approved and on its way' : `is ${STATE_WORDS[state] ?? state}`}.`}</p>`;
}

function receiptFacts(receipt: OrderReceipt, zone: string | null): Html {
  const { content, decisions, revision, approvedBy } = receipt;
  const approvals = decisions.filter((one) => one.verdict === 'approve');
  const how = approvedBy === 'people' ? null : approvedBy === null ? null : 'the rules agreed with the customer, which ask nobody';
  return facts([
    ['State', STATE_WORDS[receipt.state] ?? receipt.state],
    ['Ordered by', receipt.orderedBy],
    ['Ordered on', formatInstant(receipt.submittedAt, zone)],
    [
      'Approved by',
      approvals.length > 0
        ? approvals
            .map(({ by, forPerson, at }) => `${by}${forPerson === null ? '' : ` for ${forPerson}`}, ${formatInstant(at, zone)}`)
            .join('\n')
        : how,
    ],
    ['Version', String(revision)],
    ['Purchase order', content.purchaseOrderNumber],
    ['Wanted by', content.requestedDeliveryOn && formatDay(content.requestedDeliveryOn)],
    ['Our key', html`<code>${receipt.externalKey}</code>`],
  ]);
}

function drawHandoff(handoff: HandoffReceipt, zone: string | null): Html {
  const { kind, state, erpNumber, erpId, createdAt, settledAt, sentHash, confirmedHash, attempts } = handoff;
  const there = state === 'accepted' && kind === 'create' ? ` as ${erpNumber ?? erpId ?? ''}` : '';
  return html`<h2>${KIND_WORDS[kind]}: ${HANDOFF_WORDS[state]}${there}</h2>
${facts([
  ['Handed over', formatInstant(createdAt, zone)],
  ['Answered', settledAt && formatInstant(settledAt, zone)],
  ['Content sent', sentHash && html`<code>${sentHash.slice(0, 16)}</code>`],
  ['Confirmed', confirmedHash && html`<code>${confirmedHash.slice(0, 16)}</code>${confirmedHash === sentHash && ', the same'}`],
])}
${attempts.length > 0 && attemptsTable(attempts, zone)}`;
}

function attemptsTable(attempts: readonly AttemptReceipt[], zone: string | null): Html {
  return html`<div class="wide"><table>
<caption>Attempts (${zoneOf(zone)})</caption>
<thead><tr><th scope="col" class="n">No.</th><th scope="col">At</th><th scope="col">Outcome</th></tr></thead>
<tbody>${attempts.map(
    ({ n, startedAt, outcome }) => html`
<tr><td class="n">${n}</td><td>${formatClock(startedAt, zone)}</td><td>${OUTCOME_WORDS[outcome ?? ''] ?? 'looked at'}</td></tr>`,
  )}</tbody>
</table></div>`;
}
