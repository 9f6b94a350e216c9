/** `kontor rules limits`: limits to buy and to approve, from a table that HR keeps. */
import { type Command, Option } from 'commander';
import { doubtfulNames } from '../../approvals/doubtful-names.ts';
import { putLimits } from '../../approvals/put-limits.ts';
import type { App } from '../app.ts';
import { ACCOUNT_REFERENCE, requireAccount, withExamples } from '../arguments.ts';
import { countOf } from '../format.ts';
import { readLimits } from '../read-limits.ts';
import { plain } from '../terminal.ts';
import { whoAmI } from '../who-am-i.ts';

interface Options {
  readonly replace?: boolean;
  readonly draft?: boolean;
  readonly reason?: string;
  readonly decimal: '.' | ',';
  readonly sheet?: string;
}

export function addLimits(rules: Command, app: App): void {
  const command = rules
    .command('limits')
    .description('take limits of people and roles from a table into the rules of an account, as their next version')
    .argument('<account>', ACCOUNT_REFERENCE)
    .argument('<file>', 'csv or workbook, a row for each limit')
    .option('--replace', 'people and roles that the table does not name have no limit of their own any more')
    .option('--draft', 'only keep it; `kontor rules activate` makes it hold')
    .option('--reason <text>', 'kept with the version')
    .option('--sheet <name>', 'sheet of a workbook; the first if absent')
    .addOption(new Option('--decimal <sign>', 'decimal sign of texts').choices(['.', ',']).default('.'))
    .action(async (reference: string, file: string, { replace = false, draft = false, reason, decimal, sheet }: Options) => {
      const { entries, unknown } = await readLimits(file, app.surroundings.cwd, { decimal, sheet }, app.interruption.signal);
      if (unknown.length > 0) app.out.hint(`note: nothing is known of the columns ${unknown.map(plain).join(', ')}`);
      const { db } = await app.store(await app.settings([]));
      const { id: accountId, name } = await requireAccount(db, reference);
      const now = new Date();
      const change = { accountId, by: whoAmI(), reason: reason ?? `limits of ${file}`, draft };
      const { version, document } = await putLimits(db, { name: plain(name), entries, replace }, change, now);
      const warnings = await doubtfulNames(db, accountId, document, now);
      for (const warning of warnings) app.out.hint(`note: ${plain(warning)}`);
      const state = version === null ? 'unchanged' : draft ? 'draft' : 'active';
      app.out.answer({ accountId, version, state, limits: entries.length, warnings }, () => [
        version === null
          ? `the rules of ${plain(name)} have these limits already`
          : `version ${version} of the rules of ${plain(name)}, with ${countOf(entries.length, 'limit')} of the table, is ${draft ? 'kept as a draft' : 'active'}; orders that wait keep theirs`,
      ]);
    });
  withExamples(command, [
    'kontor rules limits A-1001 limits.xlsx',
    'kontor rules limits A-1001 limits.csv --replace --decimal , --reason "HR, January"',
  ]);
}
