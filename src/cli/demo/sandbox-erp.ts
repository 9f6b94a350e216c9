/**
 * The ERP of the demo: a small HTTP server that takes orders, as the system behind a `rest` connection would, and can be asked to
 * lose one answer. It keeps what it took in a file, so that a second demo finds it again.
 *
 * POST /orders { reference, customer, currency, lines: [{ item, quantity, price }], ... } -> 201 { id, number }
 * GET  /orders?reference=KO-17 | ?ids=1,2                                                 -> { orders: [{ id, number, reference, customer, state, ... }] }
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const orderSchema = z.looseObject({
  reference: z.string().min(1),
  customer: z.string().min(1),
  currency: z.string().length(3),
  lines: z.array(z.looseObject({ item: z.string(), quantity: z.string(), price: z.string() })).min(1),
});

const keptSchema = z.array(orderSchema.extend({ id: z.string(), number: z.string(), state: z.string() }));

type Kept = z.infer<typeof keptSchema>[number];

export interface SandboxErp {
  readonly url: string;
  /** Taken so far, in the order of their arrival. */
  readonly orders: readonly Kept[];
  /** The next order whose body holds this text is taken, and its answer never sent. */
  loseAnswerOf(text: string): void;
  close(): Promise<void>;
}

export async function startSandboxErp(file: string): Promise<SandboxErp> {
  const orders: Kept[] = await readKept(file);
  let losing: string | null = null;

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await textOf(request);
    const given = orderSchema.safeParse(JSON.parse(text));
    if (!given.success) return answer(response, 422, { error: z.prettifyError(given.error) });
    const turn = orders.length + 1;
    const order: Kept = { ...given.data, id: String(turn), number: `SO-${1000 + turn}`, state: 'accepted' };
    orders.push(order);
    await keep(file, orders);
    if (losing !== null && text.includes(losing)) {
      losing = null;
      response.destroy();
      return;
    }
    answer(response, 201, { id: order.id, number: order.number });
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://sandbox');
    const isOrders = url.pathname === '/orders';
    const handled = async () => {
      if (isOrders && request.method === 'POST') return take(request, response);
      if (isOrders && request.method === 'GET') return answer(response, 200, { orders: wanted(orders, url.searchParams) });
      if (url.pathname === '/' && request.method === 'GET') return answer(response, 200, { name: 'Sandbox ERP', version: '1' });
      answer(response, 404, { error: `there is no ${request.method} ${url.pathname}` });
    };
    handled().catch((error: unknown) => answer(response, 400, { error: String(error) }));
  });
  await listening(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    orders,
    loseAnswerOf(text) {
      losing = text;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function wanted(orders: readonly Kept[], query: URLSearchParams): readonly Kept[] {
  const reference = query.get('reference');
  const ids = query.get('ids')?.split(',');
  return orders.filter((order) => (reference === null ? (ids?.includes(order.id) ?? true) : order.reference === reference));
}

async function readKept(file: string): Promise<Kept[]> {
  const text = await readFile(file, 'utf8').catch(() => '[]');
  return keptSchema.parse(JSON.parse(text));
}

/** Whole or not at all: the demo may be stopped at any moment. */
async function keep(file: string, orders: readonly Kept[]): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(orders, null, 2));
  await rename(`${file}.new`, file);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}
