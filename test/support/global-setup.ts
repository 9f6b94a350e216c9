/** Starts what the tests need, whatever the machine has, and stops all of it. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/store/database.ts';
import { openEmbedded } from '../../src/store/embedded/open-embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { endLeftovers } from './leftovers.ts';
import { startRedis } from './redis.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The embedded server's own database; tests make theirs with createTestDatabase. */
    adminUrl: string;
    /** `null`: this machine has no Redis. */
    redisUrl: string | null;
    /** Every Redis key of this run begins with it. */
    redisPrefix: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = `kontor-test-${randomUUID().slice(0, 8)}`;
  const { REDIS_URL } = process.env;
  // Tests must not touch a database or a queue that someone works with.
  for (const name of Object.keys(process.env)) if (/^(DATABASE_URL|REDIS_URL|KONTOR_.*)$/.test(name)) delete process.env[name];
  process.env.KONTOR_TEST_RUN = run;
  // What the command line prints follows the locale of its process.
  process.env.LC_ALL = 'en_US.UTF-8';

  build();
  const folder = await mkdtemp(path.join(tmpdir(), `${run}-`));
  // As root the server runs as another user, who must be able to enter.
  await chmod(folder, 0o755);
  const postgres = await openEmbedded(folder);
  await makeTemplate(postgres.url);
  const redis = await startRedis(REDIS_URL);

  project.provide('adminUrl', postgres.url);
  project.provide('redisUrl', redis?.url ?? null);
  project.provide('redisPrefix', run);

  return async () => {
    const kept = await keptDatabases(postgres.url);
    await redis?.stop(run);
    await postgres.close();
    if (kept.length === 0) await rm(folder, { recursive: true, force: true });
    else
      say(`Kept for you, because their tests failed: ${kept.join(', ')}\nStart their server with: node test/support/reopen.js ${folder}`);
    if (!redis) say('SKIPPED: the Redis half of the job tests. Install redis-server (apt install redis-server), or set REDIS_URL.');
    await endLeftovers(run);
  };
}

/** Threads and programs that tests start run from dist/. Type errors are the business of `npm run types`: tests run on. */
function build(): void {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) say(`The build reported errors (status ${status}); threads and programs started by tests may run an older state.`);
}

async function makeTemplate(adminUrl: string): Promise<void> {
  const admin = await openDatabase(adminUrl);
  // Tests kill processes, not the machine. Dropping a database waits for a checkpoint, which on a slow disk takes seconds.
  for (const setting of ['fsync = off', 'full_page_writes = off', 'wal_compression = off']) await admin.raw(`alter system set ${setting}`);
  // The kernel copies the files of a new database, where it can.
  await admin.raw('alter system set file_copy_method = clone').catch(() => undefined);
  await admin.raw('select pg_reload_conf()');
  await admin.raw('create database kontor_template');
  await admin.destroy();
  const template = await openDatabase(new URL('/kontor_template', adminUrl).href);
  await migrate(template);
  await template.destroy();
}

async function keptDatabases(adminUrl: string): Promise<string[]> {
  const admin = await openDatabase(adminUrl);
  const names = await admin('pg_database').where('datname', 'like', 't\\_%').pluck<string[]>('datname');
  await admin.destroy();
  return names;
}

function say(text: string): void {
  process.stderr.write(`\n${text}\n`);
}
