/** Steps of approval and who holds them. */
import type { Selector, Stage } from '../../domain/policy/stage-schema.ts';
import { NeedsOperatorError } from '../../errors.ts';
import type { Database, Transaction } from '../database.ts';

export type StepState = 'waiting' | 'active' | 'approved' | 'declined' | 'superseded' | 'void' | 'exhausted';

export interface Step {
  readonly id: string;
  readonly orderId: string;
  readonly revision: number;
  readonly stage: number;
  readonly name: string;
  readonly mode: Stage['mode'];
  /** How many holders must approve. */
  readonly needed: number;
  readonly selector: StepSelector;
  readonly policies: StepPolicies;
  readonly state: StepState;
  readonly assignedAt: Date | null;
  readonly decidedAt: Date | null;
}

export interface StepSelector {
  readonly approvers: readonly Selector[];
  /** One decision of a person counts in every step of the revision that person holds. */
  readonly decideOncePerPerson: boolean;
}

export interface StepPolicies {
  /** Versions the order was matched with; approve limits are those of these versions for as long as it waits. */
  readonly ids: readonly string[];
  readonly causes: ReadonlyArray<{ readonly accountId: string; readonly version: number; readonly rule: string }>;
}

const COLUMNS = `s.id, s.order_id as "orderId", s.revision, s.stage, s.name, s.mode, s.needed, s.selector, s.policies, s.state,
  s.assigned_at as "assignedAt", s.decided_at as "decidedAt"`;

export async function loadStep(db: Database | Transaction, id: string): Promise<Step> {
  const { rows } = await db.raw<{ rows: Step[] }>(`select ${COLUMNS} from approval_steps s where s.id = ?`, [id]);
  if (!rows[0]) throw new NeedsOperatorError('NOT_FOUND', `there is no step ${id}; \`kontor orders show\` lists those of an order`);
  return rows[0];
}

export async function loadSteps(db: Database | Transaction, orderId: string, revision: number): Promise<Step[]> {
  const { rows } = await db.raw<{ rows: Step[] }>(
    `select ${COLUMNS} from approval_steps s where s.order_id = ? and s.revision = ? order by s.stage`,
    [orderId, revision],
  );
  return rows;
}

export type NewStep = Pick<Step, 'orderId' | 'revision' | 'name' | 'mode' | 'needed' | 'selector' | 'policies'>;

/** Waiting, numbered behind those the revision has. Answers their ids in the order given. */
export async function insertSteps(trx: Transaction, steps: readonly NewStep[]): Promise<string[]> {
  const [first] = steps;
  if (!first) return [];
  const { rows } = await trx.raw<{ rows: Array<{ id: string; stage: number }> }>(
    `insert into approval_steps (order_id, revision, stage, name, mode, needed, selector, policies, state)
     select :orderId::bigint, :revision::int, coalesce((select max(stage) from approval_steps where order_id = :orderId and revision = :revision), 0) + s.n,
       s.name, s.mode, s.needed, s.selector, s.policies, 'waiting'
     from jsonb_to_recordset(:json::jsonb) as s(n int, name text, mode text, needed int, selector jsonb, policies jsonb)
     returning id, stage`,
    { orderId: first.orderId, revision: first.revision, json: JSON.stringify(steps.map((step, n) => ({ ...step, n: n + 1 }))) },
  );
  return rows.sort((a, b) => a.stage - b.stage).map(({ id }) => id);
}

/** What was asked about an older version of the order, or by an older look at the rules, is asked no longer. */
export async function voidOpenSteps(trx: Transaction, orderId: string, now: Date): Promise<void> {
  await trx.raw(
    `update approval_steps set state = 'void', decided_at = :now where order_id = :orderId and state in ('waiting', 'active', 'exhausted')`,
    { orderId, now },
  );
}

export interface StepHolder {
  readonly personId: string;
  readonly forPersonId: string | null;
  readonly via: string;
}

/** `false`: the step is decided or void, and stays as it is. */
export async function assignStep(
  trx: Transaction,
  { stepId, state, needed, holders }: { stepId: string; state: 'active' | 'exhausted'; needed: number; holders: readonly StepHolder[] },
  now: Date,
): Promise<boolean> {
  const { rowCount } = (await trx.raw(
    `update approval_steps set state = :state, needed = :needed, assigned_at = coalesce(assigned_at, :now)
     where id = :stepId and state in ('waiting', 'active', 'exhausted')`,
    { stepId, state, needed, now },
  )) as { rowCount: number };
  if (rowCount === 0) return false;
  await trx.raw('delete from step_holders where step_id = :stepId', { stepId });
  await trx.raw(
    `insert into step_holders (step_id, person_id, for_person_id, via)
     select :stepId::bigint, h."personId", h."forPersonId", h.via
     from jsonb_to_recordset(:json::jsonb) as h("personId" bigint, "forPersonId" bigint, via text)`,
    { stepId, json: JSON.stringify(holders) },
  );
  return true;
}

export async function loadHolders(db: Database | Transaction, stepId: string): Promise<StepHolder[]> {
  const { rows } = await db.raw<{ rows: StepHolder[] }>(
    `select person_id as "personId", for_person_id as "forPersonId", via from step_holders where step_id = ? order by person_id`,
    [stepId],
  );
  return rows;
}

/** Who has approved another step of this revision: one decision may count for several (SEMANTICS 2.9). */
export async function loadApprovers(db: Database | Transaction, orderId: string, revision: number): Promise<string[]> {
  const { rows } = await db.raw<{ rows: Array<{ id: string }> }>(
    `select distinct person_id as id from decisions where order_id = :orderId and revision = :revision and verdict = 'approve' order by 1`,
    { orderId, revision },
  );
  return rows.map(({ id }) => id);
}
