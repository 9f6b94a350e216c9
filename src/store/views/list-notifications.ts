/** What people are told, as operations looks for it. */
import type { Database } from '../database.ts';
import type { NotificationState } from '../mail/resend.ts';
import type { NoticeEvent } from '../notifications.ts';

export interface NotificationItem {
  readonly id: string;
  readonly event: NoticeEvent;
  readonly state: NotificationState;
  readonly code: string | null;
  readonly because: string | null;
  readonly person: { readonly id: string; readonly name: string } | null;
  readonly order: { readonly id: string; readonly externalKey: string } | null;
  readonly createdAt: Date;
  readonly dueAt: Date;
  readonly settledAt: Date | null;
}

export interface NotificationDetail extends NotificationItem {
  readonly dedupeKey: string;
  /** Where it was sent, or would be. */
  readonly address: string | null;
  readonly stepId: string | null;
  readonly revision: number | null;
  readonly notBefore: Date;
  readonly mail: {
    readonly id: string;
    readonly messageId: string;
    readonly address: string;
    readonly attempts: number;
    readonly departedAt: string;
    readonly sentAt: string | null;
    readonly answer: string | null;
    readonly bouncedAt: string | null;
    readonly bounce: string | null;
    /** How many notifications it holds. */
    readonly holds: number;
  } | null;
}

export interface NotificationFilter {
  readonly state?: NotificationState | undefined;
  readonly event?: NoticeEvent | undefined;
  readonly personId?: string | undefined;
  readonly orderId?: string | undefined;
  readonly limit: number;
  readonly before?: string | undefined;
}

const ITEM = `n.id, n.event, n.state, n.code, n.because, n.created_at as "createdAt", n.due_at as "dueAt", n.settled_at as "settledAt",
  case when c.id is null then null else jsonb_build_object('id', c.id::text, 'name', c.name) end as person,
  case when o.id is null then null else jsonb_build_object('id', o.id::text, 'externalKey', o.external_key) end as order`;
const FROM = 'from notifications n left join contacts c on c.id = n.person_id left join orders o on o.id = n.order_id';

/** Newest first, with how many there are in each state. */
export async function listNotifications(
  db: Database,
  { state, event, personId, orderId, limit, before }: NotificationFilter,
): Promise<{ notifications: NotificationItem[]; next: string | null; counts: Record<string, number> }> {
  const { rows } = await db.raw<{ rows: NotificationItem[] }>(
    `select ${ITEM} ${FROM}
     where (:state::text is null or n.state = :state) and (:event::text is null or n.event = :event)
       and (:personId::bigint is null or n.person_id = :personId) and (:orderId::bigint is null or n.order_id = :orderId)
       and (:before::bigint is null or n.id < :before) order by n.id desc limit :limit::int + 1`,
    { state: state ?? null, event: event ?? null, personId: personId ?? null, orderId: orderId ?? null, limit, before: before ?? null },
  );
  const counted = await db.raw<{ rows: Array<{ state: string; n: number }> }>(
    'select state, count(*)::int as n from notifications group by state order by state',
  );
  const notifications = rows.slice(0, limit);
  const counts = Object.fromEntries(counted.rows.map(({ state: name, n }) => [name, n]));
  return { notifications, next: rows.length > limit ? (notifications.at(-1)?.id ?? null) : null, counts };
}

export async function showNotification(db: Database, id: string): Promise<NotificationDetail | null> {
  const { rows } = await db.raw<{ rows: NotificationDetail[] }>(
    `select ${ITEM}, n.dedupe_key as "dedupeKey", coalesce(n.address, c.email) as address, n.step_id as "stepId", n.revision, n.not_before as "notBefore",
       case when m.id is null then null else jsonb_build_object('id', m.id::text, 'messageId', m.message_id, 'address', m.address, 'attempts', m.attempts,
         'departedAt', m.departed_at, 'sentAt', m.sent_at, 'answer', m.answer, 'bouncedAt', m.bounced_at, 'bounce', m.bounce,
         'holds', (select count(*) from notifications t where t.mail_id = m.id)) end as mail
     ${FROM} left join mails m on m.id = n.mail_id where n.id = ?`,
    [id],
  );
  return rows[0] ?? null;
}
