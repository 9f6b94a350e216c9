import type { Knex } from 'knex';

/** Purchase requests with every exact version of them, where they came in, and what was said about them. */
export async function createOrderTables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create table orders (
      id bigint generated always as identity primary key,
      origin text not null,
      reference text not null,
      external_key text not null,
      submitted_digest text not null,
      account_id bigint not null,
      company_id bigint not null,
      ordered_by_id bigint not null,
      on_behalf_of_id bigint,
      state text not null constraint orders_state_check check (state in
        ('pending_approval', 'released', 'declined', 'withdrawn', 'expired', 'rejected_by_system', 'cancelled')),
      approved_by text constraint orders_approved_by_check check (approved_by in ('rules', 'people', 'bypass')),
      revision integer not null default 1,
      currency text not null,
      total bigint not null,
      submitted_at timestamptz not null,
      decided_at timestamptz,
      updated_at timestamptz not null,
      constraint orders_origin_reference_key unique (origin, reference),
      constraint orders_external_key_key unique (external_key),
      constraint orders_released_check check (state <> 'released' or approved_by is not null)
    );
    create index orders_account_id_idx on orders (account_id, submitted_at);
    create index orders_company_id_idx on orders (company_id, submitted_at);
    create index orders_ordered_by_id_idx on orders (ordered_by_id, submitted_at);
    create index orders_pending_idx on orders (id) where state = 'pending_approval';

    create table order_revisions (
      order_id bigint not null constraint order_revisions_order_id_fkey references orders,
      n integer not null,
      content jsonb not null,
      material_hash text not null,
      total bigint not null,
      edited_by_id bigint,
      reason text,
      created_at timestamptz not null,
      withdraw_until timestamptz,
      agreed_at timestamptz,
      constraint order_revisions_pkey primary key (order_id, n)
    );
    create index order_revisions_ship_to_idx on order_revisions ((content ->> 'shipTo'));

    create table order_log (
      order_id bigint not null,
      id bigint generated always as identity,
      at timestamptz not null,
      kind text not null,
      person_id bigint,
      actor text,
      revision integer,
      facts jsonb not null default '{}',
      constraint order_log_pkey primary key (order_id, id)
    );

    create table order_inbox (
      id bigint generated always as identity primary key,
      origin text not null default 'inbox',
      payload jsonb not null,
      received_at timestamptz not null default clock_timestamp(),
      state text not null default 'new' constraint order_inbox_state_check check (state in ('new', 'taken', 'refused')),
      order_id bigint,
      problems jsonb,
      settled_at timestamptz
    );
    create index order_inbox_new_idx on order_inbox (id) where state = 'new';

    create table api_keys (
      id bigint generated always as identity primary key,
      name text not null,
      origin text not null,
      digest text not null,
      scopes text[] not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      last_used_at timestamptz,
      revoked_at timestamptz,
      constraint api_keys_name_key unique (name),
      constraint api_keys_digest_key unique (digest)
    );
  `);
}
