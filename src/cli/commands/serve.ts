/** `kontor serve`: the HTTP interface, until it is told to stop. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { loadCatalogues } from '../../notify/template-files.ts';
import { openQueue } from '../../queue/open-queue.ts';
import type { App } from '../app.ts';
import { withExamples } from '../arguments.ts';
import { createLog } from '../log.ts';

/** A wake-up that takes longer is left to the relays. */
const QUEUE_TIMEOUT_MS = 3_000;

export function addServeCommand(program: Command, app: App): void {
  const command = program
    .command('serve')
    .description('answer HTTP requests until stopped (SIGTERM or SIGINT; a second one stops at once)')
    .option('--openapi', 'print the OpenAPI document instead')
    .action(async ({ openapi }: { openapi?: boolean }) => {
      const version = program.version() ?? 'unknown';
      if (openapi) {
        const { openApiDocument } = await loadHttp();
        const document = await openApiDocument(version);
        app.out.answer(document, () => [JSON.stringify(document, null, 2)]);
        return;
      }
      await serve(app, version);
    });
  withExamples(command, [
    'kontor serve',
    'kontor serve --openapi',
    'KONTOR_HTTP_HOST=0.0.0.0 KONTOR_HTTP_PORT=8080 DATABASE_URL=postgres://db/kontor kontor serve',
  ]);
}

/** The server's library is for those who serve; a worker has no use for its memory. */
function loadHttp(): Promise<typeof import('../../http/start-http.ts')> {
  return import('../../http/start-http.ts');
}

async function serve(app: App, version: string): Promise<void> {
  const settings = await app.settings([]);
  const log = createLog(settings.log.level, app.secrets, app.surroundings.stdout);
  app.stopsItself = true;
  const store = await app.store(settings);
  const backend = await app.queueBackend(settings, store);
  const queue = openQueue(backend, { timeoutMs: QUEUE_TIMEOUT_MS });
  app.onClose(() => queue.close());
  const { signal } = app.interruption;
  const { startHttp } = await loadHttp();
  const catalogues = await loadCatalogues(settings);
  const server = await startHttp({ db: store.db, settings, queue, log, catalogues, now: () => new Date() }, { version });
  log.info({ pid: process.pid, url: server.url, queue: `${backend.kind} at ${backend.place}` }, 'serving');
  if (!signal.aborted) await once(signal, 'abort');
  log.info({ drainMs: settings.worker.drainMs }, 'stopping, answering what has been asked');
  const outcome = await server.stop();
  log.info({ outcome }, 'stopped');
}
