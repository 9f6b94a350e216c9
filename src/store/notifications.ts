/** What people are to be told, written in the transaction of its cause. Sending it is the business of src/notify. */
import { column, jsonLines } from './columns.ts';
import type { Transaction } from './database.ts';

/** Past facts, each with a template in every language. */
export const NOTICE_EVENTS = [
  /** A step waits for this person. */
  'approval.asked',
  'approval.reminder',
  /** The clock gave the step to somebody else, too, or instead. */
  'approval.escalated',
  /** Asked before, and no longer needed. */
  'approval.recalled',
  'order.approved',
  'order.declined',
  'order.expired',
  /** Somebody else changed the order of this person. */
  'order.changed',
  'budget.alert',
  /** A step has nobody who could decide it; told without what was ordered. */
  'radar.listed',
  /** Before an absence begins: what waits, and who could take it. */
  'absence.handover',
] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

export interface NewNotice {
  readonly event: NoticeEvent;
  /** What it is about, for ever: event, person, and the exact thing (step and level, order and revision, period and percent). */
  readonly dedupeKey: string;
  /** Our id of a contact; `null` where only an address is known. */
  readonly personId: string | null;
  /** Mail address, where it is not the contact's own. */
  readonly address?: string | null;
  readonly orderId?: string | null;
  readonly stepId?: string | null;
  readonly revision?: number | null;
  /** What the template needs beyond the order itself: amounts as integer minor units with a currency, instants as ISO texts. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Not sent earlier; at once if absent. */
  readonly notBefore?: Date;
}

/** People whose decision is asked. */
export const ASK_EVENTS = "('approval.asked', 'approval.reminder', 'approval.escalated')";
/** What `old` told was taken back by a mail that left since, or is on its way: who was asked is told that it is over, and the other way round. */
const TAKEN_BACK = `exists (select from notifications u where u.step_id = old.step_id and u.reader = old.reader
  and (u.state = 'sending' or (u.state = 'sent' and u.settled_at >= old.settled_at))
  and case when old.event = 'approval.recalled' then u.event in ${ASK_EVENTS} when old.event in ${ASK_EVENTS} then u.event = 'approval.recalled' end)`;

/**
 * In one statement. Answers how many are to be told now; what was told before stays as it is. What nobody needed any more when it was to
 * leave, and is caused again, is needed again: a step that went to a deputy and came back. What was told and taken back is told again.
 */
export async function queueNotices(trx: Transaction, notices: readonly NewNotice[], now: Date): Promise<number> {
  if (notices.length === 0) return 0;
  // In one order, so that no two transactions wait for each other's keys.
  const rows = [...new Map(notices.map((notice) => [notice.dedupeKey, notice])).values()].sort((a, b) =>
    a.dedupeKey < b.dedupeKey ? -1 : 1,
  );
  const { rowCount } = (await trx.raw(
    `insert into notifications as old (dedupe_key, event, person_id, address, order_id, step_id, revision, facts, created_at, not_before, due_at)
     select n.dedupe_key, n.event, n.person_id, n.address, n.order_id, n.step_id, n.revision, n.facts::jsonb, :now, n.not_before, n.not_before
     from rows from (
       unnest(:keys::text[], :events::text[], :personIds::bigint[], :addresses::text[], :orderIds::bigint[], :stepIds::bigint[], :revisions::int[],
         :notBefore::timestamptz[]),
       string_to_table(:facts, chr(10))
     ) as n(dedupe_key, event, person_id, address, order_id, step_id, revision, not_before, facts)
     on conflict (dedupe_key) do update set state = 'queued', person_id = excluded.person_id, address = excluded.address, not_before = excluded.not_before, due_at = excluded.due_at, facts = excluded.facts,
       code = null, because = null, settled_at = null, mail_id = case when old.state = 'suppressed' then old.mail_id end
       where old.state = 'suppressed' or (old.state = 'sent' and ${TAKEN_BACK})`,
    {
      now,
      keys: column(rows.map(({ dedupeKey }) => dedupeKey)),
      events: column(rows.map(({ event }) => event)),
      personIds: column(rows.map(({ personId }) => personId)),
      addresses: column(rows.map(({ address }) => address)),
      orderIds: column(rows.map(({ orderId }) => orderId)),
      stepIds: column(rows.map(({ stepId }) => stepId)),
      revisions: column(rows.map(({ revision }) => revision)),
      notBefore: column(rows.map(({ notBefore }) => notBefore ?? now)),
      facts: jsonLines(rows.map(({ facts }) => facts ?? {})),
    },
  )) as { rowCount: number };
  return rowCount;
}
