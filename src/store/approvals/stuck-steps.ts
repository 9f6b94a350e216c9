/** Steps of which nobody can say whose they are, for their rules or a calendar cannot be read: they stand on the radar with the reason. */
import type { Transaction } from '../database.ts';

export interface StuckStep {
  readonly stepId: string;
  readonly because: string;
}

/** Answers those that were not stuck for this reason before. */
export async function markStuck(trx: Transaction, stuck: readonly StuckStep[], now: Date): Promise<string[]> {
  if (stuck.length === 0) return [];
  const { rows } = await trx.raw<{ rows: Array<{ id: string }> }>(
    `update approval_steps s set stuck_because = k.because, stuck_at = coalesce(s.stuck_at, :now)
     from jsonb_to_recordset(:json::jsonb) as k("stepId" bigint, because text)
     where s.id = k."stepId" and s.state in ('waiting', 'active', 'exhausted') and s.stuck_because is distinct from k.because returning s.id`,
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
