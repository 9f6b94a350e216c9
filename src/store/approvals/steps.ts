/** Steps of approval and who holds them. */
import type { Climb } from '../../domain/policy/climb.ts';
import type { StepClock } from '../../domain/policy/clock-schema.ts';
import type { Selector } from '../../domain/policy/selector-schema.ts';
import type { Stage } from '../../domain/policy/stage-schema.ts';
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
  readonly clock: StepClock | null;
  /** Rungs of the ladder that were climbed. */
  readonly climbs: readonly Climb[];
  /** When the clock could do no more, and the step was shown to operations. */
  readonly listedAt: Date | null;
  readonly listedBecause: string | null;
  /** Why nobody can say whose it is. */
  readonly stuckBecause: string | null;
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

export const STEP_COLUMNS = `s.id, s.order_id as "orderId", s.revision, s.stage, s.name, s.mode, s.needed, s.selector, s.policies, s.state,
  s.assigned_at as "assignedAt", s.decided_at as "decidedAt", s.clock, s.climbs, s.listed_at as "listedAt", s.listed_because as "listedBecause",
  s.stuck_because as "stuckBecause"`;

/** JSON knows no instants. */
export function asStep<Row extends Step>(row: Row): Row {
  return row.climbs.length === 0 ? row : { ...row, climbs: row.climbs.map((climb) => ({ ...climb, at: new Date(climb.at) })) };
}

export async function loadStep(db: Database | Transaction, id: string): Promise<Step> {
  const { rows } = await db.raw<{ rows: Step[] }>(`select ${STEP_COLUMNS} from approval_steps s where s.id = ?`, [id]);
  if (!rows[0]) throw new NeedsOperatorError('NOT_FOUND', `there is no step ${id}; \`kontor orders show\` lists those of an order`);
  return asStep(rows[0]);
}

export async function loadSteps(db: Database | Transaction, orderId: string, revision: number): Promise<Step[]> {
  const { rows } = await db.raw<{ rows: Step[] }>(
    `select ${STEP_COLUMNS} from approval_steps s where s.order_id = ? and s.revision = ? order by s.stage`,
    [orderId, revision],
  );
  return rows.map(asStep);
}

export type NewStep = Pick<Step, 'orderId' | 'revision' | 'name' | 'mode' | 'needed' | 'selector' | 'policies' | 'clock'>;

/** Waiting, numbered behind those the revision has. Answers their ids in the order given. */
export async function insertSteps(trx: Transaction, steps: readonly NewStep[]): Promise<string[]> {
  const [first] = steps;
  if (!first) return [];
  const { rows } = await trx.raw<{ rows: Array<{ id: string; stage: number }> }>(
    `insert into approval_steps (order_id, revision, stage, name, mode, needed, selector, policies, clock, state)
     select :orderId::bigint, :revision::int, coalesce((select max(stage) from approval_steps where order_id = :orderId and revision = :revision), 0) + s.n,
       s.name, s.mode, s.needed, s.selector, s.policies, s.clock, 'waiting'
     from jsonb_to_recordset(:json::jsonb) as s(n int, name text, mode text, needed int, selector jsonb, policies jsonb, clock jsonb)
     returning id, stage`,
    { orderId: first.orderId, revision: first.revision, json: JSON.stringify(steps.map((step, n) => ({ ...step, n: n + 1 }))) },
  );
  return rows.sort((a, b) => a.stage - b.stage).map(({ id }) => id);
}

/** What was asked about an older version of the order, or by an older look at the rules, is asked no longer. Answers the steps it was. */
export async function voidOpenSteps(trx: Transaction, orderIds: string | readonly string[], now: Date): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `with voided as (
       update approval_steps set state = 'void', decided_at = :now where order_id = any(:orderIds::bigint[]) and state in ('waiting', 'active', 'exhausted')
       returning id
     ), closed as (
       update step_clocks c set done_at = :now, effect = 'void' from voided v where c.step_id = v.id and c.done_at is null
     )
     select id from voided`,
    { orderIds: [orderIds].flat(), now },
  );
  return rows.map(({ id }) => id);
}

/** What was asked and decided counts no longer, of steps that nobody is asked any more. */
export async function voidSteps(trx: Transaction, ids: readonly string[], now: Date): Promise<void> {
  await trx.raw(`update approval_steps set state = 'void', decided_at = coalesce(decided_at, :now) where id = any(:ids::bigint[])`, {
    ids: [...ids],
    now,
  });
}

/** By order, so that whoever locks them does so in one order. */
export async function ordersOfSteps(
  db: Database | Transaction,
  stepIds: readonly string[],
): Promise<Array<{ stepId: string; orderId: string }>> {
  const { rows } = await db.raw<{ rows: Array<{ stepId: string; orderId: string }> }>(
    'select id as "stepId", order_id as "orderId" from approval_steps where id = any(:stepIds::bigint[]) order by order_id, id',
    { stepIds: [...stepIds] },
  );
  return rows;
}

/** Those who hold one of these steps and have said nothing about it. */
export async function loadUnheard(
  db: Database | Transaction,
  stepIds: readonly string[],
): Promise<Array<Pick<Step, 'id' | 'orderId' | 'revision' | 'name'> & { personId: string }>> {
  const { rows } = await db.raw<{ rows: Array<Pick<Step, 'id' | 'orderId' | 'revision' | 'name'> & { personId: string }> }>(
    `select s.id, s.order_id as "orderId", s.revision, s.name, h.person_id as "personId"
     from approval_steps s join step_holders h on h.step_id = s.id
     where s.id = any(:stepIds::bigint[]) and not exists (select from decisions d where d.step_id = s.id and d.person_id = h.person_id)
     order by s.id, h.person_id`,
    { stepIds: [...stepIds] },
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
