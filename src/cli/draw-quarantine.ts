/** Quarantined records as people read them: where, what is wrong, what was there. */
import type { Json } from '../connector/contract.ts';
import type { QuarantineEntry, QuarantineItem } from '../store/views/list-quarantine.ts';
import { formatInstant, formatOrigin } from './format.ts';
import { drawFacts, drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

export function* drawEntries({ records, next }: { records: QuarantineItem[]; next: string | null }, terminal: Terminal): Generator<string> {
  if (records.length === 0) {
    yield 'nothing is in quarantine';
    return;
  }
  const columns = [
    { title: 'number', align: 'right' as const },
    { title: 'source', least: 10 },
    { title: 'external id', least: 8 },
    { title: 'where', least: 14 },
    { title: 'problem', least: 20 },
  ];
  const rows = records.map(({ id, connection, entity, externalId, origin, problems }) => [
    id,
    `${connection} ${entity}`,
    plain(externalId),
    formatOrigin(origin),
    problems.map(({ reason }) => plain(reason)).join('; '),
  ]);
  yield* drawTable(columns, rows, terminal);
  yield terminal.paint.dim(next ? `more: --before ${next}` : 'one of them in full: kontor quarantine show NUMBER');
}

export function* drawEntry(entry: QuarantineEntry, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  const { id, connection, entity, externalId, origin, problems, state, runId, firstSeenAt, lastSeenAt, payload, draft } = entry;
  yield paint.bold(`record ${id}: ${connection} ${entity} ${plain(externalId) || 'without external id'}`);
  yield* drawFacts(
    [
      ['where', formatOrigin(origin)],
      ['state', state],
      ['seen', `${formatInstant(firstSeenAt)} to ${formatInstant(lastSeenAt)}, last by run ${runId}`],
    ],
    terminal,
  );
  for (const { field, column, reason } of problems) {
    const about = [field, column && `column "${plain(column)}"`].filter(Boolean).join(', ');
    yield `${paint.red('problem')}  ${about ? `${about}: ` : ''}${plain(reason)}`;
  }
  yield '';
  yield* drawPayload(payload ?? draft, terminal);
  if (state === 'open') yield paint.dim(`after correcting the mapping: kontor quarantine replay ${id} --wait`);
}

/** A row shows as its columns, an object as its fields; anything else as the JSON it is. */
function drawPayload(payload: Json, terminal: Terminal): string[] {
  const { columns, cells } = (payload ?? {}) as { columns?: unknown; cells?: unknown };
  if (Array.isArray(columns) && Array.isArray(cells)) {
    const rows = cells.map((cell, index) => [plain(columns[index] ?? `(column ${index + 1})`), plain(cell)] as const);
    return drawFacts(rows, terminal);
  }
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) {
    const facts = Object.entries(payload).map(
      ([name, value]) => [plain(name), plain(typeof value === 'object' ? JSON.stringify(value) : value)] as const,
    );
    return drawFacts(facts, terminal);
  }
  return JSON.stringify(payload, null, 2).split('\n').map(plain);
}
