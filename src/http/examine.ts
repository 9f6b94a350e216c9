/** Looks at the parts the interface stands on, at most once a second however many probes ask. */
import { setTimeout as sleep } from 'node:timers/promises';
import { migrationStatus } from '../store/migrate.ts';
import { type HandoffQueue, handoffQueue } from '../store/views/handoff-queue.ts';
import { liveWorkers } from '../store/workers.ts';
import type { HttpContext, Lend } from './http-context.ts';

export interface Findings {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly database: { readonly ok: boolean; readonly migrated: boolean };
  readonly queue: { readonly ok: boolean };
  readonly workers: { readonly alive: number };
  readonly handoffs: HandoffQueue;
}

const FRESH_MS = 1_000;
const PATIENCE_MS = 3_000;

export function createExaminer(lend: Lend): () => Promise<Findings> {
  let last: { at: number; findings: Promise<Findings> } | null = null;
  return () => {
    const at = performance.now();
    if (!last || at - last.at > FRESH_MS) last = { at, findings: examine(lend()) };
    return last.findings;
  };
}

async function examine({ db, queue, now }: HttpContext): Promise<Findings> {
  const [status, counts] = await Promise.all([inTime(() => migrationStatus(db)), inTime(() => queue.counts('push-order'))]);
  const migrated = status !== null && status.pending.length + status.unknown.length === 0;
  const [workers, handoffs] = migrated
    ? await Promise.all([inTime(() => liveWorkers(db)), inTime(() => handoffQueue(db, now()))])
    : [null, null];
  const isWell = counts !== null && (workers?.length ?? 0) > 0 && handoffs?.standing === 0;
  return {
    status: !migrated ? 'down' : isWell ? 'ok' : 'degraded',
    database: { ok: status !== null, migrated },
    queue: { ok: counts !== null },
    workers: { alive: workers?.length ?? 0 },
    handoffs: handoffs ?? { waiting: 0, standing: 0, oldestWaitingSeconds: null },
  };
}

/** `null`: it failed, or does not answer. Why, the log of those who work with it says. */
async function inTime<T>(ask: () => Promise<T>): Promise<T | null> {
  const done = new AbortController();
  const late = sleep(PATIENCE_MS, null, { signal: done.signal }).catch(() => null);
  try {
    return await Promise.race([ask().catch(() => null), late]);
  } finally {
    done.abort();
  }
}
