/** How much is on its way to ERPs, and how long it has been waiting: in numbers, for monitors. */
import type { Database } from '../database.ts';

export interface HandoffQueue {
  readonly waiting: number;
  /** For a person: refused, doubled or parked. */
  readonly standing: number;
  readonly oldestWaitingSeconds: number | null;
}

export async function handoffQueue(db: Database, now: Date): Promise<HandoffQueue> {
  const { rows } = await db.raw<{ rows: HandoffQueue[] }>(
    `select count(*) filter (where state in ('pending', 'sending', 'unknown', 'held'))::int as waiting,
       count(*) filter (where state in ('refused', 'doubled', 'parked'))::int as standing,
       floor(extract(epoch from :now::timestamptz - min(created_at) filter (where state in ('pending', 'sending', 'unknown', 'held'))))::int as "oldestWaitingSeconds"
     from handoffs where state in ('pending', 'sending', 'unknown', 'held', 'refused', 'doubled', 'parked')`,
    { now },
  );
  return rows[0] ?? { waiting: 0, standing: 0, oldestWaitingSeconds: null };
}
