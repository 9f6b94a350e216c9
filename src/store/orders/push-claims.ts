/**
 * Who may send a hand-off, and what came of it. One statement each: claim, renew, settle.
 *
 * One hand-off of an account is in flight at a time (a unique index says so), in the order of release; a later one of the same
 * order also waits for an earlier one that needs a person. Every claim raises the fence: whoever slept through the lease settles nothing.
 */
import type { Database, Transaction } from '../database.ts';
import type { HandoffKind } from './handoffs.ts';

export interface Claim {
  readonly id: string;
  readonly orderId: string;
  readonly accountId: string;
  readonly connection: string;
  readonly kind: HandoffKind;
  readonly revision: number;
  readonly externalKey: string;
  readonly approvedHash: string;
  readonly fence: string;
  /** Of this attempt, from 1. */
  readonly attempt: number;
  readonly failures: number;
  /** Something may stand there already, since this instant: an earlier attempt ended without an answer. */
  readonly mayBeThereSince: Date | null;
}

/**
 * Waits are kept by the database's clock: those of workers differ, and one that is ahead must not make the others wait for it.
 * In milliseconds, as a Date holds them.
 */
const SOON = "date_trunc('milliseconds', clock_timestamp()) + (:notBefore::timestamptz - :now::timestamptz)";
const NOW = 'greatest(:now::timestamptz, clock_timestamp())';

/** `null`: not due, not next in its account's line, held by another, or no longer to be sent. */
export async function claimHandoff(
  db: Database,
  id: string,
  { holder, ttlMs, now }: { holder: string; ttlMs: number; now: Date },
): Promise<Claim | null> {
  try {
    const { rows } = await db.raw<{ rows: Claim[] }>(
      `with mine as (
         update handoffs h set state = 'sending', fence = fence + 1, holder = :holder, attempts = attempts + 1, code = null, reason = null,
           lease_until = clock_timestamp() + make_interval(secs => :ttlS)
         where h.id = :id and h.connection is not null and h.state in ('pending', 'unknown', 'held') and (h.not_before is null or h.not_before <= ${NOW})
           and (h.look_after is null or h.look_after <= clock_timestamp())
           and not exists (select from handoffs e where e.connection = h.connection and e.account_id = h.account_id and e.id < h.id
             and e.state in ('pending', 'sending', 'unknown'))
           and not exists (select from handoffs e where e.order_id = h.order_id and e.seq < h.seq and e.state not in ('accepted', 'cancelled'))
         returning h.*
       ), tried as (
         insert into handoff_attempts (handoff_id, n, holder, started_at) select id, attempts, :holder, :now from mine
       )
       select id, order_id as "orderId", account_id as "accountId", connection, kind, revision, external_key as "externalKey",
         approved_hash as "approvedHash", fence, attempts as attempt, failures, may_be_there_since as "mayBeThereSince" from mine`,
      { id, holder, ttlS: ttlMs / 1_000, now },
    );
    return rows[0] ?? null;
  } catch (error) {
    if (isInFlight(error)) return null;
    throw error;
  }
}

function isInFlight(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'handoffs_one_in_flight_key';
}

/** Answers those still held. */
export async function renewClaims(db: Database, held: ReadonlyArray<Pick<Claim, 'id' | 'fence'>>, ttlMs: number): Promise<Set<string>> {
  const { rows } = await db.raw<{ rows: Array<{ id: string }> }>(
    `update handoffs h set lease_until = clock_timestamp() + make_interval(secs => :ttlS)
     from unnest(:ids::bigint[], :fences::bigint[]) as mine (id, fence)
     where h.id = mine.id and h.fence = mine.fence and h.state = 'sending' returning h.id`,
    { ids: held.map(({ id }) => id), fences: held.map(({ fence }) => fence), ttlS: ttlMs / 1_000 },
  );
  return new Set(rows.map(({ id }) => id));
}

export type HandoffState = 'pending' | 'sending' | 'unknown' | 'held' | 'accepted' | 'refused' | 'doubled' | 'parked' | 'cancelled';

export interface Settlement {
  readonly state: Exclude<HandoffState, 'sending' | 'cancelled'>;
  /** What the attempt was: accepted, adopted, refused, unknown, transient, throttled, ... (for people and figures). */
  readonly outcome: string;
  readonly code: string | null;
  /** What a person reads: the ERP's own words where it has some. */
  readonly reason: string | null;
  readonly notBefore: Date | null;
  readonly failed: boolean;
  readonly mayBeThereSince: Date | null;
  /** Nobody looks for what may stand there sooner than this from now on, by the database's clock: it would not be seen. */
  readonly lookAfterMs?: number | null;
  readonly httpStatus?: number | null;
  readonly sentHash?: string | null;
  readonly confirmedHash?: string | null;
  readonly erp?: { readonly id: string; readonly number: string | null; readonly state: string; readonly foundIn: string | null };
  readonly facts?: object;
}

/**
 * Ends an attempt. `null`: the claim was lost meanwhile, and nothing was written. Answers the next hand-off of the account that
 * waits in line, to be woken.
 */
export async function settleClaim(
  db: Database | Transaction,
  claim: Claim,
  settled: Settlement,
  now: Date,
): Promise<{ next: string | null } | null> {
  const { erp } = settled;
  const { rows } = await db.raw<{ rows: Array<{ next: string | null }> }>(
    `with done as (
       update handoffs set state = :state, code = :code, reason = :reason, not_before = ${SOON}, lease_until = null,
         failures = case when :failed then failures + 1 else 0 end, may_be_there_since = :mayBeThereSince::timestamptz,
         look_after = coalesce(clock_timestamp() + make_interval(secs => :lookAfterS::float8), look_after),
         sent_hash = coalesce(:sentHash, sent_hash), confirmed_hash = coalesce(:confirmedHash, confirmed_hash),
         erp_id = coalesce(:erpId, erp_id), erp_number = coalesce(:erpNumber, erp_number), erp_state = coalesce(:erpState, erp_state),
         found_in = coalesce(:foundIn, found_in),
         settled_at = case when :state in ('pending', 'unknown', 'held') then null else :now::timestamptz end
       where id = :id and fence = :fence and state = 'sending' returning id, connection, account_id, order_id, revision
     ), tried as (
       update handoff_attempts a set ended_at = :now, outcome = :outcome, code = :code, http_status = :httpStatus::int, words = :reason,
         digest = :sentHash, facts = :facts::jsonb
       from done where a.handoff_id = done.id and a.n = :attempt
     ), told as (
       insert into order_log (order_id, at, kind, actor, revision, facts)
       select order_id, :now, 'handoff.' || :state, 'worker', revision, jsonb_strip_nulls(jsonb_build_object('handoffId', id::text, 'attempt', :attempt::int, 'code', :code::text,
         'reason', :reason::text, 'number', :erpNumber::text)) from done where :state not in ('pending', 'unknown') or :outcome = 'unknown'
     )
     select (select min(h.id) from handoffs h where h.connection = done.connection and h.account_id = done.account_id and h.id <> done.id
       and h.state in ('pending', 'unknown')) as next from done`,
    {
      ...claim,
      ...settled,
      lookAfterS: typeof settled.lookAfterMs === 'number' ? settled.lookAfterMs / 1_000 : null,
      sentHash: settled.sentHash ?? null,
      confirmedHash: settled.confirmedHash ?? null,
      httpStatus: settled.httpStatus ?? null,
      erpId: erp?.id ?? null,
      erpNumber: erp?.number ?? null,
      erpState: erp?.state ?? null,
      foundIn: erp?.foundIn ?? null,
      facts: JSON.stringify(settled.facts ?? {}),
      now,
    },
  );
  return rows[0] ?? null;
}

/** Found wanting before anything was sent: no attempt is counted, the hand-off is looked at again at `notBefore`. */
export async function holdHandoff(
  db: Database,
  id: string,
  { code, reason, notBefore, now }: { code: string; reason: string; notBefore: Date; now: Date },
): Promise<void> {
  await db.raw(
    `with held as (
       update handoffs h set state = 'held', code = :code, reason = :reason, not_before = ${SOON}
       from (select id, state, code, reason from handoffs where id = :id and state in ('pending', 'held') for update) was
       where h.id = was.id returning h.id, h.order_id, h.revision, (was.state, was.code) is distinct from ('held', :code::text) as is_news
     )
     insert into order_log (order_id, at, kind, actor, revision, facts)
     select order_id, :now, 'handoff.held', 'worker', revision, jsonb_build_object('handoffId', id::text, 'code', :code::text, 'reason', :reason::text) from held where is_news`,
    { id, code, reason, notBefore, now },
  );
}
