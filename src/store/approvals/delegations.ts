/** Who decides for whom, and when: windows that begin with their first instant and end before their last. */
import type { Database, Transaction } from '../database.ts';
import { IS_REACHABLE } from './directory.ts';

/** Whose deputy a holder is besides the one row. */
const ALSO_FOR = `lateral (select (a ->> 'personId')::bigint as id from jsonb_array_elements(h.also_for) a) o`;

export interface NewDelegation {
  readonly fromPersonId: string;
  readonly toPersonId: string;
  /** `null`: whatever waits for the one who is away. */
  readonly orderId: string | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly reason: string | null;
  readonly createdBy: string;
}

export interface StoredDelegation extends NewDelegation {
  readonly id: string;
  readonly revokedAt: Date | null;
}

export async function insertDelegation(trx: Transaction, delegation: NewDelegation, now: Date): Promise<string> {
  const { rows } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `insert into delegations (from_person_id, to_person_id, order_id, starts_at, ends_at, reason, created_by, created_at)
     values (:fromPersonId, :toPersonId, :orderId, :startsAt, :endsAt, :reason, :createdBy, :now) returning id`,
    { ...delegation, now },
  );
  return String(rows[0]?.id);
}

/** `false`: it had been revoked before, or had ended. */
export async function revokeDelegation(trx: Transaction, id: string, now: Date): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    'update delegations set revoked_at = :now where id = :id and revoked_at is null and ends_at > :now returning id',
    { id, now },
  );
  return rows.length > 0;
}

export async function findDelegation(db: Database | Transaction, id: string): Promise<{ fromPersonId: string; toPersonId: string } | null> {
  const { rows } = await db.raw<{ rows: Array<{ fromPersonId: string; toPersonId: string }> }>(
    'select from_person_id as "fromPersonId", to_person_id as "toPersonId" from delegations where id = ?',
    [id],
  );
  return rows[0] ?? null;
}

export interface NamedDelegation extends StoredDelegation {
  readonly from: string;
  readonly to: string;
  /** Key of the one order it is for. */
  readonly order: string | null;
}

/** Those that hold or will: of everyone, or of and for one person. */
export async function listAllDelegations(db: Database | Transaction, personId: string | null, now: Date): Promise<NamedDelegation[]> {
  const { rows } = await db.raw<{ rows: NamedDelegation[] }>(
    `select d.id, d.from_person_id as "fromPersonId", d.to_person_id as "toPersonId", d.order_id as "orderId", d.starts_at as "startsAt",
       d.ends_at as "endsAt", d.reason, d.created_by as "createdBy", d.revoked_at as "revokedAt",
       coalesce(f.name, 'id:' || d.from_person_id) as "from", coalesce(t.name, 'id:' || d.to_person_id) as "to", o.external_key as "order"
     from delegations d left join contacts f on f.id = d.from_person_id left join contacts t on t.id = d.to_person_id
     left join orders o on o.id = d.order_id
     where d.revoked_at is null and d.ends_at > :now and (:personId::bigint is null or :personId in (d.from_person_id, d.to_person_id))
     order by d.starts_at, d.id`,
    { personId, now },
  );
  return rows;
}

/** One window in which somebody decides for somebody else, as it held or will; one that was revoked ends there. */
export interface DelegationWindow {
  readonly id: string;
  readonly fromPersonId: string;
  readonly toPersonId: string;
  readonly orderId: string | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** Those that end after `from`, whenever they begin. */
export async function loadWindows(db: Database | Transaction, personIds: readonly string[], from: Date): Promise<DelegationWindow[]> {
  const { rows } = await db.raw<{ rows: DelegationWindow[] }>(
    `select id, from_person_id as "fromPersonId", to_person_id as "toPersonId", order_id as "orderId",
       starts_at as "startsAt", least(ends_at, revoked_at) as "endsAt"
     from delegations where from_person_id = any(:personIds::bigint[]) and ends_at > :from and least(ends_at, revoked_at) > greatest(:from, starts_at)
     order by id`,
    { personIds: [...personIds], from },
  );
  return rows;
}

/** Open steps that somebody holds, or is stood in for: who must be asked anew when that person goes, comes or is replaced. */
export async function openStepsOf(
  db: Database | Transaction,
  personIds: readonly string[],
): Promise<Array<{ stepId: string; orderId: string }>> {
  const { rows } = await db.raw<{ rows: Array<{ stepId: string; orderId: string }> }>(
    `select s.id as "stepId", s.order_id as "orderId" from (
       select h.step_id from step_holders h where h.person_id = any(:personIds::bigint[]) or h.for_person_id = any(:personIds::bigint[])
       union select h.step_id from step_holders h, ${ALSO_FOR} where h.also_for is not null and o.id = any(:personIds::bigint[])
     ) held join approval_steps s on s.id = held.step_id and s.state = 'active' order by 2, 1`,
    { personIds: [...personIds] },
  );
  return rows;
}

export interface StaleStep {
  readonly stepId: string;
  readonly orderId: string;
}

/**
 * Steps that are stuck, that wait for nobody, for somebody who is not active or is away, for somebody whose deputy is in, for one who stands in and
 * whose time has passed or is another's now, or for a deputy where the superior is next. Those behind `after`.
 */
export async function staleSteps(db: Database | Transaction, now: Date, limit: number, after?: StaleStep): Promise<StaleStep[]> {
  const holds = `d.starts_at <= :now and d.ends_at > :now and (d.revoked_at is null or d.revoked_at > :now)`;
  // Sets that are hashed once, for a look at all that waits; what asks row by row comes last.
  const isAway = (whose: string) =>
    `${whose} in (select a.person_id from absences a where a.removed_at is null and a.starts_at <= :now and a.ends_at > :now)`;
  const delegates = (whose: string) =>
    `(${whose} in (select d.from_person_id from delegations d where ${holds} and d.order_id is null)
      or (${whose}, s.order_id) in (select d.from_person_id, d.order_id from delegations d where ${holds} and d.order_id is not null))`;
  /** Who is stood in for is back, or is another's to stand in for. */
  const isOver = (whose: string) => {
    const ofThisOrder = `d.from_person_id = ${whose} and (d.order_id is null or d.order_id = s.order_id)`;
    return `case when ${delegates(whose)} then exists (select from delegations d where ${ofThisOrder} and ${holds} and d.to_person_id <> h.person_id)
      when ${isAway(whose)} then exists (select from delegations d where ${ofThisOrder}
        and least(d.ends_at, d.revoked_at) <= :now and least(d.ends_at, d.revoked_at) > h.since)
      else true end`;
  };
  const { rows } = await db.raw<{ rows: StaleStep[] }>(
    `select s.id as "stepId", s.order_id as "orderId" from approval_steps s
     where (s.state = 'exhausted' or (s.stuck_because is not null and s.state = 'active') or (s.state = 'active' and exists (
       select from step_holders h left join contacts c on c.id = h.person_id
       where h.step_id = s.id and (c.id is null or c.status <> 'active' or not ${IS_REACHABLE} or ${isAway('h.person_id')}
         or ${delegates('h.person_id')} or (h.for_person_id is not null and ${isOver('h.for_person_id')})
         or (h.also_for is not null and exists (select from ${ALSO_FOR} where o.id <> h.person_id and ${isOver('o.id')}))))))
       and (s.order_id, s.id) > (:orderId::bigint, :stepId::bigint)
     order by s.order_id, s.id limit :limit`,
    { now, limit, orderId: after?.orderId ?? 0, stepId: after?.stepId ?? 0 },
  );
  return rows;
}
