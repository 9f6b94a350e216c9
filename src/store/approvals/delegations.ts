/** Who decides for whom, and when: windows that begin with their first instant and end before their last. */
import type { Database, Transaction } from '../database.ts';

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

/** Those of a person that hold or will, either way round. */
export async function listDelegations(db: Database | Transaction, personId: string, now: Date): Promise<StoredDelegation[]> {
  const { rows } = await db.raw<{ rows: StoredDelegation[] }>(
    `select id, from_person_id as "fromPersonId", to_person_id as "toPersonId", order_id as "orderId", starts_at as "startsAt",
       ends_at as "endsAt", reason, created_by as "createdBy", revoked_at as "revokedAt"
     from delegations where :personId::bigint in (from_person_id, to_person_id) and revoked_at is null and ends_at > :now order by starts_at, id`,
    { personId, now },
  );
  return rows;
}

/** Open steps that somebody holds, or is stood in for: who must be asked anew when that person goes, comes or is replaced. */
export async function openStepsOf(
  db: Database | Transaction,
  personIds: readonly string[],
): Promise<Array<{ stepId: string; orderId: string }>> {
  const { rows } = await db.raw<{ rows: Array<{ stepId: string; orderId: string }> }>(
    `select distinct s.id as "stepId", s.order_id as "orderId" from step_holders h join approval_steps s on s.id = h.step_id
     where (h.person_id = any(:personIds::bigint[]) or h.for_person_id = any(:personIds::bigint[])) and s.state = 'active' order by 2, 1`,
    { personIds: [...personIds] },
  );
  return rows;
}
