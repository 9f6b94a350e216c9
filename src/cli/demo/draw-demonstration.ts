/** What the demo shows at its end: what was pulled, three profiles, stock, orders, the month, and where to look next. */
import type { Run } from '../../store/runs.ts';
import type { QuarantineEntry } from '../../store/views/list-quarantine.ts';
import type { StockItem } from '../../store/views/list-stock.ts';
import type { AccountView } from '../../store/views/show-account.ts';
import { drawAccount } from '../draw-account.ts';
import { drawStockTable } from '../draw-prices.ts';
import { formatCount, formatOrigin } from '../format.ts';
import { drawFacts, drawTable } from '../table.ts';
import { plain, type Terminal } from '../terminal.ts';
import type { DemoOrder } from './demo-orders.ts';
import { drawDemoMonth } from './draw-demo-month.ts';
import { drawDemoOrders } from './draw-demo-orders.ts';
import type { ToldMonth } from './told-month.ts';

export interface Demonstration {
  runs: Run[];
  quarantine: QuarantineEntry[];
  accounts: AccountView[];
  stock: StockItem[];
  orders: DemoOrder[];
  month: ToldMonth;
  mailFolder: string;
  /** How to call kontor with what the demo made. */
  kontor: string;
}

export function* drawDemonstration(shown: Demonstration, terminal: Terminal): Generator<string> {
  const { runs, quarantine, accounts, stock, orders, month, mailFolder, kontor } = shown;
  const { paint } = terminal;
  yield '';
  yield paint.bold('What the pull did');
  const numbers = runs.map(({ entity, outcome, counts }) => [
    entity,
    outcome ?? '',
    ...[counts.read, counts.created, counts.changed, counts.unchanged, counts.quarantined].map((count) =>
      count > 0 ? formatCount(count) : '',
    ),
  ]);
  const titles = ['entity', 'outcome', 'read', 'created', 'changed', 'unchanged', 'quarantined'];
  yield* drawTable(
    titles.map((title, index) => (index < 2 ? { title } : { title, align: 'right' as const })),
    numbers,
    terminal,
  );
  for (const { notices } of runs) for (const { message } of notices) yield `${paint.yellow('note')}  ${plain(message)}`;
  yield* drawQuarantine(quarantine, terminal);
  for (const account of accounts) {
    yield '';
    yield paint.dim('-'.repeat(Math.min(terminal.width, 78)));
    yield* drawAccount(account, terminal);
  }
  yield '';
  yield paint.dim('-'.repeat(Math.min(terminal.width, 78)));
  yield paint.bold('Where rope lies');
  yield* drawStockTable(stock, terminal);
  yield '';
  yield paint.dim('-'.repeat(Math.min(terminal.width, 78)));
  yield* drawDemoOrders(orders, terminal);
  yield '';
  yield paint.dim('-'.repeat(Math.min(terminal.width, 78)));
  yield* drawDemoMonth(month, mailFolder, terminal);
  yield '';
  yield paint.bold('Where to look next');
  yield* drawFacts(
    [
      [`${kontor} map sheets account --sample 3`, 'how columns become fields'],
      [`${kontor} quarantine show ${quarantine[0]?.id ?? 'NUMBER'}`, 'a record that was set aside, in full'],
      [`${kontor} accounts history 001001`, 'every value, when it came and from where'],
      [`${kontor} orders why WEB-1002`, 'which rule, what numbers, who was considered'],
      [`${kontor} orders approve WEB-1002 --as P0101`, 'let it go; the next demo hands it off'],
      [`${kontor} budgets statement LUEBECK --on 2026-04-07`, 'every movement of a budget in that month'],
      [`${kontor} mail list`, 'who was told what, and when'],
      [`${kontor} prices 001001 --on 2026-12-24`, 'what it pays on that day'],
      ['npx kontor init', 'a kontor.yaml of your own'],
    ],
    terminal,
  );
  if (!kontor.startsWith('npx '))
    yield paint.dim('Where NAME=value before a command is not understood, as in PowerShell, set these variables first.');
}

function* drawQuarantine(quarantine: readonly QuarantineEntry[], { paint }: Terminal): Generator<string> {
  if (quarantine.length === 0) return;
  yield '';
  yield paint.bold('Set aside in quarantine, the rest went on without them');
  for (const { id, origin, problems } of quarantine) {
    for (const { reason } of problems) yield `${paint.yellow(id.padStart(3))}  ${plain(formatOrigin(origin))}: ${plain(reason)}`;
  }
}
