/** `kontor prices`: what an account pays. */
import { type Command, Option } from 'commander';
import { listPrices, type PriceFilter, type PriceList } from '../../store/views/list-prices.ts';
import type { App } from '../app.ts';
import { ACCOUNT_REFERENCE, civilDay, requireAccount, rowId, wholeNumber, withExamples } from '../arguments.ts';
import { drawPriceTable } from '../draw-prices.ts';
import { formatCount } from '../format.ts';
import type { Terminal } from '../terminal.ts';

export function addPricesCommand(program: Command, app: App): void {
  const prices = program
    .command('prices')
    .description('what an account pays: its own prices, those of its price list, and those for everyone')
    .argument('<account>', ACCOUNT_REFERENCE)
    .option('--product <number>', 'only of this product')
    .addOption(new Option('--on <date>', 'only those valid on this day (YYYY-MM-DD)').argParser(civilDay))
    .option('--limit <number>', 'how many', wholeNumber(1, 1000), 50)
    .option('--after <id>', 'go on after this price', rowId)
    .action(async (reference: string, filter: Omit<PriceFilter, 'accountId'>) => {
      const { db } = await app.store(await app.settings([]));
      const { id, number, name } = await requireAccount(db, reference);
      app.out.answer({ account: { id, number, name }, ...(await listPrices(db, { ...filter, accountId: id })) }, drawPrices);
    });
  withExamples(prices, [
    'kontor prices A-1001',
    'kontor prices A-1001 --product 4711 --on 2026-12-24',
    'kontor prices id:17 --limit 1000 --json',
  ]);
}

function* drawPrices(list: PriceList, terminal: Terminal): Generator<string> {
  if (list.prices.length === 0) {
    yield 'no prices';
    return;
  }
  yield* drawPriceTable(list.prices, terminal);
  if (list.next) yield terminal.paint.dim(`… ${formatCount(list.more)} more: --after ${list.next}`);
}
