/** `kontor health`: whether database and queue answer; for people, probes and container health checks. */
import type { Command } from 'commander';
import type { Settings } from '../../config/settings.ts';
import { KontorError, NeedsOperatorError } from '../../errors.ts';
import { migrationStatus } from '../../store/migrate.ts';
import { liveWorkers } from '../../store/workers.ts';
import type { App, Store } from '../app.ts';
import { withExamples } from '../arguments.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { formatCount } from '../format.ts';
import type { Terminal } from '../terminal.ts';

interface Finding {
  part: 'database' | 'migrations' | 'queue' | 'workers';
  ok: boolean;
  message: string;
}

export function addHealthCommand(program: Command, app: App): void {
  const command = program
    .command('health')
    .description('ask whether database and queue answer and a worker is alive')
    .option('--worker', 'be unhealthy when no worker is alive')
    .action(async ({ worker }: { worker?: boolean }) => {
      const settings = await app.settings([]);
      const findings = await examine(app, settings, worker === true);
      app.out.answer({ ok: findings.every(({ ok }) => ok), findings }, ({ findings: all }, terminal) =>
        all.map((one) => line(one, terminal)),
      );
    });
  withExamples(command, ['kontor health', 'kontor health --worker --json']);
}

async function examine(app: App, settings: Settings, needsWorker: boolean): Promise<Finding[]> {
  const findings: Finding[] = [];
  const ask = async (part: Finding['part'], question: () => Promise<string>) => {
    try {
      findings.push({ part, ok: true, message: await question() });
    } catch (error) {
      if (!(error instanceof KontorError)) throw error;
      findings.push({ part, ok: false, message: error.message });
      app.exitCode = Math.max(app.exitCode, exitCodeOf(error));
    }
  };
  let store: Store | undefined;
  await ask('database', async () => {
    store = await app.openStore(settings);
    const { rows } = await store.db.raw("select current_setting('server_version') as version");
    return `PostgreSQL ${rows[0].version}`;
  });
  if (!store) return findings;
  const { db } = store;
  const opened = store;
  await ask('migrations', async () => {
    const { pending } = await migrationStatus(db);
    if (pending.length > 0) throw new NeedsOperatorError('DATABASE_UNSUITABLE', `${pending.length} pending; run \`kontor migrate\``);
    return 'none pending';
  });
  await ask('queue', async () => {
    const { kind, place } = await app.queueBackend(settings, opened);
    return `${kind} at ${place}`;
  });
  if (findings.some(({ part, ok }) => part === 'migrations' && !ok)) return findings;
  const workers = (await liveWorkers(db)).length;
  const ok = workers > 0 || !needsWorker;
  if (!ok) app.exitCode = Math.max(app.exitCode, EXIT.unavailable);
  findings.push({
    part: 'workers',
    ok,
    message: workers > 0 ? `${formatCount(workers)} alive` : 'none alive; start one with `kontor worker`',
  });
  return findings;
}

function line({ part, ok, message }: Finding, { paint }: Terminal): string {
  return `${ok ? paint.green('ok   ') : paint.red('error')} ${part.padEnd(10)}  ${message}`;
}
