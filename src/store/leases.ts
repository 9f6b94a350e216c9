/**
 * A lease lets one worker at a time do a thing, and lets the next one take over when the first is gone.
 *
 * Every taking raises the fence. A worker that slept through its lease (a paused machine, a long collection) may wake and
 * go on writing; `assertHeld` inside its transaction finds the fence raised and stops it. Only the database's clock counts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { RetryLaterError } from '../errors.ts';
import type { Database, Transaction } from './database.ts';

export interface Lease {
  readonly name: string;
  readonly fence: string;
  /** Aborts when the lease is lost, or can no longer be known to be held. */
  readonly signal: AbortSignal;
}

export interface LeaseRequest {
  readonly name: string;
  /** Who asks, for people: host and process, or the id of a run. */
  readonly holder: string;
  readonly ttlMs: number;
  /** Stops the work from outside; passed on to the lease's signal. */
  readonly signal?: AbortSignal;
}

/** A transaction under a lease that says nothing for this long is ended by PostgreSQL. */
const ASLEEP_AFTER_MS = 15_000;

/** Runs `work` while holding the lease, renewing it. Throws ALREADY_RUNNING when another holds it, LEASE_LOST when it was lost. */
export async function withLease<Result>(db: Database, request: LeaseRequest, work: (lease: Lease) => Promise<Result>): Promise<Result> {
  const fence = await take(db, request);
  const lost = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, lost.signal]) : lost.signal;
  const lease: Lease = { name: request.name, fence, signal };
  const done = new AbortController();
  const renewing = renew(db, lease, request.ttlMs, lost, done.signal);
  try {
    return await work(lease);
  } catch (error) {
    if (lost.signal.aborted) throw lost.signal.reason;
    throw error;
  } finally {
    done.abort();
    await renewing;
    await release(db, lease);
  }
}

/** To be called first in every transaction that writes under the lease: nobody can take it over until that commits. Throws LEASE_LOST. */
export async function assertHeld(trx: Transaction, { name, fence }: Pick<Lease, 'name' | 'fence'>): Promise<void> {
  // A worker that falls asleep in the middle of its transaction would keep its successor waiting until it wakes.
  await trx.raw(`set local idle_in_transaction_session_timeout = '${ASLEEP_AFTER_MS}ms'`);
  const row = await trx('leases').where({ name, fence }).forShare().first('name');
  if (!row) throw leaseLost(name);
}

async function take(db: Database, { name, holder, ttlMs }: LeaseRequest): Promise<string> {
  const { rows } = await db.raw<{ rows: { fence: string }[] }>(
    `insert into leases as mine (name, holder, fence, expires_at)
     values (:name, :holder, 1, clock_timestamp() + make_interval(secs => :ttlS))
     on conflict (name) do update set holder = excluded.holder, fence = mine.fence + 1, expires_at = excluded.expires_at
     where mine.expires_at <= clock_timestamp()
     returning fence`,
    { name, holder, ttlS: ttlMs / 1_000 },
  );
  const fence = rows[0]?.fence;
  if (fence !== undefined) return fence;
  throw await alreadyRunning(db, name, ttlMs);
}

async function alreadyRunning(db: Database, name: string, ttlMs: number): Promise<RetryLaterError> {
  const holder = await db('leases').where({ name }).first('holder');
  return new RetryLaterError(
    'ALREADY_RUNNING',
    `${name} is being worked on by ${holder?.holder ?? 'another worker'}; wait for it to end.`,
    {
      retryAfterMs: ttlMs,
      details: { lease: name },
    },
  );
}

async function renew(db: Database, { name, fence }: Lease, ttlMs: number, lost: AbortController, done: AbortSignal): Promise<void> {
  let renewedMs = performance.now();
  while (await sleep(ttlMs / 3, true, { signal: done }).catch(() => false)) {
    const askedMs = performance.now();
    try {
      const renewed = await db('leases')
        .where({ name, fence })
        .update({ expires_at: db.raw('clock_timestamp() + make_interval(secs => ?)', [ttlMs / 1_000]) });
      if (renewed === 0) return lost.abort(leaseLost(name));
      renewedMs = askedMs;
    } catch (error) {
      // A short outage may pass while the lease still runs; after that somebody else may hold it.
      if (performance.now() - renewedMs >= ttlMs) return lost.abort(leaseLost(name, error));
    }
  }
}

/** Keeps the row, for the fence must never fall. */
async function release(db: Database, { name, fence }: Lease): Promise<void> {
  // Whoever cannot reach the database cannot release either; the lease then expires by itself.
  await db('leases')
    .where({ name, fence })
    .update({ expires_at: db.raw('clock_timestamp()') })
    .catch(() => undefined);
}

function leaseLost(name: string, cause?: unknown): RetryLaterError {
  return new RetryLaterError('LEASE_LOST', `The lease on ${name} was lost to another worker, which goes on from here.`, {
    cause,
    details: { lease: name },
  });
}
