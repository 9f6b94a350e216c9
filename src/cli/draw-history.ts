/** An account's orders, with what followed them. */
import type { Reorder } from '../orders/reorder.ts';
import type { HistoryDocument, HistoryEntry, HistoryLine } from '../store/views/order-history.ts';
import { STATE_WORDS } from './draw-order.ts';
import { formatDecimal, formatMoney } from './format.ts';
import { drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

export function* drawHistory({ orders, next }: { orders: HistoryEntry[]; next: string | null }, terminal: Terminal): Generator<string> {
  if (orders.length === 0) {
    yield 'no orders yet, neither here nor elsewhere';
    return;
  }
  for (const order of orders) yield* drawEntry(order, terminal);
  if (next) yield terminal.paint.dim(`more: --after ${next}`);
}

function* drawEntry(order: HistoryEntry, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  const { source, id, key, numbers, reference, purchaseOrderNumber, account, orderedOn, state, stateThere, total, currency } = order;
  const names = [key, source === 'elsewhere' ? `document ${id}` : null, ...numbers].filter(Boolean).map(plain).join(', ');
  const facts = [
    orderedOn,
    plain(account),
    STATE_WORDS[state] ?? state.replaceAll('_', ' '),
    stateThere && `there "${plain(stateThere)}"`,
    formatMoney(total, currency),
    reference && source === 'ours' ? `reference ${plain(reference)}` : '',
    purchaseOrderNumber && `order number ${plain(purchaseOrderNumber)}`,
    source === 'elsewhere' && 'placed elsewhere',
  ];
  yield `${paint.bold(names)}  ${facts.filter(Boolean).join(', ')}`;
  yield* drawTable(COLUMNS, order.lines.map((line) => rowOf(line, currency)), terminal).map((line) => `  ${line}`); // biome-ignore format: one call
  for (const shipment of order.shipments) yield `  ${describe(shipment)}`;
  for (const invoice of order.invoices) yield `  ${describe(invoice)}`;
  for (const other of order.others) yield `  ${describe(other)}`;
  yield '';
}

const number = (title: string) => ({ title, align: 'right' as const });
const COLUMNS = [
  { title: 'line' },
  { title: 'product' },
  { title: 'name', least: 10 },
  number('quantity'),
  { title: 'unit' },
  number('price'),
  number('refused'),
  number('shipped'),
  number('open'),
  number('cancelled'),
];

function rowOf({ reference, product, productName, quantity, unit, unitPrice, progress }: HistoryLine, currency: string | null): string[] {
  const counts = progress ? [progress.refused, progress.shipped, progress.open, progress.cancelled] : ['', '', '', ''];
  return [
    plain(reference),
    plain(product),
    plain(productName),
    formatDecimal(quantity),
    plain(unit),
    formatDecimal(unitPrice, currency),
    ...counts.map((count) => (count === '0' ? '-' : formatDecimal(count))),
  ];
}

function describe(document: HistoryDocument): string {
  const { kind, number: name, state, datedOn, dueOn, total, openAmount, currency, carrier, trackingNumber, url } = document;
  const facts = [
    state?.replace('_', ' '),
    datedOn,
    formatMoney(total, currency),
    openAmount ? `${formatMoney(openAmount, currency)} open${dueOn ? `, due ${dueOn}` : ''}` : '',
    [carrier, trackingNumber].filter(Boolean).map(plain).join(' '),
    url && plain(url),
  ];
  return `${kind.replace('_', ' ')} ${plain(name ?? '')}  ${facts.filter(Boolean).join(', ')}`.trimEnd();
}

/** What would be ordered again, and where today differs from then. */
export function* drawReorder({ submission, changed, unpriced }: Reorder, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  const { currency = null, lines = [] } = submission;
  const was = new Map(changed.map((one) => [one.product, `was ${formatDecimal(one.was, currency)}`]));
  const rows = lines.map(({ product, quantity, unit, unitPrice }) => [
    plain(product),
    formatDecimal(quantity),
    plain(unit),
    formatDecimal(unitPrice, currency),
    unpriced.includes(product) ? 'no contract price today' : (was.get(product) ?? ''),
  ]);
  const style = (text: string) => (text.startsWith('no') ? paint.red(text) : paint.yellow(text));
  yield* drawTable(
    [{ title: 'product' }, number('quantity'), { title: 'unit' }, number('price today'), { title: 'then', style }],
    rows,
    terminal,
  );
  yield unpriced.length > 0
    ? paint.red('the order would be refused: order what has a price, or pull the prices')
    : paint.dim('nothing was ordered; `--submit` does so at these prices');
}
