/** Puts a worker together: database, queue, jobs and what they are lent. */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { jobNamed, jobs, type Lent } from '../../jobs/index.ts';
import { pullJob } from '../../jobs/pull.ts';
import { pushOrderJob } from '../../jobs/push-order.ts';
import { relayHandoffsJob } from '../../jobs/relay-handoffs.ts';
import { resumeRunsJob } from '../../jobs/resume-runs.ts';
import { slotLedger } from '../../jobs/tick.ts';
import type { Settings } from '../config/settings.ts';
import { openMailer } from '../notify/open-mailer.ts';
import type { Backend } from '../queue/backend.ts';
import type { JobContext, JobLog } from '../queue/define-job.ts';
import { openQueue } from '../queue/open-queue.ts';
import { startWorker } from '../queue/run-worker.ts';
import { databaseBorder } from '../store/border.ts';
import { acceptClock, requireClock } from '../store/clock-mark.ts';
import { type Schedule, syncSchedules } from '../store/slots.ts';
import { registerWorker } from '../store/workers.ts';
import type { App, Store } from './app.ts';

export interface WorkerProcess {
  /** `deadline`: some jobs were interrupted and are back on the queue. May be called twice. */
  stop(): Promise<'drained' | 'deadline'>;
}

interface Parts {
  settings: Settings;
  store: Store;
  backend: Backend;
  log: JobLog;
  /** `pulls`, `demo` (pulls and hand-offs): for the length of one command, without schedules. */
  scope: 'everything' | 'pulls' | 'demo';
  /** Go on by the clock there is, though jobs have looked at a later time. */
  acceptsClock?: boolean;
}

const PULLS = [pullJob, resumeRunsJob];

/** Throws QUEUE_UNREACHABLE, or CLOCK_BEHIND. The caller stops it before it closes the app. */
export async function startWorkerProcess(app: App, parts: Parts): Promise<WorkerProcess> {
  const { settings, store: { db }, backend, log, scope, acceptsClock } = parts; // biome-ignore format: one line
  if (acceptsClock) await acceptClock(db, new Date());
  else if (scope === 'everything') await requireClock(db, new Date());
  const queue = openQueue(backend);
  app.onClose(() => queue.close());
  if (scope === 'everything') await syncSchedules(db, schedulesOf(settings), new Date());
  const lent: Omit<Lent, 'signal' | 'now'> = {
    db,
    border: databaseBorder(db),
    queue,
    jobNamed,
    settings,
    // Templates of a company's own are proved where mails are sent: they must not stand in the way of a pull.
    mailer: await openMailer(scope === 'everything' ? settings : { ...settings, mail: { ...settings.mail, templates: undefined } }),
    connectors: app.surroundings.connectors,
    holder: `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`,
  };
  const worker = await startWorker({
    backend,
    jobs: { everything: jobs, pulls: PULLS, demo: [...PULLS, pushOrderJob, relayHandoffsJob] }[scope],
    context: (base: JobContext) => ({ ...lent, ...base }),
    concurrency: settings.worker.concurrency,
    drainMs: settings.worker.drainMs,
    log,
    slots: slotLedger(db, queue),
  });
  const presence = await registerWorker(db, { host: hostname(), pid: process.pid, backend: backend.kind });
  let stopped: Promise<'drained' | 'deadline'> | undefined;
  return {
    stop() {
      stopped ??= presence.stop().then(
        () => worker.stop(),
        () => worker.stop(),
      );
      return stopped;
    },
  };
}

export function schedulesOf({ connections, orders }: Settings): Schedule[] {
  const pulls = [...connections.values()].flatMap(({ name, schedule }) =>
    schedule ? [{ name: `pull ${name}`, ...schedule, jobName: 'request-pulls', payload: { connection: name } }] : [],
  );
  const target = connections.get(orders.target ?? '');
  if (!target) return pulls;
  const { name, schedule, formats } = target;
  const zone = schedule?.zone ?? formats.zone;
  return [...pulls, { name: `reconcile ${name}`, ...NIGHTLY, zone, jobName: 'reconcile-orders', payload: { connection: name } }];
}

/** When people sleep, in the connection's zone. */
const NIGHTLY = { cron: '30 2 * * *', catchUp: 'latest' } as const;
