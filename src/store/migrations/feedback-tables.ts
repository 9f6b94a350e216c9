import type { Knex } from 'knex';

/**
 * What the ERP tells of orders, ours and others: documents and their lines (filled by pulls, like profiles), how far each of our
 * orders has come, where it differs from what was approved, proposals of sites, and what the nightly comparison found.
 */
export async function createFeedbackTables(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`
    create table documents (
      id bigint primary key,
      account_id bigint,
      kind text not null,
      number text,
      reference text,
      purchase_order_number text,
      about_id bigint,
      state text,
      state_there text,
      version text,
      dated_on date,
      due_on date,
      currency text,
      total bigint,
      open_amount bigint,
      carrier text,
      tracking_number text,
      url text,
      attributes jsonb,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index documents_account_id_idx on documents (account_id, dated_on) where account_id is not null;
    create index documents_reference_idx on documents (reference) where reference is not null;
    create index documents_about_id_idx on documents (about_id) where about_id is not null;
    create index documents_updated_at_idx on documents (updated_at);

    create table document_lines (
      id bigint primary key,
      document_id bigint,
      about_id bigint,
      reference text,
      product text collate "C",
      product_name text,
      quantity numeric,
      unit text,
      currency text,
      unit_price numeric,
      amount bigint,
      state text,
      shipped numeric,
      cancelled numeric,
      attributes jsonb,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index document_lines_document_id_idx on document_lines (document_id) where document_id is not null;
    create index document_lines_about_id_idx on document_lines (about_id) where about_id is not null;
    create index document_lines_updated_at_idx on document_lines (updated_at);

    create table order_progress (
      order_id bigint not null constraint order_progress_pkey primary key,
      connection text not null,
      state text not null,
      state_there text,
      version text,
      lines jsonb not null default '[]',
      looked_at timestamptz not null,
      changed_at timestamptz not null
    );

    create table feedback_marks (
      name text not null constraint feedback_marks_pkey primary key,
      seen_until timestamptz not null
    );

    create table order_differences (
      id bigint generated always as identity primary key,
      order_id bigint not null,
      revision integer not null,
      found_at timestamptz not null,
      differences jsonb not null,
      digest text not null,
      state text not null default 'open' constraint order_differences_state_check check (state in ('open', 'accepted', 'gone')),
      settled_at timestamptz,
      settled_by text,
      reason text,
      constraint order_differences_order_id_digest_key unique (order_id, digest)
    );
    create index order_differences_open_idx on order_differences (order_id) where state = 'open';

    create table fulfilment_proposals (
      order_id bigint not null,
      id bigint generated always as identity,
      revision integer not null,
      computed_at timestamptz not null,
      proposal jsonb not null,
      constraint fulfilment_proposals_pkey primary key (order_id, id)
    );

    create table reconciliations (
      id bigint generated always as identity primary key,
      connection text not null,
      trigger text not null,
      since timestamptz not null,
      started_at timestamptz not null,
      finished_at timestamptz,
      position bigint not null default 0,
      compared integer not null default 0,
      findings jsonb not null default '[]',
      notes jsonb not null default '[]'
    );
    create index reconciliations_connection_idx on reconciliations (connection, id);
  `);
}
