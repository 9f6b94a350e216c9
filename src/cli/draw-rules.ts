/** Rules and what a look back found, for people. */
import type { DryRun, DryRunOrder } from '../approvals/dry-run.ts';
import { EFFECTS } from '../domain/policy/schema.ts';
import type { ListedPolicy, ShownPolicy } from '../store/approvals/list-policies.ts';
import { STATE_WORDS } from './draw-order.ts';
import { countOf, formatCount, formatInstant, formatMoney } from './format.ts';
import { drawFacts, drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

export function* drawPolicies(policies: readonly ListedPolicy[], terminal: Terminal): Generator<string> {
  if (policies.length === 0) {
    yield 'no rules; `kontor rules put ACCOUNT FILE` takes some';
    return;
  }
  const columns = [
    { title: 'account' },
    { title: 'name', least: 12 },
    { title: 'version', align: 'right' as const },
    { title: 'state' },
    { title: 'mode' },
    { title: 'rules', align: 'right' as const },
    { title: 'since' },
    { title: 'reason', least: 10 },
  ];
  const rows = policies.map((policy) => [
    plain(policy.number ?? `id:${policy.accountId}`),
    plain(policy.account),
    String(policy.version),
    policy.state,
    policy.mode,
    String(policy.rules),
    formatInstant(policy.activatedAt ?? policy.createdAt),
    plain(policy.reason),
  ]);
  yield* drawTable(columns, rows, terminal);
}

export function* drawPolicy(policy: ShownPolicy, terminal: Terminal): Generator<string> {
  yield* drawFacts(
    [
      ['account', `${plain(policy.account)} (${plain(policy.number ?? `id:${policy.accountId}`)})`],
      ['version', `${policy.version}, ${policy.state}`],
    ],
    terminal,
  );
  yield '';
  yield JSON.stringify(policy.document, null, 2);
  yield '';
  const rows = policy.log.map(({ at, version, action, by, reason }) => [
    formatInstant(at),
    String(version),
    action,
    plain(by),
    plain(reason),
  ]);
  yield* drawTable(
    [{ title: 'at' }, { title: 'version', align: 'right' }, { title: 'what' }, { title: 'by' }, { title: 'reason' }],
    rows,
    terminal,
  );
}

export function* drawDryRun({ since, counts, orders, withoutApprover }: DryRun, terminal: Terminal): Generator<string> {
  const rows = orders
    .filter(({ outcome }) => outcome !== 'allow')
    .map((order) => [
      order.key,
      plain(order.reference),
      formatMoney(order.total, order.currency),
      STATE_WORDS[order.state] ?? order.state,
      order.outcome,
      plain(approversOf(order)),
      plain(order.because.join('; ')),
    ]);
  if (rows.length > 0) {
    yield* drawTable(
      [
        { title: 'order' },
        { title: 'reference', least: 8 },
        { title: 'total', align: 'right' },
        { title: 'was' },
        { title: 'would be' },
        { title: 'approvers', least: 12 },
        { title: 'because', least: 20 },
      ],
      rows,
      terminal,
    );
    yield '';
  }
  const told = EFFECTS.map((effect) => `${formatCount(counts[effect])} ${effect}`).join(', ');
  yield `${countOf(orders.length, 'order')} since ${formatInstant(since)}: ${told}`;
  if (withoutApprover > 0) yield terminal.paint.yellow(`${formatCount(withoutApprover)} would find nobody, or too few, to approve them`);
  yield terminal.paint.dim('nothing was stored; sums and budgets are those of when each order came in, people those of today');
}

function approversOf({ stages }: DryRunOrder): string {
  return stages.map(({ name, holders, exhausted }) => `${name}: ${exhausted ?? holders.join(', ')}`).join('; ');
}
