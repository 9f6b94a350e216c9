/** `kontor stock`: what lies where. */
import type { Command } from 'commander';
import { listStock, type StockFilter, type StockItem } from '../../store/views/list-stock.ts';
import type { App } from '../app.ts';
import { rowId, wholeNumber, withExamples } from '../arguments.ts';
import { drawStockTable } from '../draw-prices.ts';
import type { Terminal } from '../terminal.ts';

export function addStockCommand(program: Command, app: App): void {
  const stock = program
    .command('stock')
    .description('what lies at which site, as the last pull found it')
    .option('--product <number>', 'only of this product')
    .option('--site <code>', 'only at this site')
    .option('--limit <number>', 'how many', wholeNumber(1, 1000), 50)
    .option('--after <id>', 'go on after this one', rowId)
    .action(async (filter: StockFilter) => {
      const { db } = await app.store(await app.settings([]));
      app.out.answer(await listStock(db, filter), drawStock);
    });
  withExamples(stock, ['kontor stock --product 4711', 'kontor stock --site HL --json']);
}

function* drawStock({ stock, next }: { stock: StockItem[]; next: string | null }, terminal: Terminal): Generator<string> {
  if (stock.length === 0) {
    yield 'no stock';
    return;
  }
  yield* drawStockTable(stock, terminal);
  if (next) yield terminal.paint.dim(`more: --after ${next}`);
}
