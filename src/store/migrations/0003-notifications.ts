import type { Knex } from 'knex';

/**
 * What people are to be told. A row is written in the transaction of its cause; the key says what it is about, so that no cause tells
 * anybody twice. `not_before` is when it may leave at the earliest: quiet hours, digests and later tries move it.
 *
 * - queued: waits for `not_before`                       - sending: claimed by a worker until `lease_until`
 * - sent: the mail server has taken it                   - suppressed: nobody needs it any more, and why
 * - bounced: refused for this address for good           - failed: cannot be sent, and why; a person has to look
 */
export async function createNotificationTables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create table notifications (
      id bigint generated always as identity primary key,
      dedupe_key text not null,
      event text not null,
      person_id bigint,
      address text,
      order_id bigint,
      step_id bigint,
      revision integer,
      facts jsonb not null default '{}',
      created_at timestamptz not null,
      not_before timestamptz not null,
      state text not null default 'queued' constraint notifications_state_check check (state in
        ('queued', 'sending', 'sent', 'suppressed', 'bounced', 'failed')),
      because text,
      attempts integer not null default 0,
      fence bigint not null default 0,
      lease_until timestamptz,
      digest_id bigint,
      message_id text,
      settled_at timestamptz,
      constraint notifications_dedupe_key_key unique (dedupe_key),
      constraint notifications_reader_check check (person_id is not null or address is not null),
      constraint notifications_lease_check check ((state = 'sending') = (lease_until is not null))
    );
    create index notifications_due_idx on notifications (not_before, id) where state in ('queued', 'sending');
    create index notifications_person_id_idx on notifications (person_id, id) where person_id is not null;
    create index notifications_order_id_idx on notifications (order_id) where order_id is not null;
  `);
}
