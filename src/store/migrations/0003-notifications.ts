import type { Knex } from 'knex';

/**
 * What people are to be told. A row is written in the transaction of its cause; the key says what it is about, so that no cause tells
 * anybody twice. `not_before` is the cause's own; `due_at` is when the row is looked at next: quiet hours, digests and later tries move it.
 *
 * - queued: waits for `due_at`                           - sending: claimed by a worker until `lease_until`
 * - sent: the mail server has taken it                   - suppressed: nobody needs it any more, and why
 * - bounced: refused for this address for good           - failed: cannot be sent, and why; a person has to look
 *
 * A mail holds one notification or several, all to one reader. It is written down, with the name it carries for ever, before it is
 * handed to the server: whoever takes it up after a crash sends the same mail under the same name.
 */
export async function createNotificationTables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create table mails (
      id bigint generated always as identity primary key,
      message_id text not null,
      person_id bigint,
      address text not null,
      locale text not null,
      created_at timestamptz not null,
      departed_at timestamptz not null,
      attempts integer not null default 1,
      sent_at timestamptz,
      answer text,
      bounced_at timestamptz,
      bounce text,
      constraint mails_message_id_key unique (message_id)
    );
    create index mails_address_idx on mails (lower(address), id);

    create table notifications (
      id bigint generated always as identity primary key,
      dedupe_key text not null,
      event text not null,
      person_id bigint,
      address text,
      reader text not null generated always as (coalesce(person_id::text, lower(address))) stored,
      order_id bigint,
      step_id bigint,
      revision integer,
      facts jsonb not null default '{}',
      created_at timestamptz not null,
      not_before timestamptz not null,
      due_at timestamptz not null,
      state text not null default 'queued' constraint notifications_state_check check (state in
        ('queued', 'sending', 'sent', 'suppressed', 'bounced', 'failed')),
      code text,
      because text,
      fence bigint not null default 0,
      lease_until timestamptz,
      mail_id bigint constraint notifications_mail_id_fkey references mails,
      settled_at timestamptz,
      constraint notifications_dedupe_key_key unique (dedupe_key),
      constraint notifications_reader_check check (person_id is not null or address is not null),
      constraint notifications_lease_check check ((state = 'sending') = (lease_until is not null))
    );
    create index notifications_due_idx on notifications (due_at, id) where state = 'queued';
    create index notifications_sending_idx on notifications (lease_until) where state = 'sending';
    create index notifications_reader_idx on notifications (reader, id) where state in ('queued', 'sending');
    create index notifications_person_id_idx on notifications (person_id, id) where person_id is not null;
    create index notifications_order_id_idx on notifications (order_id) where order_id is not null;
    create index notifications_step_id_idx on notifications (step_id) where step_id is not null;
    create index notifications_mail_id_idx on notifications (mail_id) where mail_id is not null;

    create table bounced_addresses (
      address text not null constraint bounced_addresses_pkey primary key constraint bounced_addresses_address_check check (address = lower(address)),
      bounced_at timestamptz not null,
      reason text not null,
      mail_id bigint
    );
  `);
}
