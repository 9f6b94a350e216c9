import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConnectionSettings } from '../../src/config/settings.ts';
import { requestRun } from '../../src/store/runs.ts';
import { listPrices, type PriceFilter } from '../../src/store/views/list-prices.ts';
import { listStock } from '../../src/store/views/list-stock.ts';
import { showAccount } from '../../src/store/views/show-account.ts';
import { executeRun } from '../../src/sync/execute-run.ts';
import { contextFor, customers } from './pull-setup.ts';

const ACCOUNTS = ['No,Name,List', 'C-1,Holm KG,TRADE', 'C-2,Petersen,'];
const HEADER = 'Id,Customer,List,Item,Price,Per,From,Since,Until';

const ENTITIES = [
  { entity: 'account', read: { files: ['accounts*.csv'] }, mapping: { externalId: 'No', name: 'Name', priceList: 'List' } },
  {
    entity: 'price',
    read: { files: ['prices*.csv'] },
    mapping: {
      externalId: 'Id',
      account: 'Customer',
      priceList: 'List',
      product: 'Item',
      unitPrice: 'Price',
      currency: { value: 'EUR' },
      perQuantity: 'Per',
      minQuantity: 'From',
      validFrom: 'Since',
      validTo: 'Until',
    },
  },
  {
    entity: 'stock',
    read: { files: ['stock*.csv'] },
    mapping: { externalId: { concat: ['Site', 'Item'], with: '/' }, site: 'Site', product: 'Item', onHand: 'Qty', incoming: 'Coming' },
  },
];

async function wholesaler() {
  const { db, folder, context, write, pull, rows } = await customers();
  const sheets = context.settings.connections.get('sheets') as ConnectionSettings;
  Object.assign(sheets, { entities: ENTITIES });

  async function idOf(externalId: string): Promise<string> {
    const [link] = await rows<{ local_id: string }>(`select local_id from links where external_id = '${externalId}'`);
    return link?.local_id ?? '0';
  }

  return {
    db,
    write,
    pull,
    rows,
    idOf,
    /** What an account pays, one line a price. */
    async pays(externalId: string, filter: Partial<PriceFilter> = {}) {
      const { prices } = await listPrices(db, { limit: 100, ...filter, accountId: await idOf(externalId) });
      return prices.map(({ scope, profile }) => `${profile.product} ${profile.minQuantity ?? '1'}+ ${profile.unitPrice} ${scope}`);
    },
    /** The same files once more, as the delivery of another system. */
    async pullAsOther(entity: 'account' | 'price') {
      const other = { ...sheets, name: 'other', settings: { folder: path.join(folder), stableMs: 0 } };
      const { runId } = await requestRun(db, { connection: 'other', entity, mode: 'full', trigger: 'test' }, new Date());
      return executeRun(contextFor(db, folder, other), runId);
    },
  };
}

describe('prices', () => {
  it('are stored digit for digit, with their history, and only where they changed', async () => {
    const { write, pull, rows } = await wholesaler();
    await write('prices.csv', [HEADER, 'K1,,,4711,0.10000000000000000001,100,,,', 'K2,,,4712,007.50,,,,', 'K3,,,4713,1,,,,']);
    expect(await pull('price')).toMatchObject({ outcome: 'complete', counts: { read: 3, created: 3, quarantined: 0 } });
    expect(await rows('select product, unit_price, per_quantity, min_quantity from prices order by product')).toEqual([
      { product: '4711', unit_price: '0.10000000000000000001', per_quantity: '100', min_quantity: null },
      { product: '4712', unit_price: '7.5', per_quantity: '1', min_quantity: null },
      { product: '4713', unit_price: '1', per_quantity: '1', min_quantity: null },
    ]);

    await write('prices.csv', [HEADER, 'K1,,,4711,0.10000000000000000002,100,,,', 'K2,,,4712,7.5,,,,', 'K3,,,4713,1.00,1,,,']);
    expect((await pull('price')).counts).toMatchObject({ changed: 1, unchanged: 2 });
    expect(await rows(`select entity, old, new from changes where kind = 'changed'`)).toEqual([
      { entity: 'price', old: { unitPrice: '0.10000000000000000001' }, new: { unitPrice: '0.10000000000000000002' } },
    ]);
    expect(await rows(`select event from events order by id desc limit 1`)).toEqual([{ event: 'price.changed' }]);
  });

  it('are those of the account, of its list and for everyone, the nearest first', async () => {
    const { write, pull, pays } = await wholesaler();
    await write('accounts.csv', ACCOUNTS);
    await write('prices.csv', [
      HEADER,
      'K1,,,4711,12,,,,',
      'K2,,TRADE,4711,11,,,,',
      'K3,,TRADE,4711,10,,100,,',
      'K4,C-1,,4711,9.5,,10,,',
      'K5,C-1,TRADE,4711,9,,20,,',
      'K6,,SHIP,4711,8,,,,',
      'K7,C-2,,0815,7,,,,',
    ]);
    await pull();
    await pull('price');
    expect(await pays('C-1')).toEqual([
      '4711 10+ 9.5 account',
      '4711 20+ 9 account',
      '4711 1+ 11 priceList',
      '4711 100+ 10 priceList',
      '4711 1+ 12 everyone',
    ]);
    expect(await pays('C-2')).toEqual(['0815 1+ 7 account', '4711 1+ 12 everyone']);
    expect(await pays('C-2', { product: '0815' })).toEqual(['0815 1+ 7 account']);
  });

  it('hold from their first day on, and no longer on the day they end', async () => {
    const { write, pull, pays } = await wholesaler();
    await write('accounts.csv', ACCOUNTS);
    await write('prices.csv', [HEADER, 'K1,,,4711,1,,,,2026-01-01', 'K2,,,4711,2,,,2026-01-01,2027-01-01', 'K3,,,4711,3,,,2027-01-01,']);
    await pull();
    await pull('price');
    const on = async (day: string) => (await pays('C-1', { on: day })).map((line) => line.split(' ')[2]);
    expect([await on('2025-12-31'), await on('2026-01-01'), await on('2026-12-31'), await on('2027-01-01')]).toEqual([
      ['1'],
      ['2'],
      ['2'],
      ['3'],
    ]);
    expect(await pays('C-1')).toHaveLength(3);
  });

  it("may arrive before their account, and are nobody else's until it has", async () => {
    const { write, pull, pays } = await wholesaler();
    await write('prices.csv', [HEADER, 'K1,C-1,,4711,9,,,,', 'K2,C-9,TRADE,4711,8,,,,', 'K3,C-9,,4711,7,,,,', 'K4,,,4711,12,,,,']);
    const early = await pull('price');
    expect(early.notices).toMatchObject([{ message: expect.stringContaining('3 price records wait for their account to arrive') }]);

    await write('accounts.csv', ACCOUNTS);
    await pull();

    expect(await pays('C-1')).toEqual(['4711 1+ 9 account', '4711 1+ 12 everyone']);
    expect(await pays('C-2')).toEqual(['4711 1+ 12 everyone']);
  });

  it('of another system are not taken for ours, though its lists have the same names', async () => {
    const { write, pull, pullAsOther, pays } = await wholesaler();
    await write('accounts.csv', ACCOUNTS);
    await pull();
    await write('prices.csv', [HEADER, 'K1,,TRADE,4711,11,,,,', 'K2,,,4711,12,,,,']);
    expect(await pullAsOther('price')).toMatchObject({ outcome: 'complete', counts: { created: 2 } });
    expect(await pays('C-1')).toEqual([]);
    await pull('price');
    expect(await pays('C-1')).toEqual(['4711 1+ 11 priceList', '4711 1+ 12 everyone']);
  });

  it('that cannot be read are set aside one by one, and heal', async () => {
    const { write, pull, rows } = await wholesaler();
    await write('prices.csv', [HEADER, 'K1,,,4711,on request,,,,', 'K2,,,4712,5,0,,,', 'K3,,,,5,,,,', 'K4,,,4714,5,,,,']);
    expect((await pull('price')).counts).toMatchObject({ read: 4, created: 1, quarantined: 3 });
    expect(await rows(`select external_id, problems -> 0 ->> 'field' as field from quarantine order by id`)).toEqual([
      { external_id: 'K1', field: 'unitPrice' },
      { external_id: 'K2', field: 'perQuantity' },
      { external_id: 'K3', field: 'product' },
    ]);
    await write('prices.csv', [HEADER, 'K1,,,4711,5,,,,', 'K2,,,4712,5,10,,,', 'K3,,,4713,5,,,,', 'K4,,,4714,5,,,,']);
    expect((await pull('price')).counts).toMatchObject({ created: 3, unchanged: 1, healed: 3 });
  });

  it('stand with their account, the first twenty of them, and go on page by page', async () => {
    const { db, write, pull, idOf, pays } = await wholesaler();
    await write('accounts.csv', ACCOUNTS);
    const many = Array.from({ length: 23 }, (_, n) => `L${n},,TRADE,${4700 + (n % 12)},${n + 1},,${n},,`);
    await write('prices.csv', [HEADER, ...many, 'K1,C-1,,4711,9,,,,', 'E1,,,4711,12,,,,']);
    await pull();
    await pull('price');
    const accountId = await idOf('C-1');

    const shown = await showAccount(db, accountId);
    expect(shown?.prices).toMatchObject({ more: 4, next: shown?.prices.prices.at(-1)?.id });
    expect(shown?.prices.prices).toHaveLength(20);
    expect(shown?.prices.prices[0]).toMatchObject({ scope: 'priceList', profile: { product: '4700', unitPrice: '1', account: null } });

    const pages: string[] = [];
    for (let after: string | undefined, left = 25; left > 0; ) {
      const page = await listPrices(db, { accountId, limit: 7, after });
      pages.push(
        ...page.prices.map(({ scope, profile }) => `${profile.product} ${profile.minQuantity ?? '1'}+ ${profile.unitPrice} ${scope}`),
      );
      left -= page.prices.length;
      expect(page.more).toBe(left);
      after = page.next ?? undefined;
    }
    expect(pages).toEqual(await pays('C-1'));
    expect((await showAccount(db, await idOf('C-2')))?.prices).toEqual({ prices: [], more: 0, next: null });
  });
});

describe('stock', () => {
  it('is what lies at each site, and what changed there', async () => {
    const { db, write, pull, rows } = await wholesaler();
    await write('stock.csv', ['Site,Item,Qty,Coming', 'HL,4711,12.50,', 'HH,4711,-3,100', 'HL,0815,0,']);
    expect(await pull('stock')).toMatchObject({ outcome: 'complete', counts: { created: 3 } });
    await write('stock.csv', ['Site,Item,Qty,Coming', 'HL,4711,11.5,', 'HH,4711,-3.0,100', 'HL,0815,0,']);
    expect((await pull('stock')).counts).toMatchObject({ changed: 1, unchanged: 2 });

    const { stock, next } = await listStock(db, { limit: 2 });
    expect(stock).toMatchObject([
      { connection: 'sheets', profile: { product: '0815', site: 'HL', onHand: '0', incoming: null } },
      { connection: 'sheets', profile: { product: '4711', site: 'HH', onHand: '-3', incoming: '100' } },
    ]);
    expect((await listStock(db, { limit: 2, after: next ?? '' })).stock).toMatchObject([{ profile: { site: 'HL', onHand: '11.5' } }]);
    expect((await listStock(db, { product: '4711', site: 'HH', limit: 9 })).stock).toHaveLength(1);
    expect(await rows(`select entity, old, new from changes where kind = 'changed'`)).toEqual([
      { entity: 'stock', old: { onHand: '12.5' }, new: { onHand: '11.5' } },
    ]);
  });
});
