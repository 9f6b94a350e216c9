/** Orders as people read them: a list, and one in full. */
import type { ExpectedDecision } from '../approvals/predict-decision.ts';
import type { OrderContent } from '../domain/orders/order.ts';
import type { Decision } from '../store/approvals/decisions.ts';
import type { AddressLabel, LogLine, StepDetail } from '../store/views/order-details.ts';
import type { OrderSummary } from '../store/views/visible-orders.ts';
import { countOf, formatDecimal, formatInstant, formatMoney } from './format.ts';
import { drawFacts, drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

export interface ShownOrder {
  readonly order: OrderSummary | null;
  readonly content: OrderContent;
  /** When the newest revision was made; `null` for the first. */
  readonly revised: Date | null;
  readonly shipTo: AddressLabel | null;
  readonly billTo: AddressLabel | null;
  readonly steps: readonly StepDetail[];
  readonly decisions: readonly Decision[];
  readonly expected: ExpectedDecision | null;
  readonly log: readonly LogLine[];
}

const right = 'right' as const;

export const STATE_WORDS: Readonly<Record<string, string>> = {
  pending_approval: 'waits for approval',
  released: 'released',
  declined: 'declined',
  withdrawn: 'withdrawn',
  expired: 'expired',
  rejected_by_system: 'refused by a rule',
  cancelled: 'cancelled',
};

export function* drawOrders(
  { orders, next }: { orders: readonly OrderSummary[]; next: string | null },
  terminal: Terminal,
): Generator<string> {
  if (orders.length === 0) {
    yield 'no orders';
    return;
  }
  const columns = [
    { title: 'order' },
    { title: 'reference', least: 8 },
    { title: 'state', style: stateStyle(terminal) },
    { title: 'account', least: 10 },
    { title: 'ordered by', least: 8 },
    { title: 'total, net', align: right },
    { title: 'in the ERP', least: 8 },
    { title: 'submitted', least: 10 },
  ];
  const rows = orders.map((order) => [
    order.externalKey,
    plain(order.reference),
    STATE_WORDS[order.state] ?? order.state,
    plain(order.account.name),
    plain(order.orderedBy.name),
    formatMoney(order.total, order.currency),
    plain(order.erpNumber ?? order.handoff?.state),
    formatInstant(order.submittedAt),
  ]);
  yield* drawTable(columns, rows, terminal);
  if (next) yield terminal.paint.dim(`more: --before ${next}`);
}

function stateStyle({ paint }: Terminal): (text: string) => string {
  const styles: Record<string, (text: string) => string> = {
    'waits for approval': paint.yellow,
    declined: paint.red,
    'refused by a rule': paint.red,
  };
  return (text) => styles[text.trim()]?.(text) ?? text;
}

export function* drawOrder(
  { order, content, revised, shipTo, billTo, steps, decisions, expected, log }: ShownOrder,
  terminal: Terminal,
): Generator<string> {
  const { paint } = terminal;
  if (!order) return;
  yield `${paint.bold(order.externalKey)}  ${plain(order.reference)}  ${STATE_WORDS[order.state] ?? order.state}`;
  yield* drawFacts(
    [
      ['account', [order.account.name, order.account.number].filter(Boolean).map(plain).join('  ')],
      ['ordered by', plain(order.orderedBy.name)],
      ['for', plain(order.onBehalfOf?.name)],
      ['submitted', `${formatInstant(order.submittedAt)} through ${plain(order.origin)}`],
      ['revision', revised ? `${order.revision}, ${formatInstant(revised)}` : String(order.revision)],
      ['approved by', order.approvedBy],
      ['purchase order', plain(content.purchaseOrderNumber)],
      ['cost centre', plain(content.costCentre)],
      ['project', plain(content.project ?? null)],
      ['ship to', sayAddress(shipTo)],
      ['bill to', sayAddress(billTo)],
      ['requested for', content.requestedDeliveryOn],
      ['payment', [content.paymentTerms, content.paymentMethod].filter(Boolean).map(plain).join(', ')],
      ['note', plain(content.note)],
      ['in the ERP', [order.erpNumber, order.handoff?.state, order.handoff?.reason].filter(Boolean).map(plain).join(', ')],
    ],
    terminal,
  );
  yield '';
  yield* drawLines(content, order.total, terminal);
  yield* drawSteps(steps, decisions, terminal);
  if (expected) yield sayExpected(expected);
  yield '';
  yield* log.map((line) => `${paint.dim(formatInstant(line.at))}  ${sayLog(line)}`);
}

function sayAddress(address: AddressLabel | null): string {
  if (!address) return '';
  const { name, lines, postalCode, city, country } = address;
  return [name, ...lines, [postalCode, city].filter(Boolean).join(' '), country].filter(Boolean).map(plain).join(', ');
}

function* drawLines({ lines, shippingCost, tax, currency }: OrderContent, total: number, terminal: Terminal): Generator<string> {
  const columns = [
    { title: 'line' },
    { title: 'product', least: 8 },
    { title: 'name', least: 8 },
    { title: 'quantity', align: right },
    { title: 'unit' },
    { title: 'price', align: right },
    { title: 'amount', align: right },
  ];
  const rows = lines.map((line) => [
    plain(line.reference),
    plain(line.product),
    plain(line.productName),
    formatDecimal(line.quantity),
    plain(line.unit),
    formatDecimal(line.unitPrice, currency),
    formatMoney(line.amount, currency),
  ]);
  if (shippingCost > 0) rows.push(['', 'shipping', '', '', '', '', formatMoney(shippingCost, currency)]);
  rows.push(['', 'total, net', '', '', '', '', formatMoney(total, currency)]);
  if (typeof tax === 'number') rows.push(['', 'tax', '', '', '', '', formatMoney(tax, currency)]);
  yield* drawTable(columns, rows, terminal);
}

function* drawSteps(steps: readonly StepDetail[], decisions: readonly Decision[], { paint }: Terminal): Generator<string> {
  for (const step of steps) {
    const who = step.holders.map((holder) => `${plain(holder.name)}${holder.for ? ` for ${plain(holder.for.name)}` : ''}`);
    const asked = step.state === 'active' ? `asks ${joinBy(step.mode, step.needed, who)}` : step.state;
    yield `\n${paint.bold(`step ${step.stage}`)} of revision ${step.revision}, ${plain(step.name)}: ${asked}`;
    for (const one of decisions.filter(({ stepId }) => stepId === step.id)) {
      const verb = one.verdict === 'approve' ? 'approved' : 'declined';
      const self = one.selfApproved ? ', own order' : '';
      yield `  ${plain(one.personName)} ${verb} ${formatInstant(one.at)}${self}${one.comment ? `: ${plain(one.comment)}` : ''}`;
    }
  }
}

export function sayExpected({ at, basis, decisions }: ExpectedDecision): string {
  if (basis === 'clock') return `nobody knows when it will be decided; others are asked ${formatInstant(at)}`;
  return `will probably be decided by ${formatInstant(at)}, as ${countOf(decisions, 'decision before it was', 'decisions before it were')}`;
}

function joinBy(mode: StepDetail['mode'], needed: number, who: readonly string[]): string {
  if (mode === 'n_of_m') return `${needed} of ${who.join(', ')}`;
  return who.join(mode === 'all' ? ' and ' : ' or ');
}

/** What happened, in a few words; the rest of the facts is for --json. */
function sayLog({ kind, person, actor, revision, facts }: LogLine): string {
  const who = plain(person?.name ?? actor);
  const say = (key: string) => (typeof facts[key] === 'string' ? plain(facts[key]) : '');
  const list = (key: string) => (Array.isArray(facts[key]) ? (facts[key] as unknown[]).map(plain).join('; ') : '');
  const details = [
    say('step'),
    say('text'),
    say('comment'),
    list('changes'),
    list('reasons'),
    say('code'),
    say('reason'),
    say('number'),
  ].filter(Boolean);
  return [kind.replace(/[._]/g, ' '), who && `by ${who}`, revision && `(revision ${revision})`, details.join('; ')]
    .filter(Boolean)
    .join(' ');
}
