import type { Knex } from 'knex';

/**
 * Hand-offs: the outbox of approved orders. A row is written in the transaction that approves; delivering it is work of its own.
 *
 * - pending: to be sent, not before `not_before`            - sending: claimed under `fence` until `lease_until`
 * - unknown: sent, outcome open; looked up not before `not_before`
 *   `look_after` is the database's clock, by which all agree: before it, what was sent may be there and not be seen
 * - held: waits for something that may pass by itself (account blocked, credit exceeded), looked at again from time to time
 * - accepted | refused (the ERP's own words) | doubled | parked (for a person) | cancelled (never sent, no longer wanted)
 */
export async function createHandoffTables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create table handoffs (
      id bigint generated always as identity primary key,
      order_id bigint not null constraint handoffs_order_id_fkey references orders,
      seq integer not null,
      kind text not null constraint handoffs_kind_check check (kind in ('create', 'change', 'cancel')),
      revision integer not null,
      connection text,
      account_id bigint not null,
      external_key text not null,
      state text not null default 'pending' constraint handoffs_state_check check (state in
        ('pending', 'sending', 'unknown', 'held', 'accepted', 'refused', 'doubled', 'parked', 'cancelled')),
      code text,
      reason text,
      not_before timestamptz,
      attempts integer not null default 0,
      failures integer not null default 0,
      fence bigint not null default 0,
      holder text,
      lease_until timestamptz,
      may_be_there_since timestamptz,
      look_after timestamptz,
      approved_hash text not null,
      sent_hash text,
      confirmed_hash text,
      erp_id text,
      erp_number text,
      erp_state text,
      found_in text,
      created_at timestamptz not null,
      settled_at timestamptz,
      constraint handoffs_order_id_seq_key unique (order_id, seq),
      constraint handoffs_lease_check check ((state = 'sending') = (lease_until is not null))
    );
    create index handoffs_open_idx on handoffs (connection, account_id, id) where state in ('pending', 'sending', 'unknown', 'held');
    create index handoffs_trouble_idx on handoffs (id) where state in ('refused', 'doubled', 'parked', 'held', 'unknown');
    create unique index handoffs_one_in_flight_key on handoffs (connection, account_id) where state = 'sending';
    create unique index handoffs_erp_id_key on handoffs (connection, erp_id) where kind = 'create' and erp_id is not null;

    create table handoff_attempts (
      handoff_id bigint not null,
      n integer not null,
      holder text not null,
      started_at timestamptz not null,
      ended_at timestamptz,
      outcome text,
      code text,
      http_status integer,
      words text,
      digest text,
      facts jsonb not null default '{}',
      constraint handoff_attempts_pkey primary key (handoff_id, n)
    );
  `);
}
