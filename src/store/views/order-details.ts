/** What belongs to one order beside its lines: who is asked, what was said, and what happened when. */
import type { Database } from '../database.ts';

export interface NamedPerson {
  readonly id: string;
  readonly name: string | null;
}

export interface StepDetail {
  readonly id: string;
  readonly revision: number;
  readonly stage: number;
  readonly name: string;
  readonly mode: 'any' | 'all' | 'n_of_m';
  readonly needed: number;
  readonly state: 'waiting' | 'active' | 'approved' | 'declined' | 'superseded' | 'void' | 'exhausted';
  readonly assignedAt: Date | null;
  readonly decidedAt: Date | null;
  /** Who may decide it, and for whom. */
  readonly holders: ReadonlyArray<NamedPerson & { readonly for: NamedPerson | null; readonly via: string }>;
}

/** Of all revisions, oldest first. */
export async function listSteps(db: Database, orderId: string): Promise<StepDetail[]> {
  const { rows } = await db.raw<{ rows: StepDetail[] }>(
    `select s.id, s.revision, s.stage, s.name, s.mode, s.needed, s.state, s.assigned_at as "assignedAt", s.decided_at as "decidedAt",
       coalesce((select jsonb_agg(jsonb_build_object('id', h.person_id::text, 'name', p.name, 'via', h.via,
         'for', case when h.for_person_id is null then null else jsonb_build_object('id', h.for_person_id::text, 'name', f.name) end) order by h.person_id)
         from step_holders h left join contacts p on p.id = h.person_id left join contacts f on f.id = h.for_person_id
         where h.step_id = s.id), '[]') as holders
     from approval_steps s where s.order_id = ? order by s.revision, s.stage`,
    [orderId],
  );
  return rows;
}

export interface LogLine {
  readonly at: Date;
  readonly kind: string;
  readonly revision: number | null;
  readonly person: NamedPerson | null;
  readonly actor: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What happened, oldest first. */
export async function listOrderLog(db: Database, orderId: string): Promise<LogLine[]> {
  const { rows } = await db.raw<{ rows: LogLine[] }>(
    `select l.at, l.kind, l.revision, l.actor, l.facts,
       case when l.person_id is null then null else jsonb_build_object('id', l.person_id::text, 'name', p.name) end as person
     from order_log l left join contacts p on p.id = l.person_id where l.order_id = ? order by l.id`,
    [orderId],
  );
  return rows;
}

export interface AddressLabel {
  readonly id: string;
  readonly name: string | null;
  readonly lines: readonly string[];
  readonly postalCode: string | null;
  readonly city: string | null;
  readonly country: string | null;
}

export async function loadAddressLabels(db: Database, ids: readonly string[]): Promise<Map<string, AddressLabel>> {
  const { rows } = await db.raw<{ rows: AddressLabel[] }>(
    `select id, name, coalesce(lines, '{}') as lines, postal_code as "postalCode", city, country from addresses where id = any(?::bigint[])`,
    [[...ids]],
  );
  return new Map(rows.map((label) => [label.id, label]));
}
