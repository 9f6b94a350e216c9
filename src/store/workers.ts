/** Which workers live, by their own word and the database's clock. For people; nothing is decided by it. */
import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';

export interface WorkerEntry {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Where its queues are: redis or postgres. */
  readonly backend: string;
}

export interface LiveWorker extends WorkerEntry {
  readonly startedAt: Date;
  readonly seenAt: Date;
}

const BEAT_EVERY_MS = 10_000;
const ALIVE_FOR_S = 30;
const FORGET_AFTER_S = 86_400;

/** Announces a worker and keeps announcing it until `stop`. */
export async function registerWorker(db: Database, worker: Omit<WorkerEntry, 'id'>): Promise<{ id: string; stop(): Promise<void> }> {
  const entry = { id: randomUUID(), ...worker };
  await forgetDead(db);
  await beat(db, entry);
  // A beat that fails is made good by the next; if none succeeds the worker is rightly taken for dead.
  const timer = setInterval(() => void beat(db, entry).catch(() => undefined), BEAT_EVERY_MS);
  timer.unref();
  return {
    id: entry.id,
    async stop() {
      clearInterval(timer);
      await db('workers').where({ id: entry.id }).delete();
    },
  };
}

export async function beat(db: Database, { id, host, pid, backend }: WorkerEntry): Promise<void> {
  const seen = db.raw('clock_timestamp()');
  await db('workers').insert({ id, host, pid, backend, started_at: seen, seen_at: seen }).onConflict('id').merge({ seen_at: seen });
}

/** Those seen within half a minute, longest running first. */
export async function liveWorkers(db: Database): Promise<LiveWorker[]> {
  return db('workers')
    .select({ id: 'id', host: 'host', pid: 'pid', backend: 'backend', startedAt: 'started_at', seenAt: 'seen_at' })
    .whereRaw('seen_at > clock_timestamp() - make_interval(secs => ?)', [ALIVE_FOR_S])
    .orderBy('started_at');
}

async function forgetDead(db: Database): Promise<void> {
  await db('workers').whereRaw('seen_at < clock_timestamp() - make_interval(secs => ?)', [FORGET_AFTER_S]).delete();
}
