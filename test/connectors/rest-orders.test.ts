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
import type { HttpAnswer, HttpRequest } from '../../src/connector/http/types.ts';
import { openSession } from '../../src/connector/open-session.ts';
import { lookupLagOf, type OrderToPlace, type PlacedOrder } from '../../src/connector/orders.ts';
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

  it('are not looked at again when no state of theirs waits to be confirmed', async () => {
    const told = await placeOrder(orders, session(), ORDER, { confirm: false });
    expect(told.calls).toEqual(['find', 'create']);
    const waiting = session({ states: { open: 'placed' } });
    expect((await placeOrder(orders, waiting, { ...ORDER, reference: 'KO-2' }, { confirm: false })).calls).toEqual([
      'find',
      'create',
      'find',
    ]);
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
    await expect(orders.revise?.(session(), { id: '1', reference: 'KO-1' } as never, ORDER)).rejects.toMatchObject({
      code: 'HANDOFF_UNSUPPORTED',
      message: expect.stringContaining('settings.orders.revise'),
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

describe('a declared change of an order', () => {
  const body = { version: '$version', key: '$id', lines: { $each: 'lines', item: '$product', quantity: '$quantity' } };
  const placed = { id: '7', reference: 'KO-1' } as PlacedOrder;

  /** Answers every look with the same, and keeps what is sent. */
  async function sent(version: object | undefined, seen: Partial<HttpAnswer>) {
    const requests: HttpRequest[] = [];
    const send = async (request: HttpRequest): Promise<HttpAnswer> => {
      requests.push(request);
      return { status: 200, headers: {}, json: undefined, text: '', serverAt: null, verdict: 'ok', ...seen };
    };
    const config = rest.config.parse({
      url: 'https://erp.example',
      orders: { ...DECLARED, revise: { path: '/orders/{id}', body, version } },
    });
    const change = orders.revise?.({ ...session(), config, http: { send } } as never, placed, ORDER);
    return { change, requests };
  }
  const lines = [{ item: '4101', quantity: '100' }];

  it('is one PUT with its lines where no version is declared', async () => {
    const { change, requests } = await sent(undefined, {});
    await change;
    expect(requests).toMatchObject([{ method: 'PUT', path: '/orders/7', json: { key: '7', lines } }]);
    expect(requests[0]?.json).not.toHaveProperty('version');
  });

  it('says the version it has seen in its body', async () => {
    const { change, requests } = await sent({ path: '/orders/{id}', field: 'meta.rev' }, { json: { meta: { rev: 12 } } });
    await change;
    expect(requests[1]).toMatchObject({ method: 'PUT', headers: {}, json: { version: 12, key: '7', lines } });
  });

  it('goes with the ETag it has seen', async () => {
    const { change, requests } = await sent({ path: '/orders/{id}' }, { headers: { etag: '"v3"' } });
    await change;
    expect(requests[1]).toMatchObject({ method: 'PUT', headers: { 'if-match': '"v3"' } });
  });

  it.each([
    ['ETag', { path: '/orders/{id}' }],
    ['version at "meta.rev"', { path: '/orders/{id}', field: 'meta.rev' }],
  ])('is not sent without an %s to go by', async (what, version) => {
    const { change, requests } = await sent(version, { json: {} });
    await expect(change).rejects.toMatchObject({ code: 'ERP_ANSWER_UNUSABLE', message: expect.stringContaining(what) });
    expect(requests).toHaveLength(1);
  });
});

describe('how long an order may stay invisible', () => {
  it('is ten seconds, or what is declared', async () => {
    const lagOf = (orderSettings: object) =>
      lookupLagOf(orders, rest.config.parse({ url: 'https://erp.example', orders: { ...DECLARED, ...orderSettings } }));
    expect([lagOf({}), lagOf({ lookupLagSeconds: 120 })]).toEqual([10_000, 120_000]);
    erp.loseAnswerOf('KO-1');
    await expect(placeOrder(orders, session({ lookupLagSeconds: 120 }), ORDER)).rejects.toMatchObject({ retryAfterMs: 120_000 });
  });
});
