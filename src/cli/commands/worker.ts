/** `kontor worker`: runs jobs and schedules until it is told to stop. */
import { once } from 'node:events';
import type { Command } from 'commander';
import { redact } from '../../config/redact.ts';
import type { App } from '../app.ts';
import { withExamples } from '../arguments.ts';
import { createLog } from '../log.ts';
import { schedulesOf, startWorkerProcess } from '../start-worker.ts';

export function addWorkerCommand(program: Command, app: App): void {
  const command = program
    .command('worker')
    .description('run jobs and schedules until stopped (SIGTERM or SIGINT; a second one stops at once)')
    .option('--accept-clock', 'go on by the clock of this machine, though jobs have looked at a later time')
    .action(async ({ acceptClock: acceptsClock = false }: { acceptClock?: boolean }) => {
      const settings = await app.settings('all');
      const log = createLog(settings.log.level, app.secrets, app.surroundings.stdout);
      log.debug({ settings: redact(settings, app.secrets) }, 'settings');
      app.stopsItself = true;
      const store = await app.store(settings);
      const backend = await app.queueBackend(settings, store);
      const { signal } = app.interruption;
      const worker = await startWorkerProcess(app, { settings, store, backend, log, scope: 'everything', acceptsClock });
      const serves = {
        pid: process.pid,
        queue: `${backend.kind} at ${backend.place}`,
        connections: [...settings.connections.keys()],
        schedules: schedulesOf(settings).map(({ name, cron, zone }) => `${name}: ${cron} (${zone})`),
        concurrency: settings.worker.concurrency,
      };
      log.info(serves, 'worker started');
      if (!signal.aborted) await once(signal, 'abort');
      log.info({ drainMs: settings.worker.drainMs }, 'worker stopping, finishing what it holds');
      const outcome = await worker.stop();
      log.info({ outcome }, 'worker stopped');
    });
  withExamples(command, [
    'kontor worker',
    'KONTOR_CONCURRENCY=8 KONTOR_LOG_LEVEL=debug kontor worker',
    'REDIS_URL=redis://cache DATABASE_URL=postgres://db/kontor kontor worker',
  ]);
}
