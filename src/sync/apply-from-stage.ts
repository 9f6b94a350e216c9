/** The second half of a pull: the stage becomes profiles, batch by batch, each batch whole or not at all. */
import type { EntityName } from '../connector/entities.ts';
import { applyDrafts, LANES, takeBatch } from '../store/apply-drafts.ts';
import { assertHeld, type Lease } from '../store/leases.ts';
import { addCounts } from '../store/run-progress.ts';
import type { Run } from '../store/runs.ts';
import type { PullContext } from './pull-context.ts';

/** What is the same for all batches: the sources that references point to, and whether nothing of this one was held before. */
type Known = Readonly<{ targets: Readonly<Record<EntityName, number>>; isFirst: boolean }>;

export async function applyFromStage(context: PullContext, run: Run, lease: Lease, known: Known): Promise<void> {
  const lane = async () => {
    while (await applyNext(context, run, lease, known)) {
      lease.signal.throwIfAborted();
      context.signal.throwIfAborted();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

async function applyNext(context: PullContext, run: Run, lease: Lease, known: Known): Promise<boolean> {
  return context.db.transaction(async (trx) => {
    await assertHeld(trx, lease);
    const batch = await takeBatch(trx, run.id);
    if (!batch) return false;
    const now = context.now();
    const applied = await applyDrafts(trx, { ...batch, runId: run.id, sourceId: run.sourceId, entity: run.entity, ...known, now });
    const { created, changed, unchanged, concernedSteps } = applied;
    if (concernedSteps.length > 0) await context.holdersChanged?.(trx, concernedSteps, now);
    await addCounts(trx, run.id, { created, changed, unchanged }, created + changed + unchanged);
    return true;
  });
}
