/** When people are away. Half-open; why is nobody's business here. A row that vanished from its source is marked, not deleted. */
import type { Database, Transaction } from '../database.ts';

export interface NewAbsence {
  readonly personId: string;
  /** The source's name of it, for ever. */
  readonly externalId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface StoredAbsence extends NewAbsence {
  readonly id: string;
  readonly name: string | null;
  readonly source: string;
}

export const BY_HAND = 'by hand';

/** Several at once, in one statement; what has the same name in its source is changed. Answers how many are new or other than before. */
export async function recordAbsences(trx: Transaction, source: string, absences: readonly NewAbsence[], now: Date): Promise<number> {
  const { rowCount } = (await trx.raw(
    `insert into absences (person_id, source, external_id, starts_at, ends_at, recorded_at)
     select a."personId", :source::text, a."externalId", a."startsAt", a."endsAt", :now::timestamptz
     from jsonb_to_recordset(:json::jsonb) as a("personId" bigint, "externalId" text, "startsAt" timestamptz, "endsAt" timestamptz)
     on conflict on constraint absences_source_external_id_key do update
     set person_id = excluded.person_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at, removed_at = null, recorded_at = excluded.recorded_at
     where (absences.person_id, absences.starts_at, absences.ends_at, absences.removed_at is null)
       is distinct from (excluded.person_id, excluded.starts_at, excluded.ends_at, true)`,
    { source, json: JSON.stringify(absences), now },
  )) as { rowCount: number };
  return rowCount;
}

/** Those of a source that it names no longer; what is over stays as it was. Of one person, or of all. */
export async function removeVanished(
  trx: Transaction,
  { source, keep }: { source: string; keep: readonly string[] },
  now: Date,
): Promise<number> {
  const { rowCount } = (await trx.raw(
    `update absences set removed_at = :now where source = :source and removed_at is null and ends_at > :now
       and external_id <> all(:keep::text[])`,
    { source, keep: [...keep], now },
  )) as { rowCount: number };
  return rowCount;
}

/** How many a source holds that are not over. */
export async function countHeld(db: Database | Transaction, source: string, now: Date): Promise<number> {
  const { rows } = await db.raw<{ rows: Array<{ count: number }> }>(
    'select count(*)::int as count from absences where source = :source and removed_at is null and ends_at > :now',
    { source, now },
  );
  return rows[0]?.count ?? 0;
}

/** `false`: there is none with this number, or it was removed before. */
export async function removeAbsence(trx: Transaction, id: string, now: Date): Promise<boolean> {
  const { rowCount } = (await trx.raw('update absences set removed_at = :now where id = :id and removed_at is null', { id, now })) as {
    rowCount: number;
  };
  return rowCount > 0;
}

export interface AbsenceQuestion {
  /** All people if absent. */
  readonly personIds?: readonly string[] | undefined;
  /** Those that end later. */
  readonly from: Date;
  /** Those that begin before; however late if absent. */
  readonly until?: Date | undefined;
}

export async function listAbsences(db: Database | Transaction, { personIds, from, until }: AbsenceQuestion): Promise<StoredAbsence[]> {
  const { rows } = await db.raw<{ rows: StoredAbsence[] }>(
    `select a.id, a.person_id as "personId", c.name, a.source, a.external_id as "externalId", a.starts_at as "startsAt", a.ends_at as "endsAt"
     from absences a left join contacts c on c.id = a.person_id
     where a.removed_at is null and a.ends_at > :from and (:until::timestamptz is null or a.starts_at < :until)
       and (:personIds::bigint[] is null or a.person_id = any(:personIds::bigint[]))
     order by a.starts_at, a.id`,
    { personIds: personIds ? [...personIds] : null, from, until: until ?? null },
  );
  return rows;
}
