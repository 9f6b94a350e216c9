/** Steps of which nobody can say whose they are, for their rules or a calendar cannot be read: they stand on the radar with the reason. */
import type { Transaction } from '../database.ts';

export interface StuckStep {
  readonly stepId: string;
  readonly because: string;
}

/** Answers those to be told: a reason that comes and goes is told once a day. */
export async function markStuck(trx: Transaction, stuck: readonly StuckStep[], now: Date): Promise<string[]> {
  if (stuck.length === 0) return [];
  const { rows } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `with given as (
       select s.id, k.because, coalesce((s.stuck_told ->> k.because)::timestamptz > :now::timestamptz - interval '1 day', false) as is_told
       from jsonb_to_recordset(:json::jsonb) as k("stepId" bigint, because text) join approval_steps s on s.id = k."stepId"
       where s.state in ('waiting', 'active', 'exhausted') and s.stuck_because is distinct from k.because
     ), marked as (
       update approval_steps s set stuck_because = g.because, stuck_at = coalesce(s.stuck_at, :now),
         stuck_told = case when g.is_told then s.stuck_told else s.stuck_told || jsonb_build_object(g.because, :now::timestamptz) end
       from given g where s.id = g.id returning s.id, g.is_told
     )
     select id from marked where not is_told`,
    { now, json: JSON.stringify(stuck) },
  );
  return rows.map(({ id }) => id);
}

/** Nothing is in the way of these any more. */
export async function markFree(trx: Transaction, stepIds: readonly string[]): Promise<void> {
  if (stepIds.length === 0) return;
  await trx.raw(
    'update approval_steps set stuck_because = null, stuck_at = null where id = any(:stepIds::bigint[]) and stuck_because is not null',
    {
      stepIds: [...stepIds],
    },
  );
}
