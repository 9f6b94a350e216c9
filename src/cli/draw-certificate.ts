/** A certificate as people read it. */
import type { Certificate, ClockSkew, CommitLag, EntityCertificate, OrderCertificate } from '../certify/certificate.ts';
import { countOf, formatCount } from './format.ts';
import { drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

export function* drawCertificate(certificate: Certificate, terminal: Terminal): Generator<string> {
  const { connection, connector, at, system, warnings, permissions, clock, entities, order, findings } = certificate;
  const { paint } = terminal;
  yield `${paint.bold(`Certificate of ${connection}`)} (${connector}), ${at.slice(0, 16).replace('T', ' ')}Z`;
  yield `system       ${plain(system)}`;
  yield `permissions  ${formatPermissions(permissions)}`;
  yield `clock        ${formatClock(clock)}`;
  yield `commit lag   ${entities.map(formatLag).join('; ')}`;
  if (order) yield `orders       ${plain(formatOrder(order))}`;
  yield '';
  const columns = [
    { title: 'entity' },
    { title: 'records', align: 'right' as const },
    { title: 'bad', align: 'right' as const },
    { title: 'pages', align: 'right' as const },
    { title: 'page, median', align: 'right' as const },
    { title: 'page, 95 %', align: 'right' as const },
    { title: 'result', style: (cell: string) => (cell.trim() === 'ok' ? paint.green(cell) : paint.red(cell)) },
  ];
  yield* drawTable(columns, entities.map(rowOf), terminal);
  yield '';
  for (const warning of warnings) yield `${paint.yellow('note')}   ${plain(warning)}`;
  for (const { entity, reasons } of entities) for (const reason of reasons) yield `${paint.yellow('bad')}    ${entity}: ${plain(reason)}`;
  for (const finding of findings) yield `${paint.red('wrong')}  ${plain(finding)}`;
  const written = order
    ? (order.left ?? `only order ${order.number ?? order.reference} was made there, and cancelled`)
    : 'nothing was written there';
  yield findings.length === 0
    ? paint.green(`passed: nothing was found that would lose or confuse records; ${plain(written)}`)
    : paint.red(`not passed: ${findings.length} to set right; ${plain(written)}`);
}

function rowOf({ entity, records, isLimited, bad, pages, pageMs, findings }: EntityCertificate): string[] {
  return [
    entity,
    `${formatCount(records)}${isLimited ? '+' : ''}`,
    records === 0 ? '0' : `${formatCount(bad)} (${((bad / records) * 100).toFixed(1)} %)`,
    formatCount(pages),
    `${formatCount(pageMs.median)} ms`,
    `${formatCount(pageMs.p95)} ms`,
    findings.length === 0 ? 'ok' : `${findings.length} to set right`,
  ];
}

function formatPermissions({ granted, missing }: Certificate['permissions']): string {
  if (granted.length + missing.length === 0) return 'cannot be asked for; what was read was permitted';
  return [`${granted.length} granted`, ...(missing.length > 0 ? [`missing: ${missing.map(plain).join(', ')}`] : [])].join('; ');
}

function formatClock(clock: ClockSkew | null): string {
  if (clock === null) return 'the system does not tell its time';
  const { leastMs, mostMs, samples } = clock;
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  return `between ${seconds(leastMs)} and ${seconds(mostMs)} s ahead of ours (${countOf(samples, 'answer')})`;
}

function formatLag({ entity, commitLag }: EntityCertificate): string {
  if (commitLag === null) return `${entity}: does not read by stamps`;
  return `${entity}: ${measured(commitLag)}, ${formatSpan(commitLag.coveredMs)} covered`;
}

function measured({ measuredMs, rows, watchedMs }: CommitLag): string {
  if (watchedMs === 0) return 'not measured';
  if (measuredMs === null) return `no row changed in ${formatSpan(watchedMs)}`;
  return `${formatSpan(measuredMs)} measured on ${countOf(rows, 'row')} in ${formatSpan(watchedMs)}`;
}

function formatOrder({ declaredMs, visibleAfterMs, looks }: OrderCertificate): string {
  const seen = visibleAfterMs === null ? 'never found' : `found ${formatSpan(visibleAfterMs)} after it was made`;
  return `${seen} (${looks === 1 ? 'at the first look' : `at look ${formatCount(looks)}`}), ${formatSpan(declaredMs)} reckoned with`;
}

function formatSpan(ms: number): string {
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
