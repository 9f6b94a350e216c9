/** Entry of the reader thread: reads ahead of the database by a few pages, maps what it is told differs. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadConnector } from '../../connectors/load-connector.ts';
import { KontorError } from '../errors.ts';
import type { KnownPrefixes } from './known-set.ts';
import type { Held, PageStager } from './page-stager.ts';
import type { FromReader, ToReader } from './reader-protocol.ts';
import { type ReadRequest, readBatches } from './reading.ts';

/** Pages prepared and not yet rendered; bounds the memory of a reader that is faster than the database. */
const READ_AHEAD = 3;

const port = parentPort;
if (!port) throw new Error('reader-thread.ts runs as a worker thread only');
const say = (message: FromReader, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

const request = workerData as ReadRequest;
const stopping = new AbortController();
const waiting = new Map<number, { held: Held; stager: PageStager }>();
let roomMade: () => void = () => {};
let tellKnown: (prefixes: KnownPrefixes | null) => void = () => {};
let reuse: (memory: ArrayBuffer) => void = () => {};

port.on('message', (message: ToReader) => {
  if (message.kind === 'stop') {
    stopping.abort();
    roomMade();
    return;
  }
  if (message.kind === 'known') {
    tellKnown(message.prefixes);
    return;
  }
  if (message.kind === 'used') {
    reuse(message.memory);
    return;
  }
  const page = waiting.get(message.page);
  if (!page) return;
  waiting.delete(message.page);
  const { drafts, bad, badCount } = page.stager.render(page.held, message.differing);
  reuse = (memory) => page.stager.reuse(memory);
  if (drafts.length > 0 || bad.length > 0)
    say(
      { kind: 'rendered', page: message.page, drafts, bad, badCount },
      [drafts, bad].filter(({ length }) => length > 0).map(({ buffer }) => buffer),
    );
  roomMade();
});

function askKnown(): Promise<KnownPrefixes | null> {
  return new Promise((resolve) => {
    tellKnown = resolve;
    say({ kind: 'asks-known' });
  });
}

try {
  const connector = await loadConnector(request.connector);
  let page = 0;
  for await (const batch of readBatches(connector, request, stopping.signal, { border: null, askKnown })) {
    if (stopping.signal.aborted) break;
    waiting.set(page, batch);
    say({ kind: 'prepared', page, prepared: batch.held.prepared });
    page += 1;
    // Also gives waiting render requests their turn between two pages.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (waiting.size >= READ_AHEAD && !stopping.signal.aborted) await new Promise<void>((resolve) => (roomMade = resolve));
  }
  say({ kind: 'end' });
} catch (error) {
  const known = error instanceof KontorError;
  say({
    kind: 'failed',
    error: {
      class: known ? error.name : 'Error',
      code: known ? error.code : 'INTERNAL',
      message: error instanceof Error ? error.message : String(error),
      stack: error instanceof Error ? (error.stack ?? '') : '',
    },
  });
}
