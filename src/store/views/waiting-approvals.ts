/** What waits for a person's decision, in the order in which it was asked. */
import type { Database } from '../database.ts';
import type { NamedPerson } from './order-details.ts';

export interface WaitingApproval {
  readonly stepId: string;
  readonly step: string;
  readonly orderId: string;
  readonly externalKey: string;
  readonly reference: string;
  readonly origin: string;
  /** To be named with the decision. */
  readonly revision: number;
  readonly account: string;
  readonly orderedBy: string;
  readonly currency: string;
  readonly total: number;
  readonly submittedAt: Date;
  readonly assignedAt: Date | null;
  /** Whose place the person takes. */
  readonly for: NamedPerson | null;
}

export interface WaitingFilter {
  readonly personId: string;
  /** Of orders of one origin, or of all. */
  readonly origin: string | null;
  readonly limit: number;
  /** Id of the last step of the page before. */
  readonly after?: string | undefined;
}

export async function waitingApprovals(
  db: Database,
  { personId, origin, limit, after }: WaitingFilter,
): Promise<{ approvals: WaitingApproval[]; next: string | null }> {
  const { rows } = await db.raw<{ rows: WaitingApproval[] }>(
    `select s.id as "stepId", s.name as step, o.id as "orderId", o.external_key as "externalKey", o.reference, o.origin, o.revision,
       a.name as account, c.name as "orderedBy", o.currency, o.total::float8 as total, o.submitted_at as "submittedAt", s.assigned_at as "assignedAt",
       case when h.for_person_id is null then null else jsonb_build_object('id', h.for_person_id::text, 'name', f.name) end as for
     from step_holders h join approval_steps s on s.id = h.step_id and s.state = 'active'
     join orders o on o.id = s.order_id and o.state = 'pending_approval' join accounts a on a.id = o.account_id
     join contacts c on c.id = o.ordered_by_id left join contacts f on f.id = h.for_person_id
     where h.person_id = :personId::bigint and (:origin::text is null or o.origin = :origin) and (:after::bigint is null or s.id > :after)
       and not exists (select from decisions d where d.step_id = s.id and d.person_id = h.person_id)
     order by s.id limit :limit::int + 1`,
    { personId, origin, limit, after: after ?? null },
  );
  const approvals = rows.slice(0, limit);
  return { approvals, next: rows.length > limit ? (approvals.at(-1)?.stepId ?? null) : null };
}
