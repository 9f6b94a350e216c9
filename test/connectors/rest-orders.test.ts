/** Orders declared in kontor.yaml, against a server that knows nothing of us: the sandbox ERP of the demo. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rest } from '../../connectors/rest/index.ts';
import { bodyOf } from '../../connectors/rest/order-body.ts';
import { orders } from '../../connectors/rest/orders.ts';
import { type SandboxErp, startSandboxErp } from '../../src/cli/demo/sandbox-erp.ts';
import { memoryBorder } from '../../src/connector/http/memory-border.ts';
import { openSession } from '../../src/connector/open-session.ts';
import type { OrderToPlace } from '../../src/connector/orders.ts';
import { placeOrder } from '../../src/connector/place-order.ts';

const DECLARED = {
  create: {
    path: '/orders',
    body: {
      reference: '$reference',
      customer: '$soldTo',
      currency: '$currency',
      po: '$purchaseOrderNumber',
      lines: { $each: 'lines', item: '$product', quantity: '$quantity', price: '$unitPrice' },
    },
    number: 'number',
  },
  find: [{ path: '/orders?reference={reference}', orders: 'orders' }],
  status: { path: '/orders?ids={ids}', orders: 'orders' },
  fields: {
    number: 'number',
    reference: 'reference',
    soldTo: 'customer',
    state: 'state',
    currency: 'currency',
    lines: 'lines',
    product: 'item',
    quantity: 'quantity',
    unitPrice: 'price',
  },
};

const ORDER: OrderToPlace = {
  reference: 'KO-1',
  soldTo: 'L-2001',
  orderedOn: '2026-11-23',
  currency: 'EUR',
  lines: [{ reference: '1', product: '4101', quantity: '100', unitPrice: '2.85' }],
};

let folder: string;
let erp: SandboxErp;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kontor-sandbox-'));
  erp = await startSandboxErp(path.join(folder, 'orders.json'));
});
afterEach(async () => {
  await erp.close();
  await rm(folder, { recursive: true, force: true });
});

function session(change: object = {}) {
  const config = rest.config.parse({ url: erp.url, orders: { ...DECLARED, ...change } });
  return openSession(
    rest,
    { connection: 'erp', config, baseFolder: '.', signal: new AbortController().signal, now: () => new Date() },
    memoryBorder(),
  );
}

describe('orders declared for a system of no connector', () => {
  it('are made once, found again, and told how they stand', async () => {
    const first = await placeOrder(orders, session(), ORDER);
    expect(first).toMatchObject({ created: true, placed: { id: '1', number: 'SO-1001', soldTo: 'L-2001', state: 'accepted' } });
    expect(await placeOrder(orders, session(), ORDER)).toMatchObject({ created: false, adopted: true });
    expect(await orders.status(session(), ['1'])).toMatchObject([
      { number: 'SO-1001', lines: [{ product: '4101', quantity: '100', unitPrice: '2.85' }] },
    ]);
    expect(erp.orders).toHaveLength(1);
    expect(erp.orders[0]).not.toHaveProperty('po');
  });

  it('are made once although the answer is lost', async () => {
    erp.loseAnswerOf('KO-1');
    await expect(placeOrder(orders, session(), ORDER)).rejects.toMatchObject({ code: 'ERP_OUTCOME_UNKNOWN' });
    expect(await placeOrder(orders, session(), ORDER)).toMatchObject({ adopted: true, placed: { number: 'SO-1001' } });
    expect(erp.orders).toHaveLength(1);
  });

  it('are there after a restart of the server', async () => {
    await placeOrder(orders, session(), ORDER);
    await erp.close();
    erp = await startSandboxErp(path.join(folder, 'orders.json'));
    expect(await orders.find(session(), 'KO-1')).toHaveLength(1);
  });

  it('are refused in the words of the system', async () => {
    await expect(placeOrder(orders, session(), { ...ORDER, lines: [] })).rejects.toMatchObject({
      code: 'ERP_REFUSED',
      message: expect.stringContaining('lines'),
    });
  });

  it.each([
    [
      'no list where one is declared',
      { find: [{ path: '/orders?reference={reference}', orders: 'items' }] },
      /no list of orders at "items"/,
    ],
    ['no reference in what was found', { fields: { ...DECLARED.fields, reference: 'ref' } }, /without id, reference or lines/],
  ])('are never taken for absent: %s', async (_title, change, words) => {
    await orders.create(session(), ORDER);
    await expect(orders.find(session(change), 'KO-1')).rejects.toMatchObject({
      code: 'ERP_ANSWER_UNUSABLE',
      message: expect.stringMatching(words),
    });
  });

  it('say what is missing where nothing is declared', async () => {
    const bare = openSession(
      rest,
      {
        connection: 'erp',
        config: rest.config.parse({ url: erp.url }),
        baseFolder: '.',
        signal: new AbortController().signal,
        now: () => new Date(),
      },
      memoryBorder(),
    );
    await expect(orders.find(bare, 'KO-1')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('settings.orders'),
    });
    await expect(orders.cancel?.(session(), { id: '1', reference: 'KO-1' } as never)).rejects.toMatchObject({
      code: 'HANDOFF_UNSUPPORTED',
    });
  });

  it('repeat a part of the body for each line, and leave out what the order does not have', () => {
    expect(
      bodyOf({ a: '$soldTo', b: '$$soldTo', c: 7, d: '$note', lines: { $each: 'lines', item: '$product', unit: '$unit' } }, ORDER),
    ).toEqual({
      a: 'L-2001',
      b: '$soldTo',
      c: 7,
      lines: [{ item: '4101' }],
    });
  });
});
