/** Hand-offs in a table, and how many stand where. */
import type { HandoffListItem } from '../store/views/list-handoffs.ts';
import { formatCount, formatInstant } from './format.ts';
import { drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

const NO_CONNECTION = 'kontor.yaml names no connection that orders go to';

interface Listing {
  handoffs: HandoffListItem[];
  next: string | null;
  counts: Record<string, number>;
}

export function* drawHandoffs({ handoffs, next, counts }: Listing, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  const sums = Object.entries(counts).map(([state, n]) => `${formatCount(n)} ${state}`);
  if (handoffs.length === 0) {
    yield sums.length === 0 ? 'nothing was handed off yet' : `none of these; all in all: ${sums.join(', ')}`;
    return;
  }
  const columns = [
    { title: 'hand-off', align: 'right' as const },
    { title: 'key' },
    { title: 'account', least: 10 },
    { title: 'kind' },
    { title: 'state', style: stateStyle(terminal) },
    { title: 'number' },
    { title: 'attempts', align: 'right' as const },
    { title: 'released' },
    { title: 'why', least: 20 },
  ];
  const rows = handoffs.map(({ id, externalKey, account, kind, connection, state, erpNumber, attempts, createdAt, code, reason }) => [
    id,
    plain(externalKey),
    plain(account),
    kind,
    state,
    plain(erpNumber),
    formatCount(attempts),
    formatInstant(createdAt),
    plain([code, reason].filter(Boolean).join(': ')) || (connection === null ? NO_CONNECTION : ''),
  ]);
  yield* drawTable(columns, rows, terminal);
  yield paint.dim(`all in all: ${sums.join(', ')}`);
  if (next) yield paint.dim(`more: --before ${next}`);
}

function stateStyle({ paint }: Pick<Terminal, 'paint'>): (text: string) => string {
  const styles: Record<string, (text: string) => string> = {
    accepted: paint.green,
    refused: paint.red,
    doubled: paint.red,
    parked: paint.red,
    held: paint.yellow,
    unknown: paint.yellow,
  };
  return (text) => styles[text.trim()]?.(text) ?? text;
}
