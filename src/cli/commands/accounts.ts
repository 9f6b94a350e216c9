/** `kontor accounts`: the profiles, as a list, one in full, and its history. */
import { type Command, Option } from 'commander';
import { ENTITIES } from '../../connector/entities.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { Database } from '../../store/database.ts';
import { accountHistory } from '../../store/views/account-history.ts';
import { type AccountFilter, type AccountListItem, listAccounts } from '../../store/views/list-accounts.ts';
import { showAccount } from '../../store/views/show-account.ts';
import type { App } from '../app.ts';
import { ACCOUNT_REFERENCE, requireAccount, rowId, wholeNumber, withExamples } from '../arguments.ts';
import { drawAccount, drawHistory } from '../draw-account.ts';
import { drawTable } from '../table.ts';
import { plain, type Terminal } from '../terminal.ts';

export function addAccountsCommand(program: Command, app: App): void {
  const accounts = program.command('accounts').description('look at account profiles');
  const list = accounts
    .command('list', { isDefault: true })
    .description('accounts, in the order they came')
    .option('--search <text>', 'part of name or number')
    .addOption(new Option('--status <status>', 'only with this status').choices(ENTITIES.account.fields.status?.values ?? []))
    .option('--connection <name>', 'only those this connection knows')
    .option('--limit <number>', 'how many', wholeNumber(1, 1000), 50)
    .option('--after <id>', 'go on after this account', rowId)
    .action(async (filter: AccountFilter) => {
      app.out.answer(await listAccounts(await database(app), filter), drawList);
    });
  withExamples(list, [
    'kontor accounts list --search hansen',
    'kontor accounts list --status blocked --json',
    'kontor accounts list --after 50',
  ]);

  const show = accounts
    .command('show')
    .description('one account in full: hierarchy, terms, addresses, contacts, prices, sources')
    .argument('<account>', ACCOUNT_REFERENCE)
    .action(async (reference: string) => {
      const db = await database(app);
      const { id } = await requireAccount(db, reference);
      const view = await showAccount(db, id);
      if (!view) throw new NeedsOperatorError('NOT_FOUND', `account ${id} is gone`);
      app.out.answer(view, drawAccount);
    });
  withExamples(show, ['kontor accounts show A-1001', 'kontor accounts show id:17 --json']);

  const history = accounts
    .command('history')
    .description('what changed, when, and by which run; newest first')
    .argument('<account>', ACCOUNT_REFERENCE)
    .option('--limit <number>', 'how many', wholeNumber(1, 1000), 20)
    .option('--before <id>', 'only older than this change', rowId)
    .action(async (reference: string, page: { limit: number; before?: string }) => {
      const db = await database(app);
      const { id, name, currency } = await requireAccount(db, reference);
      app.out.answer({ id, name, currency, ...(await accountHistory(db, id, page)) }, drawHistory);
    });
  withExamples(history, ['kontor accounts history A-1001', 'kontor accounts history A-1001 --limit 5 --json']);
}

async function database(app: App): Promise<Database> {
  return (await app.store(await app.settings([]))).db;
}

function* drawList({ accounts, next }: { accounts: AccountListItem[]; next: string | null }, terminal: Terminal): Generator<string> {
  if (accounts.length === 0) {
    yield 'no accounts';
    return;
  }
  const { red, yellow } = terminal.paint;
  const styles: Record<string, (text: string) => string> = { blocked: red, on_hold: yellow, closed: red };
  const columns = [
    { title: 'number', least: 8 },
    { title: 'name', least: 12 },
    { title: 'status', style: (text: string) => styles[text.trim()]?.(text) ?? text },
    { title: 'kind' },
    { title: 'parent', least: 10 },
    { title: 'city', least: 8 },
    { title: 'id' },
  ];
  const rows = accounts.map(({ id, number, name, status, kind, parent, city, country }) => [
    plain(number),
    plain(name),
    status,
    kind ?? '',
    plain(parent),
    plain([city, country].filter(Boolean).join(', ')),
    id,
  ]);
  yield* drawTable(columns, rows, terminal);
  if (next) yield terminal.paint.dim(`more: --after ${next}`);
}
