/** An ERP that answers at once and keeps a ledger: `node instant-erp.js`. Sends its port to its parent, tells what arrived when asked, ends with it. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Arrivals } from './orders-scene.ts';

interface Entry {
  readonly id: string;
  readonly reference: string;
  readonly customer: string;
  readonly currency: string;
  readonly lines: unknown;
}

let ledger = new Map<string, Entry[]>();
/** Reference -> when the head of its POST was on the socket, on the clock that all processes of a machine share. */
let arrived: Arrivals['at'] = {};
let waiting: { count: number; answer: () => void } | undefined;
let taken = 0;
/** Goes on counting when the ledger is emptied, as numbers of documents do. */
let serial = 0;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const ns = process.hrtime.bigint();
  if (request.method !== 'POST') {
    const references = new URL(request.url ?? '/', 'http://erp').searchParams.get('references') ?? '';
    return answer(response, { items: references.split(',').flatMap((reference) => ledger.get(reference) ?? []) });
  }
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const order: Omit<Entry, 'id'> = JSON.parse(Buffer.concat(parts).toString());
    const id = String(++serial);
    taken += 1;
    arrived[order.reference] ??= Number(ns / 1_000n);
    ledger.set(order.reference, [...(ledger.get(order.reference) ?? []), { ...order, id }]);
    answer(response, { id, number: `SO-${id}` });
    if (waiting && taken >= waiting.count) waiting.answer();
  });
});

function answer(response: ServerResponse, json: object): void {
  const body = Buffer.from(JSON.stringify(json));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

process.on('message', (asked: { until?: number; reset?: true }) => {
  if (asked.reset) {
    ledger = new Map();
    arrived = {};
    taken = 0;
    process.send?.({ isReset: true });
    return;
  }
  const tell = () => {
    waiting = undefined;
    const doubled = [...ledger.values()].filter(({ length }) => length > 1).length;
    process.send?.({ at: arrived, taken, doubled } satisfies Arrivals);
  };
  if (taken >= (asked.until ?? 0)) tell();
  else waiting = { count: asked.until ?? 0, answer: tell };
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
