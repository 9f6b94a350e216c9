/** `kontor approvals`: whether somebody will be there to decide. */
import type { Command } from 'commander';
import { type Coverage, findGaps } from '../../approvals/coverage.ts';
import type { CoverageGap } from '../../domain/policy/coverage.ts';
import type { App } from '../app.ts';
import { ACCOUNT_REFERENCE, requireAccount, wholeNumber, withExamples } from '../arguments.ts';
import { formatMoney } from '../format.ts';
import { drawTable } from '../table.ts';
import { plain, type Terminal } from '../terminal.ts';

export function addApprovalsCommand(program: Command, app: App): void {
  const approvals = program.command('approvals').description('whether somebody will be there to decide');
  const coverage = approvals
    .command('coverage', { isDefault: true })
    .description('weeks in which a rule has nobody: all who may decide and all who could stand in have no work, or there are none')
    .option('--account <account>', `only rules for this one and below: ${ACCOUNT_REFERENCE}`)
    .option('--weeks <number>', 'how far to look', wholeNumber(1, 53), 8)
    .action(async ({ account, weeks }: { account?: string; weeks: number }) => {
      const settings = await app.settings([]);
      const { db } = await app.store(settings);
      const accountId = account === undefined ? null : (await requireAccount(db, account)).id;
      const { rateMaxAgeDays } = settings.orders;
      app.out.answer(await findGaps(db, { accountId, weeks, rateMaxAgeDays }, new Date()), drawCoverage);
    });
  withExamples(coverage, ['kontor approvals coverage', 'kontor approvals coverage --account A-1001 --weeks 12 --json']);
}

function* drawCoverage({ weeks, gaps, limitsLeftOut }: Coverage, terminal: Terminal): Generator<string> {
  if (gaps.length === 0) yield `every rule has somebody in ${weeks === 1 ? 'the next week' : `each of the next ${weeks} weeks`}`;
  else yield* drawGaps(gaps, terminal);
  if (limitsLeftOut.length === 0) return;
  yield '';
  yield 'approve limits are left out, since no smallest amount is known, for:';
  for (const { rule, account } of limitsLeftOut) yield `  ${plain(`${rule} (${account})`)}`;
}

function* drawGaps(gaps: Coverage['gaps'], terminal: Terminal): Generator<string> {
  const columns = [
    { title: 'week of' },
    { title: 'rule', least: 10 },
    { title: 'stage', least: 10 },
    { title: 'orders of', least: 10 },
    { title: 'because', least: 16 },
  ];
  const rows = gaps.map((gap) => [
    gap.week,
    plain(`${gap.rule} (${gap.account})`),
    plain(gap.stage),
    plain(ordersOf(gap)),
    plain(gap.because),
  ]);
  yield* drawTable(columns, rows, terminal);
}

function ordersOf({ unit, requester, amount }: CoverageGap): string {
  const whose = requester === null ? unit : `${unit}, by ${requester} and others with the same superior`;
  return amount === null ? whose : `${whose}; ${formatMoney(amount.minor, amount.currency)} or more`;
}
