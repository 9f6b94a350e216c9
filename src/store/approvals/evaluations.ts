/** What the rules said about a revision, as it was said: the answer to "why is my order held?". */
import type { Effect } from '../../domain/policy/schema.ts';
import type { Database, Transaction } from '../database.ts';

export interface StoredEvaluation {
  readonly orderId: string;
  readonly revision: number;
  readonly at: Date;
  readonly outcome: Effect;
  readonly trace: unknown;
}

export async function insertEvaluation(
  trx: Transaction,
  { orderId, revision, outcome, trace }: Omit<StoredEvaluation, 'at'>,
  now: Date,
): Promise<void> {
  await trx.raw(
    `insert into evaluations (order_id, revision, at, outcome, trace) values (:orderId, :revision, :now, :outcome, :json::jsonb)`,
    { orderId, revision, outcome, now, json: JSON.stringify(trace) },
  );
}

/** Newest first. */
export async function loadEvaluations(db: Database | Transaction, orderId: string): Promise<StoredEvaluation[]> {
  const { rows } = await db.raw<{ rows: StoredEvaluation[] }>(
    `select order_id as "orderId", revision, at, outcome, trace from evaluations where order_id = :orderId order by id desc`,
    { orderId },
  );
  return rows;
}
