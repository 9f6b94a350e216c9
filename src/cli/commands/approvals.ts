/** `kontor approvals`: whether somebody will be there to decide. */
import type { Command } from 'commander';
import { type Coverage, findGaps } from '../../approvals/coverage.ts';
import type { CoverageGap } from '../../domain/policy/coverage.ts';
import type { App } from '../app.ts';
import { ACCOUNT_REFERENCE, requireAccount, wholeNumber, withExamples } from '../arguments.ts';
import { drawTable } from '../table.ts';
import { plain, type Terminal } from '../terminal.ts';

export function addApprovalsCommand(program: Command, app: App): void {
  const approvals = program.command('approvals').description('whether somebody will be there to decide');
  const coverage = approvals
    .command('coverage', { isDefault: true })
    .description('weeks in which a rule has nobody: all who may decide and all who could stand in are away, or there are none')
    .option('--account <account>', `only rules for this one and below: ${ACCOUNT_REFERENCE}`)
    .option('--weeks <number>', 'how far to look', wholeNumber(1, 53), 8)
    .action(async ({ account, weeks }: { account?: string; weeks: number }) => {
      const { db } = await app.store(await app.settings([]));
      const accountId = account === undefined ? null : (await requireAccount(db, account)).id;
      app.out.answer(await findGaps(db, { accountId, weeks }, new Date()), drawCoverage);
    });
  withExamples(coverage, ['kontor approvals coverage', 'kontor approvals coverage --account A-1001 --weeks 12 --json']);
}

function* drawCoverage({ weeks, gaps }: Coverage, terminal: Terminal): Generator<string> {
  if (gaps.length === 0) {
    yield `every rule has somebody in each of the next ${weeks} weeks`;
    return;
  }
  const columns = [
    { title: 'week of' },
    { title: 'days' },
    { title: 'rule', least: 10 },
    { title: 'stage', least: 10 },
    { title: 'orders of', least: 10 },
    { title: 'because', least: 16 },
  ];
  const rows = gaps.map((gap) => [
    gap.week,
    `${gap.days} of ${gap.of}`,
    plain(`${gap.rule} (${gap.account})`),
    plain(gap.stage),
    plain(ordersOf(gap)),
    plain(gap.because),
  ]);
  yield* drawTable(columns, rows, terminal);
}

function ordersOf({ unit, requester }: CoverageGap): string {
  return requester === null ? unit : `${unit}, by ${requester} and others with the same superior`;
}
