/** Prices and stock as people read them. */
import type { PriceItem } from '../store/views/list-prices.ts';
import type { StockItem } from '../store/views/list-stock.ts';
import { formatDecimal, formatInstant, formatPrice, formatValidity } from './format.ts';
import { drawTable } from './table.ts';
import { plain, type Terminal } from './terminal.ts';

const right = 'right' as const;

export function* drawPriceTable(prices: readonly PriceItem[], terminal: Terminal): Generator<string> {
  const columns = [
    { title: 'product', least: 8 },
    { title: 'name', least: 8 },
    { title: 'price', align: right },
    { title: 'from', align: right },
    { title: 'valid', least: 6 },
    { title: 'for', least: 8 },
  ];
  const rows = prices.map(({ scope, profile }) => [
    plain(profile.product),
    plain(profile.productName),
    formatPrice(profile),
    formatDecimal(profile.minQuantity),
    formatValidity(profile),
    holders({ scope, profile }),
  ]);
  yield* drawTable(columns, rows, terminal);
}

function holders({ scope, profile }: Pick<PriceItem, 'scope' | 'profile'>): string {
  if (scope === 'account') return 'this account';
  return scope === 'priceList' ? `list ${plain(profile.priceList)}` : 'everyone';
}

export function* drawStockTable(stock: readonly StockItem[], terminal: Terminal): Generator<string> {
  const columns = [
    { title: 'product', least: 8 },
    { title: 'site', least: 8 },
    { title: 'on hand', align: right },
    { title: 'available', align: right },
    { title: 'incoming', align: right },
    { title: 'unit' },
    { title: 'changed', least: 10 },
  ];
  const rows = stock.map(({ profile, updatedAt }) => [
    plain(profile.product),
    [profile.site, profile.siteName].filter(Boolean).map(plain).join(', '),
    formatDecimal(profile.onHand),
    formatDecimal(profile.available),
    formatDecimal(profile.incoming),
    plain(profile.unit),
    formatInstant(updatedAt),
  ]);
  yield* drawTable(columns, rows, terminal);
}
