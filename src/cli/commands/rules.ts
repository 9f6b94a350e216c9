/** `kontor rules`: what needs approval, by whom; versions, and what other rules would have said. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { doubtfulNames } from '../../approvals/doubtful-names.ts';
import { dryRun } from '../../approvals/dry-run.ts';
import { NeedsOperatorError } from '../../errors.ts';
import { listPolicies, showPolicy } from '../../store/approvals/list-policies.ts';
import { activatePolicy, insertPolicy } from '../../store/approvals/policies.ts';
import type { App } from '../app.ts';
import { ACCOUNT_REFERENCE, requireAccount, wholeNumber, withExamples } from '../arguments.ts';
import { drawDryRun, drawPolicies, drawPolicy } from '../draw-rules.ts';
import { readRules } from '../read-rules.ts';
import { plain } from '../terminal.ts';
import { whoAmI } from '../who-am-i.ts';
import { addLimits } from './rules-limits.ts';

const DAY_MS = 86_400_000;
const version = () => wholeNumber(1, 1_000_000);

export function addRulesCommand(program: Command, app: App): void {
  const rules = program.command('rules').description('what needs approval and by whom: versions of rules, and a look back with other ones');
  addPut(rules, app);
  addLimits(rules, app);
  addList(rules, app);
  addShow(rules, app);
  addActivate(rules, app);
  addTest(rules, app);
}

function addPut(rules: Command, app: App): void {
  const put = rules
    .command('put')
    .description('store rules of an account as its next version, which holds from now on')
    .argument('<account>', ACCOUNT_REFERENCE)
    .argument('<file>', 'YAML or JSON')
    .option('--draft', 'only keep it; `kontor rules activate` makes it hold')
    .option('--reason <text>', 'kept with the version')
    .action(async (reference: string, file: string, { draft = false, reason = null }: { draft?: boolean; reason?: string | null }) => {
      const { given, document } = await readRules(file, app.surroundings.cwd);
      const { db } = await app.store(await app.settings([]));
      const { id: accountId, name } = await requireAccount(db, reference);
      const warnings = await doubtfulNames(db, accountId, document, new Date());
      const change = { accountId, by: whoAmI(), reason, document: given, draft };
      const stored = await db.transaction((trx) => insertPolicy(trx, change, new Date()));
      for (const warning of warnings) app.out.hint(`note: ${plain(warning)}`);
      app.out.answer({ accountId, version: stored, state: draft ? 'draft' : 'active', warnings }, () => [
        `version ${stored} of the rules of ${plain(name)} is ${draft ? 'kept as a draft' : 'active'}; orders that wait keep theirs`,
      ]);
    });
  withExamples(put, ['kontor rules put A-1001 rules.yaml', 'kontor rules put A-1001 rules.yaml --draft --reason "new year"']);
}

function addList(rules: Command, app: App): void {
  const list = rules
    .command('list', { isDefault: true })
    .description('versions that are active or drafts')
    .option('--account <account>', `only of this one: ${ACCOUNT_REFERENCE}`)
    .option('--retired', 'also those that hold no more')
    .action(async ({ account, retired = false }: { account?: string; retired?: boolean }) => {
      const { db } = await app.store(await app.settings([]));
      const accountId = account === undefined ? undefined : (await requireAccount(db, account)).id;
      app.out.answer(await listPolicies(db, { withRetired: retired, ...(accountId !== undefined && { accountId }) }), drawPolicies);
    });
  withExamples(list, ['kontor rules list', 'kontor rules list --account A-1001 --retired']);
}

function addShow(rules: Command, app: App): void {
  const show = rules
    .command('show')
    .description('rules of an account as they were put, and what was done to them')
    .argument('<account>', ACCOUNT_REFERENCE)
    // No option: the program's own --version is heard wherever it stands.
    .argument('[version]', 'this one instead of the active one', version())
    .action(async (reference: string, wanted?: number) => {
      const { db } = await app.store(await app.settings([]));
      const { id, name } = await requireAccount(db, reference);
      const shown = await showPolicy(db, id, wanted);
      if (shown) return app.out.answer(shown, drawPolicy);
      const what = wanted === undefined ? 'has no rules of its own' : `has no version ${wanted} of its rules`;
      throw new NeedsOperatorError('NOT_FOUND', `${plain(name)} ${what}; \`kontor rules list\` shows those there are`);
    });
  withExamples(show, ['kontor rules show A-1001', 'kontor rules show A-1001 3 --json']);
}

function addActivate(rules: Command, app: App): void {
  const activate = rules
    .command('activate')
    .description('make a draft, or an earlier version, the one that holds')
    .argument('<account>', ACCOUNT_REFERENCE)
    .argument('<version>', 'its number', version())
    .option('--reason <text>', 'kept with the change')
    .action(async (reference: string, wanted: number, { reason = null }: { reason?: string | null }) => {
      const { db } = await app.store(await app.settings([]));
      const { id: accountId, name } = await requireAccount(db, reference);
      await db.transaction((trx) => activatePolicy(trx, { accountId, version: wanted, by: whoAmI(), reason }, new Date()));
      app.out.answer({ accountId, version: wanted, state: 'active' }, () => [`version ${wanted} of the rules of ${plain(name)} is active`]);
    });
  withExamples(activate, ['kontor rules activate A-1001 4', 'kontor rules activate A-1001 3 --reason "back to last year"']);
}

function addTest(rules: Command, app: App): void {
  const test = rules
    .command('test')
    .description('what these rules would have said about past orders; stores nothing')
    .argument('<file>', 'YAML or JSON')
    .requiredOption('--account <account>', `whose rules they would be: ${ACCOUNT_REFERENCE}`)
    .addOption(new Option('--orders <span>', 'last-N-days').argParser(lastDays).default(90, 'last-90-days'))
    .action(async (file: string, { account, orders: days }: { account: string; orders: number }) => {
      const { document } = await readRules(file, app.surroundings.cwd);
      const settings = await app.settings([]);
      const { db } = await app.store(settings);
      const { id: accountId } = await requireAccount(db, account);
      const now = new Date();
      for (const warning of await doubtfulNames(db, accountId, document, now)) app.out.hint(`note: ${plain(warning)}`);
      const { rateMaxAgeDays } = settings.orders;
      const since = new Date(now.getTime() - days * DAY_MS);
      app.out.answer(await dryRun(db, { accountId, document, now, since, rateMaxAgeDays }), drawDryRun);
    });
  withExamples(test, [
    'kontor rules test rules.yaml --account A-1001',
    'kontor rules test rules.yaml --account A-1001 --orders last-30-days --json',
  ]);
}

function lastDays(text: string): number {
  const days = Number(/^last-(\d{1,4})-days$/.exec(text)?.[1]);
  if (!(days > 0)) throw new InvalidArgumentError('it must read last-N-days, such as last-90-days.');
  return days;
}
