/** Decisions, append-only: one of each person about each step. */
import type { Database, Transaction } from '../database.ts';
import { loadSteps, type Step } from './steps.ts';

export type Verdict = 'approve' | 'decline';

export interface Decision {
  readonly id: string;
  readonly stepId: string;
  readonly orderId: string;
  /** That the step was asked about. */
  readonly revision: number;
  readonly personId: string;
  readonly personName: string | null;
  /** For whom a deputy decided. */
  readonly forPersonId: string | null;
  readonly verdict: Verdict;
  readonly comment: string | null;
  /** By what right, as it was then. */
  readonly authority: Readonly<Record<string, unknown>>;
  readonly channel: string;
  readonly selfApproved: boolean;
  readonly at: Date;
}

const COLUMNS = `d.id, d.step_id as "stepId", d.order_id as "orderId", d.revision, d.person_id as "personId", c.name as "personName",
  d.for_person_id as "forPersonId", d.verdict, d.comment, d.authority, d.channel, d.self_approved as "selfApproved", d.at`;

/** Of all revisions, oldest first. */
export async function loadDecisions(db: Database | Transaction, orderId: string): Promise<Decision[]> {
  const { rows } = await db.raw<{ rows: Decision[] }>(
    `select ${COLUMNS} from decisions d left join contacts c on c.id = d.person_id where d.order_id = ? order by d.id`,
    [orderId],
  );
  return rows;
}

export async function insertDecision(trx: Transaction, decision: Omit<Decision, 'id' | 'personName' | 'at'>, now: Date): Promise<void> {
  await trx.raw(
    `insert into decisions (step_id, order_id, revision, person_id, for_person_id, verdict, comment, authority, channel, self_approved, at)
     values (:stepId, :orderId, :revision, :personId, :forPersonId, :verdict, :comment, :json::jsonb, :channel, :selfApproved, :now)`,
    { ...decision, authority: null, json: JSON.stringify(decision.authority), now },
  );
}

/** `false`: it was decided or voided before. */
export async function settleStep(trx: Transaction, stepId: string, state: 'approved' | 'declined', now: Date): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `with settled as (
       update approval_steps set state = :state, decided_at = :now where id = :stepId and state in ('active', 'exhausted') returning id
     ), closed as (
       update step_clocks c set done_at = :now, effect = 'decided' from settled s where c.step_id = s.id and c.done_at is null
     )
     select id from settled`,
    { stepId, state, now },
  );
  return rows.length > 0;
}

/** Of the newest revision that people were asked about; a revision without material changes has none of its own. */
export async function newestSteps(db: Database | Transaction, orderId: string): Promise<Step[]> {
  const { rows } = await db.raw<{ rows: Array<{ n: number | null }> }>('select max(revision) as n from approval_steps where order_id = ?', [
    orderId,
  ]);
  const n = rows[0]?.n ?? null;
  return n === null ? [] : loadSteps(db, orderId, n);
}

/** Steps of the order, of any revision, that the person holds, is stood in for, or has decided. */
export async function heldSteps(db: Database | Transaction, orderId: string, personId: string): Promise<string[]> {
  const { rows } = await db.raw<{ rows: Array<{ id: string }> }>(
    `select s.id from approval_steps s where s.order_id = :orderId and s.state <> 'waiting' and (
       exists (select from step_holders h where h.step_id = s.id and (:personId::bigint in (h.person_id, h.for_person_id)
         or h.also_for @> jsonb_build_array(jsonb_build_object('personId', :personId::text))))
       or exists (select from decisions d where d.step_id = s.id and d.person_id = :personId))
     order by s.id`,
    { orderId, personId },
  );
  return rows.map(({ id }) => id);
}
