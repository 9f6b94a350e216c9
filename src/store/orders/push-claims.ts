/**
 * Who may send a hand-off, and what came of it. One statement each, for all that ask at once: claim, renew, settle.
 *
 * One hand-off of an account is in flight at a time (a unique index says so), in the order of release; a later one of the same
 * order also waits for an earlier one that needs a person, or cannot be seen there yet. Every claim raises the fence: whoever slept
 * through the lease settles nothing.
 */
import type { Database, Transaction } from '../database.ts';
import { inSets } from '../in-sets.ts';
import { prepared } from '../prepared.ts';
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
const soon = (notBefore: string, now: string) => `date_trunc('milliseconds', clock_timestamp()) + (${notBefore} - ${now})`;

export interface Asking {
  readonly holder: string;
  readonly ttlMs: number;
  readonly now: Date;
}

/** `null`: not due, not next in its account's line, held by another, or no longer to be sent. */
export async function claimHandoff(db: Database, id: string, asking: Asking): Promise<Claim | null> {
  try {
    return await claimSet(db, { id, ...asking });
  } catch (error) {
    if (isInFlight(error)) return null;
    throw error;
  }
}

/** Asked for twice, it is given once. Whoever else has its row locked decides about it, so it is not waited for. */
const claimSet = inSets(async function claimHandoff(
  db: Database,
  asked: ReadonlyArray<{ id: string } & Asking>,
): Promise<Array<Claim | null>> {
  const { rows } = await prepared(
    db.raw<{ rows: Array<Claim & { place: number }> }>(
      `with free as (
         select id from handoffs where id = any(:ids::bigint[]) order by id for update skip locked
       ), asked as (
         select distinct on (q.id) q.* from unnest(:ids::bigint[], :holders::text[], :ttlsS::float8[], :nows::timestamptz[]) with ordinality
           as q (id, holder, ttl_s, now, place) join free on free.id = q.id order by q.id, q.place
       ), mine as (
         update handoffs h set state = 'sending', fence = fence + 1, holder = asked.holder, attempts = attempts + 1, code = null, reason = null,
           lease_until = clock_timestamp() + make_interval(secs => asked.ttl_s)
         from asked
         where h.id = asked.id and h.connection is not null
           and h.state in ('pending', 'unknown', 'held') and (h.not_before is null or h.not_before <= greatest(asked.now, clock_timestamp()))
           and (h.look_after is null or h.look_after <= clock_timestamp())
           and not exists (select from handoffs e where e.connection = h.connection and e.account_id = h.account_id and e.id < h.id
             and e.state in ('pending', 'sending', 'unknown'))
           and not exists (select from handoffs e where e.order_id = h.order_id and e.seq < h.seq
             and (e.state not in ('accepted', 'cancelled') or e.look_after > clock_timestamp()))
         returning h.*, asked.place, asked.now
       ), tried as (
         insert into handoff_attempts (handoff_id, n, holder, started_at) select id, attempts, holder, now from mine
       )
       select place::int, id, order_id as "orderId", account_id as "accountId", connection, kind, revision, external_key as "externalKey",
         approved_hash as "approvedHash", fence, attempts as attempt, failures, may_be_there_since as "mayBeThereSince" from mine`,
      {
        ids: asked.map(({ id }) => id),
        holders: asked.map(({ holder }) => holder),
        ttlsS: asked.map(({ ttlMs }) => ttlMs / 1_000),
        nows: asked.map(({ now }) => now),
      },
    ),
    'claim',
  );
  const byPlace = new Map(rows.map(({ place, ...claim }) => [place, claim]));
  return asked.map((_, turn) => byPlace.get(turn + 1) ?? null);
});

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
  readonly state: Exclude<HandoffState, 'sending'>;
  /** What the attempt was: accepted, adopted, refused, unknown, transient, throttled, ... (for people and figures). */
  readonly outcome: string;
  readonly code: string | null;
  /** What a person reads: the ERP's own words where it has some. */
  readonly reason: string | null;
  readonly notBefore: Date | null;
  readonly failed: boolean;
  readonly mayBeThereSince: Date | null;
  /** Nobody looks for what stands there, or may, sooner than this from now on, by the database's clock: it would not be seen. */
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
export function settleClaim(
  db: Database | Transaction,
  claim: Claim,
  settled: Settlement,
  now: Date,
): Promise<{ next: string | null } | null> {
  return settleSet(db, { claim, settled, now });
}

interface Ended {
  readonly claim: Claim;
  readonly settled: Settlement;
  readonly now: Date;
}

type Line = { readonly next: string | null };

const settleSet = inSets(async function settleClaim(db: Database | Transaction, ended: readonly Ended[]): Promise<Array<Line | null>> {
  const { rows } = await prepared(
    db.raw<{ rows: Array<{ place: number; next: string | null }> }>(
      `with given as materialized (
         select * from jsonb_to_recordset(:json::jsonb) as g (place int, id bigint, fence bigint, attempt int, state text, outcome text, code text,
           reason text, "notBefore" timestamptz, failed boolean, "mayBeThereSince" timestamptz, "lookAfterS" float8, "httpStatus" int, "sentHash" text,
           "confirmedHash" text, "erpId" text, "erpNumber" text, "erpState" text, "foundIn" text, facts jsonb, now timestamptz)
       ), mine as (
         select id from handoffs where id = any(:ids::bigint[]) order by id for update
       ), done as (
         update handoffs h set state = g.state, code = g.code, reason = g.reason, not_before = ${soon('g."notBefore"', 'g.now')}, lease_until = null,
           failures = case when g.failed then failures + 1 else 0 end, may_be_there_since = g."mayBeThereSince",
           look_after = coalesce(clock_timestamp() + make_interval(secs => g."lookAfterS"), look_after),
           sent_hash = coalesce(g."sentHash", sent_hash), confirmed_hash = coalesce(g."confirmedHash", confirmed_hash),
           erp_id = coalesce(g."erpId", erp_id), erp_number = coalesce(g."erpNumber", erp_number), erp_state = coalesce(g."erpState", erp_state),
           found_in = coalesce(g."foundIn", found_in),
           settled_at = case when g.state in ('pending', 'unknown', 'held') then null else g.now end
         from given g join mine using (id) where h.id = g.id and h.id = any(:ids::bigint[]) and h.fence = g.fence and h.state = 'sending'
         returning g.place, h.id, h.connection, h.account_id, h.order_id, h.revision
       ), tried as (
         update handoff_attempts a set ended_at = g.now, outcome = g.outcome, code = g.code, http_status = g."httpStatus", words = g.reason,
           digest = g."sentHash", facts = g.facts
         from done join given g using (place) where a.handoff_id = done.id and a.handoff_id = any(:ids::bigint[]) and a.n = g.attempt
       ), told as (
         insert into order_log (order_id, at, kind, actor, revision, facts)
         select done.order_id, g.now, 'handoff.' || g.state, 'worker', done.revision, jsonb_strip_nulls(jsonb_build_object('handoffId', done.id::text,
           'attempt', g.attempt, 'code', g.code, 'reason', g.reason, 'number', g."erpNumber"))
         from done join given g using (place) where g.state not in ('pending', 'unknown') or g.outcome = 'unknown'
       )
       select place, (select min(h.id) from handoffs h where h.connection = done.connection and h.account_id = done.account_id and h.id <> done.id
         and h.state in ('pending', 'unknown')) as next from done`,
      // The ids once more: how many the JSON holds PostgreSQL cannot see, and would read whole tables and indexes for a few.
      { json: JSON.stringify(ended.map(endOf)), ids: ended.map(({ claim }) => claim.id) },
    ),
    'settle',
  );
  const byPlace = new Map(rows.map(({ place, next }) => [place, { next }]));
  return ended.map((_, place) => byPlace.get(place) ?? null);
});

function endOf({ claim: { id, fence, attempt }, settled, now }: Ended, place: number): object {
  const { erp, lookAfterMs, facts, ...told } = settled;
  return {
    ...told,
    place,
    id,
    fence,
    attempt,
    lookAfterS: typeof lookAfterMs === 'number' ? lookAfterMs / 1_000 : null,
    erpId: erp?.id,
    erpNumber: erp?.number,
    erpState: erp?.state,
    foundIn: erp?.foundIn,
    facts: facts ?? {},
    now,
  };
}

/** Found wanting before anything was sent: no attempt is counted, the hand-off is looked at again at `notBefore`. */
export async function holdHandoff(
  db: Database,
  id: string,
  { code, reason, notBefore, now }: { code: string; reason: string; notBefore: Date; now: Date },
): Promise<void> {
  await db.raw(
    `with held as (
       update handoffs h set state = 'held', code = :code, reason = :reason, not_before = ${soon(':notBefore::timestamptz', ':now::timestamptz')}
       from (select id, state, code, reason from handoffs where id = :id and state in ('pending', 'held') for update) was
       where h.id = was.id returning h.id, h.order_id, h.revision, (was.state, was.code) is distinct from ('held', :code::text) as is_news
     )
     insert into order_log (order_id, at, kind, actor, revision, facts)
     select order_id, :now, 'handoff.held', 'worker', revision, jsonb_build_object('handoffId', id::text, 'code', :code::text, 'reason', :reason::text) from held where is_news`,
    { id, code, reason, notBefore, now },
  );
}
