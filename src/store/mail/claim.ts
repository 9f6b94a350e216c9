/**
 * Who may send which notifications. All that is due for a reader is claimed together, by one worker, so that it becomes one mail. Every
 * claim raises the fence: whoever slept through the lease settles nothing.
 */
import type { Database } from '../database.ts';
import type { NoticeEvent } from '../notifications.ts';

export interface Claimed {
  readonly id: string;
  readonly fence: string;
  readonly event: NoticeEvent;
  readonly reader: string;
  readonly personId: string | null;
  readonly address: string | null;
  readonly orderId: string | null;
  readonly stepId: string | null;
  readonly revision: number | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly notBefore: Date;
  /** It has left before, in this mail, or may have: it stays in it. */
  readonly mailId: string | null;
}

const COLUMNS = `id, fence, event, reader, person_id as "personId", address, order_id as "orderId", step_id as "stepId", revision, facts,
  created_at as "createdAt", not_before as "notBefore", mail_id as "mailId"`;

/** One worker claims at a time; it is done in a moment, and two would part the notifications of one reader. */
const ONE_AT_A_TIME = "pg_advisory_xact_lock(hashtext('kontor.notifications'))";

/** Of the readers who wait the longest, everything that may go now; and what a lost worker held. */
export async function claimNotifications(
  db: Database,
  { readers, ttlMs, now }: { readers: number; ttlMs: number; now: Date },
): Promise<Claimed[]> {
  return db.transaction(async (trx) => {
    await trx.raw(`select ${ONE_AT_A_TIME}`);
    const { rows } = await trx.raw<{ rows: Claimed[] }>(
      `with due as (
         select reader, due_at from notifications where state = 'queued' and due_at <= :now
         union all select reader, due_at from notifications where state = 'sending' and lease_until < clock_timestamp()
       ), next as (select reader from due group by reader order by min(due_at), reader limit :readers::int),
       mine as (
         update notifications n set state = 'sending', fence = n.fence + 1, lease_until = clock_timestamp() + make_interval(secs => :ttlS)
         from next where n.reader = next.reader and (
           (n.state = 'queued' and n.not_before <= :now and (n.mail_id is null or n.due_at <= :now))
           or (n.state = 'sending' and n.lease_until < clock_timestamp()))
         returning n.*
       )
       select ${COLUMNS} from mine order by id`,
      { readers, ttlS: ttlMs / 1_000, now },
    );
    return rows;
  });
}

/** As it stands in the queue; claims nothing. */
export async function loadNotification(db: Database, id: string): Promise<Claimed | null> {
  const { rows } = await db.raw<{ rows: Claimed[] }>(`select ${COLUMNS} from notifications where id = ?`, [id]);
  return rows[0] ?? null;
}

type Held = Pick<Claimed, 'id' | 'fence'>;

const MINE = `(select m.id, m.fence from jsonb_to_recordset(:mine::jsonb) as m(id bigint, fence bigint)) mine
  where n.id = mine.id and n.fence = mine.fence and n.state = 'sending'`;

export interface Settled extends Held {
  readonly state: 'suppressed' | 'failed' | 'bounced';
  readonly code: string;
  readonly because: string;
}

/** Ended without a mail, each for its reason. */
export async function settleNotifications(db: Database, settled: readonly Settled[], now: Date): Promise<void> {
  if (settled.length === 0) return;
  await db.raw(
    `update notifications n set state = mine.state, code = mine.code, because = mine.because, lease_until = null, settled_at = :now
     from jsonb_to_recordset(:settled::jsonb) as mine(id bigint, fence bigint, state text, code text, because text)
     where n.id = mine.id and n.fence = mine.fence and n.state = 'sending'`,
    { settled: JSON.stringify(settled), now },
  );
}

export interface Postponed extends Held {
  readonly dueAt: Date;
  readonly code: string | null;
  readonly because: string | null;
}

/** Back in the queue until then. */
export async function postponeNotifications(db: Database, postponed: readonly Postponed[]): Promise<void> {
  if (postponed.length === 0) return;
  await db.raw(
    `update notifications n set state = 'queued', due_at = mine."dueAt", code = mine.code, because = mine.because, lease_until = null
     from jsonb_to_recordset(:postponed::jsonb) as mine(id bigint, fence bigint, "dueAt" timestamptz, code text, because text)
     where n.id = mine.id and n.fence = mine.fence and n.state = 'sending'`,
    { postponed: JSON.stringify(postponed) },
  );
}

export interface NewMail {
  readonly messageId: string;
  readonly personId: string | null;
  readonly address: string;
  readonly locale: string;
}

export interface Departing {
  readonly mailId: string;
  readonly messageId: string;
}

/**
 * Written down before the server is spoken to. `null`: some of it is not ours any more, and nothing was written. Answers the mail of
 * an earlier attempt where there is one.
 */
export async function departMail(
  db: Database,
  held: readonly Held[],
  mail: NewMail,
  { ttlMs, now }: { ttlMs: number; now: Date },
): Promise<Departing | null> {
  const bindings = { mine: JSON.stringify(held.map(({ id, fence }) => ({ id, fence }))), ttlS: ttlMs / 1_000, now };
  return db.transaction(async (trx) => {
    const { rows: ours } = await trx.raw<{ rows: Array<{ mailId: string | null }> }>(
      `select n.mail_id as "mailId" from notifications n, ${MINE} for update of n`,
      bindings,
    );
    if (ours.length < held.length) return null;
    const known = ours.find(({ mailId }) => mailId !== null)?.mailId ?? null;
    const { rows } = await trx.raw<{ rows: Departing[] }>(
      known === null
        ? `insert into mails (message_id, person_id, address, locale, created_at, departed_at)
           values (:messageId, :personId::bigint, :address, :locale, :now, :now) returning id as "mailId", message_id as "messageId"`
        : `update mails set attempts = attempts + 1, address = :address, departed_at = :now where id = :known
           returning id as "mailId", message_id as "messageId"`,
      { ...mail, known, now },
    );
    const departing = rows[0] as Departing;
    await trx.raw(
      `update notifications n set mail_id = :mailId, lease_until = clock_timestamp() + make_interval(secs => :ttlS) from ${MINE}`,
      { ...bindings, mailId: departing.mailId },
    );
    return departing;
  });
}

/** The server has taken it. `false`: the claim was lost meanwhile; whoever has it now finds the mail written down. */
export async function settleMail(
  db: Database,
  held: readonly Held[],
  { mailId, answer, now }: { mailId: string; answer: string; now: Date },
): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `with told as (
       update notifications n set state = 'sent', code = null, because = null, lease_until = null, settled_at = :now from ${MINE} returning n.id
     ), mail as (
       update mails set sent_at = :now, answer = :answer where id = :mailId and exists (select from told)
     ) select id from told`,
    { mine: JSON.stringify(held.map(({ id, fence }) => ({ id, fence }))), mailId, answer, now },
  );
  return rows.length > 0;
}

/** What the server said, where it has not taken it. Answers how often it has deferred this very mail. */
export async function noteAnswer(
  db: Database,
  mailId: string,
  { answer, isDeferral }: { answer: string; isDeferral: boolean },
): Promise<number> {
  const { rows } = await db.raw<{ rows: Array<{ deferrals: number }> }>(
    'update mails set answer = :answer, deferrals = deferrals + :more::int where id = :mailId returning deferrals',
    { mailId, answer, more: isDeferral ? 1 : 0 },
  );
  return rows[0]?.deferrals ?? 0;
}
