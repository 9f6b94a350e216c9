/** Entry of the reader thread: reads ahead of the database by a few pages, maps what it is told differs. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadConnector } from '../../connectors/load-connector.ts';
import { KontorError } from '../errors.ts';
import type { KnownPrefixes } from './known-set.ts';
import type { Held, RenderedPage } from './open-page.ts';
import type { PageStager } from './page-stager.ts';
import type { FromReader, ToReader } from './reader-protocol.ts';
import { type ReadRequest, readBatches } from './reading.ts';

/** Pages that still take memory here: of which it must be told what to render, or which were rendered and are not stored yet. */
const READ_AHEAD = 3;

const port = parentPort;
if (!port) throw new Error('reader-thread.ts runs as a worker thread only');
const say = (message: FromReader, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

const request = workerData as ReadRequest;
const stopping = new AbortController();
const waiting = new Map<number, { held: Held; stager: PageStager } | null>();
let roomMade: () => void = () => {};
let tellKnown: (prefixes: KnownPrefixes | null) => void = () => {};
let lastStager: PageStager | undefined;

/** It is handed over, not copied. */
function memoryOf(rendered: RenderedPage | null): ArrayBuffer[] {
  return rendered ? [rendered.drafts, rendered.bad].flatMap(({ buffer }) => (buffer.byteLength > 0 ? [buffer] : [])) : [];
}

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
    for (const memory of message.memory) lastStager?.reuse(memory);
    if (waiting.get(message.page) === null) waiting.delete(message.page);
    roomMade();
    return;
  }
  const page = waiting.get(message.page);
  if (!page) return;
  waiting.delete(message.page);
  const rendered = page.stager.render(page.held, message.differing);
  if (rendered.drafts.length > 0 || rendered.bad.length > 0) say({ kind: 'rendered', page: message.page, ...rendered }, memoryOf(rendered));
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
  for await (const { held, stager, rendered } of readBatches(connector, request, stopping.signal, { border: null, askKnown })) {
    if (stopping.signal.aborted) break;
    lastStager = stager;
    waiting.set(page, rendered ? null : { held, stager });
    say({ kind: 'prepared', page, prepared: held.prepared, rendered }, memoryOf(rendered));
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
