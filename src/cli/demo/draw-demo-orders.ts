/** What the demo's orders became: a line each, why one waits, and the receipt of the one whose answer was lost. */
import { STATE_WORDS as DELIVERY, drawReceipt } from '../draw-receipt.ts';
import { formatMoney } from '../format.ts';
import { drawTable } from '../table.ts';
import { plain, type Terminal } from '../terminal.ts';
import { type DemoOrder, LOST } from './demo-orders.ts';

export function* drawDemoOrders(orders: readonly DemoOrder[], terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  yield paint.bold('What became of the orders');
  const columns = [
    { title: 'order' },
    { title: 'key' },
    { title: 'total, net', align: 'right' as const },
    { title: 'state' },
    { title: 'because', least: 20 },
  ];
  yield* drawTable(columns, orders.map(rowOf), terminal);
  if (orders.every(({ outcome }) => outcome === 'known'))
    yield paint.dim('All of them were known: the same content again answers the order there is, and no order was sent a second time.');
  const lost = orders.find(({ reference }) => reference === LOST.reference)?.receipt;
  if (!lost) return;
  yield '';
  yield* drawReceipt(lost, terminal);
}

function rowOf({ reference, reason, receipt }: DemoOrder): string[] {
  if (!receipt) return [reference, '', '', 'refused', plain(reason)];
  const { externalKey, total, currency, state, handoffs, decisions } = receipt;
  const [delivery] = handoffs;
  const declined = decisions.find(({ verdict }) => verdict === 'decline');
  const became = delivery ? `${delivery.state === 'accepted' ? 'in the ERP' : DELIVERY[delivery.state]}` : state.replaceAll('_', ' ');
  const because = delivery
    ? delivery.state === 'accepted'
      ? `${receipt.approvedBy === 'rules' ? 'no rule asks anybody' : 'approved'}; it is ${plain(delivery.erpNumber)} there`
      : plain(delivery.reason)
    : declined
      ? `${plain(declined.by)}: ${plain(receipt.lastWord)}`
      : plain(receipt.waitsFor);
  return [reference, externalKey, formatMoney(total, currency), became, because];
}
