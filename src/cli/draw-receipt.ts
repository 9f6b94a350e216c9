/** A receipt as a page one can send to a customer: what was ordered, what was sent under which key, and what the ERP answered each time. */
import type { AttemptReceipt, HandoffReceipt, OrderReceipt } from '../store/views/order-receipt.ts';
import { formatDecimal, formatInstant, formatMoney } from './format.ts';
import { drawFacts, drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

/** What a state means to whoever reads the receipt. */
export const STATE_WORDS: Readonly<Record<HandoffReceipt['state'], string>> = {
  pending: 'waits to be sent',
  sending: 'is being sent',
  unknown: 'was sent, the answer is not known yet; it is asked for before anything is sent again',
  held: 'is held back, and goes on by itself',
  accepted: 'accepted',
  refused: 'refused; a person has to look',
  doubled: 'is there twice; frozen until a person has cancelled one',
  parked: 'stands still; a person has to look',
  cancelled: 'cancelled before it arrived',
};

const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  created: 'created there',
  adopted: 'found there with equal content, not sent again',
  absent: 'not found there, and not sent',
  unfinished: 'found there, and a step is not taken',
  changed: 'changed there',
  cancelled: 'cancelled there',
  unknown: 'the answer was lost',
  lost: 'the worker was gone before it could tell',
  transient: 'not reached',
  throttled: 'asked to wait',
  interrupted: 'interrupted by a restart',
  refused: 'refused',
  doubled: 'found twice',
  parked: 'stopped for a person',
  held: 'held back',
  defect: 'failed by a defect',
};

export function* drawReceipt(receipt: OrderReceipt, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  const { content, currency } = receipt;
  yield paint.bold(`Receipt for order ${plain(receipt.reference)}`);
  yield* drawFacts(
    [
      ['account', `${plain(receipt.account.name)}  ${plain(receipt.account.number)}`],
      ['ordered by', plain(receipt.orderedBy)],
      ['submitted', formatInstant(receipt.submittedAt)],
      ['came in through', plain(receipt.origin)],
      ['revision', String(receipt.revision)],
      ['state', receipt.state.replaceAll('_', ' ')],
      ['approved by', approvedBy(receipt)],
      ['key in the ERP', plain(receipt.externalKey)],
      ['purchase order', plain(content.purchaseOrderNumber)],
      ['requested for', plain(content.requestedDeliveryOn)],
      ['total, net', formatMoney(receipt.total, currency)],
    ],
    terminal,
  );
  yield '';
  yield* drawLines(receipt, terminal);
  if (receipt.handoffs.length === 0) yield `\n${paint.dim('Nothing was handed off.')}`;
  for (const handoff of receipt.handoffs) yield* drawHandoff(handoff, terminal);
}

function approvedBy({ approvedBy: how, decisions, revision }: OrderReceipt): string {
  const people = decisions.filter((one) => one.verdict === 'approve' && one.revision === revision);
  if (people.length > 0) return people.map(({ by, at }) => `${plain(by)}, ${formatInstant(new Date(at))}`).join('; ');
  return how === null ? '' : { rules: 'the rules, which ask nobody', people: 'people', bypass: 'a rule that lets it pass' }[how as 'rules'];
}

function* drawLines({ content, currency }: OrderReceipt, terminal: Terminal): Generator<string> {
  const right = 'right' as const;
  yield* drawTable(
    [
      { title: 'line' },
      { title: 'item' },
      { title: 'name', least: 8 },
      { title: 'quantity', align: right },
      { title: 'price', align: right },
      { title: 'amount', align: right },
    ],
    content.lines.map(({ reference, product, productName, quantity, unit, unitPrice, amount }) => [
      plain(reference),
      plain(product),
      plain(productName),
      [formatDecimal(quantity), plain(unit)].filter(Boolean).join(' '),
      formatDecimal(unitPrice, currency),
      formatMoney(amount, currency),
    ]),
    terminal,
  );
}

function* drawHandoff(handoff: HandoffReceipt, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  const { kind, connection, erpNumber, erpId, state, code, reason } = handoff;
  const what = { create: 'Hand-off', change: 'Change', cancel: 'Cancellation' }[kind];
  yield '';
  yield paint.bold(
    `${what} to ${plain(connection ?? 'no connection yet')}: ${state === 'accepted' ? `${STATE_WORDS.accepted} as ${plain(erpNumber ?? erpId)}` : STATE_WORDS[state]}`,
  );
  if (code && state !== 'accepted') yield `${paint.yellow(code)}  ${plain(reason)}`;
  yield* drawFacts(
    [
      ['released', formatInstant(new Date(handoff.createdAt))],
      ['settled', handoff.settledAt ? formatInstant(new Date(handoff.settledAt)) : ''],
      ['looked at again', handoff.settledAt || !handoff.notBefore ? '' : formatInstant(new Date(handoff.notBefore))],
      ['its state there', plain(handoff.erpState)],
      ['found in', plain(handoff.foundIn)],
      ['content sent', short(handoff.sentHash)],
      [
        'content confirmed',
        handoff.confirmedHash === handoff.sentHash && handoff.sentHash
          ? `${short(handoff.confirmedHash)}, the same`
          : short(handoff.confirmedHash),
      ],
    ],
    terminal,
  );
  if (handoff.attempts.length > 0) yield* drawTable(ATTEMPT_COLUMNS, handoff.attempts.map(attemptRow), terminal);
}

const ATTEMPT_COLUMNS = [
  { title: 'attempt', align: 'right' as const },
  { title: 'at' },
  { title: 'took', align: 'right' as const },
  { title: 'outcome' },
  { title: 'status' },
  { title: 'words', least: 20 },
];

function attemptRow({ n, startedAt, endedAt, outcome, code, httpStatus, words }: AttemptReceipt): string[] {
  const tookMs = endedAt ? Date.parse(endedAt) - Date.parse(startedAt) : null;
  const said = outcome === 'created' || outcome === 'adopted' ? '' : [code, words].filter(Boolean).join(': ');
  return [
    String(n),
    formatInstant(new Date(startedAt)),
    tookMs === null ? '' : `${tookMs} ms`,
    OUTCOME_WORDS[outcome ?? ''] ?? 'under way',
    httpStatus === null ? '' : String(httpStatus),
    plain(said),
  ];
}

function short(digest: string | null): string {
  return digest ? digest.slice(0, 16) : '';
}
