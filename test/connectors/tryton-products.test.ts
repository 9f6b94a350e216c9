import { describe, expect, it } from 'vitest';
import { tryton } from '../../connectors/tryton/index.ts';
import { readProducts } from '../../connectors/tryton/products.ts';
import { trytonScene } from './tryton-setup.ts';

async function withProducts(options: Parameters<typeof trytonScene>[0] = {}) {
  const scene = await trytonScene(options);
  for (const number of ['A-1', 'A-2', 'A-3']) scene.world.add('product', { number, name: `Pump ${number}`, price: '12.3450', unit: 'PCE' });
  scene.world.add('price', { priceList: 'Trade', product: 'A-1', unitPrice: '11.1105' });
  scene.world.add('price', { priceList: 'Trade', product: 'A-1', unitPrice: '9.8760', minQuantity: '10' });
  return scene;
}

describe('prices of a Tryton', () => {
  it('are those the server calculates: for everyone, then per list and quantity break', async () => {
    const { read } = await withProducts();

    const prices = await read('price');

    expect(
      prices.map(({ externalId, values: { priceList, product, unitPrice, minQuantity } }) => [
        externalId,
        priceList,
        product,
        unitPrice,
        minQuantity,
      ]),
    ).toEqual([
      ['0/1/0', null, 'A-1', '12.345', null],
      ['0/2/0', null, 'A-2', '12.345', null],
      ['0/3/0', null, 'A-3', '12.345', null],
      ['1/1/0', 'Trade', 'A-1', '11.1105', null],
      ['1/2/0', 'Trade', 'A-2', '12.345', null],
      ['1/1/10', 'Trade', 'A-1', '9.876', '10'],
      ['1/2/10', 'Trade', 'A-2', '12.345', '10'],
      ['1/3/0', 'Trade', 'A-3', '12.345', null],
      ['1/3/10', 'Trade', 'A-3', '12.345', '10'],
    ]);
    expect(prices[0]?.values).toMatchObject({ currency: 'EUR', unit: 'PCE', productName: 'Pump A-1' });
  });

  it('are the list prices where neither sales nor price lists are installed', async () => {
    const { read } = await withProducts({
      without: ['product.product.sale_price_uom', 'product.product.sale_uom', 'product.product.salable', 'party.party.sale_price_list'],
    });

    expect((await read('price')).map(({ values }) => [values.product, values.unitPrice, values.unit])).toEqual(
      ['A-1', 'A-2', 'A-3'].map((product) => [product, '12.345', 'PCE']),
    );
  });

  it('go on after any page with the rest, and from the last one from the beginning', async () => {
    const { session } = await withProducts();
    const idsAfter = async (cursor: unknown) => {
      const ids: string[][] = [];
      const cursors: unknown[] = [];
      for await (const page of tryton.sources.price?.read(session, { domain: [] }, cursor as never) ?? []) {
        ids.push(page.records.map((record: { id: string }) => record.id));
        cursors.push(page.cursor);
      }
      return { ids, cursors };
    };

    const { ids, cursors } = await idsAfter(null);

    for (const [turn, cursor] of cursors.slice(0, -1).entries()) expect((await idsAfter(cursor)).ids).toEqual(ids.slice(turn + 1));
    expect((await idsAfter(cursors.at(-1))).ids).toEqual(ids);
    expect(ids).toHaveLength(4);
  });
});

describe('stock of a Tryton', () => {
  it('is what lies in each warehouse, and what of it is not assigned', async () => {
    const { world, read } = await withProducts();
    world.add('stock', { site: '01', siteName: 'Hamburg Süd', product: 'A-1', onHand: '12.5', available: '10' });
    world.add('stock', { site: 'W2', siteName: "King's Lynn", product: 'A-2', onHand: '3', available: '0' });

    const stock = await read('stock');

    expect(stock.map(({ values }) => [values.site, values.siteName, values.product, values.onHand, values.available])).toEqual([
      ['01', 'Hamburg Süd', 'A-1', '12.5', '10'],
      ['01', 'Hamburg Süd', 'A-2', '0', '0'],
      ['01', 'Hamburg Süd', 'A-3', '0', '0'],
      ['W2', "King's Lynn", 'A-1', '0', '0'],
      ['W2', "King's Lynn", 'A-2', '3', '0'],
      ['W2', "King's Lynn", 'A-3', '0', '0'],
    ]);
  });
});

it('tells what is no product as a bad record, and never asks for the same page for ever', async () => {
  const { session } = await trytonScene({ settings: { company: 1, pageSize: 1 } });
  let asked = 0;
  const http = {
    send: async () => {
      asked += 1;
      if (asked > 9) throw new Error('asked for ever');
      return { json: { id: 1, result: asked === 1 ? [null] : [] }, serverAt: null };
    },
  };
  const of = { views: [{ id: 0, records: async () => [] }], domain: [], fields: ['id'], context: {} };
  const read = async (pageSize: number) => {
    asked = 0;
    const records: unknown[] = [];
    const config = { ...session.config, pageSize };
    for await (const page of readProducts({ config, http } as never, null, of)) records.push(...page.records);
    return records;
  };
  expect(await read(2)).toEqual([null]);
  await expect(read(1)).rejects.toMatchObject({ code: 'ERP_ANSWER_UNUSABLE' });
});
