/** Opens a reader for a connection's entity: on a thread of its own when the connector asks for it, else here. */
import { Worker } from 'node:worker_threads';
import type { AnyConnector } from '../connector/contract.ts';
import { threadEntry } from '../connector/thread-entry.ts';
import { NeedsOperatorError, RecordRejectedError, RetryLaterError } from '../errors.ts';
import type { RenderedPage } from './open-page.ts';
import type { FromReader, ToReader } from './reader-protocol.ts';
import { type AskKnown, type Lent, type ReadBatch, type ReadRequest, readBatches } from './reading.ts';

/** Old generation of the reader thread; a page or two of records, and what the parsers hold. */
const THREAD_HEAP_MB = 512;

/** Room for a page of records to die young; with Node's default they are copied twice first (measured: a third of the reading time), and more gains nothing. */
const THREAD_YOUNG_MB = 16;

export function openReader(connector: AnyConnector, request: ReadRequest, signal: AbortSignal, lent: Lent): AsyncGenerator<ReadBatch> {
  return connector.traits.offMainThread ? readOnThread(request, signal, lent.askKnown) : readHere(connector, request, signal, lent);
}

async function* readHere(connector: AnyConnector, request: ReadRequest, signal: AbortSignal, lent: Lent): AsyncGenerator<ReadBatch> {
  for await (const { held, stager, rendered } of readBatches(connector, request, signal, lent)) {
    yield {
      prepared: held.prepared,
      rendered,
      render: async (differing) => stager.render(held, differing),
      giveBack: ({ drafts, bad }) => [drafts, bad].forEach(({ buffer }) => void stager.reuse(buffer)),
    };
  }
}

async function* readOnThread(request: ReadRequest, signal: AbortSignal, askKnown: AskKnown): AsyncGenerator<ReadBatch> {
  const thread = new Worker(threadEntry(import.meta.url, './reader-thread.ts'), {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB, maxYoungGenerationSizeMb: THREAD_YOUNG_MB },
  });
  const inbox = new Inbox(thread);
  answerOnKnown(thread, inbox, request, askKnown);
  // The thread must live until it has rendered the last page, also when its end was asked for before.
  const rendering = new Set<Promise<RenderedPage>>();
  const stop = () => {
    thread.postMessage({ kind: 'stop' } satisfies ToReader);
    inbox.fail(signal.reason instanceof Error ? signal.reason : new RetryLaterError('SHUTTING_DOWN', 'reading was stopped'));
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const message = await inbox.next((m) => m.kind === 'prepared' || m.kind === 'end');
      if (message.kind !== 'prepared') {
        await Promise.allSettled(rendering);
        return;
      }
      const { page, prepared, rendered } = message;
      yield {
        prepared,
        rendered,
        render(differing) {
          thread.postMessage({ kind: 'render', page, differing } satisfies ToReader);
          if (differing.length === 0 && prepared.keyed + prepared.known.count === prepared.size) return Promise.resolve(NOTHING_RENDERED);
          const rendered = inbox.next((m) => m.kind === 'rendered' && m.page === page) as Promise<
            Extract<FromReader, { kind: 'rendered' }>
          >;
          rendering.add(rendered);
          rendered.then(
            () => rendering.delete(rendered),
            () => rendering.delete(rendered),
          );
          return rendered;
        },
        giveBack({ drafts, bad }) {
          const memory = [drafts, bad].flatMap(({ buffer }) => (buffer.byteLength > 0 ? [buffer] : []));
          thread.postMessage({ kind: 'used', page, memory } satisfies ToReader, memory);
        },
      };
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await thread.terminate();
  }
}

/** Whoever reads from the beginning will ask: the answer is sought while the thread still starts. */
function answerOnKnown(thread: Worker, inbox: Inbox, { cursor }: ReadRequest, askKnown: AskKnown): void {
  const early = cursor === null ? askKnown() : undefined;
  early?.catch((error: Error) => inbox.fail(error));
  thread.on('message', ({ kind }: FromReader) => {
    if (kind !== 'asks-known') return;
    (early ?? askKnown()).then(
      (prefixes) =>
        thread.postMessage(
          { kind: 'known', prefixes } satisfies ToReader,
          (prefixes ?? []).map(({ buffer }) => buffer),
        ),
      (error: Error) => inbox.fail(error),
    );
  });
}

const NOTHING_RENDERED: RenderedPage = { drafts: new Uint8Array(0), bad: new Uint8Array(0), badCount: 0 };

/** Messages of the thread in order, awaited by kind; a failure or an early end wakes whoever waits. */
class Inbox {
  readonly #messages: FromReader[] = [];
  #failure: Error | null = null;
  readonly #waiting: Array<() => void> = [];

  constructor(thread: Worker) {
    thread.on('message', (message: FromReader) => {
      if (message.kind === 'failed') this.#failure = revive(message.error);
      else if (message.kind !== 'asks-known') this.#messages.push(message);
      this.#wakeAll();
    });
    thread.on('error', (error) => this.fail(error));
    thread.on('exit', (code) => this.fail(new Error(`the reader thread ended early with code ${code}`)));
  }

  async next(wanted: (message: FromReader) => boolean): Promise<FromReader> {
    for (;;) {
      const index = this.#messages.findIndex(wanted);
      const found = index < 0 ? undefined : this.#messages.splice(index, 1)[0];
      if (found) return found;
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  fail(error: Error): void {
    this.#failure ??=
      'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? new NeedsOperatorError('SOURCE_TOO_LARGE', `reading needed more than ${THREAD_HEAP_MB} MB of memory; split the file`, {
            cause: error,
          })
        : error;
    this.#wakeAll();
  }

  /** The next page and a rendered one may be awaited at the same time. */
  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

function revive({ class: name, code, message, stack }: Extract<FromReader, { kind: 'failed' }>['error']): Error {
  const cause = Object.assign(new Error(message), { stack });
  if (name === 'NeedsOperatorError') return new NeedsOperatorError(code, message, { cause });
  if (name === 'RetryLaterError') return new RetryLaterError(code, message, { cause });
  if (name === 'RecordRejectedError') return new RecordRejectedError(code, message, { cause });
  return cause;
}
